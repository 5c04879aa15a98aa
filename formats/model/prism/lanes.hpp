// States expanded in parallel: a batch is cut into lanes, each expanded by one thread into a basket a shard; then each
// shard's baskets are emptied by one thread, lane after lane. What comes out depends on the batch alone, not on the
// number of threads.
#pragma once

#include <omp.h>

#include <array>
#include <exception>
#include <memory>
#include <vector>

#include "formats/in_parallel.hpp"
#include "formats/model/prism/transitions.hpp"

namespace steady::prism {

// An entry of the inflow matrix on its way there.
struct Arrival {
  State target, source;
  double rate;
};

// What a lane has for one thread to empty: while states are found, targets in one shard; while the matrix is made,
// arrivals in some of its rows.
struct Basket {
  std::vector<std::uint64_t> targets;  // packed words
  std::vector<Arrival> arrivals;

  void clear() {
    targets.clear();
    arrivals.clear();
  }
};

struct Lane {
  std::array<Basket, StateSet::shard_count> baskets;
  std::size_t transitions = 0;
  std::vector<SelfLoop> self_loops;
  std::vector<State> deadlocks;
  std::vector<char> labels;  // of each state, one after another
  std::exception_ptr error;
  std::size_t failed = 0;  // the state that the error was met in

  void clear() {
    for (Basket& basket : baskets) basket.clear();
    transitions = 0;
    self_loops.clear();
    deadlocks.clear();
    labels.clear();
    error = nullptr;
  }
};

class Lanes {
 public:
  static constexpr std::size_t count = 32;
  static constexpr std::size_t batch = std::size_t{1} << 14;  // states that are expanded at once

  explicit Lanes(const Network& network)
      : network_(network),
        lanes_(count),
        workers_(static_cast<std::size_t>(omp_get_max_threads())),
        counts_first_(std::any_of(network.events.begin(), network.events.end(), [&](const NetworkEvent& event) {
          return combinations(network, event) > Successors::many_combinations;
        })) {}

  std::vector<Lane>& all() { return lanes_; }

  // Calls add(lane, transitions, s) for each state s in first..last-1, whose packed words begin at
  // words[(s - first) * width]. Throws the Error of the first state that has one.
  template <class Add>
  void expand(const std::uint64_t* words, std::size_t first, std::size_t last, Add add) {
    const std::size_t width = network_.words();
    if (counts_first_) require_room(words, last - first);
    share_out(first, last, [&](Lane& lane, std::size_t begin, std::size_t end) {
      auto& worker = workers_[static_cast<std::size_t>(omp_get_thread_num())];
      lane.failed = begin;
      try {
        if (!worker) worker = std::make_unique<Transitions>(network_);
        for (; lane.failed < end; ++lane.failed) {
          worker->find(words + (lane.failed - first) * width);
          add(lane, *worker, lane.failed);
        }
      } catch (...) {
        worker.reset();
        throw;
      }
    });
    for (const Lane& lane : lanes_)
      if (lane.error) fail(lane, words + (lane.failed - first) * width);
  }

  // Calls work(lane, begin, end) for each lane, with its share of the states first..last-1; what is thrown is kept in
  // the lane.
  template <class Work>
  void share_out(std::size_t first, std::size_t last, Work work) {
    const std::size_t share = (last - first + count - 1) / count;
#pragma omp parallel for schedule(dynamic, 1) if (last - first >= 2 * count)
    for (std::size_t l = 0; l < count; ++l) {
      Lane& lane = lanes_[l];
      lane.clear();
      const std::size_t begin = std::min(first + l * share, last);
      try {
        work(lane, begin, std::min(begin + share, last));
      } catch (...) {
        lane.error = std::current_exception();
      }
    }
  }

  // Calls empty(shard) for each shard, each by one thread.
  template <class Empty>
  static void for_each_shard(Empty empty) {
    in_parallel(StateSet::shard_count, empty);
  }

  // As Transitions::dropped, of any state since an Error.
  bool dropped() const {
    return std::any_of(workers_.begin(), workers_.end(),
                       [](const auto& worker) { return worker && worker->dropped(); });
  }
  bool rescaled() const {
    return std::any_of(workers_.begin(), workers_.end(),
                       [](const auto& worker) { return worker && worker->successors().rescaled(); });
  }

 private:
  // Throws Error where the combinations of so many states do not fit into the memory.
  void require_room(const std::uint64_t* words, std::size_t states) const {
    Successors successors(network_);
    double total = 0;
    try {
      for (std::size_t k = 0; k < states; ++k) successors.count_combinations(words + k * network_.words(), total);
    } catch (const Error& error) {
      if (error.cause == Error::Cause::machine) throw;  // what else goes wrong is found in its own order
    } catch (const NoRoom&) {
    }
  }

  // A state may go wrong in several ways: which is found first must not depend on what its thread did before.
  [[noreturn]] void fail(const Lane& lane, const std::uint64_t* state) const {
    Transitions alone(network_);
    alone.find(state);
    std::rethrow_exception(lane.error);  // in what the state earns
  }

  const Network& network_;
  std::vector<Lane> lanes_;
  std::vector<std::unique_ptr<Transitions>> workers_;  // one a thread
  bool counts_first_;                                  // some event may have many combinations in one state
};

}  // namespace steady::prism
