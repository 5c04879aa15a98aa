// Random hard chains: their known answers are right, and so is what is said of them.
#include "tests/hard_chains.hpp"

#include <set>

#include "tests/catch.hpp"
#include "tests/reference.hpp"

namespace steady::hard_chains {
namespace {

using reference::Rational;

TEST_CASE("the answers of random hard chains are those of exact fractions", "[hard_chains]") {
  std::set<std::string> shapes;
  for (const std::string& kind : kinds())
    for (std::uint64_t seed = 0; seed < 24; ++seed) {
      const HardChain hard = hard_chain(seed, kind, 14);
      INFO(kind << " " << hard.shape << ", seed " << seed << ", " << hard.chain.size() << " states");
      REQUIRE_NOTHROW(validate(hard.chain));
      const std::vector<Rational> exact = reference::exact_solution(hard.chain);
      for (std::size_t i = 0; i < exact.size(); ++i) {
        const auto right = static_cast<double>(exact[i]);
        REQUIRE(std::abs(hard.exact[i] - right) <= 1e-13 * right);
      }
      shapes.insert(hard.shape);
    }
  CHECK(shapes.size() == 9);
}

TEST_CASE("a hard chain is the same for the same seed, and has the size that was asked for", "[hard_chains]") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const HardChain hard = hard_chain(seed), again = hard_chain(seed, hard.kind);
    CHECK(hard.chain.inflow.value == again.chain.inflow.value);
    CHECK(hard.chain.inflow.column == again.chain.inflow.column);
    CHECK(hard.chain.size() > 1000);
    CHECK(hard.chain.size() < 32000);
  }
  CHECK(hard_chain(3).chain.inflow.value != hard_chain(6).chain.inflow.value);
  CHECK_THROWS_WITH(hard_chain(1, "easy"), ContainsSubstring("'easy'"));
}

void solve_hard_chains(std::uint64_t first, std::uint64_t count, std::size_t states) {
  std::uint64_t reliable = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const HardChain hard = hard_chain(seed, std::nullopt, states);
    const Verdict verdict = judge(hard, 10);
    INFO(hard.kind << " " << hard.shape << ", seed " << seed << ", " << hard.chain.size() << " states: error "
                   << verdict.error << ", bound " << verdict.bound << ", " << verdict.method << " " << verdict.stop);
    CHECK_FALSE(verdict.wrong());
    CHECK_FALSE(verdict.refutes_proof());
    reliable += verdict.reliable;
  }
  CHECK(reliable * 100 >= count * 95);
}

TEST_CASE("random hard chains of 400 states are solved right", "[hard_chains]") { solve_hard_chains(0, 20, 400); }

TEST_CASE("hundreds of random hard chains are solved right, or said not to be", "[.long]") {
  solve_hard_chains(1, 300, 0);
}

}  // namespace
}  // namespace steady::hard_chains
