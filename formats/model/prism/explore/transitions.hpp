// The distinct transitions out of one tangible state: successors with those to the same target added up, and without
// vanishing states.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "formats/model/prism/explore/state_set.hpp"
#include "formats/model/prism/explore/successors.hpp"
#include "formats/model/prism/explore/tangible_successors.hpp"

namespace steady::detail::prism {

class Transitions {
 public:
  struct Step {
    const std::uint64_t* target;
    double rate;
  };

  explicit Transitions(const CompiledModel& model)
      : successors_(model), width_(model.words()), seen_(std::size_t{1} << seen_bits) {
    if (model.immediate()) tangible_.emplace(model);
  }

  // Throws Error as Successors::expand and VanishingStates::leave do.
  void find(const std::uint64_t* state);

  // To other states, in any order; of the state that find() was called for last.
  std::span<const Step> steps() const { return {steps_.data(), count_}; }
  double self_loop() const { return self_loop_; }  // 0: none
  bool deadlock() const { return count_ == 0 && self_loop_ == 0; }

  // Whether some transition was left out because its rate is 0, of this state or one before; those that are 0 by what
  // their command reads are not counted.
  bool dropped() const { return dropped_; }

  // Of the rates of steps(), as Successors::rate_error().
  double rate_error();

  // What the state earns, and whether a label holds there.
  double reward(std::size_t r) {
    return tangible_ ? successors_.reward(r, tangible_->action_rates()) : successors_.reward(r);
  }
  // As StateValues::reward_error(), each rate being within the relative error.
  double reward_error(std::size_t r, double rate_error) {
    return tangible_ ? successors_.reward_error(r, tangible_->action_rates(), tangible_->taken_error(rate_error))
                     : successors_.reward_error(r, rate_error);
  }
  bool label(std::size_t l) { return successors_.label(l); }

  bool rescaled() const { return successors_.rescaled(); }  // as of Successors

 private:
  bool before(const Step& a, const Step& b) const;
  template <class Source, class Width>
  void collect(const Source& source, const std::uint64_t* state, Width width);
  void add_up();
  void take_self_loop(const std::uint64_t* state);
  bool same(const std::uint64_t* a, const std::uint64_t* b) const {
    std::uint64_t difference = 0;
    for (std::size_t w = 0; w < width_; ++w) difference |= a[w] ^ b[w];
    return difference == 0;
  }

  static constexpr int seen_bits = 10;

  Successors successors_;
  std::optional<TangibleSuccessors> tangible_;  // where some states are vanishing
  std::size_t width_;
  // By some bits of a hash of the change: when a target was seen there last. Most are seen to be new without a search.
  std::vector<std::uint64_t> seen_;
  std::uint64_t visit_ = 0;
  std::vector<Step> steps_;  // with room for more
  std::size_t count_ = 0;
  double self_loop_ = 0;
  bool dropped_ = false;
};

}  // namespace steady::detail::prism
