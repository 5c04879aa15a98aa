// The numbers of states that lie in ascending lexicographic order, found without a table.
//
// A transition adds a change to a state's words. From neighbouring states the same change leads to states that are
// mostly as far away as they were the last time: there the search begins, and in nine cases of ten it ends. (Such
// offsets number the states of decision diagrams: Kwiatkowska, Norman and Parker, STTT 6, 2004.) A wrong guess costs
// time, and nothing else.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <steady/csr.hpp>

namespace steady::detail::prism {

class StateNumbers {
 public:
  // words: of all states, `width` words each. They must outlive this object. Each thread has its own.
  StateNumbers(const std::vector<std::uint64_t>& words, std::size_t width)
      : words_(words.data()), count_(words.size() / width), offsets_(offset_count) {}

  static constexpr State none = 0xFFFFFFFF;

  // The number of `target`, to which a transition leads from state number `source`; `none` where it is not among the
  // states.
  template <class Width>
  State find(State source, const std::uint64_t* target, Width width) {
    std::uint64_t change = 0;
    for (std::size_t w = 0; w < width; ++w)
      change = (change + target[w] - at(source, width)[w]) * 0x9E3779B97F4A7C15ull;
    State& offset = offsets_[change >> (64 - offset_bits)];  // of whatever change was here last
    const State guess = std::min(source + offset, static_cast<State>(count_ - 1));
    if (same(at(guess, width), target, width)) return guess;
    const std::size_t number = find_near(guess, target, width);
    if (number == count_ || !same(at(number, width), target, width)) return none;
    offset = static_cast<State>(number) - source;
    return static_cast<State>(number);
  }

  // The number of a state, wherever it is.
  template <class Width>
  State find(const std::uint64_t* state, Width width) const {
    return static_cast<State>(first_not_below(0, count_, state, width));
  }

 private:
  static constexpr int offset_bits = 12;  // few enough for the fastest cache
  static constexpr std::size_t offset_count = std::size_t{1} << offset_bits;

  const std::uint64_t* at(std::size_t state, std::size_t width) const { return words_ + state * width; }

  template <class Width>
  static bool same(const std::uint64_t* a, const std::uint64_t* b, Width width) {
    std::uint64_t difference = 0;
    for (std::size_t w = 0; w < width; ++w) difference |= a[w] ^ b[w];
    return difference == 0;
  }

  template <class Width>
  bool below(std::size_t state, const std::uint64_t* target, Width width) const {
    const std::uint64_t* words = at(state, width);
    return std::lexicographical_compare(words, words + width, target, target + width);
  }

  // In strides that double, until the target is passed; then by halves.
  template <class Width>
  std::size_t find_near(std::size_t guess, const std::uint64_t* target, Width width) const {
    std::size_t stride = 1;
    if (below(guess, target, width)) {
      std::size_t first = guess + 1;
      for (; first + stride < count_ && below(first + stride, target, width); stride *= 2) first += stride + 1;
      return first_not_below(first, std::min(first + stride, count_), target, width);
    }
    std::size_t last = guess;
    for (; last > stride && !below(last - stride, target, width); stride *= 2) last -= stride;
    return first_not_below(last > stride ? last - stride + 1 : 0, last, target, width);
  }

  // The first state in first..last-1 that is not below the target; last, where there is none.
  template <class Width>
  std::size_t first_not_below(std::size_t first, std::size_t last, const std::uint64_t* target, Width width) const {
    while (first < last) {
      const std::size_t middle = first + (last - first) / 2;
      if (below(middle, target, width))
        first = middle + 1;
      else
        last = middle;
    }
    return first;
  }

  const std::uint64_t* words_;
  std::size_t count_;
  std::vector<State> offsets_;  // by change: target less source, modulo 2^32
};

}  // namespace steady::detail::prism
