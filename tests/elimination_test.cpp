// Elimination without subtractions where numbers leave the range of doubles on the way, entry by entry against numbers
// whose exponents have 32 bits.
#include "solver/elimination/elimination.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include <steady/solve.hpp>
#include <steady/starting_states.hpp>

#include "solver/absorbing_rates.hpp"
#include "tests/catch.hpp"
#include "tests/exact_long_run.hpp"
#include "tests/program.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;
using Wide =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float<128, boost::multiprecision::digit_base_2>,
                                  boost::multiprecision::et_off>;

namespace {

// A path of states, each rate with its two directions. State number s of the chain is order[s] on the path.
struct Path {
  std::vector<double> up, down;  // between place i and i + 1
  std::vector<State> order;
};

// Wells between barriers: in each of the slopes of `length` steps one direction is `drift` times faster than the other.
Path wells(std::size_t slopes, std::size_t length, double drift, std::uint32_t seed) {
  Path path;
  for (std::size_t s = 0; s < slopes; ++s)
    for (std::size_t i = 0; i < length; ++i) {
      path.up.push_back(s % 2 == 0 ? 1 / drift : 1);
      path.down.push_back(s % 2 == 0 ? 1 : 1 / drift);
    }
  path.order.resize(path.up.size() + 1);
  std::iota(path.order.begin(), path.order.end(), State{0});
  if (seed > 0) std::shuffle(path.order.begin(), path.order.end(), std::mt19937(seed));
  return path;
}

std::vector<double> rates_of(const Path& path) {
  const std::size_t n = path.order.size();
  std::vector<double> rate(n * n, 0.0);
  std::vector<std::size_t> number(n);
  for (std::size_t s = 0; s < n; ++s) number[path.order[s]] = s;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    rate[number[i] * n + number[i + 1]] = path.up[i];
    rate[number[i + 1] * n + number[i]] = path.down[i];
  }
  return rate;
}

std::vector<Wide> solution_of(const Path& path) {
  std::vector<Wide> place{1};
  Wide total = 1;
  for (std::size_t i = 0; i < path.up.size(); ++i) {
    place.push_back(place.back() * Wide(path.up[i]) / Wide(path.down[i]));
    total += place.back();
  }
  std::vector<Wide> x;
  for (const State at : path.order) x.push_back(place[at] / total);
  return x;
}

// Every normal double to nearly all its digits, smaller ones as far as doubles go.
void check_entries(const std::vector<double>& found, const std::vector<Wide>& truth, double relative = 1e-12) {
  REQUIRE(found.size() == truth.size());
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Wide error = abs(Wide(found[i]) - truth[i]);
    worst = std::max(worst, static_cast<double>(error / (truth[i] * relative + Wide(5e-324))));
    if (!(worst <= 1)) {
      CAPTURE(i, found[i], static_cast<double>(truth[i]));
      CHECK(worst <= 1);
      return;
    }
  }
  CHECK(worst <= 1);
}

}  // namespace

TEST_CASE("numbers of extended range calculate like those of 32 bits of exponent") {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> any(-1, 1);
  ExtendedRange product = 1, sum = 0;
  Wide exact_product = 1, exact_sum = 0;
  for (int step = 0; step < 3000; ++step) {
    const double factor = any(random) * std::exp2(std::round(700 * any(random)) + (step < 1500 ? 300 : -300));
    if (step % 3 == 0) {
      product /= factor;
      exact_product /= Wide(factor);
    } else {
      product *= factor;
      exact_product *= Wide(factor);
    }
    sum += product;
    exact_sum += exact_product;
    if (sum == 0) continue;
    CHECK(static_cast<double>(product / sum) == Approx(static_cast<double>(exact_product / exact_sum)).epsilon(1e-11));
  }
  for (const double number : {0.0, 1.0, -2.5, 5e-324, 1e-310, 1.7e308, -1e300, 0x1p480, 0x1p-480})
    CHECK(static_cast<double>(ExtendedRange(number)) == number);
  const ExtendedRange tiny = ExtendedRange(1e-300) * 1e-300 * 1e-300, huge = ExtendedRange(1) / tiny;
  CHECK(static_cast<double>(tiny) == 0);
  CHECK(static_cast<double>(-huge) == -INFINITY);
  CHECK(static_cast<double>(tiny * huge) == Approx(1));
  CHECK(static_cast<double>((huge + tiny) / huge) == 1);
  CHECK(static_cast<double>((ExtendedRange(1e200) - 1e200) + 5) == 5);
  for (const ExtendedRange& other : {tiny, huge, ExtendedRange(0)}) {
    CHECK(std::isnan(static_cast<double>(ExtendedRange(NAN) + other)));
    CHECK(std::isnan(static_cast<double>(other + ExtendedRange(NAN))));
    CHECK(std::isnan(static_cast<double>(other * ExtendedRange(NAN))));
    CHECK(static_cast<double>(other - ExtendedRange(INFINITY)) == -INFINITY);
  }
  CHECK(static_cast<double>(huge + ExtendedRange(0) - huge) == 0);
  CHECK(std::isnan(static_cast<double>(ExtendedRange(INFINITY) - INFINITY)));
}

TEST_CASE("wells that wide barriers part keep their probabilities in every order of the states") {
  const auto slopes = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{4}, std::size_t{7});
  const double drift = GENERATE(1e5, 1e60);
  const std::uint32_t seed = GENERATE(0u, 1u, 2u);
  INFO(slopes << " slopes, drift " << drift << ", order " << seed);
  const Path path = wells(slopes, 70, drift, seed);
  check_entries(Elimination(path.order.size(), rates_of(path)).stationary(), solution_of(path));
}

TEST_CASE("paths of 1 to 500 states over thousands of decades are eliminated to the last digits") {
  for (const std::size_t n : {1, 2, 3, 10, 61, 199, 500}) {
    INFO(n << " states");
    std::mt19937 random(static_cast<std::uint32_t>(n));
    std::uniform_real_distribution<double> decades(-300, 300);
    Path path = wells(1, n - 1, 1, 5);
    for (double& rate : path.up) rate = std::pow(10, decades(random));
    for (double& rate : path.down) rate = std::pow(10, decades(random));
    check_entries(Elimination(n, rates_of(path)).stationary(), solution_of(path));
  }
}

TEST_CASE("random chains with rates over 300 decades have every entry right") {
  for (std::uint32_t seed = 1; seed <= 6; ++seed) {
    const Chain chain = reference::random_chain(Kind::ctmc, 50, 4, 300, seed);
    INFO("seed " << seed);
    std::vector<double> rate(50 * 50, 0.0);
    for (std::size_t i = 0; i < 50; ++i)
      for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
        rate[chain.inflow.column[k] * std::size_t{50} + i] = chain.inflow.value[k];
    check_entries(Elimination(50, std::move(rate)).stationary(), tests::exact_long_run<Wide>(chain));
  }
}

TEST_CASE("systems are solved where the factors leave the range of doubles") {
  // d Q = b between the two states that are numbered first, one in each well: the time that it takes to get across.
  const Path path = [] {
    Path p = wells(4, 40, 1e4, 0);
    std::swap(p.order[1], p.order[80]);
    return p;
  }();
  const std::size_t n = path.order.size();
  std::vector<double> b(n, 0.0), rate = rates_of(path);
  b[0] = -1e-160;
  b[1] = 1e-160;
  Elimination(n, std::vector<double>(rate)).solve(b.data());
  CHECK(b[0] == 0);
  // From place 80 to place 0, what stays away from 0 at last is in proportion to the stationary distribution up to the
  // barrier at place 40 and, on the way down, to what flows: d(i) / pi(i) falls by flow / (pi(i) up(i)) at each step.
  std::vector<Wide> pi{1}, d{0};
  for (std::size_t i = 0; i + 1 < n; ++i) {
    pi.push_back(pi[i] * Wide(path.up[i]) / Wide(path.down[i]));
    const Wide flow = i < 80 ? Wide(1e-160) : Wide(0);
    d.push_back((d[i] * Wide(path.up[i]) + flow) / Wide(path.down[i]));
  }
  for (std::size_t s = 1; s < n; ++s) CHECK(b[s] == Approx(static_cast<double>(d[path.order[s]])).epsilon(1e-11));
}

TEST_CASE("systems of states that the chain leaves after more steps than doubles count") {
  // Rows and columns of a path that is left at either end, entered in the middle.
  const auto inner = GENERATE(std::size_t{1}, std::size_t{9}, std::size_t{139}, std::size_t{499});
  INFO(inner << " states");
  AbsorbingRates rates;
  std::vector<double> b(inner, 0.0), end(inner, 0.0);
  const std::size_t middle = inner / 2;
  const auto up = [&](std::size_t i) { return i > middle ? 1e-5 : i < middle ? 1 : 3e-5; };
  const auto down = [&](std::size_t i) { return i > middle ? 1 : 1e-5; };
  for (std::size_t i = 0; i < inner; ++i) {
    if (i > 0) rates.inflow.column.push_back(static_cast<State>(i - 1)), rates.inflow.value.push_back(up(i - 1));
    if (i + 1 < inner)
      rates.inflow.column.push_back(static_cast<State>(i + 1)), rates.inflow.value.push_back(down(i + 1));
    rates.inflow.row_start.push_back(rates.inflow.column.size());
    rates.exit_rate.push_back(up(i) + down(i));
    rates.absorption_rate.push_back((i == 0 ? down(i) : 0) + (i + 1 == inner ? up(i) : 0));
  }
  b[middle] = 1;
  end[inner - 1] = up(inner - 1);
  const std::vector<ExtendedRange> time = solve_by_elimination(rates, Side::rows, b);
  CHECK(flow_balance(rates, b, time) < 1e-13);
  CHECK(static_cast<double>(time[inner - 1] * up(inner - 1)) == Approx(0.75).epsilon(1e-12));
  CHECK(static_cast<double>(time[0] * down(0)) == Approx(0.25).epsilon(1e-12));
  if (inner >= 139) CHECK(static_cast<double>(time[middle]) == INFINITY);
  const std::vector<ExtendedRange> top = solve_by_elimination(rates, Side::columns, end);
  CHECK(static_cast<double>(top[middle]) == Approx(0.75).epsilon(1e-12));
}

TEST_CASE("a balance that is no number is one") {
  AbsorbingRates rates{{}, {1, 1}, {0, 0}};  // two states that hand each other on for ever
  rates.inflow.row_start = {0, 1, 2};
  rates.inflow.column = {1, 0};
  rates.inflow.value = {1, 1};
  CHECK_FALSE(flow_balance(rates, {1, 0}, solve_by_elimination(rates, Side::rows, {1, 0})) <= 1e300);
  CHECK_FALSE(flow_balance(rates, {1, 0}, {NAN, 1}) <= 1e300);
  CHECK_FALSE(flow_balance(rates, {1, 0}, {1, INFINITY}) <= 1e300);
  CHECK(flow_balance(rates, {1, 0}, {1, 1}) == 1);
}

TEST_CASE("the program's answers are right where numbers on the way are no doubles") {
  const auto right_of = [&](const std::string& model) {
    const tests::Json json = tests::solve_json(tests::cases + model);
    CHECK(json["solver"]["converged"] == true);
    return tests::measure(json, "right");
  };
  CHECK(right_of("gth_underflow_two_wells.prism") == Approx(0.5).epsilon(1e-12));
  CHECK(right_of("ruin_underflow.prism") == Approx(0.75).epsilon(1e-12));
  CHECK(right_of("ruin_residual_above_tolerance.prism") == Approx(0.75).epsilon(1e-12));
}
