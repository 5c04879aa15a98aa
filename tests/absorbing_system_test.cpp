// Systems of a chain that stops in some states, against naive sums.
#include "solver/absorbing_system.hpp"

#include <cmath>
#include <random>

#include <steady/csr.hpp>

#include "catch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

struct Rates {
  Csr rows;  // from each state
  std::vector<double> exit;
};

// A cycle through all states and three more transitions from each. State 3 has no way out but in the cycle, 4 none.
Rates some_rates(std::size_t states, bool few) {
  std::mt19937 random(11);
  std::vector<Triplet> entries;
  const auto rate = [&] { return few ? 1.0 + static_cast<double>(random() % 3) : std::exp(random() % 10'000 / 1e3); };
  for (std::size_t i = 0; i < states; ++i) {
    if (i == 4) continue;
    const auto from = static_cast<State>(i);
    entries.push_back({from, static_cast<State>((i + 1) % states), rate()});
    for (int k = 0; k < (i == 3 ? 0 : 3); ++k) {
      const auto to = static_cast<State>((i + 2 + random() % 20) % states);
      if (to != from) entries.push_back({from, to, rate()});
    }
  }
  Rates rates{to_csr(states, std::move(entries)), std::vector<double>(states)};
  for (std::size_t i = 0; i < states; ++i)
    for (std::uint64_t k = rates.rows.row_start[i]; k < rates.rows.row_start[i + 1]; ++k)
      rates.exit[i] += rates.rows.value[k];
  return rates;
}

// b - A x in the states that are not stopped.
std::vector<double> residual(const Csr& rows, const std::vector<double>& exit, const std::vector<bool>& stopped,
                             const std::vector<double>& b, const std::vector<double>& x) {
  std::vector<double> r(b.size());
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (stopped[i]) continue;
    long double sum = b[i] - static_cast<long double>(exit[i]) * x[i];
    for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k)
      sum += static_cast<long double>(rows.value[k]) * x[rows.column[k]];
    r[i] = static_cast<double>(sum);
  }
  return r;
}

bool never(std::size_t) { return false; }

}  // namespace

TEST_CASE("a residual that is no number anywhere is not small", "[certify]") {
  const Rates rates = some_rates(1000, true);
  std::vector<bool> stopped(1000, false);
  stopped[0] = stopped[4] = true;
  const AbsorbingSystem chain(rates.rows, rates.exit, stopped, Direction::forward);
  for (const std::size_t place : {1, 500, 999}) {
    std::vector<double> b(1000, 0.0);
    b[place] = NAN;
    std::size_t passes = 50;
    CHECK_FALSE(chain.solve(b, {AbsorbingSystem::StoppingCriterion::Size::largest, 0.9, never}, passes).reached);
  }
}

TEST_CASE("a chain that stops in some states is solved with and without single precision, either way", "[certify]") {
  constexpr std::size_t n = 3000;
  for (const bool few : {true, false})  // rates
    for (const bool columns : {false, true})
      for (const Direction direction : {Direction::forward, Direction::backward}) {
        const Rates rates = some_rates(n, few);
        const Csr rows = columns ? transpose(rates.rows) : rates.rows;
        std::vector<bool> stopped(n);
        for (const std::size_t i : {4, 700, 701, 2999}) stopped[i] = true;  // 4: an exit rate of 0
        std::vector<double> b(n, 1.0);
        for (std::size_t i = 0; i < n; ++i)
          if (stopped[i]) b[i] = 0;
        const AbsorbingSystem chain(rows, rates.exit, stopped, direction);

        REQUIRE((chain.storage() == "mask") == few);
        REQUIRE(chain.has_single_precision() == few);
        const bool with = (direction == Direction::forward) == columns;  // which way times and probabilities go
        std::size_t passes = with ? 100 : 100'000;
        auto [x, reached, iterations] =
            chain.solve(b, {AbsorbingSystem::StoppingCriterion::Size::sum, 1e-6, never}, passes);
        CAPTURE(few, columns, direction == Direction::forward);
        REQUIRE(reached);
        REQUIRE(passes > (with ? 70 : 0));
        double sum = 0;
        for (const double r : residual(rows, rates.exit, stopped, b, x)) sum += std::abs(r);
        REQUIRE(sum <= 1.01e-6);
        for (std::size_t i = 0; i < n; ++i) REQUIRE((stopped[i] ? x[i] == 0 : x[i] > 0));

        auto [rough, rough_reached, rough_iterations] =
            chain.solve(b, {AbsorbingSystem::StoppingCriterion::Size::largest, 0.9, never}, passes);
        REQUIRE(rough_reached);
        for (const double r : residual(rows, rates.exit, stopped, b, rough)) REQUIRE(r <= 0.9 + 1e-12);
      }
}

TEST_CASE("a chain that stops gives up in time", "[certify]") {
  const Rates rates = some_rates(1000, true);
  std::vector<bool> stopped(1000);
  stopped[4] = true;
  std::vector<double> b(1000, 1.0);
  b[4] = 0;
  const AbsorbingSystem chain(rates.rows, rates.exit, stopped, Direction::forward);
  std::size_t passes = 0;
  for (std::size_t allowed = 0; allowed < 20; ++allowed) {
    passes = allowed;
    CHECK_FALSE(chain.solve(b, {AbsorbingSystem::StoppingCriterion::Size::sum, 1e-10, never}, passes).reached);
    CHECK(passes <= allowed);
  }
  passes = 1000;
  CHECK(chain.solve(b, {AbsorbingSystem::StoppingCriterion::Size::sum, 1e-10, [](std::size_t) { return true; }}, passes)
            .reached);  // interrupted
  CHECK(passes > 990);
}

// Two grids of 30 by 30 states, weakly coupled: what stands still for long in single precision.
TEST_CASE("single precision leaves passes for doubles where it does not help", "[certify]") {
  constexpr State side = 30, grid = side * side;
  std::vector<Triplet> entries;
  for (State i = 0; i < 2 * grid; ++i) {
    const State row = i % grid / side, column = i % side;
    const auto lead = [&](State to, double rate) { entries.push_back({i, to, rate}); };
    if (row > 0) lead(i - side, 1);
    if (row + 1 < side) lead(i + side, 1);
    if (column > 0) lead(i - 1, 1);
    if (column + 1 < side) lead(i + 1, 1);
    lead((i + grid) % (2 * grid), 1e-7);
  }
  const Csr rows = to_csr(2 * grid, std::move(entries));
  std::vector<double> exit(2 * grid), b(2 * grid, 1.0);
  for (State i = 0; i < 2 * grid; ++i)
    for (std::uint64_t k = rows.row_start[i]; k < rows.row_start[i + 1]; ++k) exit[i] += rows.value[k];
  std::vector<bool> stopped(2 * grid);
  stopped[grid / 2] = true;
  b[grid / 2] = 0;
  const AbsorbingSystem chain(rows, exit, stopped, Direction::forward);
  REQUIRE(chain.has_single_precision());
  std::size_t passes = 600;
  const auto [x, reached, iterations] =
      chain.solve(b, {AbsorbingSystem::StoppingCriterion::Size::largest, 0.9, never}, passes);
  REQUIRE(reached);
  for (const double r : residual(rows, exit, stopped, b, x)) REQUIRE(r <= 0.9 + 1e-6);
}

TEST_CASE("where most states are stopped the rows of the others are solved", "[certify]") {
  const Rates rates = some_rates(2000, true);
  std::vector<bool> stopped(2000, true);
  std::vector<double> b(2000);
  for (std::size_t i = 100; i < 700; ++i) stopped[i] = false, b[i] = 1;
  const AbsorbingSystem chain(rates.rows, rates.exit, stopped, Direction::backward);
  std::size_t passes = 1000;
  const auto [x, reached, iterations] =
      chain.solve(b, {AbsorbingSystem::StoppingCriterion::Size::sum, 1e-9, never}, passes);
  REQUIRE(reached);
  double sum = 0;
  for (const double r : residual(rates.rows, rates.exit, stopped, b, x)) sum += std::abs(r);
  CHECK(sum <= 1.01e-9);
}
