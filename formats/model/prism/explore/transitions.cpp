#include "formats/model/prism/explore/transitions.hpp"

#include "formats/base/relative_error.hpp"

namespace steady::detail::prism {

double Transitions::rate_error() {
  const auto distinct = static_cast<double>(count_ + (self_loop_ > 0 ? 1 : 0));
  double error = successors_.rate_error(), combinations = successors_.combinations();
  if (tangible_) {
    error = compounded(error, tangible_->error());
    combinations += static_cast<double>(tangible_->count() - successors_.count());
  }
  return combinations == distinct ? error : summed(error, combinations - distinct);
}

// By target, and by rate for the same target: the smallest rates are added first.
bool Transitions::before(const Step& a, const Step& b) const {
  if (!same(a.target, b.target))
    return std::lexicographical_compare(a.target, a.target + width_, b.target, b.target + width_);
  return a.rate < b.rate;
}

void Transitions::find(const std::uint64_t* state) {
  successors_.expand(state);
  if (tangible_) tangible_->find(state, successors_);
  with_width(width_, [&](auto width) {
    if (tangible_)
      collect(*tangible_, state, width);
    else
      collect(successors_, state, width);
  });
}

// The source's successors as steps.
template <class Source, class Width>
void Transitions::collect(const Source& source, const std::uint64_t* state, Width width) {
  if (steps_.size() < source.count()) steps_.resize(2 * source.count());
  ++visit_;
  self_loop_ = 0;
  Step* steps = steps_.data();
  std::size_t count = 0;
  bool repeated = false, stays = false;
  for (std::size_t k = 0; k < source.count(); ++k) {
    const double rate = source.rate(k);
    if (!(rate > 0)) {
      dropped_ = true;
      continue;
    }
    const std::uint64_t* target = source.target(k);
    std::uint64_t hash = 0;
    for (std::size_t w = 0; w < width; ++w) hash = (hash + target[w] - state[w]) * 0x9E3779B97F4A7C15ull;
    std::uint64_t& seen = seen_[hash >> (64 - seen_bits)];
    if (seen == visit_)  // where many slots are taken, sorting costs less than to look
      repeated = repeated || count > seen_.size() / 2 ||
                 std::any_of(steps, steps + count, [&](const Step& s) { return same(s.target, target); });
    seen = visit_;
    stays |= hash == 0;
    steps[count++] = {target, rate};
  }
  count_ = count;
  if (repeated) add_up();
  if (stays) take_self_loop(state);
}

void Transitions::add_up() {
  std::sort(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(count_),
            [this](const Step& a, const Step& b) { return before(a, b); });
  std::size_t kept = 0;
  for (std::size_t k = 1; k < count_; ++k) {
    if (same(steps_[k].target, steps_[kept].target))
      steps_[kept].rate += steps_[k].rate;
    else
      steps_[++kept] = steps_[k];
  }
  count_ = kept + 1;
}

void Transitions::take_self_loop(const std::uint64_t* state) {
  for (std::size_t k = 0; k < count_; ++k) {
    if (!same(steps_[k].target, state)) continue;
    self_loop_ = steps_[k].rate;
    steps_[k] = steps_[--count_];
    break;
  }
}

}  // namespace steady::detail::prism
