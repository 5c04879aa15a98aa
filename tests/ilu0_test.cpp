// The incomplete factors against what defines them: no entries but the matrix's, and a product that has its entries.
#include "solver/preconditioners/ilu0.hpp"

#include <steady/solve.hpp>

#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

using Dense = std::vector<std::vector<double>>;

// Entry (i, j): of row i, column j, as in the inflow; the states in the order in which they are visited.
Dense dense(const Csr& matrix, const std::vector<double>& diagonal, Direction direction) {
  const std::size_t n = matrix.rows();
  const auto visit = [&](std::size_t i) { return direction == Direction::forward ? i : n - 1 - i; };
  Dense a(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    a[visit(i)][visit(i)] = diagonal[i];
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k)
      a[visit(i)][visit(matrix.column[k])] = -matrix.value[k];
  }
  return a;
}

}  // namespace

TEST_CASE("incomplete factors multiply to the matrix's own entries") {
  const Direction direction = GENERATE(Direction::forward, Direction::backward);
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    const Chain chain = reference::random_chain(Kind::ctmc, 2 + seed * 2, 3, 3, seed);
    const IncompleteFactors factors = factorise(chain.inflow, chain.exit_rate, direction);
    for (const double value : factors.matrix.value) CHECK(value > 0);
    for (const double value : factors.diagonal) CHECK(value > 0);
    const Dense a = dense(chain.inflow, chain.exit_rate, direction);
    const Dense f = dense(factors.matrix, factors.diagonal, direction);
    const std::size_t n = a.size();
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) {
        if (a[i][j] == 0) continue;
        double product = f[i][j];  // of (D' - E) D'^-1 (D' - G)
        for (std::size_t k = 0; k < std::min(i, j); ++k) product += f[i][k] * f[k][j] / f[k][k];
        const bool kept_pivot = i == j && f[i][i] == a[i][i];
        if (!kept_pivot) CHECK(product == Approx(a[i][j]).epsilon(1e-10).margin(1e-12 * a[i][i]));
      }
  }
}

TEST_CASE("without fill to drop, the factors solve the chain at once") {
  // A birth-death chain: nothing is dropped, and all but the kept last pivot is exact.
  const Chain chain = reference::birth_death(std::vector<double>(49, 1.0), std::vector<double>(49, 2.0));
  const auto solve_with = [&](Preconditioner preconditioner) {
    Options options;
    options.method = Method::gmres;
    options.preconditioner = preconditioner;
    return solve(chain, options);
  };
  const Solution solution = solve_with(Preconditioner::ilu0),
                 swept = solve_with(Preconditioner::symmetric_gauss_seidel);
  CHECK(solution.converged);
  CHECK(2 * solution.tried.back().outcome.iterations < swept.tried.back().outcome.iterations);
  for (std::size_t i = 0; i + 1 < chain.size(); ++i)
    CHECK(solution.distribution[i + 1] == Approx(0.5 * solution.distribution[i]).epsilon(1e-9));
}
