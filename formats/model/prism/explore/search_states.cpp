#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <parallel/algorithm>

#include "formats/base/memory.hpp"
#include "formats/base/with_commas.hpp"
#include "formats/model/prism/explore/ordered_states.hpp"

namespace steady::detail::prism {

namespace {

constexpr std::size_t many_states = 1'000'000;  // more than are expected where an int has no range

// Sorted by all threads; the tag keeps the other ways, unused, from being compiled.
template <class T, class... Less>
void sort(std::vector<T>& values, const Less&... less) {
  __gnu_parallel::sort(values.begin(), values.end(), less..., __gnu_parallel::multiway_mergesort_exact_tag());
}

// The states' words in any order, one state after another.
std::vector<std::uint64_t> words_of(const StateSet& states, std::size_t width) {
  std::array<std::size_t, StateSet::shard_count> start{};
  for (std::size_t shard = 1; shard < start.size(); ++shard) start[shard] = start[shard - 1] + states[shard - 1].size();
  std::vector<std::uint64_t> words(states.size() * width);
  Workers::for_each_shard([&](std::size_t shard) { states[shard].copy(width, words.data() + start[shard] * width); });
  return words;
}

class Search {
 public:
  Search(const CompiledModel& model, Workers& workers, const Progress& progress, const MemoryLimit& limit)
      : model_(model), width_(model.words()), workers_(workers), progress_(progress), limit_(limit), found_(width_) {}

  StateSet run(const std::vector<std::uint64_t>& initial) {
    for (std::size_t k = 0; k < initial.size(); k += width_) {
      const std::uint64_t hash = StateSet::hash(&initial[k], width_);
      found_[StateSet::shard_of(hash)].insert(&initial[k], hash, width_, 0);
    }
    for (pending_ = initial; !pending_.empty(); pending_.swap(next_), next_.clear()) {
      const std::size_t n = pending_.size() / width_;
      // Neighbours in this order have the same values of most variables, so that what is looked up for them is near.
      if (width_ == 1) sort(pending_);
      for (std::size_t first = 0; first < n; first += Workers::batch)
        explore(first, std::min(first + Workers::batch, n));
    }
    return std::move(found_);
  }

 private:
  void explore(std::size_t first, std::size_t last) {
    workers_.expand(&pending_[first * width_], first, last, [this](Chunk& chunk, const Transitions& from, std::size_t) {
      for (const Transitions::Step& step : from.steps()) {
        const std::size_t shard = StateSet::shard_of(StateSet::hash(step.target, width_));
        std::vector<std::uint64_t>& targets = chunk.targets[shard];
        for (std::size_t w = 0; w < width_; ++w) targets.push_back(step.target[w]);
      }
      chunk.transitions += from.steps().size() + (from.self_loop() > 0 || from.deadlock() ? 1 : 0);
    });
    if (last - first < 1024) {  // too few to share out
      for (std::size_t shard = 0; shard < StateSet::shard_count; ++shard) add_targets(shard);
    } else {
      Workers::for_each_shard([this](std::size_t shard) { add_targets(shard); });
    }
    for (std::vector<std::uint64_t>& added : added_) {
      next_.insert(next_.end(), added.begin(), added.end());
      added.clear();
    }
    const std::size_t n = found_.size();
    if (n > most_states) throw Error("the model has more than 2^32 - 2 states", Error::Cause::machine);
    // Found states wait to be expanded, or are put in order, with a copy to sort them.
    const auto needed = static_cast<double>(found_.bytes() + n * width_ * 16);
    if (!noted_ && (n > many_states || 2 * needed > static_cast<double>(limit_.bytes))) note_unbounded();
    require_memory(limit_.path, fmt::format("a state space of {} states, and more to come,", with_commas(n)), needed,
                   limit_.bytes);
    for (const Chunk& chunk : workers_.all()) transitions_ += chunk.transitions;
    expanded_ += last - first;
    if (expanded_ / 100'000 == reported_) return;
    reported_ = expanded_ / 100'000;
    progress_(fmt::format("{} states, {} transitions", with_commas(n), with_commas(transitions_)));
  }

  // Says so where ints without a range are why there are so many states: the one of most values.
  void note_unbounded() {
    constexpr std::int64_t few_values = 16;
    noted_ = true;
    const std::vector<std::uint64_t> words = words_of(found_, width_);
    std::int64_t most = few_values;
    std::string line;
    for (const std::uint32_t v : model_.unbounded) {
      std::int64_t low = largest_int, high = smallest_int;
      for (std::size_t k = 0; k < words.size(); k += width_) {
        low = std::min(low, model_.packing.value(&words[k], v));
        high = std::max(high, model_.packing.value(&words[k], v));
      }
      if (high - low < most) continue;
      most = high - low;
      line = fmt::format(
          "{}: the int '{}' has no range, and in the {} states so far its largest value is {}, its "
          "smallest {}: the state space may be infinite; solve --truncate 1e-9 keeps the states where the probability "
          "is",
          limit_.path, model_.packing.variables()[v].name, with_commas(found_.size()), high, low);
    }
    if (!line.empty()) model_.note(line);
  }

  void add_targets(std::size_t shard) {
    with_width(width_, [&](auto width) {
      for (const Chunk& chunk : workers_.all()) add_targets(shard, chunk.targets[shard], width);
    });
  }

  template <class Width>
  void add_targets(std::size_t shard, const std::vector<std::uint64_t>& targets, Width width) {
    StateSet::Shard& states = found_[shard];
    constexpr std::size_t ahead = 16;  // look-ups whose memory is waited for together
    std::array<std::uint64_t, ahead> hashes;
    for (std::size_t begin = 0; begin < targets.size(); begin += ahead * width) {
      const std::size_t n = std::min(ahead, (targets.size() - begin) / width);
      for (std::size_t k = 0; k < n; ++k) {
        hashes[k] = StateSet::hash(&targets[begin + k * width], width);
        states.prefetch(hashes[k], width);
      }
      for (std::size_t k = 0; k < n; ++k) {
        const std::uint64_t* target = &targets[begin + k * width];
        if (states.insert(target, hashes[k], width, 1))
          added_[shard].insert(added_[shard].end(), target, target + width);
      }
    }
  }

  const CompiledModel& model_;
  std::size_t width_;
  Workers& workers_;
  const Progress& progress_;
  const MemoryLimit& limit_;
  StateSet found_;
  std::vector<std::uint64_t> pending_, next_;  // states to be expanded
  std::array<std::vector<std::uint64_t>, StateSet::shard_count> added_;
  std::size_t transitions_ = 0, expanded_ = 0, reported_ = 0;
  bool noted_ = false;
};

// The states' words in lexicographic order, one state after another.
std::vector<std::uint64_t> in_order(const StateSet& states, std::size_t width) {
  std::vector<std::uint64_t> words = words_of(states, width);
  if (width == 1) {
    sort(words);
    return words;
  }
  struct Key {  // most states differ in their first words
    std::uint64_t first;
    std::size_t number;
  };
  std::vector<Key> keys(states.size());
  for (std::size_t s = 0; s < keys.size(); ++s) keys[s] = {words[s * width], s};
  sort(keys, [&](const Key& a, const Key& b) {
    if (a.first != b.first) return a.first < b.first;
    const std::uint64_t* x = words.data() + a.number * width;
    const std::uint64_t* y = words.data() + b.number * width;
    return std::lexicographical_compare(x, x + width, y, y + width);
  });
  std::vector<std::uint64_t> sorted(words.size());
#pragma omp parallel for schedule(static)
  for (std::size_t s = 0; s < keys.size(); ++s)
    std::copy_n(words.data() + keys[s].number * width, width, sorted.data() + s * width);
  return sorted;
}

}  // namespace

OrderedStates search_states(const CompiledModel& model, const std::vector<std::uint64_t>& initial, Workers& workers,
                            const Progress& progress, const MemoryLimit& limit) {
  const std::size_t width = model.words();
  const StateSet found = Search(model, workers, progress, limit).run(initial);
  OrderedStates states{in_order(found, width), {}};
  const std::size_t n = found.size();
  states.row_start.assign(n + 1, 0);
#pragma omp parallel for schedule(static, 4096)
  for (std::size_t s = 0; s < n; ++s) {
    constexpr std::size_t ahead = 16;
    if (s + ahead < n) found.prefetch(&states.words[(s + ahead) * width]);
    states.row_start[s + 1] = found.incoming(&states.words[s * width]);
  }
  std::partial_sum(states.row_start.begin(), states.row_start.end(), states.row_start.begin());
  return states;
}

}  // namespace steady::detail::prism
