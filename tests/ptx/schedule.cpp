#include "tests/ptx/schedule.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "tests/ptx/violation.hpp"

namespace ptx {

Order::Order(const std::string& schedule) {
  if (schedule == "forward") return;
  if (schedule == "reverse") {
    kind_ = Kind::reverse;
  } else if (schedule == "random" || schedule.starts_with("random:")) {
    kind_ = Kind::random;
    if (schedule.size() > 7) random_.seed(std::stoull(schedule.substr(7)));
  } else {
    throw Violation("STEADY_SCHEDULE is forward, reverse, random or random:SEED, not " + schedule);
  }
}

std::vector<std::uint32_t> Order::turn(std::uint32_t count) {
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  if (kind_ == Kind::reverse) std::reverse(numbers.begin(), numbers.end());
  if (kind_ == Kind::random) std::shuffle(numbers.begin(), numbers.end(), random_);
  return numbers;
}

Order& schedule() {
  const char* const wanted = std::getenv("STEADY_SCHEDULE");
  static Order order(wanted ? wanted : "forward");
  return order;
}

}  // namespace ptx
