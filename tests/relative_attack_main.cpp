// steady_relative_attack: how many relative proofs of random awkward chains are refuted by exact fractions.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <map>
#include <utility>
#include <vector>

#include "tests/relative_attack.hpp"

namespace {

using steady::relative_attack::attack;
using steady::relative_attack::Verdict;

struct Count {
  std::size_t chains = 0, refuted = 0;
  std::vector<double> errors;  // of those proven
};

int run(std::uint64_t first, std::uint64_t count) {
  std::map<std::pair<std::string, std::string>, Count> counts;
  std::size_t refuted = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const Verdict verdict = attack(seed);
    Count& c = counts[{verdict.kind, verdict.attack}];
    ++c.chains;
    if (verdict.proven) c.errors.push_back(verdict.error);
    if (!verdict.refuted) continue;
    ++c.refuted;
    ++refuted;
    fmt::print("FALSE PROOF: seed {}, {}, {}, {} states\n", seed, verdict.kind, verdict.attack, verdict.states);
  }
  fmt::print("{:<14} {:<10} {:>8} {:>8} {:>8} {:>10} {:>10}\n", "chains", "attack", "", "proven", "refuted", "median",
             "largest");
  for (auto& [name, c] : counts) {
    std::sort(c.errors.begin(), c.errors.end());
    const double median = c.errors.empty() ? 0 : c.errors[c.errors.size() / 2];
    fmt::print("{:<14} {:<10} {:>8} {:>8} {:>8} {:>10.1e} {:>10.1e}\n", name.first, name.second, c.chains,
               c.errors.size(), c.refuted, median, c.errors.empty() ? 0 : c.errors.back());
  }
  fmt::print("{} chains, {} refuted\n", count, refuted);
  return refuted == 0 ? 0 : 1;
}

}  // namespace

// steady_relative_attack [CHAINS [FIRST SEED]]
int main(int argc, char** argv) {
  try {
    return run(argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1,
               argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000);
  } catch (const std::exception& error) {
    fmt::print(stderr, "steady_relative_attack: {}\n", error.what());
    return 2;
  }
}
