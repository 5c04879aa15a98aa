// Every method of the list against closed forms, exact fractions and gth, entry by entry.
#include <omp.h>

#include <cmath>
#include <functional>
#include <numeric>

#include <steady/error.hpp>
#include <steady/solve.hpp>

#include "bench/families/chains.hpp"
#include "formats/vectors/host.hpp"
#include "solver/methods/list.hpp"
#include "solver/preconditioners/list.hpp"
#include "solver/structure/structure.hpp"
#include "solver/structure/sweep_direction.hpp"
#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

Solution solve_with(const Chain& chain, Method method, double tolerance = 1e-14) {
  Options options;
  options.method = method;
  options.tolerance = tolerance;
  return solve(chain, options);
}

std::vector<Method> all_methods() {
  std::vector<Method> all;
  for (const MethodEntry<HostVector>& method : methods<HostVector>) all.push_back(method.method);
  return all;
}

double sum_of(const std::vector<double>& x) {
  double total = 0;
  for (const double p : x) total += p;
  return total;
}

}  // namespace

TEST_CASE("gth is exact in every entry, against fractions") {
  const double decades = GENERATE(0.0, 3.0, 12.0);
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    const std::size_t n = 2 + seed * 2;
    const Chain chain = reference::random_chain(seed % 2 == 0 ? Kind::ctmc : Kind::dtmc, n, 4, decades, seed);
    const auto exact = reference::exact_solution(chain);
    const Solution solution = solve_with(chain, Method::gth, 1e-12);
    REQUIRE(solution.converged);
    for (std::size_t i = 0; i < n; ++i)
      CHECK(solution.distribution[i] == Approx(static_cast<double>(exact[i])).epsilon(1e-13));
  }
}

TEST_CASE("gth agrees with the closed form where probabilities span 200 orders of magnitude") {
  const std::vector<double> births(500, 0.4), deaths(500, 1.0);
  const Solution solution = solve_with(reference::birth_death(births, deaths), Method::gth, 1e-12);
  const std::vector<double> truth = reference::birth_death_solution(births, deaths);
  REQUIRE(truth.back() < 1e-190);
  for (std::size_t i = 0; i < truth.size(); ++i) CHECK(solution.distribution[i] == Approx(truth[i]).epsilon(1e-12));
}

TEST_CASE("gth takes a drift of more than a double's range without overflow") {
  const std::vector<double> births(400, 1.0), deaths(400, 0.1);
  const Solution solution = solve_with(reference::birth_death(births, deaths), Method::gth, 1e-12);
  REQUIRE(solution.converged);
  CHECK(solution.distribution.back() == Approx(0.9).epsilon(1e-12));
}

TEST_CASE("every method solves every chain of the battery") {
  const Method method = GENERATE(from_range(all_methods()));
  for (const auto& [name, chain] : reference::battery()) {
    INFO(steady::name(method) << " on " << name);
    const Solution truth = solve_with(chain, Method::gth, 1e-12);
    const Solution solution = solve_with(chain, method);
    CHECK(solution.converged);
    CHECK(solution.residual <= 1e-14 * 1.01);
    CHECK(sum_of(solution.distribution) == Approx(1).epsilon(1e-13));
    for (const double p : solution.distribution) CHECK(p >= 0);
    CHECK(reference::largest_difference(solution.distribution, truth.distribution) < 1e-11);
  }
}

TEST_CASE("every Krylov method with every preconditioner, every way") {
  const SweepDirection direction =
      GENERATE(SweepDirection::automatic, SweepDirection::forward, SweepDirection::backward, SweepDirection::symmetric);
  const Chain chain = reference::random_chain(Kind::ctmc, 700, 5, 2, 5);
  const Solution truth = solve_with(chain, Method::gth);
  for (const MethodEntry<HostVector>& method : methods<HostVector>)
    for (const auto& preconditioner : preconditioners<HostVector>) {
      if (!method.preconditioned) continue;
      Options options;
      options.method = method.method;
      options.preconditioner = preconditioner.preconditioner;
      options.direction = direction;
      INFO(name(method.method) << " with " << name(preconditioner.preconditioner) << ", " << name(direction));
      if (preconditioner.directions == 1 && direction == SweepDirection::symmetric) {
        CHECK_THROWS_WITH(solve(chain, options), ContainsSubstring("symmetric-gauss-seidel"));
        continue;
      }
      const Solution solution = solve(chain, options);
      CHECK(solution.converged);
      CHECK(solution.tried.size() == 1);
      CHECK(solution.tried.back().config.preconditioner == preconditioner.preconditioner);
      CHECK(reference::largest_difference(solution.distribution, truth.distribution) < 1e-11);
    }
}

TEST_CASE("sweeps go either way and both ways") {
  const Method method = GENERATE(Method::gauss_seidel, Method::sor, Method::multilevel);
  const SweepDirection direction =
      GENERATE(SweepDirection::forward, SweepDirection::backward, SweepDirection::symmetric);
  const Chain chain = reference::random_chain(Kind::ctmc, 700, 5, 2, 5);
  Options options;
  options.method = method;
  options.direction = direction;
  const Solution solution = solve(chain, options);
  CHECK(solution.converged);
  CHECK(solution.tried.back().config.direction == direction);
  CHECK(reference::largest_difference(solution.distribution, solve_with(chain, Method::gth).distribution) < 1e-11);
}

TEST_CASE("a Krylov method that goes both ways takes the symmetric sweep") {
  Options options;
  options.method = Method::bicgstab;
  options.direction = SweepDirection::symmetric;
  const Solution solution = solve(reference::random_chain(Kind::ctmc, 700, 5, 2, 5), options);
  CHECK(solution.converged);
  CHECK(solution.tried.back().config.preconditioner == Preconditioner::symmetric_gauss_seidel);
}

TEST_CASE("auto agrees with product form") {
  const auto network = reference::closed_network(
      {1, 2, 0.7, 1.5}, {{0, 0.5, 0.25, 0.25}, {1, 0, 0, 0}, {0.3, 0.7, 0, 0}, {0.5, 0, 0.5, 0}}, 20);
  REQUIRE(network.chain.size() == 1771);
  const Solution solution = solve(network.chain);
  CHECK(solution.converged);
  CHECK(solution.residual <= 1e-12);
  CHECK(reference::largest_difference(solution.distribution, network.solution) < 1e-11);
}

TEST_CASE("the same bits for any number of threads") {
  const Method method = GENERATE(from_range(all_methods()));
  if (method == Method::gth) return;  // dense; covered by its own parallel loop below
  const Chain chain = reference::random_chain(Kind::ctmc, 50000, 4, 1, 9);
  Options options;
  options.method = method;
  options.tolerance = 1e-6;
  options.threads = 1;
  const Solution one = solve(chain, options);
  for (const int threads : {2, 3, 8}) {
    options.threads = threads;
    CHECK(solve(chain, options).distribution == one.distribution);
  }
  omp_set_num_threads(omp_get_num_procs());
}

TEST_CASE("gth gives the same bits for any number of threads") {
  const Chain chain = reference::random_chain(Kind::ctmc, 450, 6, 3, 2);
  Options options;
  options.method = Method::gth;
  options.threads = 1;
  const Solution one = solve(chain, options);
  options.threads = 3;
  CHECK(solve(chain, options).distribution == one.distribution);
  omp_set_num_threads(omp_get_num_procs());
}

TEST_CASE("auto on a drifting birth-death chain") {
  const std::vector<double> births(700, 0.5), deaths(700, 1.0);
  const Solution solution = solve_with(reference::birth_death(births, deaths), Method::automatic);
  const std::vector<double> truth = reference::birth_death_solution(births, deaths);
  CHECK(solution.converged);
  CHECK(reference::largest_difference(solution.distribution, truth) < 1e-11);
}

TEST_CASE("budgets stop a method, and it says so") {
  const Chain chain = reference::random_chain(Kind::ctmc, 2000, 4, 2, 1);
  Options options;
  options.method = Method::power;
  options.max_iterations = 3;
  const Solution few = solve(chain, options);
  CHECK_FALSE(few.converged);
  CHECK(few.tried.back().outcome.stop == Stop::iteration_limit);
  CHECK(few.residual > 1e-12);
  CHECK(sum_of(few.distribution) == Approx(1));

  options.max_iterations = 0;
  options.time_limit = 1e-9;
  CHECK(solve(chain, options).tried.back().outcome.stop == Stop::time_limit);

  Observer observer;
  observer.interrupted = [] { return true; };
  CHECK(solve(chain, {}, observer).tried.back().outcome.stop == Stop::interrupted);
}

TEST_CASE("a memory limit is kept before anything is allocated") {
  const Chain chain = reference::random_chain(Kind::ctmc, 20000, 4, 1, 1);
  Options options;
  options.memory_limit = 1e-3;
  try {
    (void)solve(chain, options);
    FAIL("it took more than it may");
  } catch (const Error& error) {
    CHECK(error.cause == Error::Cause::machine);
    CHECK_THAT(error.what(), ContainsSubstring("--memory-limit 0.001"));
  }
  options.memory_limit = 1;
  CHECK(solve(chain, options).converged);
}

TEST_CASE("budgets hold inside a cycle of gmres and inside gth") {
  const Chain chain = reference::random_chain(Kind::ctmc, 2000, 4, 2, 1);
  Options options;
  options.method = Method::gmres;
  options.max_iterations = 2;
  const Solution few = solve(chain, options);
  CHECK(few.tried.back().outcome.stop == Stop::iteration_limit);
  CHECK(few.tried.back().outcome.iterations == 2);

  options = {};
  options.method = Method::gth;
  options.time_limit = 1e-9;
  const Solution none = solve(chain, options);
  CHECK(none.tried.back().outcome.stop == Stop::time_limit);
  CHECK_FALSE(none.converged);
  CHECK(sum_of(none.distribution) == Approx(1));
}

TEST_CASE("the best iterate is what is left when time is up") {
  // GMRES makes the residual of this chain larger before it gives up.
  Options options;
  options.method = Method::gmres;
  options.direction = SweepDirection::backward;
  options.max_iterations = 60;
  const Chain chain = families::tandem(63);
  double smallest = INFINITY;
  Observer observer;
  observer.on_iteration = [&](const IterationInfo& s) { smallest = std::min(smallest, s.residual); };
  const Solution solution = solve(chain, options, observer);
  REQUIRE_FALSE(solution.converged);
  CHECK(solution.residual <= smallest * 1.01);
}

TEST_CASE("undamped Jacobi on a periodic embedded chain is reported as not converged") {
  Options options;
  options.method = Method::jacobi;
  options.relaxation = 1.0;
  const Solution solution = solve(reference::mmck(0.9, 1, 2, 51), options);
  CHECK_FALSE(solution.converged);
  CHECK(solution.tried.back().outcome.stop == Stop::stagnated);
  CHECK(solution.residual > 1e-12);
}

// --- right, not only small in the residual ---------------------------------------------------------------------------

namespace {

// Two copies of a chain whose solution is uniform, coupled state by state: 2/3 of the probability is in the first.
Chain coupled_twins(std::size_t states, const std::vector<reference::Rate>& rates, double coupling) {
  std::vector<reference::Rate> all = rates;
  const auto second = static_cast<State>(states);
  for (const reference::Rate& r : rates) all.push_back({r.from + second, r.to + second, r.rate});
  for (State i = 0; i < second; ++i) {
    all.push_back({i, i + second, coupling});
    all.push_back({i + second, i, 2 * coupling});
  }
  return reference::chain_of(Kind::ctmc, 2 * states, all);
}

void check_twins(const std::vector<double>& distribution) {
  const std::size_t states = distribution.size() / 2;
  double worst = 0;
  for (std::size_t i = 0; i < 2 * states; ++i) {
    const double truth = (i < states ? 2.0 : 1.0) / (3 * static_cast<double>(states));
    worst = std::max(worst, std::abs(distribution[i] / truth - 1));
  }
  CHECK(worst < 1e-9);
}

// Walks on a torus.
std::vector<reference::Rate> torus(State side) {
  std::vector<reference::Rate> rates;
  for (State i = 0; i < side; ++i)
    for (State j = 0; j < side; ++j)
      for (const auto& [k, l] : {std::pair<State, State>{1, 0}, {side - 1, 0}, {0, 1}, {0, side - 1}})
        rates.push_back({i * side + j, (i + k) % side * side + (j + l) % side, 1});
  return rates;
}

}  // namespace

TEST_CASE("nearly decomposable chains are right, however weak the coupling") {
  const double coupling = GENERATE(1e-3, 1e-5, 1e-7, 1e-9, 1e-11, 1e-14);
  INFO("coupling " << coupling);
  SECTION("four states") { check_twins(solve(coupled_twins(2, {{0, 1, 1}, {1, 0, 1}}, coupling)).distribution); }
  SECTION("two rings of 3,000 states") {
    std::vector<reference::Rate> ring;
    for (State i = 0; i < 3000; ++i) ring.push_back({i, (i + 1) % 3000, 1});
    const Solution solution = solve(coupled_twins(3000, ring, coupling));
    CHECK(solution.converged);
    check_twins(solution.distribution);
  }
  SECTION("two lattices") {
    const Solution solution = solve(coupled_twins(900, torus(30), coupling));
    CHECK(solution.converged);
    check_twins(solution.distribution);
    check_twins(solve_with(coupled_twins(900, torus(30), coupling), Method::multilevel, 1e-12).distribution);
  }
}

TEST_CASE("blocks of several sizes, weakly coupled at a few states, against elimination") {
  const double coupling = GENERATE(1e-3, 1e-8, 1e-14);
  std::vector<reference::Rate> rates;
  State first = 0;
  for (const State side : {12, 18, 9}) {
    for (const reference::Rate& r : torus(side))
      rates.push_back({first + r.from, first + r.to, r.rate + 0.1 * (r.to % 7)});
    first += side * side;
  }
  for (const auto& [from, to] : {std::pair<State, State>{3, 200}, {205, 11}, {300, 500}, {540, 320}, {470, 5}})
    rates.push_back({from, to, coupling});
  const Chain chain = reference::chain_of(Kind::ctmc, first, rates);
  REQUIRE(first > 500);
  const Solution truth = solve_with(chain, Method::gth, 1e-12), solution = solve_with(chain, Method::multilevel, 1e-12),
                 automatic = solve(chain);
  CHECK(solution.converged);
  CHECK(automatic.converged);
  for (std::size_t i = 0; i < first; ++i) {
    CHECK(solution.distribution[i] == Approx(truth.distribution[i]).epsilon(1e-8));
    CHECK(automatic.distribution[i] == Approx(truth.distribution[i]).epsilon(1e-8));
  }
}

TEST_CASE("every entry of a drifting birth-death chain is relatively right") {
  const std::size_t n = GENERATE(500, 5000);
  const std::vector<double> births(n, std::pow(10.0, -200.0 / static_cast<double>(n))), deaths(n, 1.0);
  const Solution solution = solve(reference::birth_death(births, deaths));
  const std::vector<double> truth = reference::birth_death_solution(births, deaths);
  CHECK(solution.converged);
  REQUIRE(truth.back() < 1e-200);
  double worst = 0;
  for (std::size_t i = 0; i <= n; ++i) worst = std::max(worst, std::abs(solution.distribution[i] / truth[i] - 1));
  CHECK(worst < 1e-9);
}

TEST_CASE("auto finds the probability of a rare coincidence") {  // of two independent queues of 25 places
  const double lambda[] = {0.25, 0.3}, mu[] = {1.7, 1.9};
  std::vector<reference::Rate> rates;
  for (State i = 0; i <= 25; ++i)
    for (State j = 0; j <= 25; ++j) {
      if (i < 25)
        rates.push_back({i * 26 + j, i * 26 + 26 + j, lambda[0]}),
            rates.push_back({i * 26 + 26 + j, i * 26 + j, mu[0]});
      if (j < 25)
        rates.push_back({i * 26 + j, i * 26 + j + 1, lambda[1]}), rates.push_back({i * 26 + j + 1, i * 26 + j, mu[1]});
    }
  const Solution solution = solve(reference::chain_of(Kind::ctmc, 676, rates));
  const auto full = [&](int queue) {
    return reference::birth_death_solution(std::vector<double>(25, lambda[queue]), std::vector<double>(25, mu[queue]))
        .back();
  };
  CHECK(solution.distribution.back() == Approx(full(0) * full(1)).epsilon(1e-12));
}

TEST_CASE("long sparse chains are eliminated") {
  CHECK(solve_with(reference::mmck(0.95, 1, 1, 20000), Method::gth).converged);
  std::vector<reference::Rate> star;  // sparse, but its hub's lists are long
  for (State i = 1; i < 20000; ++i) {
    star.push_back({0, i, 1.0 / i});
    star.push_back({i, 0, 1});
  }
  const Solution solution = solve(reference::chain_of(Kind::ctmc, 20000, star));
  CHECK(solution.converged);
  CHECK(solution.distribution[10] == Approx(solution.distribution[0] / 10).epsilon(1e-9));
}

TEST_CASE("auto converges on what defeats sweeps and Krylov methods") {
  const Solution solution = solve(families::tandem(127));
  CHECK(solution.converged);
  REQUIRE(solution.tried.size() >= 2);
  CHECK(solution.tried.front().outcome.passes <= 20);  // it goes far astray at once
  CHECK(solution.tried.back().config.method == Method::multilevel);
  CHECK(solution.tried.back().outcome.iterations < 30);
}

TEST_CASE("auto finds the weights of two wells behind a wide barrier, where no single transition is weak") {
  constexpr std::size_t width = 60, height = 20;  // 1,200 states, which are eliminated
  const double depth = GENERATE(20.0, 30.0);
  std::vector<double> potential, column(1, 1.0);
  for (std::size_t i = 0; i < width; ++i) {
    const double x = static_cast<double>(i) / static_cast<double>(width - 1);
    potential.push_back(depth * std::pow((2 * x - 1) * (2 * x - 1) - 1, 2) + x);
  }
  for (std::size_t j = 1; j < height; ++j) column.push_back(column.back() / 0.9);
  std::vector<reference::Rate> rates;
  std::vector<double> truth;
  for (std::size_t i = 0; i < width; ++i)
    for (std::size_t j = 0; j < height; ++j) {
      const auto state = static_cast<State>(i * height + j), above = static_cast<State>(state + height);
      truth.push_back(std::exp(-potential[i]) * column[j]);
      if (j + 1 < height) rates.insert(rates.end(), {{state, state + 1, 1.0}, {state + 1, state, 0.9}});
      if (i + 1 == width) continue;
      const double climb = std::exp((potential[i] - potential[i + 1]) / 2);
      rates.insert(rates.end(), {{state, above, climb}, {above, state, 1 / climb}});
    }
  const double total = std::accumulate(truth.begin(), truth.end(), 0.0);
  const Solution solution = solve(reference::chain_of(Kind::ctmc, static_cast<State>(truth.size()), rates));
  CHECK(solution.converged);
  double distance = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) distance += std::abs(solution.distribution[i] - truth[i] / total) / 2;
  CHECK(distance < 1e-8);
}

TEST_CASE("the direction of sweeps: the deeper one, but not for nothing") {
  const auto never = [] { return false; };
  const auto choice = [&](const Chain& chain, const std::function<bool()>& stop) {
    const Levels levels = count_levels(chain.inflow);
    const IrreducibleChain whole{chain.inflow, chain.exit_rate};
    const std::vector<double> start(chain.size(), 1.0 / static_cast<double>(chain.size()));
    return choose_direction(whole, levels.forward, levels.backward, start, stop);
  };
  // A cycle through all states makes a level of each, whatever else there is.
  const State n = 3000;
  std::vector<reference::Rate> cycle, mixed;
  for (State i = 0; i < n; ++i) {
    cycle.push_back({i, (i + 1) % n, 1.0});
    mixed.push_back({i, (i + 1) % n, 0.01});
    for (const State step : {977u, 1471u, 2311u}) mixed.push_back({i, (i + step) % n, 1.0 + i % 7});
    if (i % 100 == 99) cycle.push_back({i, 0, 0.1});
  }
  const ChosenDirection round = choice(reference::chain_of(Kind::ctmc, n, cycle), never);
  CHECK(round.direction == Direction::forward);  // one sweep carries a change all the way
  CHECK(round.distribution.size() == n);
  const ChosenDirection among = choice(reference::chain_of(Kind::ctmc, n, mixed), never);
  CHECK(among.direction == Direction::backward);
  CHECK(among.passes > 0);
  CHECK(std::accumulate(among.distribution.begin(), among.distribution.end(), 0.0) == Approx(1));
  const ChosenDirection deep = choice(families::polling(8), never);
  CHECK(deep.direction == Direction::forward);
  CHECK(deep.passes == 0);
  int asked = 0;
  choice(reference::chain_of(Kind::ctmc, n, mixed), [&] { return ++asked > 0; });
  CHECK(asked == 1);
}

TEST_CASE("multilevel takes about as many cycles on a chain 16 times as large") {
  const std::size_t small = solve_with(families::tandem(31), Method::multilevel, 1e-12).tried.back().outcome.iterations;
  const std::size_t large =
      solve_with(families::tandem(127), Method::multilevel, 1e-12).tried.back().outcome.iterations;
  CHECK(static_cast<double>(large) <= 1.5 * static_cast<double>(small));
}

TEST_CASE("a large tolerance does not make an answer of what is out of balance") {
  // A fast rate makes any residual small: 0 <-> 1 slowly, 2 hurries back.
  const Chain chain = reference::chain_of(Kind::ctmc, 3, {{0, 1, 1}, {1, 0, 3}, {1, 2, 1}, {2, 1, 1e50}});
  Options options;
  options.tolerance = 1e-3;
  for (const Method method : {Method::power, Method::jacobi, Method::gauss_seidel, Method::gmres, Method::multilevel}) {
    INFO(name(method));
    options.method = method;
    options.max_iterations = 1000;
    const Solution solution = solve(chain, options);
    if (!solution.converged) continue;
    CHECK(solution.balance <= 0.01);
    CHECK(solution.distribution[0] == Approx(0.75).margin(0.02));
  }
}
