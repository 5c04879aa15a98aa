// A matrix on the host with its states in one order, in any storage: what an operator of either precision goes through.
//
// For sweeps the states are in level order and the matrix is in two parts, what a sweep reads new and what it reads old
// (levels.hpp). A wide level is shared out among the threads; a run of thin ones is left to one thread, as a barrier
// costs more than it would save.
#pragma once

#include <omp.h>

#include <memory>
#include <vector>

#include <steady/csr.hpp>

#include "formats/base/parallel.hpp"
#include "formats/chain/levels.hpp"
#include "formats/matrix/barrier.hpp"
#include "formats/matrix/parts.hpp"
#include "formats/matrix/slices.hpp"
#include "formats/matrix/storage.hpp"

namespace steady::detail {

template <HostStorage Storage>
class OrderedMatrix {
 public:
  // In the states' own order, the whole matrix in one part.
  explicit OrderedMatrix(const Csr& inflow) {
    const State start[] = {0, static_cast<State>(inflow.rows())};
    slices = make_slices(start);
    parts.emplace_back(inflow, slices);
  }

  // In level order, in two parts.
  OrderedMatrix(const Csr& inflow, const std::shared_ptr<const LevelOrder>& level_order)
      : order(level_order),
        slices(make_slices(level_order->start)),
        parts(make_parts<Storage>(inflow, *level_order, slices)) {
    std::size_t wide_slices = 0;
    for (std::size_t l = 0; l < slices.levels(); ++l) {
      const std::size_t first = slices.level[l], last = slices.level[l + 1];
      const bool is_wide = last - first >= wide;
      if (is_wide) wide_slices += last - first;
      if (!is_wide && !stretches_.empty() && !stretches_.back().wide)
        stretches_.back().last = last;
      else
        stretches_.push_back({first, last, is_wide});
    }
    shared_ = wide_slices >= worth_threads;
  }

  // Calls f(slice) for every slice, in any order.
  template <class SliceFunction>
  void at_once(SliceFunction f) const {
    share_out(slices.count(), slices.count() >= worth_threads, f);
  }

  // Calls f(slice) for every slice, level after level.
  template <class SliceFunction>
  void by_levels(SliceFunction f) const {
    if (!shared_) return share_out(slices.count(), false, f);
    Barrier barrier;
#pragma omp parallel
    {
      const auto threads = static_cast<std::size_t>(omp_get_num_threads());
      const auto thread = static_cast<std::size_t>(omp_get_thread_num());
      for (const Stretch& stretch : stretches_) {
        const std::size_t count = stretch.last - stretch.first;
        const std::size_t first = stretch.wide ? count * thread / threads : thread == 0 ? 0 : count;
        const std::size_t last = stretch.wide ? count * (thread + 1) / threads : count;
        for (std::size_t slice = first; slice < last; ++slice) f(stretch.first + slice);
        barrier.wait(threads);
      }
    }
  }

  std::shared_ptr<const LevelOrder> order;  // null: the states' own order
  Slices slices;
  std::vector<Storage> parts;

 private:
  static constexpr std::size_t worth_threads = 256;  // slices: threads that sleep take 50 microseconds to wake up
  static constexpr std::size_t wide = 16;  // slices of a level that is worth a barrier: 1 to 10 microseconds of work

  // Slices that are worked on together: one wide level by all threads, or a run of thin levels by one.
  struct Stretch {
    std::size_t first, last;
    bool wide;
  };

  std::vector<Stretch> stretches_;
  bool shared_ = false;  // whether threads are woken up for the wide ones
};

}  // namespace steady::detail
