// Every operation of an operator against plain loops over the matrix, for any kind of vector.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "formats/chain/levels.hpp"
#include "formats/matrix/list.hpp"
#include "tests/catch.hpp"
#include "tests/matrices.hpp"

namespace steady::reference {

using namespace detail;

using Values = std::vector<double>;
using Directions = std::vector<Direction>;

inline constexpr Direction forward = Direction::forward, backward = Direction::backward;

template <class Vector>
bool fits(const Kernel<Vector>& kernel, const Csr& matrix) {
  const State start[] = {0, static_cast<State>(matrix.rows())};
  return kernel.footprint(matrix, make_slices(start)).reason.empty();
}

inline Values some_values(std::size_t size) {
  Values x(size);
  for (std::size_t i = 0; i < size; ++i) x[i] = 0.1 + static_cast<double>(i * 7919 % 1000) / 1000;
  return x;
}

// The plain loops. In `earlier`, only sources that the sweep visits before row i.
enum class Sources { all, earlier, later };

inline double flow(const Csr& matrix, std::size_t i, const Values& x, Sources sources, Direction direction) {
  double sum = 0;
  for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k) {
    const bool before = direction == forward ? matrix.column[k] < i : matrix.column[k] > i;
    if (sources == Sources::all || before == (sources == Sources::earlier))
      sum += matrix.value[k] * x[matrix.column[k]];
  }
  return sum;
}

template <class Function>
void in_turn(std::size_t size, Direction direction, Function f) {
  for (std::size_t step = 0; step < size; ++step) f(direction == forward ? step : size - 1 - step);
}

// What an operator does to vectors in the states' own order.
template <class Vector>
class Tried {
 public:
  Tried(const Kernel<Vector>& kernel, const AwkwardMatrix& m, const Directions& directions)
      : inflow_(kernel.make(m.inflow, m.exit_rate, level_orders(m.inflow, directions))) {}

  template <class Operation>
  Values operator()(const Values& values, Operation operation) const {
    const auto order = inflow_->order();
    Values ordered(values.size());
    for (std::size_t p = 0; p < ordered.size(); ++p) ordered[p] = values[order.empty() ? p : order[p]];
    Vector x, y;
    upload(ordered, x);
    upload(Values(values.size(), NAN), y);
    operation(*inflow_, x, y);
    ordered = download(y);
    Values result(values.size());
    for (std::size_t p = 0; p < ordered.size(); ++p) result[order.empty() ? p : order[p]] = ordered[p];
    return result;
  }

  Pass jacobi(const Values& x, Values& y, double w) const {
    Pass pass;
    y = (*this)(x, [&](const auto& in, const auto& from, auto& to) { pass = in.jacobi_sweep(w, from, to); });
    return pass;
  }
  Pass power(const Values& x, Values& y, double rate) const {
    Pass pass;
    y = (*this)(x, [&](const auto& in, const auto& from, auto& to) { pass = in.power_step(rate, from, to); });
    return pass;
  }
  double residual(const Values& x, Values& y) const {
    double norm = 0;
    y = (*this)(x, [&](const auto& in, const auto& from, auto& to) { norm = in.residual(from, to); });
    return norm;
  }
  Values multiply(const Values& x) const {
    return (*this)(x, [](const auto& in, const auto& from, auto& to) { in.multiply(from, to); });
  }
  // x + a x U
  Values add_later(Direction d, double a, const Values& x) const {
    return (*this)(x, [=](const auto& in, const auto& from, auto& to) { in.add_later(d, a, from, from, to); });
  }
  Values solve(Direction d, const Values& x) const {
    return (*this)(x, [d](const auto& in, const auto& from, auto& to) { in.triangular_solve(d, from, to); });
  }
  Values jacobi_solve(Direction d, std::size_t steps, const Values& x) const {
    return (*this)(x, [=](const auto& in, const auto& from, auto& to) { in.triangular_jacobi(d, steps, from, to); });
  }
  Values sweep(Direction d, const Values& x, double w) const {
    return (*this)(x, [d, w](const auto& in, const auto& from, auto& to) {
      copy(from, to);
      in.gauss_seidel_sweep(d, w, to);
    });
  }

 private:
  std::unique_ptr<RateOperator<Vector>> inflow_;
};

// Largest difference relative to `scale`, entry by entry.
inline double difference(const Values& a, const Values& b, const Values& scale) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = std::abs(a[i] - b[i]);
    if (!(d <= 1e-14 * scale[i])) largest = std::max(largest, std::isnan(d) ? INFINITY : d / scale[i]);
  }
  return largest;
}
inline double difference(const Values& a, const Values& b) { return difference(a, b, b); }

template <class Vector>
void check_products(const Tried<Vector>& tried, const AwkwardMatrix& m) {
  const std::size_t n = m.exit_rate.size();
  const Values x = some_values(n);
  const double rate = 2 * *std::max_element(m.exit_rate.begin(), m.exit_rate.end());
  Values product(n), change(n), size(n), jacobi(n), power(n), y;
  double norm = 0;
  for (std::size_t i = 0; i < n; ++i) {
    product[i] = flow(m.inflow, i, x, Sources::all, forward);
    change[i] = product[i] - x[i] * m.exit_rate[i];
    size[i] = product[i] + x[i] * m.exit_rate[i];
    norm += std::abs(change[i]);
    jacobi[i] = 0.1 * x[i] + 0.9 * product[i] / m.exit_rate[i];
    power[i] = x[i] - x[i] * m.exit_rate[i] / rate + product[i] / rate;
  }
  const auto sum = [](const Values& values) {
    long double total = 0;
    for (const double v : values) total += v;
    return static_cast<double>(total);
  };
  CHECK(difference(tried.multiply(x), product) == 0);
  CHECK(tried.residual(x, y) == Approx(norm).epsilon(1e-12));
  CHECK(difference(y, change, size) == 0);
  Pass pass = tried.jacobi(x, y, 0.9);
  CHECK(difference(y, jacobi) == 0);
  CHECK(pass.sum == Approx(sum(jacobi)).epsilon(1e-12));
  CHECK(pass.residual == Approx(norm).epsilon(1e-12));
  pass = tried.power(x, y, rate);
  CHECK(difference(y, power) == 0);
  CHECK(pass.sum == Approx(sum(power)).epsilon(1e-12));
  CHECK(pass.residual == Approx(norm).epsilon(1e-12));
}

template <class Vector>
void check_sweeps(const Tried<Vector>& tried, const AwkwardMatrix& m, Direction direction) {
  const std::size_t n = m.exit_rate.size();
  const Values x = some_values(n);
  Values swept = x, damped = x, solved(n), later(n);
  in_turn(n, direction, [&](std::size_t i) {  // the textbook's loop, in place
    swept[i] = flow(m.inflow, i, swept, Sources::all, direction) / m.exit_rate[i];
    damped[i] = 0.25 * damped[i] + 0.75 * flow(m.inflow, i, damped, Sources::all, direction) / m.exit_rate[i];
    solved[i] = (x[i] + flow(m.inflow, i, solved, Sources::earlier, direction)) / m.exit_rate[i];
    later[i] = x[i] + 0.5 * flow(m.inflow, i, x, Sources::later, direction);
  });
  CHECK(difference(tried.sweep(direction, x, 1.0), swept) == 0);
  CHECK(difference(tried.sweep(direction, x, 0.75), damped) == 0);
  CHECK(difference(tried.solve(direction, x), solved) == 0);
  Values approximate(n);
  for (std::size_t steps = 0; steps < 4; ++steps) {
    Values next(n);
    for (std::size_t i = 0; i < n; ++i)
      next[i] = (x[i] + flow(m.inflow, i, approximate, Sources::earlier, direction)) / m.exit_rate[i];
    approximate = next;
    CHECK(difference(tried.jacobi_solve(direction, steps, x), approximate) == 0);
  }
  if (const std::size_t steps = level_order(m.inflow, direction).levels() - 1; steps < 20)
    CHECK(tried.jacobi_solve(direction, steps, x) == tried.solve(direction, x));
  CHECK(difference(tried.add_later(direction, 0.5, x), later) == 0);
}

// Everything that an operator computes, one after the other.
template <class Vector>
Values everything(const Tried<Vector>& tried, std::size_t size, const Directions& directions) {
  const Values x = some_values(size);
  Values all, y;
  const auto keep = [&all](const Values& values) { all.insert(all.end(), values.begin(), values.end()); };
  keep(tried.multiply(x));
  const double norm = tried.residual(x, y);
  keep(y);
  const Pass jacobi = tried.jacobi(x, y, 0.9);
  keep(y);
  const Pass power = tried.power(x, y, 5);
  keep(y);
  keep({norm, jacobi.sum, jacobi.residual, power.sum, power.residual});
  for (const Direction direction : directions) {
    keep(tried.sweep(direction, x, 1));
    keep(tried.solve(direction, x));
    keep(tried.jacobi_solve(direction, 3, x));
    keep(tried.add_later(direction, -0.5, x));
  }
  return all;
}

}  // namespace steady::reference
