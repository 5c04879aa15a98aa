// The order in which blocks, warps and lanes have their turns: STEADY_SCHEDULE=forward, reverse, random or random:SEED,
// as for the emulator.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace ptx {

class Order {
 public:
  // Throws Violation where it is none of these.
  explicit Order(const std::string& schedule);

  // 0 .. count - 1 in the order of this turn.
  std::vector<std::uint32_t> turn(std::uint32_t count);

 private:
  enum class Kind { forward, reverse, random };

  Kind kind_ = Kind::forward;
  std::mt19937_64 random_;
};

// From the environment; forward without it.
Order& schedule();

}  // namespace ptx
