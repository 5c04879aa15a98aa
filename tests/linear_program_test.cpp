// The simplex method, against linear programs with known answers.
#include "solver/truncation/linear_program.hpp"

#include <cmath>
#include <random>

#include "tests/catch.hpp"

namespace steady::detail {
namespace {

double product(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return sum;
}

}  // namespace

TEST_CASE("linear programs with known answers", "[truncate]") {
  SECTION("a vertex where two limits meet") {
    const std::vector<double> y = maximize({{3, 5}, {{1, 0}, {0, 2}, {3, 2}}, {4, 12, 18}});  // Dantzig's example
    REQUIRE(y.size() == 2);
    CHECK(y[0] == Approx(2).epsilon(1e-6));
    CHECK(y[1] == Approx(6).epsilon(1e-6));
  }
  SECTION("the program that cycles without care (Beale 1955)") {
    const std::vector<double> y =
        maximize({{0.75, -150, 0.02, -6}, {{0.25, -60, -0.04, 9}, {0.5, -90, -0.02, 3}, {0, 0, 1, 0}}, {0, 0, 1}});
    REQUIRE(y.size() == 4);
    CHECK(product({0.75, -150, 0.02, -6}, y) == Approx(0.05).epsilon(1e-4));
  }
  SECTION("nothing limits it") { CHECK(maximize({{1, 0}, {{-1, 1}}, {1}}).empty()); }
  SECTION("nothing is to be gained") { CHECK(maximize({{-1}, {{1}}, {1}}) == std::vector<double>{0}); }
}

TEST_CASE("random linear programs: no other point does better", "[truncate]") {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> draw(0.1, 1);
  for (int k = 0; k < 100; ++k) {
    const std::size_t n = 1 + random() % 6, m = 1 + random() % 40;
    LinearProgram program{std::vector<double>(n), std::vector<std::vector<double>>(m, std::vector<double>(n)),
                          std::vector<double>(m)};
    for (double& entry : program.objective) entry = draw(random);
    for (double& entry : program.limits) entry = draw(random);
    for (auto& row : program.rows)
      for (double& entry : row) entry = draw(random);
    const std::vector<double> y = maximize(program);
    REQUIRE(y.size() == n);
    for (std::size_t i = 0; i < m; ++i) CHECK(product(program.rows[i], y) <= program.limits[i] + 1e-6);
    const double best = product(program.objective, y);
    for (int trial = 0; trial < 200; ++trial) {
      std::vector<double> other(n);
      for (double& entry : other) entry = std::uniform_real_distribution<double>(0, 1)(random) * (random() % 2 ? 1 : 0);
      double fits = INFINITY;
      for (std::size_t i = 0; i < m; ++i)
        if (const double used = product(program.rows[i], other); used > 0)
          fits = std::min(fits, program.limits[i] / used);
      if (std::isfinite(fits)) CHECK(fits * product(program.objective, other) <= best + 1e-5);
    }
  }
}

}  // namespace steady::detail
