// A chain's matrix on the host, in any storage: the product, the sweeps and the triangular solve, in parallel.
//
// The storage only adds up rows, a slice at a time. For sweeps the states are in level order and the matrix is in two
// parts, what a sweep reads new and what it reads old (levels.hpp). A wide level is shared out among the threads; a run
// of thin ones is left to one thread, as a barrier costs more than it would save.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "formats/matrix/footprint.hpp"
#include "formats/matrix/inflow.hpp"
#include "formats/matrix/levels.hpp"
#include "formats/matrix/slices.hpp"
#include "solver/device/host.hpp"

namespace steady {

// A Storage holds the rows of a matrix, or of a part of it, and offers
//   storage, kernel                the names under which the list has it
//   footprint(matrix, slices)      what it would take, or why it does not fit
//   Storage(matrix, slices)        takes what it needs of the matrix; throws Error where it does not fit
//   add(slice, x, sum)             sum[r] += row r of the slice times x, for each of its rows, always in one order;
//                                  sum has Slices::height entries, however many rows the slice has
template <class Storage>
class HostOperator final : public Inflow<HostVector> {
 public:
  // `orders`: of the sweeps that will be asked for, none, one or both directions; vectors are in the first one's order.
  HostOperator(const Csr& inflow, const std::vector<double>& exit_rate, const LevelOrders& orders)
      : max_exit_(*std::max_element(exit_rate.begin(), exit_rate.end())) {
    if (orders.empty()) {
      const State start[] = {0, static_cast<State>(inflow.rows())};
      orders_.push_back({nullptr, make_slices(start), exit_rate, {}, {}});
      orders_[0].parts.emplace_back(inflow, orders_[0].slices);
      return;
    }
    for (const auto& order : orders) orders_.push_back(make_ordered(inflow, exit_rate, order));
    if (orders.size() == 1) return;
    std::vector<State> position(inflow.rows());
    for (std::size_t p = 0; p < position.size(); ++p) position[orders[0]->order[p]] = static_cast<State>(p);
    for (const State state : orders[1]->order) second_to_first_.push_back(position[state]);
  }

  std::string_view storage() const override { return Storage::storage; }
  std::string_view kernel() const override { return Storage::kernel; }
  std::size_t size() const override { return orders_[0].exit.size(); }
  double max_exit_rate() const override { return max_exit_; }
  std::span<const State> order() const override {
    return orders_[0].order ? std::span<const State>(orders_[0].order->order) : std::span<const State>();
  }

  void multiply(const HostVector& x, HostVector& y) const override {
    for_rows(x, [to = y.data()](std::size_t i, double flow) {
      to[i] = flow;
      return Pass{};
    });
  }

  double residual(const HostVector& x, HostVector& r) const override {
    return for_rows(x,
                    [exit = exit_rate(), from = x.data(), to = r.data()](std::size_t i, double flow) {
                      to[i] = flow - from[i] * exit[i];
                      return Pass{0, std::abs(to[i])};
                    })
        .residual;
  }

  Pass jacobi_sweep(double w, const HostVector& x, HostVector& y, Tally) const override {
    return for_rows(x, [w, exit = exit_rate(), from = x.data(), to = y.data()](std::size_t i, double flow) {
      to[i] = (1 - w) * from[i] + w * flow / exit[i];
      return Pass{to[i], std::abs(flow - from[i] * exit[i])};
    });
  }

  Pass power_step(double rate, const HostVector& x, HostVector& y, Tally) const override {
    return for_rows(x, [rate, exit = exit_rate(), from = x.data(), to = y.data()](std::size_t i, double flow) {
      to[i] = from[i] * ((rate - exit[i]) / rate) + flow / rate;
      return Pass{to[i], std::abs(flow - from[i] * exit[i])};
    });
  }

  void gauss_seidel_sweep(Direction direction, double w, HostVector& x) const override {
    in_order_of(direction, x, x, [this, w](const Ordered& ordered, const HostVector& old, HostVector& fresh) {
      by_levels(ordered, [&](std::size_t slice) {
        double sum[Slices::height] = {};
        ordered.parts[0].add(slice, fresh.data(), sum);
        ordered.parts[1].add(slice, old.data(), sum);
        for (std::size_t i = ordered.slices.row[slice], r = 0; i < ordered.slices.row[slice + 1]; ++i, ++r) {
          const double update = sum[r] / ordered.exit[i];
          fresh[i] = w == 1 ? update : (1 - w) * old[i] + w * update;
        }
      });
    });
  }

  void triangular_solve(Direction direction, const HostVector& b, HostVector& y) const override {
    in_order_of(direction, b, y, [this](const Ordered& ordered, const HostVector& right, HostVector& solution) {
      by_levels(ordered, [&](std::size_t slice) {
        double sum[Slices::height] = {};
        ordered.parts[0].add(slice, solution.data(), sum);
        for (std::size_t i = ordered.slices.row[slice], r = 0; i < ordered.slices.row[slice + 1]; ++i, ++r)
          solution[i] = (right[i] + sum[r]) / ordered.exit[i];
      });
    });
  }

  void triangular_jacobi(Direction direction, std::size_t steps, const HostVector& b, HostVector& y) const override {
    in_order_of(direction, b, y, [this, steps](const Ordered& ordered, const HostVector& right, HostVector& solution) {
      z_.resize(size());
      HostVector *from = &z_, *to = &solution;
      if (steps % 2 == 1) std::swap(from, to);
      for (std::size_t step = 0; step <= steps; ++step, std::swap(from, to))
        at_once(ordered, [&](std::size_t slice) {
          double sum[Slices::height] = {};
          if (step > 0) ordered.parts[0].add(slice, from->data(), sum);
          for (std::size_t i = ordered.slices.row[slice], r = 0; i < ordered.slices.row[slice + 1]; ++i, ++r)
            (*to)[i] = (right[i] + sum[r]) / ordered.exit[i];
        });
    });
  }

  void add_later(Direction direction, double a, const HostVector& x, const HostVector& b,
                 HostVector& y) const override {
    const HostVector& right = in_same_order(direction, b);
    in_order_of(direction, x, y, [&, a](const Ordered& ordered, const HostVector& from, HostVector& to) {
      at_once(ordered, [&](std::size_t slice) {
        double sum[Slices::height] = {};
        ordered.parts[1].add(slice, from.data(), sum);
        for (std::size_t i = ordered.slices.row[slice], r = 0; i < ordered.slices.row[slice + 1]; ++i, ++r)
          to[i] = right[i] + a * sum[r];
      });
    });
  }

 private:
  // Slices that are worked on together: one wide level by all threads, or a run of thin levels by one.
  struct Stretch {
    std::size_t first, last;
    bool wide;
  };

  // The matrix with its states in one order.
  struct Ordered {
    std::shared_ptr<const LevelOrder> order;  // null: the states' own order
    Slices slices;
    std::vector<double> exit;
    std::vector<Storage> parts;  // the whole matrix, or what is earlier and what is later in the sweep
    std::vector<Stretch> stretches;
    bool shared = false;  // whether any of them is wide
  };

  static constexpr std::size_t wide = 16;  // slices of a level that is worth a barrier: some 10 microseconds of work

  static Ordered make_ordered(const Csr& inflow, const std::vector<double>& exit_rate,
                              const std::shared_ptr<const LevelOrder>& order) {
    Ordered ordered;
    ordered.order = order;
    ordered.slices = make_slices(order->start);
    ordered.exit.reserve(exit_rate.size());
    for (const State state : order->order) ordered.exit.push_back(exit_rate[state]);
    SplitMatrix matrix = split(inflow, *order);
    ordered.parts.emplace_back(std::move(matrix.earlier), ordered.slices);
    ordered.parts.emplace_back(std::move(matrix.later), ordered.slices);
    for (std::size_t l = 0; l < ordered.slices.levels(); ++l) {
      const std::size_t first = ordered.slices.level[l], last = ordered.slices.level[l + 1];
      const bool is_wide = last - first >= wide;
      ordered.shared = ordered.shared || is_wide;
      if (!is_wide && !ordered.stretches.empty() && !ordered.stretches.back().wide)
        ordered.stretches.back().last = last;
      else
        ordered.stretches.push_back({first, last, is_wide});
    }
    return ordered;
  }

  const double* exit_rate() const { return orders_[0].exit.data(); }

  // Calls finish(i, flow into i) for every row, in parallel, and adds up what it returns.
  template <class Finish>
  Pass for_rows(const HostVector& x, Finish finish) const {
    constexpr std::size_t slices_a_block = HostVector::block / Slices::height;
    const Ordered& ordered = orders_[0];
    return sum_over_blocks<Pass>(ordered.slices.count(), slices_a_block, [&](std::size_t first, std::size_t last) {
      Pass pass;
      for (std::size_t slice = first; slice < last; ++slice) {
        double sum[Slices::height] = {};
        for (const Storage& part : ordered.parts) part.add(slice, x.data(), sum);
        for (std::size_t i = ordered.slices.row[slice], r = 0; i < ordered.slices.row[slice + 1]; ++i, ++r)
          pass += finish(i, sum[r]);
      }
      return pass;
    });
  }

  // Calls f(slice) for every slice, in any order.
  template <class SliceFunction>
  void at_once(const Ordered& ordered, SliceFunction f) const {
#pragma omp parallel for schedule(static) if (ordered.slices.count() >= wide)
    for (std::size_t slice = 0; slice < ordered.slices.count(); ++slice) f(slice);
  }

  // Calls f(slice) for every slice, level after level.
  template <class SliceFunction>
  void by_levels(const Ordered& ordered, SliceFunction f) const {
#pragma omp parallel if (ordered.shared)
    for (const Stretch& stretch : ordered.stretches) {
      if (stretch.wide) {
#pragma omp for schedule(static)
        for (std::size_t slice = stretch.first; slice < stretch.last; ++slice) f(slice);
      } else {
#pragma omp single
        for (std::size_t slice = stretch.first; slice < stretch.last; ++slice) f(slice);
      }
    }
  }

  // Calls f(ordered, x, y) with the vectors in the order of the direction; x and y may be the same outside.
  template <class Function>
  void in_order_of(Direction direction, const HostVector& x, HostVector& y, Function f) const {
    y_.resize(size());
    if (direction == orders_[0].order->direction) {
      f(orders_[0], x, y_);
      std::swap(y, y_);
      return;
    }
    gather(x, x_);
    f(orders_.at(1), x_, y_);
#pragma omp parallel for schedule(static) if (size() >= wide * Slices::height)
    for (std::size_t p = 0; p < size(); ++p) y[second_to_first_[p]] = y_[p];
  }

  // Another vector that f reads, in that order, too.
  const HostVector& in_same_order(Direction direction, const HostVector& b) const {
    if (direction == orders_[0].order->direction) return b;
    gather(b, z_);
    return z_;
  }

  void gather(const HostVector& from, HostVector& to) const {
    to.resize(size());
#pragma omp parallel for schedule(static) if (size() >= wide * Slices::height)
    for (std::size_t p = 0; p < size(); ++p) to[p] = from[second_to_first_[p]];
  }

  double max_exit_;
  std::vector<Ordered> orders_;         // for no direction, for one, or for two
  std::vector<State> second_to_first_;  // position in the first order of each position in the second
  mutable HostVector x_, y_, z_;        // work space
};

}  // namespace steady
