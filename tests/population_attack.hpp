// Random population models with closed forms, truncated roughly: no proven bound may be below the true error.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

namespace steady::population_attack {

struct Verdict {
  std::string kind;         // of population
  std::string model;        // in the PRISM language
  double error = 0;         // total variation between the truncated distribution and the closed form
  double bound = INFINITY;  // that is proven of it
  std::string reason;       // why none is
  // Rounding of the closed form is less than this.
  bool refuted() const { return bound < error - 1e-12; }
};

// Of population number `seed`: birth-death chains with one server, several, as many as customers, or deaths by pairs;
// bursts; queues in tandem and with feedback, whose distribution is a product. Drift functions are given or found.
Verdict attack(std::uint64_t seed);

}  // namespace steady::population_attack
