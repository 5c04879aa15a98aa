// A time limit that several pieces of work share.
#pragma once

#include <algorithm>

#include "formats/base/stopwatch.hpp"

namespace steady::detail {

// What is left of a time limit, as one of its own: positive, as 0 is no limit.
inline double time_left(double limit, double seconds) { return limit > 0 ? std::max(1e-9, limit - seconds) : 0; }

class Deadline {
 public:
  // So many seconds from now; 0: never.
  explicit Deadline(double limit) : limit_(limit) {}

  bool over() const { return limit_ > 0 && watch_.seconds() >= limit_; }
  double left() const { return time_left(limit_, watch_.seconds()); }
  double seconds() const { return watch_.seconds(); }  // since it was made

 private:
  double limit_;
  Stopwatch watch_;
};

}  // namespace steady::detail
