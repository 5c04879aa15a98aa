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

// Solves it, and returns whether the answer can be relied on: no answer is then wrong.
bool solves(std::uint64_t seed, std::size_t states, double time_limit) {
  const HardChain hard = hard_chain(seed, std::nullopt, states);
  const Verdict verdict = judge(hard, time_limit);
  INFO(hard.kind << " " << hard.shape << ", seed " << seed << ", " << hard.chain.size() << " states: error "
                 << verdict.error << ", bound " << verdict.bound << ", " << verdict.method << " " << verdict.stop);
  CHECK_FALSE(verdict.wrong());
  CHECK_FALSE(verdict.refutes_proof());
  return verdict.reliable;
}

TEST_CASE("random hard chains of about 400 states are solved right", "[hard_chains]") {
  for (std::uint64_t seed = 0; seed < 21; ++seed) CHECK(solves(seed, 400, 0));
}

TEST_CASE("hard chains of thousands of states are solved right", "[hard_chains]") {
  for (const std::uint64_t seed : {7, 12, 26, 37, 60}) CHECK(solves(seed, 0, 0));  // each kind; a second or less each
}

TEST_CASE("hundreds of random hard chains are solved right, or said not to be", "[.long]") {
  int solved = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) solved += solves(seed, 0, 60) ? 1 : 0;
  CHECK(solved >= 285);
}

}  // namespace
}  // namespace steady::hard_chains
