// Rows from the states themselves: each is expanded, and its targets are looked up among the states.
#pragma once

#include <atomic>
#include <vector>

#include "formats/model/prism/explore/row_source.hpp"
#include "formats/model/prism/explore/state_numbers.hpp"

namespace steady::detail::prism {

class ExplicitRows {
 public:
  // words: of all states, packed, in ascending lexicographic order. They must outlive this object.
  ExplicitRows(const CompiledModel& model, Workers& workers, const std::vector<std::uint64_t>& words)
      : width_(model.words()),
        rate_errors_(model.rate_errors),
        words_(words.data()),
        workers_(workers),
        finders_(static_cast<std::size_t>(omp_get_max_threads()), Finder{StateNumbers(words, width_), {}}) {}

  // False where a transition leads to none of the states. Throws the Error of the first state that has one.
  template <class Add>
  bool for_each(std::size_t first, std::size_t last, Add add) {
    std::atomic<bool> closed = true;
    workers_.expand(words_ + first * width_, first, last, [&](Chunk& chunk, Transitions& from, std::size_t s) {
      Finder& finder = finders_[static_cast<std::size_t>(omp_get_thread_num())];
      const auto state = static_cast<State>(s);
      if (!number(from, state, finder)) {
        closed = false;
        return;
      }
      add(chunk, Row{state, finder.steps, from.self_loop(), rate_errors_ ? from.rate_error() : 0}, from);
    });
    return closed;
  }

  const std::vector<Chunk>& chunks() const { return workers_.all(); }
  bool dropped() const { return workers_.dropped(); }

 private:
  struct Finder {  // one a thread
    StateNumbers numbers;
    std::vector<Step> steps;
  };

  // Makes the finder's steps the transitions with their targets' numbers. Whether each has one.
  bool number(const Transitions& from, State s, Finder& finder) const {
    finder.steps.clear();
    bool all = true;
    with_width(width_, [&](auto width) {
      for (const Transitions::Step& step : from.steps()) {
        finder.steps.push_back({finder.numbers.find(s, step.target, width), step.rate});
        all = all && finder.steps.back().target != StateNumbers::none;
      }
    });
    return all;
  }

  std::size_t width_;
  bool rate_errors_;
  const std::uint64_t* words_;
  Workers& workers_;
  std::vector<Finder> finders_;
};

}  // namespace steady::detail::prism
