// Random populations with closed forms, truncated: no proven bound may be below the true error.
// usage: steady_population_attack [COUNT] [SEED]
#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "tests/population_attack.hpp"

int main(int argc, char** argv) {
  using namespace steady::population_attack;
  const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 0;
  struct Tally {
    std::size_t tried = 0, proven = 0, visible = 0, refuted = 0;
  };
  std::map<std::string, Tally> tallies;
  std::size_t refuted = 0;
  for (std::uint64_t k = seed; k < seed + count; ++k) {
    const Verdict verdict = attack(k);
    Tally& tally = tallies[verdict.kind];
    ++tally.tried;
    tally.proven += verdict.bound < 1 ? 1 : 0;
    tally.visible += verdict.error > 1e-9 ? 1 : 0;
    if (!verdict.refuted()) continue;
    ++tally.refuted;
    ++refuted;
    fmt::print("REFUTED: {}, bound {} under error {}\n{}", k, verdict.bound, verdict.error, verdict.model);
  }
  for (const auto& [kind, tally] : tallies)
    fmt::print("{}: {} populations, {} proven, {} with an error over 1e-9, {} refuted\n", kind, tally.tried,
               tally.proven, tally.visible, tally.refuted);
  return refuted == 0 ? 0 : 1;
}
