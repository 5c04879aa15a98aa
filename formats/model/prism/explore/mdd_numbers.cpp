#include "formats/model/prism/explore/mdd_numbers.hpp"

#include <algorithm>

namespace steady::detail::prism {

MddNumbers::MddNumbers(const StateMdd& mdd, const Packing& packing) : mdd_(mdd), packing_(packing) {
  constexpr double most = 0x1p62;
  if (mdd.count(mdd.root()) > most) throw StateMdd::TooLarge();
  std::vector<std::uint64_t> count(mdd.nodes());
  count[StateMdd::all] = 1;
  first_.resize(mdd.nodes());
  for (StateMdd::Id node = 2; node < mdd.nodes(); ++node) {  // those that follow it were made before it
    first_[node] = before_.size();
    for (const StateMdd::Id next : mdd.next(node)) {
      before_.push_back(count[node]);
      count[node] += count[next];
    }
  }
  states_ = count[mdd.root()];
}

std::uint64_t MddNumbers::number(const std::uint64_t* state) const {
  std::uint64_t number = 0;
  StateMdd::Id node = mdd_.root();
  for (std::size_t v = 0; v < mdd_.variables() && node != StateMdd::none; ++v) {
    const auto value = static_cast<std::size_t>(packing_.value(state, v) - packing_.variables()[v].low);
    number += before_[first_[node] + value];
    node = mdd_.next(node)[value];
  }
  return node == StateMdd::none ? none : number;
}

void MddNumbers::find(std::uint64_t number, std::uint64_t* state) const {
  StateMdd::Id node = mdd_.root();
  for (std::size_t v = 0; v < mdd_.variables(); ++v) {
    const auto first = before_.begin() + static_cast<std::ptrdiff_t>(first_[node]);
    const auto last = first + static_cast<std::ptrdiff_t>(mdd_.next(node).size());
    const auto value = std::upper_bound(first, last, number) - first - 1;  // the last that begins there or earlier
    number -= first[value];
    packing_.set(state, v, packing_.variables()[v].low + value);
    node = mdd_.next(node)[static_cast<std::size_t>(value)];
  }
}

}  // namespace steady::detail::prism
