// A chain's matrix on the host, in any storage: the product, the sweeps and the triangular solve, in parallel.
//
// The storage only adds up rows, a slice at a time; ordered_matrix.hpp says who goes through which slices when.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <memory>
#include <utility>
#include <vector>

#include "formats/base/parallel.hpp"
#include "formats/chain/levels.hpp"
#include "formats/matrix/ordered_matrix.hpp"
#include "formats/matrix/rate_operator.hpp"
#include "formats/matrix/slices.hpp"
#include "formats/matrix/storage.hpp"
#include "formats/vectors/host.hpp"

namespace steady::detail {

template <class Storage, class Real = double>
requires HostStorage<Storage, Real>
class HostOperator final : public RateOperator<HostVectorOf<Real>> {
  using Vector = HostVectorOf<Real>;

 public:
  // `orders`: of the sweeps that will be asked for, none, one or both directions; vectors are in the first one's order.
  HostOperator(const Csr& inflow, const std::vector<double>& exit_rate, const LevelOrders& orders)
      : max_exit_(*std::max_element(exit_rate.begin(), exit_rate.end())) {
    if (orders.empty()) orders_.push_back({std::make_shared<OrderedMatrix<Storage>>(inflow), exit_rate});
    for (const auto& order : orders) {
      orders_.push_back({std::make_shared<OrderedMatrix<Storage>>(inflow, order), {}});
      orders_.back().exit.reserve(exit_rate.size());
      for (const State state : order->order) orders_.back().exit.push_back(exit_rate[state]);
    }
    if (orders.size() < 2) return;
    const std::vector<State> position = positions(*orders[0]);
    for (const State state : orders[1]->order) second_to_first_.push_back(position[state]);
  }

  // What `other` is in another precision, with its storage.
  template <class Other>
  explicit HostOperator(const HostOperator<Storage, Other>& other)
      : max_exit_(other.max_exit_), second_to_first_(other.second_to_first_) {
    for (const auto& [matrix, exit] : other.orders_) orders_.push_back({matrix, {exit.begin(), exit.end()}});
  }

  std::string_view storage() const override { return name(Storage::storage); }
  std::string_view kernel() const override { return Storage::kernel; }
  std::size_t size() const override { return orders_[0].exit.size(); }
  double max_exit_rate() const override { return max_exit_; }
  std::span<const State> order() const override {
    const auto& order = orders_[0].matrix->order;
    return order ? std::span<const State>(order->order) : std::span<const State>();
  }

  void multiply(const Vector& x, Vector& y) const override {
    for_rows(x, [to = y.data()](std::size_t i, Real flow) {
      to[i] = flow;
      return Pass{};
    });
  }

  double residual(const Vector& x, Vector& r, Tally) const override {
    return for_rows(x,
                    [exit = exit_rate(), from = x.data(), to = r.data()](std::size_t i, Real flow) {
                      to[i] = flow - from[i] * exit[i];
                      return Pass{0, std::abs(to[i])};
                    })
        .residual;
  }

  Pass jacobi_sweep(double w, const Vector& x, Vector& y, Tally) const override {
    return for_rows(
        x, [w = static_cast<Real>(w), exit = exit_rate(), from = x.data(), to = y.data()](std::size_t i, Real flow) {
          to[i] = (1 - w) * from[i] + w * flow / exit[i];
          return Pass{to[i], std::abs(flow - from[i] * exit[i])};
        });
  }

  Pass power_step(double uniform, const Vector& x, Vector& y, Tally) const override {
    const auto rate = static_cast<Real>(uniform);
    return for_rows(x, [rate, exit = exit_rate(), from = x.data(), to = y.data()](std::size_t i, Real flow) {
      to[i] = from[i] * ((rate - exit[i]) / rate) + flow / rate;
      return Pass{to[i], std::abs(flow - from[i] * exit[i])};
    });
  }

  void gauss_seidel_sweep(Direction direction, double relaxation, Vector& x) const override {
    in_order_of(direction, x, x,
                [w = static_cast<Real>(relaxation)](const Ordered& o, const Vector& old, Vector& fresh) {
                  o.matrix->by_levels([&](std::size_t slice) {
                    Real sum[Slices::height];
                    begin_sums(o.matrix->parts[0], slice, fresh.data(), sum);
                    o.matrix->parts[1].add(slice, old.data(), sum);
                    o.for_rows_of(slice, [&](std::size_t i, std::size_t r) {
                      const Real update = sum[r] / o.exit[i];
                      fresh[i] = w == 1 ? update : (1 - w) * old[i] + w * update;
                    });
                  });
                });
  }

  void triangular_solve(Direction direction, const Vector& b, Vector& y) const override {
    in_order_of(direction, b, y, [](const Ordered& o, const Vector& right, Vector& solution) {
      o.matrix->by_levels([&](std::size_t slice) {
        Real sum[Slices::height];
        begin_sums(o.matrix->parts[0], slice, solution.data(), sum);
        o.for_rows_of(slice, [&](std::size_t i, std::size_t r) { solution[i] = (right[i] + sum[r]) / o.exit[i]; });
      });
    });
  }

  void triangular_jacobi(Direction direction, std::size_t steps, const Vector& b, Vector& y) const override {
    in_order_of(direction, b, y, [this, steps](const Ordered& o, const Vector& right, Vector& solution) {
      z_.resize(size());
      Vector *from = &z_, *to = &solution;
      if (steps % 2 == 1) std::swap(from, to);
      for (std::size_t step = 0; step <= steps; ++step, std::swap(from, to))
        o.matrix->at_once([&](std::size_t slice) {
          Real sum[Slices::height] = {};
          if (step > 0) o.matrix->parts[0].add(slice, from->data(), sum);
          o.for_rows_of(slice, [&](std::size_t i, std::size_t r) { (*to)[i] = (right[i] + sum[r]) / o.exit[i]; });
        });
    });
  }

  void add_later(Direction direction, double factor, const Vector& x, const Vector& b, Vector& y) const override {
    const Vector& right = in_same_order(direction, b);
    in_order_of(direction, x, y, [&, a = static_cast<Real>(factor)](const Ordered& o, const Vector& from, Vector& to) {
      o.matrix->at_once([&](std::size_t slice) {
        Real sum[Slices::height];
        begin_sums(o.matrix->parts[1], slice, from.data(), sum);
        o.for_rows_of(slice, [&](std::size_t i, std::size_t r) { to[i] = right[i] + a * sum[r]; });
      });
    });
  }

  std::unique_ptr<RateOperator<SingleVector>> in_single_precision() const override {
    if constexpr (SinglePrecisionStorage<Storage> && std::same_as<Real, double>) {
      for (const Ordered& o : orders_) {
        const auto fits = [](const Storage& part) { return part.rates_are_normal_floats(); };
        if (!std::all_of(o.matrix->parts.begin(), o.matrix->parts.end(), fits)) return nullptr;
        const auto usable = [](double exit) { return exit == INFINITY || are_normal_floats({&exit, 1}); };
        if (!std::all_of(o.exit.begin(), o.exit.end(), usable)) return nullptr;
      }
      return std::make_unique<HostOperator<Storage, float>>(*this);
    } else {
      return nullptr;
    }
  }

 private:
  template <class S, class R>
  requires HostStorage<S, R>
  friend class HostOperator;

  struct Ordered {
    std::shared_ptr<const OrderedMatrix<Storage>> matrix;
    std::vector<Real> exit;  // rates, in its order

    // Calls f(row, row of the slice).
    template <class RowFunction>
    void for_rows_of(std::size_t slice, RowFunction f) const {
      const Slices& slices = matrix->slices;
      for (std::size_t i = slices.row[slice], r = 0; i < slices.row[slice + 1]; ++i, ++r) f(i, r);
    }
  };

  static void begin_sums(const Storage& part, std::size_t slice, const Real* x, Real* sum) {
    if constexpr (SumStartingStorage<Storage, Real>) {
      part.begin(slice, x, sum);
    } else {
      std::fill_n(sum, Slices::height, Real{0});
      part.add(slice, x, sum);
    }
  }

  const Real* exit_rate() const { return orders_[0].exit.data(); }

  // Calls finish(i, flow into i) for every row, in parallel, and adds up what it returns.
  template <class Finish>
  Pass for_rows(const Vector& x, Finish finish) const {
    constexpr std::size_t slices_a_block = Vector::block / Slices::height;
    const Ordered& o = orders_[0];
    return sum_over_blocks<Pass>(o.matrix->slices.count(), slices_a_block, [&](std::size_t first, std::size_t last) {
      Pass pass;
      for (std::size_t slice = first; slice < last; ++slice) {
        Real sum[Slices::height];
        begin_sums(o.matrix->parts[0], slice, x.data(), sum);
        if (o.matrix->parts.size() > 1) o.matrix->parts[1].add(slice, x.data(), sum);
        o.for_rows_of(slice, [&](std::size_t i, std::size_t r) { pass += finish(i, sum[r]); });
      }
      return pass;
    });
  }

  // Calls f(ordered, x, y) with the vectors in the order of the direction; x and y may be the same outside.
  template <class Function>
  void in_order_of(Direction direction, const Vector& x, Vector& y, Function f) const {
    y_.resize(size());
    if (direction == orders_[0].matrix->order->direction) {
      f(orders_[0], x, y_);
      std::swap(y, y_);
      return;
    }
    gather(x, x_);
    f(orders_.at(1), x_, y_);
    share_out(size(), size() >= worth_sharing, [&](std::size_t p) { y[second_to_first_[p]] = y_[p]; });
  }

  // Another vector that f reads, in that order, too.
  const Vector& in_same_order(Direction direction, const Vector& b) const {
    if (direction == orders_[0].matrix->order->direction) return b;
    gather(b, z_);
    return z_;
  }

  void gather(const Vector& from, Vector& to) const {
    to.resize(size());
    share_out(size(), size() >= worth_sharing, [&](std::size_t p) { to[p] = from[second_to_first_[p]]; });
  }

  static constexpr std::size_t worth_sharing = 4096;  // entries

  double max_exit_;
  std::vector<Ordered> orders_;         // for no direction, for one, or for two
  std::vector<State> second_to_first_;  // position in the first order of each position in the second
  mutable Vector x_, y_, z_;            // work space
};

}  // namespace steady::detail
