// Sparse elimination against exact fractions, closed forms and dense elimination, entry by entry.
#include "solver/elimination/sparse_elimination.hpp"

#include <cmath>
#include <random>

#include "solver/elimination/dense_product.hpp"
#include "solver/elimination/elimination.hpp"
#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

bool never() { return false; }

IrreducibleChain of(const Chain& chain) { return {chain.inflow, chain.exit_rate}; }

EliminationPlan plan_of(const Chain& chain, std::optional<State> last = std::nullopt) {
  auto plan = plan_elimination(of(chain), {}, never, last);
  REQUIRE(plan);
  return std::move(*plan);
}

template <class Number>
std::vector<double> solution_of(const Chain& chain) {
  const EliminationPlan plan = plan_of(chain);
  const auto factors = SparseFactors<Number>::make(of(chain), plan, never, false);
  REQUIRE(factors);
  return factors->stationary();
}

std::vector<double> dense_solution(const Chain& chain) {
  const std::size_t n = chain.size();
  std::vector<double> rate(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      rate[chain.inflow.column[k] * n + i] = chain.inflow.value[k];
  return Elimination(n, std::move(rate)).stationary();
}

void check_close(const std::vector<double>& found, const std::vector<double>& right, double relative) {
  REQUIRE(found.size() == right.size());
  for (std::size_t i = 0; i < right.size(); ++i) {
    INFO(i);
    CHECK(found[i] == Approx(right[i]).epsilon(relative));
  }
}

// The largest |b - A x| or |b - x A| over the sum of the sizes of its terms, outside the last state.
double backward_error(const Chain& chain, State last, const std::vector<double>& x, const std::vector<double>& b,
                      bool rows) {
  const Csr matrix = rows ? chain.inflow : transpose(chain.inflow);
  double largest = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i == last) continue;
    double rest = b[i] - chain.exit_rate[i] * x[i], size = std::abs(b[i]) + std::abs(chain.exit_rate[i] * x[i]);
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k) {
      if (matrix.column[k] == last) continue;
      rest += matrix.value[k] * x[matrix.column[k]];
      size += std::abs(matrix.value[k] * x[matrix.column[k]]);
    }
    largest = std::max(largest, std::abs(rest) / size);
  }
  return largest;
}

}  // namespace

TEST_CASE("a plan's fronts hold each state once, and each transition in the front of its first state") {
  for (const auto& [name, chain] : reference::battery()) {
    INFO(name);
    const EliminationPlan plan = plan_of(chain, static_cast<State>(chain.size() / 2));
    CHECK(plan.order.back() == chain.size() / 2);
    std::vector<std::size_t> front_of(chain.size());
    for (std::size_t f = 0; f < plan.fronts(); ++f) {
      CHECK(plan.begin[f] < plan.begin[f + 1]);
      for (State p = plan.begin[f]; p < plan.begin[f + 1]; ++p) front_of[p] = f;
      const auto border = plan.border(f);
      CHECK(std::is_sorted(border.begin(), border.end()));
      if (!border.empty()) CHECK(border.front() >= plan.begin[f + 1]);
    }
    for (std::size_t i = 0; i < chain.size(); ++i) {
      CHECK(plan.order[plan.position[i]] == i);
      for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k) {
        const auto [first, second] = std::minmax(plan.position[i], plan.position[chain.inflow.column[k]]);
        const std::size_t f = front_of[first];
        const auto border = plan.border(f);
        CHECK((second < plan.begin[f + 1] || std::binary_search(border.begin(), border.end(), second)));
      }
    }
  }
}

TEST_CASE("what would take more than the limits is not planned") {
  const Chain chain = reference::random_chain(Kind::ctmc, 300, 5, 2, 1);
  EliminationLimits limits;
  limits.multiplications = 1000;
  CHECK_FALSE(plan_elimination(of(chain), limits, never));
  limits = {};
  limits.entries = 1000;
  CHECK_FALSE(plan_elimination(of(chain), limits, never));
  CHECK_FALSE(plan_elimination(of(chain), {}, [] { return true; }));
  CHECK_FALSE(SparseFactors<double>::make(
      of(chain), plan_of(chain), [] { return true; }, false));
}

TEST_CASE("sparse elimination of the battery is right in every entry") {
  for (const auto& [name, chain] : reference::battery()) {
    INFO(name);
    std::vector<double> right;
    if (chain.size() <= 40)
      for (const auto& p : reference::exact_solution(chain)) right.push_back(static_cast<double>(p));
    else
      right = dense_solution(chain);
    check_close(solution_of<double>(chain), right, 1e-12);
    if (chain.size() <= 1000) check_close(solution_of<ExtendedRange>(chain), right, 1e-12);
  }
}

TEST_CASE("random chains with rates over 16 decades, of 1 to 40 states beside a hub or not") {
  std::mt19937 random(2010);
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const std::size_t states = 2 + random() % 39;
    INFO(seed << ": " << states << " states");
    const Chain chain =
        reference::random_chain(seed % 2 ? Kind::ctmc : Kind::dtmc, states, 1 + seed % 4, seed % 17, seed);
    std::vector<double> right;
    for (const auto& p : reference::exact_solution(chain)) right.push_back(static_cast<double>(p));
    check_close(solution_of<double>(chain), right, 1e-12);
  }
}

TEST_CASE("fronts of many states, side by side and one") {
  check_close(solution_of<double>(reference::random_chain(Kind::ctmc, 900, 8, 6, 7)),
              dense_solution(reference::random_chain(Kind::ctmc, 900, 8, 6, 7)), 1e-11);
  std::vector<reference::Rate> rates;  // every state leads to every other
  for (State i = 0; i < 150; ++i)
    for (State j = 0; j < 150; ++j)
      if (i != j) rates.push_back({i, j, std::pow(10.0, (i * 31 + j * 17) % 9)});
  const Chain dense = reference::chain_of(Kind::ctmc, 150, rates);
  check_close(solution_of<double>(dense), dense_solution(dense), 1e-12);
}

TEST_CASE("a ring that goes down and up by more than a double's range, twice, in any numbering") {
  constexpr State n = 600, half = n / 2;  // wells at 0 and half; 1e-450 between them, on either side
  std::vector<reference::Rate> rates;
  const auto number = [](State i) { return (i % n * 97) % n; };
  const auto depth = [](State i) {
    return std::min(std::min(i % n, n - i % n), i % n > half ? i % n - half : half - i % n);
  };
  for (State i = 0; i < n; ++i) {
    const bool down = depth(i + 1) > depth(i);
    rates.push_back({number(i), number(i + 1), down ? 1e-3 : 1});
    rates.push_back({number(i + 1), number(i), down ? 1 : 1e-3});
  }
  const Chain chain = reference::chain_of(Kind::ctmc, n, rates);
  const EliminationPlan plan = plan_of(chain);
  CHECK_FALSE(SparseFactors<double>::make(of(chain), plan, never, false));
  const auto x = eliminate_sparse(of(chain), plan, {}, never);
  REQUIRE(x);
  for (State i = 0; i < n; ++i)
    if (depth(i) < 100) CHECK((*x)[number(i)] == Approx(0.999 / 1.001 / 2 * std::pow(1e-3, depth(i))).epsilon(1e-12));
  EliminationLimits limits;
  limits.multiplications = plan.multiplications;
  CHECK_FALSE(eliminate_sparse(of(chain), plan, limits, never));
}

TEST_CASE("systems with the generator without a state") {
  for (const auto& [name, chain] : reference::battery())
    for (const State last : {State{0}, static_cast<State>(chain.size() - 1)}) {
      INFO(name << " without " << last);
      const EliminationPlan plan = plan_of(chain, last);
      const auto factors = SparseFactors<double>::make(of(chain), plan, never, true);
      REQUIRE(factors);
      std::vector<double> b(chain.size());
      for (std::size_t i = 0; i < b.size(); ++i) b[i] = i == last ? 0 : 1 + static_cast<double>(i % 7);
      const std::vector<double> column = factors->solve_column(b), row = factors->solve_row(b);
      CHECK(column[last] == 0);
      CHECK(row[last] == 0);
      for (std::size_t i = 0; i < b.size(); ++i)
        if (i != last) CHECK((column[i] > 0 && row[i] > 0));
      CHECK(backward_error(chain, last, column, b, false) < 1e-13);
      CHECK(backward_error(chain, last, row, b, true) < 1e-13);
      const auto extended = SparseFactors<ExtendedRange>::make(of(chain), plan, never, true);
      REQUIRE(extended);
      check_close(extended->solve_column(b), column, 1e-12);
      check_close(extended->solve_row(b), row, 1e-12);
    }
}

TEST_CASE("products of dense blocks have the bits of the plain loop") {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> number(0, 1);
  for (const std::size_t size : {1, 5, 16, 17, 31, 32, 33, 70, 131}) {
    const std::size_t from = size / 9, to = from + size / 5;
    const ProductBlock block{size, to, size - size / 11, to + size / 13, from, to};
    INFO(size);
    std::vector<double> m(size * size);
    for (double& entry : m) entry = random() % 5 == 0 ? 0 : number(random);
    std::vector<double> plain = m;
    for (std::size_t i = block.first_row; i < block.last_row; ++i)
      for (std::size_t j = block.first_column; j < size; ++j)
        for (std::size_t k = from; k < to; ++k) plain[i * size + j] += plain[i * size + k] * plain[k * size + j];
    add_products(m.data(), block);
    CHECK(m == plain);
  }
}
