// A chain's matrix on a CUDA device, in any storage: what host_operator.hpp is on the host.
//
// For sweeps the states are in level order and the matrix is in two parts, with two vectors (levels.hpp). A wide level
// is a launch; a run of thin ones is one block that goes through them. The launches of a sweep are one CUDA graph.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "formats/chain/levels.hpp"
#include "formats/matrix/cuda_rows.cuh"
#include "formats/matrix/list.hpp"
#include "formats/matrix/parts.hpp"
#include "formats/matrix/slices.hpp"
#include "formats/matrix/sweep_graphs.cuh"
#include "formats/vectors/cuda.hpp"

namespace steady::detail {

template <CudaStorage Storage>
class CudaOperator final : public RateOperator<CudaVector> {
 public:
  // `orders`: of the sweeps that will be asked for, none, one or both directions; vectors are in the first one's order.
  CudaOperator(const Csr& inflow, const std::vector<double>& exit_rate, const LevelOrders& orders)
      : max_exit_(*std::max_element(exit_rate.begin(), exit_rate.end())) {
    if (orders.empty()) {
      const State start[] = {0, static_cast<State>(inflow.rows())};
      orders_.push_back(make_order(nullptr, make_slices(start), exit_rate));
      orders_[0].parts.emplace_back(inflow, make_slices(start));
      return;
    }
    for (const auto& order : orders) orders_.push_back(make_ordered(inflow, exit_rate, order));
    if (orders.size() == 1) return;
    const std::vector<State> position = positions(*orders[0]);
    std::vector<State> second_to_first;
    for (const State state : orders[1]->order) second_to_first.push_back(position[state]);
    second_to_first_ = CudaArray<State>(second_to_first);
  }

  std::string_view storage() const override { return name(Storage::storage); }
  std::string_view kernel() const override { return Storage::kernel; }
  std::size_t size() const override { return orders_[0].exit.size(); }
  double max_exit_rate() const override { return max_exit_; }
  std::span<const State> order() const override {
    return orders_[0].order ? std::span<const State>(orders_[0].order->order) : std::span<const State>();
  }

  void multiply(const CudaVector& x, CudaVector& y) const override { for_rows(x, Store{y.data()}, Tally::no); }

  double residual(const CudaVector& x, CudaVector& r, Tally tally) const override {
    return for_rows(x, Residual{exit_rate(), x.data(), r.data()}, tally).residual;
  }

  Pass jacobi_sweep(double w, const CudaVector& x, CudaVector& y, Tally tally) const override {
    return for_rows(x, JacobiSweep{w, exit_rate(), x.data(), y.data()}, tally);
  }

  Pass power_step(double rate, const CudaVector& x, CudaVector& y, Tally tally) const override {
    return for_rows(x, PowerStep{rate, exit_rate(), x.data(), y.data()}, tally);
  }

  void gauss_seidel_sweep(Direction direction, double w, CudaVector& x) const override {
    in_order_of(direction, x, x, [&](const Ordered& ordered, const CudaVector& old, CudaVector& fresh) {
      const auto launches = [&] { launch_sweep(ordered, w, old, fresh); };
      if (ordered.stretches.size() == 1) return launches();
      graphs_.replay({0, &ordered, w, {old.data(), fresh.data()}}, launches);
    });
  }

  // As one launch of a graph that loops: there and back between two vectors in each turn.
  void gauss_seidel_sweeps(std::span<const Direction> directions, double w, std::size_t rounds,
                           CudaVector& x) const override {
    const Ordered& ordered = orders_[0];
    if (rounds < 4 || directions.size() != 1 || directions[0] != ordered.order->direction)
      return RateOperator<CudaVector>::gauss_seidel_sweeps(directions, w, rounds, x);
    make_room(fresh_);
    if (rounds % 2 == 1) gauss_seidel_sweep(directions[0], w, x);
    graphs_.loop({2, &ordered, w, {x.data(), fresh_.data()}}, static_cast<unsigned>(rounds / 2), [&] {
      launch_sweep(ordered, w, x, fresh_);
      launch_sweep(ordered, w, fresh_, x);
    });
  }

  void triangular_solve(Direction direction, const CudaVector& b, CudaVector& y) const override {
    in_order_of(direction, b, y, [&](const Ordered& ordered, const CudaVector& right, CudaVector& solution) {
      const Product<View, 1> product{{ordered.parts[0].view()}, {solution.data()}, ordered.first_row.data()};
      const Solve solve{ordered.exit.data(), right.data(), solution.data()};
      const auto launches = [&] { launch_by_levels(ordered, product, solve); };
      if (ordered.stretches.size() == 1) return launches();
      graphs_.replay({1, &ordered, 1, {right.data(), solution.data()}}, launches);
    });
  }

  void triangular_jacobi(Direction direction, std::size_t steps, const CudaVector& b, CudaVector& y) const override {
    in_order_of(direction, b, y, [&](const Ordered& ordered, const CudaVector& right, CudaVector& solution) {
      make_room(z_);
      CudaVector *from = &z_, *to = &solution;
      if (steps % 2 == 1) std::swap(from, to);
      launch_finish(size(), nullptr, Solve{ordered.exit.data(), right.data(), to->data()}, Slots{});
      for (std::size_t step = 0; step < steps; ++step) {
        std::swap(from, to);
        const Product<View, 1> product{{ordered.parts[0].view()}, {from->data()}, ordered.first_row.data()};
        launch_rows(product, 0, ordered.slices, Solve{ordered.exit.data(), right.data(), to->data()}, Slots{});
      }
    });
  }

  void add_later(Direction direction, double a, const CudaVector& x, const CudaVector& b,
                 CudaVector& y) const override {
    const CudaVector& right = in_same_order(direction, b);
    in_order_of(direction, x, y, [&](const Ordered& ordered, const CudaVector& from, CudaVector& to) {
      const Product<View, 1> product{{ordered.parts[1].view()}, {from.data()}, ordered.first_row.data()};
      launch_rows(product, 0, ordered.slices, AddTo{a, right.data(), to.data()}, Slots{});
    });
  }

 private:
  using View = decltype(std::declval<const Storage&>().view());

  // Levels that are worked on together: a wide one by a launch, or a run of thin ones by one block.
  struct Stretch {
    State first, last;              // levels
    State first_slice, last_slice;  // theirs
    State widest;                   // slices of the widest
  };

  // The matrix with its states in one order.
  struct Ordered {
    std::shared_ptr<const LevelOrder> order;  // null: the states' own order
    State slices = 0;
    CudaArray<State> first_row;    // of each slice, and the number of rows
    CudaArray<State> first_slice;  // of each level, and the number of slices
    CudaArray<double> exit;
    std::vector<Stretch> stretches;
    std::vector<Storage> parts;  // the whole matrix, or what is earlier and what is later in the sweep
  };

  // Slices of a level that is worth a launch: two rounds of one block's 32 warps take about as long as one.
  static constexpr State wide = 64;

  static Ordered make_order(const std::shared_ptr<const LevelOrder>& order, const Slices& slices,
                            const std::vector<double>& exit_rate) {
    Ordered ordered;
    ordered.slices = static_cast<State>(slices.count());
    ordered.first_row = CudaArray<State>(slices.row);
    ordered.first_slice = CudaArray<State>(slices.level);
    std::vector<double> exit = exit_rate;
    for (std::size_t p = 0; order && p < exit.size(); ++p) exit[p] = exit_rate[order->order[p]];
    ordered.exit = CudaArray<double>(exit);
    ordered.order = order;
    return ordered;
  }

  static Ordered make_ordered(const Csr& inflow, const std::vector<double>& exit_rate,
                              const std::shared_ptr<const LevelOrder>& order) {
    const Slices slices = make_slices(order->start);
    Ordered ordered = make_order(order, slices, exit_rate);
    ordered.parts = make_parts<Storage>(inflow, *order, slices);
    for (std::size_t l = 0; l < slices.levels(); ++l) {
      const auto level = static_cast<State>(l);
      const State first = slices.level[l], last = slices.level[l + 1], width = last - first;
      std::vector<Stretch>& stretches = ordered.stretches;
      if (!stretches.empty() && width < wide && stretches.back().widest < wide) {
        stretches.back().last = level + 1;
        stretches.back().last_slice = last;
        stretches.back().widest = std::max(stretches.back().widest, width);
      } else {
        stretches.push_back({level, level + 1, first, last, width});
      }
    }
    return ordered;
  }

  const double* exit_rate() const { return orders_[0].exit.data(); }

  static unsigned shared_bytes(const auto& kernel, const auto& product, unsigned threads) {
    constexpr unsigned without_asking = 48 << 10;
    const unsigned bytes = product.shared_doubles(threads / 32) * static_cast<unsigned>(sizeof(double));
    if (bytes > without_asking)
      check(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)));
    return bytes;
  }

  // As many as the slices need, but no more than have a slot each where there are totals. Where a block begins with
  // copying a table, up to eight slices for each of its warps, so that this does not count.
  template <unsigned count>
  static unsigned blocks_for_rows(const Product<View, count>& product, unsigned slices, unsigned warps, bool totals) {
    const unsigned all = (slices + warps - 1) / warps;
    if (totals) return std::min(all, most_blocks);
    const bool copies = product.shared_doubles(0) > 0;  // what a block of no warps has is the table
    const unsigned each = copies ? std::clamp(all / most_blocks, 1u, 8u) : 1;
    return (all + each - 1) / each;
  }

  template <unsigned count, class Finish>
  static void launch_rows(const Product<View, count>& product, State first, State last, const Finish& finish,
                          const Slots& slots) {
    const auto kernel = finish_rows<View, count, Finish>;
    const unsigned slices = last - first, warps = std::clamp(slices, 1u, row_threads / 32);
    const unsigned blocks = blocks_for_rows(product, slices, warps, slots.slot != nullptr);
    queue(kernel, blocks, 32 * warps, shared_bytes(kernel, product, 32 * warps), product, first, last, finish, slots);
  }

  template <unsigned count, class Finish>
  static void launch_levels(const Product<View, count>& product, const Ordered& ordered, const Stretch& stretch,
                            const Finish& finish) {
    const auto kernel = finish_levels<View, count, Finish>;
    const unsigned threads = std::min(32 * stretch.widest, most_thin_threads);
    queue(kernel, 1, threads, shared_bytes(kernel, product, threads), product, ordered.first_slice.data(),
          stretch.first, stretch.last, finish);
  }

  // finish(i, flow into i) for every row, and the totals of what it returns, if they are wanted.
  template <class Finish>
  Pass for_rows(const CudaVector& x, const Finish& finish, Tally tally) const {
    const Ordered& ordered = orders_[0];
    const Slots slots = tally == Tally::yes ? sums().slots() : Slots{};
    if (ordered.parts.size() == 1) {
      const Product<View, 1> product{{ordered.parts[0].view()}, {x.data()}, ordered.first_row.data()};
      launch_rows(product, 0, ordered.slices, finish, slots);
    } else {
      const Product<View, 2> product{
          {ordered.parts[0].view(), ordered.parts[1].view()}, {x.data(), x.data()}, ordered.first_row.data()};
      launch_rows(product, 0, ordered.slices, finish, slots);
    }
    if (tally == Tally::no) return {};
    const double* const total = sums().wait();
    return {total[0], total[1]};
  }

  // finish(i, flow into i) level after level.
  template <unsigned count, class Finish>
  static void launch_by_levels(const Ordered& ordered, const Product<View, count>& product, const Finish& finish) {
    for (const Stretch& stretch : ordered.stretches) {
      if (stretch.widest >= wide)
        launch_rows(product, stretch.first_slice, stretch.last_slice, finish, Slots{});
      else
        launch_levels(product, ordered, stretch, finish);
    }
  }

  static void launch_sweep(const Ordered& ordered, double w, const CudaVector& old, CudaVector& fresh) {
    const Product<View, 2> product{
        {ordered.parts[0].view(), ordered.parts[1].view()}, {fresh.data(), old.data()}, ordered.first_row.data()};
    launch_by_levels(ordered, product, GaussSeidelUpdate{w, ordered.exit.data(), old.data(), fresh.data()});
  }

  // Calls f(ordered, x, y) with the vectors in the order of the direction; x and y may be the same outside.
  template <class Function>
  void in_order_of(Direction direction, const CudaVector& x, CudaVector& y, Function f) const {
    if (direction == orders_[0].order->direction) {
      if (&x != &y) return f(orders_[0], x, y);
      make_room(fresh_);
      f(orders_[0], x, fresh_);
      std::swap(y, fresh_);
      return;
    }
    make_room(x_);
    make_room(y_);
    gather(second_to_first_, x, x_);
    f(orders_.at(1), x_, y_);
    scatter(second_to_first_, y_, y);
  }

  // Another vector that f reads, in that order, too.
  const CudaVector& in_same_order(Direction direction, const CudaVector& b) const {
    if (direction == orders_[0].order->direction) return b;
    make_room(z_);
    gather(second_to_first_, b, z_);
    return z_;
  }

  void make_room(CudaVector& work) const {
    if (work.size() == 0) work = CudaVector(size());
  }

  double max_exit_;
  std::vector<Ordered> orders_;       // for no direction, for one, or for two
  CudaArray<State> second_to_first_;  // position in the first order of each position in the second
  mutable CudaVector x_, y_, z_;      // work space that stays where it is, as graphs hold it
  mutable CudaVector fresh_;          // that changes places with what is swept
  mutable SweepGraphs graphs_;
};

template <CudaStorage Storage>
CudaKernel cuda_kernel() {
  return {Storage::storage, Storage::kernel, Storage::footprint,
          [](const Csr& inflow, const std::vector<double>& exit_rate,
             const LevelOrders& orders) -> std::unique_ptr<RateOperator<CudaVector>> {
            return std::make_unique<CudaOperator<Storage>>(inflow, exit_rate, orders);
          }};
}

}  // namespace steady::detail
