// Rows from the MDD that the states were found from.
#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <vector>

#include "formats/model/prism/explore/mdd_transitions.hpp"

namespace steady::detail::prism {

class MddRows {
 public:
  // For a model that MddTransitions::suit. words: of all states of the MDD, packed, in ascending lexicographic order;
  // they and the MDD must outlive this object.
  MddRows(const CompiledModel& model, Workers& workers, const ReachableMdd& reachable,
          const std::vector<std::uint64_t>& words)
      : model_(model),
        reachable_(reachable),
        repeats_(repeats(reachable.relations)),
        words_(words.data()),
        workers_(workers),
        walkers_(static_cast<std::size_t>(omp_get_max_threads())) {}

  // False, and Error, as MddTransitions::walk.
  template <class Add>
  bool for_each(std::size_t first, std::size_t last, Add add) {
    std::atomic<bool> finite = true;
    workers_.share_out(first, last, [&](Chunk& chunk, std::size_t begin, std::size_t end) {
      std::unique_ptr<MddTransitions>& rows = walkers_[static_cast<std::size_t>(omp_get_thread_num())];
      if (!rows) rows = std::make_unique<MddTransitions>(model_, reachable_, repeats_);
      if (begin < end && !rows->walk(static_cast<State>(begin), static_cast<State>(end), words_, [&](State s) {
            add(chunk, Row{s, rows->steps(), rows->self_loop()}, *rows);
          }))
        finite = false;
    });
    for (const Chunk& chunk : workers_.all())
      if (chunk.error) std::rethrow_exception(chunk.error);
    return finite;
  }

  const std::vector<Chunk>& chunks() const { return workers_.all(); }
  bool dropped() const {
    return std::any_of(walkers_.begin(), walkers_.end(), [](const auto& rows) { return rows && rows->dropped(); });
  }

 private:
  const CompiledModel& model_;
  const ReachableMdd& reachable_;
  bool repeats_;
  const std::uint64_t* words_;
  Workers& workers_;
  std::vector<std::unique_ptr<MddTransitions>> walkers_;  // one a thread
};

}  // namespace steady::detail::prism
