// What a reader of another language's expressions makes of a file, held within bounds.
#pragma once

#include <cstddef>

#include "formats/model/prism/language/source.hpp"

namespace steady::detail::prism {

// How deep a reader's recursion is, and how many expressions it has made: functions written out grow exponentially at
// worst.
class ExpressionLimits {
 public:
  // An expression more. Throws Error at the place for too many.
  void count(Place place) {
    if (++count_ > most) fail(place, "the model's expressions are too large once its functions are written out");
  }

  // A level of the recursion, while it lives. Throws Error at the place for too many.
  class Level {
   public:
    Level(ExpressionLimits& limits, Place place) : depth_(limits.depth_) {
      if (depth_ >= deepest) fail(place, "expressions or functions are nested too deeply");
      ++depth_;
    }
    ~Level() { --depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    std::size_t& depth_;
  };

 private:
  static constexpr std::size_t deepest = 1000;
  static constexpr std::size_t most = 5'000'000;

  std::size_t depth_ = 0;
  std::size_t count_ = 0;
};

}  // namespace steady::detail::prism
