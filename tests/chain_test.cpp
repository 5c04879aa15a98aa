// Chains and their matrices, against naive loops.
#include <limits>
#include <map>
#include <random>

#include <steady/chain.hpp>
#include <steady/error.hpp>

#include "catch.hpp"
#include "formats/base/thread_count.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

using Dense = std::map<std::pair<State, State>, double>;

// Values are multiples of 1/8, so that sums are exact in any order.
std::vector<Triplet> random_triplets(std::mt19937& random, std::size_t rows, std::size_t entries, int smallest) {
  std::vector<Triplet> triplets;
  for (std::size_t k = 0; k < entries; ++k)
    triplets.push_back({static_cast<State>(random() % rows), static_cast<State>(random() % rows),
                        (static_cast<int>(random() % 16) + smallest) / 8.0});
  return triplets;
}

Dense dense(const std::vector<Triplet>& triplets) {
  Dense result;
  for (const Triplet& t : triplets) result[{t.row, t.column}] += t.value;
  return result;
}

Dense dense(const Csr& matrix) {
  Dense result;
  for (std::size_t i = 0; i < matrix.rows(); ++i)
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k) {
      REQUIRE((k == matrix.row_start[i] || matrix.column[k - 1] < matrix.column[k]));
      result[{static_cast<State>(i), matrix.column[k]}] = matrix.value[k];
    }
  REQUIRE(result.size() == matrix.entries());
  REQUIRE(matrix.value.size() == matrix.entries());
  return result;
}

Chain two_states() { return make_chain(Kind::ctmc, to_csr(2, {{0, 1, 2.0}, {1, 0, 3.0}, {1, 1, 0.5}})); }

}  // namespace

TEST_CASE("rows from entries in any order") {
  std::mt19937 random(1);
  for (int k = 0; k < 300; ++k) {
    const std::size_t rows = 1 + random() % 12;
    const auto triplets = random_triplets(random, rows, random() % 60, -8);
    auto copy = triplets;
    const Csr matrix = to_csr(rows, std::move(copy));
    REQUIRE(matrix.rows() == rows);
    REQUIRE(dense(matrix) == dense(triplets));
    const Csr transposed = transpose(matrix);
    Dense flipped;
    for (const auto& [place, value] : dense(matrix)) flipped[{place.second, place.first}] = value;
    REQUIRE(transposed.rows() == rows);
    REQUIRE(dense(transposed) == flipped);
  }
  CHECK(to_csr(0, {}).rows() == 0);
  CHECK(transpose(Csr{}).rows() == 0);
}

TEST_CASE("a large matrix is transposed by any number of threads alike") {
  std::mt19937 random(5);
  const std::size_t rows = 10'000;
  const Csr matrix = to_csr(rows, random_triplets(random, rows, 50'000, -8));
  Csr one;
  {
    const ThreadCount single(1);
    one = transpose(matrix);
  }
  for (const int count : {2, 3, 20}) {
    const ThreadCount threads(count);
    const Csr several = transpose(matrix);
    CHECK(several.row_start == one.row_start);
    CHECK(several.column == one.column);
    CHECK(several.value == one.value);
    const Csr back = transpose(several);
    CHECK(back.row_start == matrix.row_start);
    CHECK(back.column == matrix.column);
    CHECK(back.value == matrix.value);
  }
}

TEST_CASE("entries at one place are added in their order") {
  const Csr matrix = to_csr(1, {{0, 0, 1e16}, {0, 0, 1.0}, {0, 0, -1e16}});
  CHECK(matrix.value == std::vector<double>{(1e16 + 1.0) - 1e16});
}

TEST_CASE("a chain from its outgoing rates") {
  std::mt19937 random(2);
  for (int k = 0; k < 300; ++k) {
    const std::size_t n = 1 + random() % 12;
    const auto triplets = random_triplets(random, n, random() % 60, 0);  // zero rates among them
    auto copy = triplets;
    const Chain chain = make_chain(Kind::ctmc, to_csr(n, std::move(copy)));
    Dense inflow;
    std::map<State, double> loops;
    std::vector<double> exit(n, 0.0);
    for (const auto& [place, value] : dense(triplets)) {
      if (value == 0) continue;
      if (place.first == place.second) {
        loops[place.first] = value;
        continue;
      }
      inflow[{place.second, place.first}] = value;
      exit[place.first] += value;
    }
    REQUIRE(chain.size() == n);
    REQUIRE(dense(chain.inflow) == inflow);
    REQUIRE(chain.exit_rate == exit);
    REQUIRE(chain.self_loops.size() == loops.size());
    auto loop = loops.begin();
    for (const SelfLoop& found : chain.self_loops) {
      REQUIRE(found.state == loop->first);
      REQUIRE(found.value == loop->second);
      ++loop;
    }
    REQUIRE(chain.transitions() == inflow.size() + loops.size());
    REQUIRE_NOTHROW(validate(chain));
  }
}

TEST_CASE("validate finds what is wrong") {
  CHECK_NOTHROW(validate(two_states()));
  CHECK_THROWS_AS(validate(Chain{}), Error);
  const auto check = [](auto damage, const std::string& message) {
    Chain chain = two_states();
    damage(chain);
    CHECK_THROWS_WITH(validate(chain), ContainsSubstring(message));
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  check([](Chain& c) { c.exit_rate[0] = 2.1; }, "exit rate 2.1");
  check([](Chain& c) { c.exit_rate[0] = nan; }, "exit rate nan");
  check([](Chain& c) { c.exit_rate.pop_back(); }, "1 exit rates for 2 states");
  check([](Chain& c) { c.inflow.value[0] = -3; }, "transition 1 -> 0: -3");
  check([](Chain& c) { c.inflow.value[0] = 0; }, "transition 1 -> 0: 0");
  check([](Chain& c) { c.inflow.value[0] = nan; }, "transition 1 -> 0: nan");
  check([](Chain& c) { c.inflow.column[0] = 0; }, "state 0: source 0");
  check([](Chain& c) { c.inflow.column[0] = 2; }, "state 0: source 2");
  check([](Chain& c) { c.inflow.row_start[1] = 3; }, "descend");
  check([](Chain& c) { c.inflow.row_start[2] = 3; }, "row starts");
  check([](Chain& c) { c.initial[0].probability = 0.5; }, "sums to 0.5");
  check([](Chain& c) { c.initial[0].state = 2; }, "state 2");
  check([](Chain& c) { c.self_loops[0].value = nan; }, "self-loop of nan");
  check([](Chain& c) { c.kind = Kind::dtmc; }, "leaving sum to 2");
  check([](Chain& c) { c.labels.push_back({"up", {true}}); }, "label \"up\": 1 values");
  check([](Chain& c) { c.rewards.push_back({"r", {1.0}}); }, "reward \"r\": 1 values");
  check([](Chain& c) { c.rewards.push_back({"r", {1.0, nan}}); }, "nan in state 1");
}
