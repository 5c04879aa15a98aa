#include "formats/model/prism/transitions.hpp"

namespace steady::prism {

// By target, and by rate for the same target: the smallest rates are added first.
bool Transitions::before(const Step& a, const Step& b) const {
  if (a.hash != b.hash) return a.hash < b.hash;
  if (width_ > 1 && !same(a.target, b.target))
    return std::lexicographical_compare(a.target, a.target + width_, b.target, b.target + width_);
  return a.rate < b.rate;
}

void Transitions::find(const std::uint64_t* state) {
  successors_.expand(state);
  steps_.clear();
  for (std::size_t k = 0; k < successors_.count(); ++k) {
    if (!(successors_.rate(k) > 0)) continue;
    const std::uint64_t* target = successors_.target(k);
    steps_.push_back({StateSet::hash(target, width_), target, successors_.rate(k)});
  }
  const auto ordered = [this](const Step& a, const Step& b) { return before(a, b); };
  if (steps_.size() <= 32) {
    for (std::size_t k = 1; k < steps_.size(); ++k) {
      const Step step = steps_[k];
      std::size_t j = k;
      for (; j > 0 && before(step, steps_[j - 1]); --j) steps_[j] = steps_[j - 1];
      steps_[j] = step;
    }
  } else {
    std::sort(steps_.begin(), steps_.end(), ordered);
  }

  self_loop_ = 0;
  std::size_t kept = 0;
  for (std::size_t k = 0; k < steps_.size();) {
    Step sum = steps_[k++];
    for (; k < steps_.size() && steps_[k].hash == sum.hash && same(steps_[k].target, sum.target); ++k)
      sum.rate += steps_[k].rate;
    if (same(sum.target, state))
      self_loop_ = sum.rate;
    else
      steps_[kept++] = sum;
  }
  steps_.resize(kept);
}

}  // namespace steady::prism
