#include "formats/model/prism/transitions.hpp"

#include "formats/relative_error.hpp"

namespace steady::prism {

double Transitions::rate_error() {
  const std::size_t distinct = count_ + (self_loop_ > 0 ? 1 : 0);
  const double error = successors_.rate_error();
  return successors_.count() == distinct ? error : summed(error, static_cast<double>(successors_.count() - distinct));
}

// By target, and by rate for the same target: the smallest rates are added first.
bool Transitions::before(const Step& a, const Step& b) const {
  if (a.hash != b.hash) return a.hash < b.hash;
  if (width_ > 1 && !same(a.target, b.target))
    return std::lexicographical_compare(a.target, a.target + width_, b.target, b.target + width_);
  return a.rate < b.rate;
}

void Transitions::find(const std::uint64_t* state) {
  successors_.expand(state);
  if (steps_.size() < successors_.count()) steps_.resize(2 * successors_.count());
  bool repeated = false;
  with_width(width_, [&](auto width) { repeated = collect(width); });
  if (repeated) add_up();
  self_loop_ = 0;
  for (std::size_t k = 0; k < count_; ++k) {
    if (!same(steps_[k].target, state)) continue;
    self_loop_ = steps_[k].rate;
    steps_[k] = steps_[--count_];
    break;
  }
}

// The successors as steps; whether two lead to the same target, or seem to.
template <class Width>
bool Transitions::collect(Width width) {
  Step* steps = steps_.data();
  std::size_t count = 0;
  std::uint64_t seen = 0;  // a bit for six bits of the hash: most targets are seen to be new without a search
  bool repeated = false;
  for (std::size_t k = 0; k < successors_.count(); ++k) {
    const double rate = successors_.rate(k);
    if (!(rate > 0)) continue;
    const std::uint64_t* target = successors_.target(k);
    const std::uint64_t hash = StateSet::hash(target, width);
    const std::uint64_t bit = std::uint64_t{1} << (hash & 63);
    if ((seen & bit) != 0)
      repeated = repeated || std::any_of(steps, steps + count, [&](const Step& s) { return s.hash == hash; });
    seen |= bit;
    steps[count++] = {hash, target, rate};
  }
  count_ = count;
  return repeated;
}

void Transitions::add_up() {
  std::sort(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(count_),
            [this](const Step& a, const Step& b) { return before(a, b); });
  std::size_t kept = 0;
  for (std::size_t k = 1; k < count_; ++k) {
    if (steps_[k].hash == steps_[kept].hash && same(steps_[k].target, steps_[kept].target))
      steps_[kept].rate += steps_[k].rate;
    else
      steps_[++kept] = steps_[k];
  }
  count_ = kept + 1;
}

}  // namespace steady::prism
