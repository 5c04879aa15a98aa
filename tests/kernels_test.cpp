// Every kernel of the list against plain loops over the matrix, entry by entry.
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "bench/families/chains.hpp"
#include "formats/matrix/list.hpp"
#include "solver/methods/list.hpp"
#include "solver/solve.hpp"
#include "tests/catch.hpp"
#include "tests/matrices.hpp"
#include "tests/reference.hpp"

using namespace steady;
using reference::AwkwardMatrix;
using Values = std::vector<double>;
using Directions = std::vector<Direction>;

namespace {

constexpr Direction forward = Direction::forward, backward = Direction::backward;

bool fits(const HostKernel& kernel, const Csr& matrix) {
  const State start[] = {0, static_cast<State>(matrix.rows())};
  return kernel.footprint(matrix, make_slices(start)).reason.empty();
}

Values some_values(std::size_t size) {
  Values x(size);
  for (std::size_t i = 0; i < size; ++i) x[i] = 0.1 + static_cast<double>(i * 7919 % 1000) / 1000;
  return x;
}

// The plain loops. In `earlier`, only sources that the sweep visits before row i.
enum class Sources { all, earlier, later };

double flow(const Csr& matrix, std::size_t i, const Values& x, Sources sources, Direction direction) {
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
class Tried {
 public:
  Tried(const HostKernel& kernel, const AwkwardMatrix& m, const Directions& directions)
      : inflow_(kernel.make(m.inflow, m.exit_rate, directions)) {}

  template <class Word>
  Values operator()(const Values& values, Word word) const {
    const auto order = inflow_->order();
    HostVector x(values.size()), y(values.size(), NAN);
    for (std::size_t p = 0; p < x.size(); ++p) x[p] = values[order.empty() ? p : order[p]];
    word(*inflow_, x, y);
    Values result(values.size());
    for (std::size_t p = 0; p < x.size(); ++p) result[order.empty() ? p : order[p]] = y[p];
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
  Values multiply_later(Direction d, const Values& x) const {
    return (*this)(x, [d](const auto& in, const auto& from, auto& to) { in.multiply_later(d, from, to); });
  }
  Values solve(Direction d, const Values& x) const {
    return (*this)(x, [d](const auto& in, const auto& from, auto& to) { in.triangular_solve(d, from, to); });
  }
  Values sweep(Direction d, const Values& x, double w) const {
    return (*this)(x, [d, w](const auto& in, const auto& from, auto& to) {
      to = from;
      in.gauss_seidel_sweep(d, w, to);
    });
  }

 private:
  std::unique_ptr<Inflow<HostVector>> inflow_;
};

// Largest difference relative to `scale`, entry by entry.
double difference(const Values& a, const Values& b, const Values& scale) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = std::abs(a[i] - b[i]);
    if (!(d <= 1e-14 * scale[i])) largest = std::max(largest, std::isnan(d) ? INFINITY : d / scale[i]);
  }
  return largest;
}
double difference(const Values& a, const Values& b) { return difference(a, b, b); }

void check_products(const Tried& tried, const AwkwardMatrix& m) {
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

void check_sweeps(const Tried& tried, const AwkwardMatrix& m, Direction direction) {
  const std::size_t n = m.exit_rate.size();
  const Values x = some_values(n);
  Values swept = x, damped = x, solved(n), later(n);
  in_turn(n, direction, [&](std::size_t i) {  // the textbook's loop, in place
    swept[i] = flow(m.inflow, i, swept, Sources::all, direction) / m.exit_rate[i];
    damped[i] = 0.25 * damped[i] + 0.75 * flow(m.inflow, i, damped, Sources::all, direction) / m.exit_rate[i];
    solved[i] = (x[i] + flow(m.inflow, i, solved, Sources::earlier, direction)) / m.exit_rate[i];
    later[i] = flow(m.inflow, i, x, Sources::later, direction);
  });
  CHECK(difference(tried.sweep(direction, x, 1.0), swept) == 0);
  CHECK(difference(tried.sweep(direction, x, 0.75), damped) == 0);
  CHECK(difference(tried.solve(direction, x), solved) == 0);
  CHECK(difference(tried.multiply_later(direction, x), later) == 0);
}

// Everything that an operator computes, one after the other.
Values everything(const Tried& tried, std::size_t size, const Directions& directions) {
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
    keep(tried.multiply_later(direction, x));
  }
  return all;
}

}  // namespace

TEST_CASE("every kernel computes what plain loops compute") {
  const std::vector<AwkwardMatrix> matrices = reference::awkward_matrices();
  for (const HostKernel& kernel : host_kernels())
    for (const AwkwardMatrix& m : matrices) {
      if (!fits(kernel, m.inflow)) continue;
      for (const Directions& directions : {Directions{}, {forward}, {backward}, {backward, forward}}) {
        INFO(kernel.kernel << " on " << m.name << ", " << directions.size() << " directions");
        const Tried tried(kernel, m, directions);
        check_products(tried, m);
        for (const Direction direction : directions) check_sweeps(tried, m, direction);
      }
    }
}

TEST_CASE("every kernel gives the same bits for any number of threads") {
  const Directions directions{forward, backward};
  for (const AwkwardMatrix& m : reference::awkward_matrices())
    for (const HostKernel& kernel : host_kernels()) {
      if (!fits(kernel, m.inflow)) continue;
      INFO(kernel.kernel << " on " << m.name);
      omp_set_num_threads(1);
      const Values one = everything(Tried(kernel, m, directions), m.exit_rate.size(), directions);
      for (const int threads : {2, 3, 8}) {
        omp_set_num_threads(threads);
        const bool same = everything(Tried(kernel, m, directions), m.exit_rate.size(), directions) == one;
        CHECK(same);
      }
      omp_set_num_threads(omp_get_num_procs());
    }
}

TEST_CASE("every method solves the battery in every storage that fits") {
  for (const auto& [name, chain] : reference::battery()) {
    Options options;
    options.method = "gth";
    const Solution truth = solve(chain, options);
    options.tolerance = 1e-14;
    for (const HostKernel& kernel : host_kernels())
      for (const Method<HostVector>& method : methods<HostVector>) {
        INFO(method.name << " with " << kernel.kernel << " on " << name);
        options.method = method.name;
        options.storage = kernel.storage;
        options.kernel = kernel.kernel;
        if (!fits(kernel, chain.inflow)) {
          CHECK_THROWS_WITH(solve(chain, options), ContainsSubstring("does not fit"));
          continue;
        }
        const Solution solution = solve(chain, options);
        CHECK(solution.converged);
        CHECK(solution.storage == kernel.storage);
        CHECK(solution.kernel == kernel.kernel);
        CHECK(reference::largest_difference(solution.distribution, truth.distribution) < 1e-11);
      }
  }
}

TEST_CASE("auto takes the storage of the fewest bytes") {
  Options options;
  options.method = "power";
  options.max_iterations = 1;
  for (const Chain& chain : {reference::mmck(2, 1, 3, 500), reference::random_chain(Kind::ctmc, 5000, 5, 2, 1),
                             reference::random_chain(Kind::ctmc, 5000, 5, 0, 1), families::polling(5)}) {
    const State start[] = {0, static_cast<State>(chain.size())};
    std::uint64_t least = UINT64_MAX;
    std::string_view smallest;
    for (const HostKernel& kernel : host_kernels()) {
      const Footprint footprint = kernel.footprint(chain.inflow, make_slices(start));
      if (!footprint.reason.empty() || footprint.bytes >= least) continue;
      least = footprint.bytes;
      smallest = kernel.storage;
    }
    CHECK(solve(chain, options).storage == smallest);
  }
}
