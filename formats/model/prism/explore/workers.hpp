// States expanded in parallel: a batch is cut into chunks, each expanded by one thread into a bucket a shard; then each
// shard's buckets are emptied by one thread, chunk after chunk. What comes out depends on the batch alone, not on the
// number of threads.
#pragma once

#include <omp.h>

#include <array>
#include <exception>
#include <memory>
#include <vector>

#include "formats/base/parallel.hpp"
#include "formats/model/prism/explore/buckets.hpp"
#include "formats/model/prism/explore/transitions.hpp"

namespace steady::detail::prism {

// An entry of the inflow matrix on its way there.
struct IncomingTransition {
  State target, source;
  double rate;
};

// What a chunk has for each shard's thread: while states are found, targets in the shard; while the matrix is made,
// incoming transitions of some of its rows.
struct Chunk {
  std::array<std::vector<std::uint64_t>, StateSet::shard_count> targets;  // packed words
  Buckets<IncomingTransition, StateSet::shard_count> incoming;
  std::size_t transitions = 0;
  std::vector<SelfLoop> self_loops;
  std::vector<State> deadlocks;
  std::vector<char> labels;  // of each state, one after another
  std::exception_ptr error;
  std::size_t failed = 0;  // the state that the error was met in

  void clear() {
    for (std::vector<std::uint64_t>& words : targets) words.clear();
    incoming.clear();
    transitions = 0;
    self_loops.clear();
    deadlocks.clear();
    labels.clear();
    error = nullptr;
  }
};

class Workers {
 public:
  static constexpr std::size_t count = 32;
  static constexpr std::size_t batch = std::size_t{1} << 14;  // states that are expanded at once

  explicit Workers(const CompiledModel& model)
      : model_(model),
        chunks_(count),
        expanders_(static_cast<std::size_t>(omp_get_max_threads())),
        counts_first_(std::any_of(model.synchronizations.begin(), model.synchronizations.end(),
                                  [&](const Synchronization& synchronization) {
                                    return combinations(model, synchronization) > Successors::many_combinations;
                                  })) {}

  std::vector<Chunk>& all() { return chunks_; }

  // Calls add(chunk, transitions, s) for each state s in first..last-1, whose packed words begin at
  // words[(s - first) * width]. Throws the Error of the first state that has one.
  template <class Add>
  void expand(const std::uint64_t* words, std::size_t first, std::size_t last, Add add) {
    const std::size_t width = model_.words();
    if (counts_first_) require_room(words, last - first);
    share_out(first, last, [&](Chunk& chunk, std::size_t begin, std::size_t end) {
      auto& expander = expanders_[static_cast<std::size_t>(omp_get_thread_num())];
      chunk.failed = begin;
      try {
        if (!expander) expander = std::make_unique<Transitions>(model_);
        for (; chunk.failed < end; ++chunk.failed) {
          expander->find(words + (chunk.failed - first) * width);
          add(chunk, *expander, chunk.failed);
        }
      } catch (...) {
        expander.reset();
        throw;
      }
    });
    for (const Chunk& chunk : chunks_)
      if (chunk.error) fail(chunk, words + (chunk.failed - first) * width);
  }

  // Calls work(chunk, begin, end) for each chunk, with its share of the states first..last-1; what is thrown is kept in
  // the chunk.
  template <class Work>
  void share_out(std::size_t first, std::size_t last, Work work) {
    const std::size_t share = (last - first + count - 1) / count;
#pragma omp parallel for schedule(dynamic, 1) if (last - first >= 2 * count)
    for (std::size_t l = 0; l < count; ++l) {
      Chunk& chunk = chunks_[l];
      chunk.clear();
      const std::size_t begin = std::min(first + l * share, last);
      try {
        work(chunk, begin, std::min(begin + share, last));
      } catch (...) {
        chunk.error = std::current_exception();
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
    return std::any_of(expanders_.begin(), expanders_.end(),
                       [](const auto& expander) { return expander && expander->dropped(); });
  }
  bool rescaled() const {
    return std::any_of(expanders_.begin(), expanders_.end(),
                       [](const auto& expander) { return expander && expander->rescaled(); });
  }

 private:
  // Throws Error where the combinations of so many states do not fit into the memory.
  void require_room(const std::uint64_t* words, std::size_t states) const {
    Successors successors(model_);
    double total = 0;
    try {
      for (std::size_t k = 0; k < states; ++k) successors.count_combinations(words + k * model_.words(), total);
    } catch (const Error& error) {
      if (error.cause == Error::Cause::machine) throw;  // what else goes wrong is found in its own order
    } catch (const NoRoom&) {
    }
  }

  // A state may go wrong in several ways: which is found first must not depend on what its thread did before.
  [[noreturn]] void fail(const Chunk& chunk, const std::uint64_t* state) const {
    Transitions alone(model_);
    alone.find(state);
    std::rethrow_exception(chunk.error);  // in what the state earns
  }

  const CompiledModel& model_;
  std::vector<Chunk> chunks_;
  std::vector<std::unique_ptr<Transitions>> expanders_;  // one a thread
  bool counts_first_;                                    // some synchronization may have many combinations in one state
};

}  // namespace steady::detail::prism
