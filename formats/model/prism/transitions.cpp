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
  self_loop_ = 0;
  std::uint64_t seen = 0;  // a bit for six bits of the hash: most targets are seen to be new without a search
  bool repeated = false;
  for (std::size_t k = 0; k < successors_.count(); ++k) {
    const double rate = successors_.rate(k);
    if (!(rate > 0)) continue;
    const std::uint64_t* target = successors_.target(k);
    const std::uint64_t hash = StateSet::hash(target, width_);
    const std::uint64_t bit = std::uint64_t{1} << (hash & 63);
    if ((seen & bit) != 0)
      repeated = repeated || std::any_of(steps_.begin(), steps_.end(), [&](const Step& s) { return s.hash == hash; });
    seen |= bit;
    steps_.push_back({hash, target, rate});
  }
  if (repeated) add_up();
  for (std::size_t k = 0; k < steps_.size(); ++k) {
    if (!same(steps_[k].target, state)) continue;
    self_loop_ = steps_[k].rate;
    steps_[k] = steps_.back();
    steps_.pop_back();
    break;
  }
}

void Transitions::add_up() {
  std::sort(steps_.begin(), steps_.end(), [this](const Step& a, const Step& b) { return before(a, b); });
  std::size_t kept = 0;
  for (std::size_t k = 1; k < steps_.size(); ++k) {
    if (steps_[k].hash == steps_[kept].hash && same(steps_[k].target, steps_[kept].target))
      steps_[kept].rate += steps_[k].rate;
    else
      steps_[++kept] = steps_[k];
  }
  steps_.resize(kept + 1);
}

}  // namespace steady::prism
