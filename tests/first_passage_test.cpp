// Expected totals until a target is reached: against closed forms, and against elimination in exact fractions, between
// whose bounds every entry has to lie.
#include <fmt/format.h>

#include <cmath>
#include <optional>

#include <steady/first_passage.hpp>

#include "solver/certify/passage_checker.hpp"
#include "tests/catch.hpp"
#include "tests/program.hpp"
#include "tests/reference.hpp"
#include "tests/scratch.hpp"

using namespace steady;
using namespace steady::detail;
using reference::chain_of;
using reference::Rational;

namespace {

const auto time_itself = [](State) { return 1.0; };

std::vector<bool> target_of(const Chain& chain, std::initializer_list<State> states) {
  std::vector<bool> target(chain.size(), false);
  for (const State s : states) target[s] = true;
  return target;
}

// Whether j can be reached from i, after Warshall 1962, along ways that do not pass the target.
std::vector<std::vector<bool>> ways(const Chain& chain, const std::vector<bool>& target) {
  const std::size_t n = chain.size();
  std::vector<std::vector<bool>> way(n, std::vector<bool>(n, false));
  for (std::size_t i = 0; i < n; ++i) {
    way[i][i] = true;
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      if (!target[chain.inflow.column[k]]) way[chain.inflow.column[k]][i] = true;
  }
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) way[i][j] = way[i][j] || (way[i][k] && way[k][j]);
  return way;
}

// By Gauss-Jordan elimination in fractions; nothing where the total is infinite.
std::vector<std::optional<Rational>> exact_totals(const Chain& chain, const std::vector<bool>& target,
                                                  const std::vector<double>& rate) {
  const std::size_t n = chain.size();
  const auto way = ways(chain, target);
  const auto arrives = [&](std::size_t i) {
    for (std::size_t t = 0; t < n; ++t)
      if (target[t] && way[i][t]) return true;
    return false;
  };
  std::vector<std::optional<Rational>> total(n);
  std::vector<std::size_t> states;
  for (std::size_t i = 0; i < n; ++i) {
    bool sure = !target[i];
    for (std::size_t j = 0; j < n; ++j) sure = sure && (!way[i][j] || arrives(j));
    if (target[i]) total[i] = 0;
    if (sure) states.push_back(i);
  }
  const std::size_t m = states.size();
  std::vector<std::vector<Rational>> a(m, std::vector<Rational>(m + 1));
  for (std::size_t i = 0; i < m; ++i) a[i][m] = Rational(rate[states[i]]);
  for (std::size_t to = 0; to < n; ++to)
    for (std::uint64_t k = chain.inflow.row_start[to]; k < chain.inflow.row_start[to + 1]; ++k)
      for (std::size_t i = 0; i < m; ++i) {
        if (states[i] != chain.inflow.column[k]) continue;
        a[i][i] += Rational(chain.inflow.value[k]);
        for (std::size_t j = 0; j < m; ++j)
          if (states[j] == to) a[i][j] -= Rational(chain.inflow.value[k]);
      }
  for (std::size_t p = 0; p < m; ++p)  // an M-matrix needs no pivots
    for (std::size_t i = 0; i < m; ++i) {
      if (i == p || a[i][p] == 0) continue;
      const Rational factor = a[i][p] / a[p][p];
      for (std::size_t j = p; j <= m; ++j) a[i][j] -= factor * a[p][j];
    }
  for (std::size_t i = 0; i < m; ++i) total[states[i]] = a[i][m] / a[i][i];
  return total;
}

// Every entry is within its bounds, and these are within `apart` of each other, relatively.
void check_against_fractions(const Chain& chain, const std::vector<bool>& target, const std::vector<double>& rate,
                             double apart = 1e-11) {
  const FirstPassage found = first_passage(chain, target, [&](State s) { return rate[s]; });
  const auto exact = exact_totals(chain, target, rate);
  INFO(found.reason);
  REQUIRE(found.proven);
  for (std::size_t s = 0; s < chain.size(); ++s) {
    INFO("state " << s);
    CHECK(std::isinf(found.value[s]) == !exact[s]);
    if (!exact[s]) continue;
    CHECK(Rational(found.lower[s]) <= *exact[s]);
    CHECK(*exact[s] <= Rational(found.upper[s]));
    CHECK(found.lower[s] <= found.value[s]);
    CHECK(found.value[s] <= found.upper[s]);
    CHECK(found.upper[s] - found.lower[s] <= apart * std::abs(found.value[s]));
  }
}

}  // namespace

TEST_CASE("the time until a queue is full has a closed form", "[passage]") {
  struct Queue {
    double lambda, mu;
    std::size_t places;
  };
  // The second takes 1e12 units of time; the third is one large component.
  const Queue queue = GENERATE(Queue{2, 3, 5}, Queue{1e-2, 1e2, 4}, Queue{3, 2, 1500});
  const Chain chain = reference::mmck(queue.lambda, queue.mu, 1, static_cast<int>(queue.places));
  const FirstPassage found = first_passage(chain, target_of(chain, {static_cast<State>(queue.places)}), time_itself);
  INFO(found.reason);
  REQUIRE(found.proven);
  double step = 1 / queue.lambda;  // from i to i + 1
  std::vector<double> steps;
  for (std::size_t i = 0; i < queue.places; ++i) {
    steps.push_back(step);
    step = 1 / queue.lambda + queue.mu / queue.lambda * step;
  }
  double total = 0;
  for (std::size_t i = queue.places; i-- > 0;) {
    total += steps[i];
    CHECK(found.value[i] == Approx(total).epsilon(1e-11));
    CHECK(found.upper[i] - found.lower[i] < 1e-11 * total);
  }
  CHECK(found.value[queue.places] == 0);
  CHECK(found.upper[queue.places] == 0);
}

TEST_CASE("times beyond the digits of doubles are right, and bounded only where that is proven", "[passage]") {
  const Chain chain = reference::mmck(1e-3, 1e3, 1, 4);  // 1e21
  const FirstPassage found = first_passage(chain, target_of(chain, {4}), time_itself);
  const auto exact = exact_totals(chain, target_of(chain, {4}), std::vector<double>(5, 1.0));
  REQUIRE(found.proven);
  CHECK(Rational(found.lower[0]) <= *exact[0]);
  CHECK(*exact[0] <= Rational(found.upper[0]));
  CHECK(found.upper[0] - found.lower[0] < 1e-5 * found.value[0]);
  // No four doubles tell the 1 beside these: what corrections make of them is not taken.
  for (const int places : {6, 20}) {
    INFO(places);
    const Chain longer = reference::mmck(1e-3, 1e3, 1, places);
    const auto last = static_cast<State>(places);
    const FirstPassage unproven = first_passage(longer, target_of(longer, {last}), time_itself);
    CHECK_FALSE(unproven.proven);
    CHECK_FALSE(unproven.reason.empty());
    CHECK(solved(unproven));
    const auto total = exact_totals(longer, target_of(longer, {last}), std::vector<double>(last + 1, 1.0));
    for (State s = 0; s < last; ++s) CHECK(unproven.value[s] == Approx(static_cast<double>(*total[s])).epsilon(1e-12));
  }
}

TEST_CASE("times beyond the range of doubles are not known, nor taken to be infinite", "[passage]") {
  const Chain chain = reference::mmck(1e-3, 1e3, 1, 60);  // 1e360
  const FirstPassage found = first_passage(chain, target_of(chain, {60}), time_itself);
  CHECK(std::isnan(found.value[0]));
  CHECK_FALSE(found.proven);
  CHECK_FALSE(solved(found));

  using namespace steady::tests;
  const Scratch scratch;
  const std::string model = scratch.put("far.prism",
                                        "ctmc\nmodule m\n n : [0..60];\n [] n<60 -> 0.001 : (n'=n+1);\n"
                                        " [] n>0 -> 1000 : (n'=n-1);\nendmodule\n");
  for (const char* start : {"", " --from-steady"})
    for (const char* proof : {"", " --no-certify"}) {
      INFO(start << proof);
      const std::string options = model + start + proof;
      const Json time = solve_json(options + " --prop 'T=? [ F n=60 ]'", 1)["measures"][0];
      CHECK(time["value"].is_null());
      CHECK(time["status"] == "undecided");
      CHECK(solve_json(options + " --prop 'T<1 [ F n=60 ]'", 1)["measures"][0]["status"] == "undecided");
    }
}

TEST_CASE("times that there was no time to solve for are not solved", "[passage]") {
  Options none;
  none.time_limit = 1e-9;
  for (const int places : {100, 2500}) {  // by elimination, and by sweeps
    INFO(places);
    const Chain chain = reference::mmck(3, 2, 1, places);
    const FirstPassage found = first_passage(chain, target_of(chain, {static_cast<State>(places)}), time_itself, none);
    CHECK_FALSE(solved(found));
    CHECK(found.solve.outcome.stop == Stop::time_limit);
  }
}

TEST_CASE("totals until a target agree with fractions", "[passage]") {
  for (const Kind kind : {Kind::ctmc, Kind::dtmc})
    for (std::uint32_t seed = 1; seed <= 12; ++seed) {
      INFO("seed " << seed);
      const Chain chain = seed % 2 == 0 ? reference::random_chain(kind, 12, 3, seed, seed)
                                        : reference::random_reducible_chain(kind, 14, 2, seed, seed);
      std::vector<double> rate(chain.size());
      for (std::size_t s = 0; s < rate.size(); ++s) rate[s] = s % 3 == 0 ? 0 : static_cast<double>(s) / 4;
      const std::vector<bool> target = target_of(chain, {0, static_cast<State>(seed % 5)});
      check_against_fractions(chain, target, std::vector<double>(chain.size(), 1.0));
      // States that earn nothing for long before little is earned: bounds are relative to the time, not to the total.
      check_against_fractions(chain, target, rate, 1e-3);
    }
}

TEST_CASE("totals on awkward chains", "[passage]") {
  const Chain ring = reference::ring(Kind::dtmc, 7);
  check_against_fractions(ring, target_of(ring, {3}), std::vector<double>(7, 1.0));
  Chain one = chain_of(Kind::ctmc, 1, {});
  CHECK(first_passage(one, {true}, time_itself).value == std::vector<double>{0});
  CHECK(std::isinf(first_passage(one, {false}, time_itself).value[0]));
  CHECK(first_passage(one, {false}, time_itself).proven);
  // 0 -> 1 or 2, which both stay where they are; 3 <-> 4 with a way to 1.
  const Chain ends = chain_of(Kind::ctmc, 5, {{0, 1, 1}, {0, 2, 1e-9}, {3, 4, 1}, {4, 3, 1e6}, {4, 1, 1e-6}});
  const FirstPassage found = first_passage(ends, target_of(ends, {1}), time_itself);
  CHECK(std::isinf(found.value[0]));
  CHECK(found.value[1] == 0);
  CHECK(std::isinf(found.value[2]));
  CHECK(found.value[3] == Approx(1e12 + 1 + 2e6));
  check_against_fractions(ends, target_of(ends, {1}), {1, 2, -3, -1, 5});
  CHECK(std::isinf(first_passage(ends, std::vector<bool>(5, false), time_itself).value[4]));
}

TEST_CASE("bounds of totals hold for every rate within the errors", "[passage]") {
  Chain chain = reference::mmck(1, 2, 1, 4);
  chain.rate_error.assign(chain.size(), 1e-3);
  const FirstPassage found = first_passage(chain, target_of(chain, {4}), time_itself);
  REQUIRE(found.proven);
  for (const double factor : {0.999, 1.001}) {
    const Chain other = reference::mmck(factor, 2 * (2 - factor), 1, 4);
    const double value = first_passage(other, target_of(other, {4}), time_itself).value[0];
    CHECK(found.lower[0] < value);
    CHECK(value < found.upper[0]);
  }
  CHECK(found.upper[0] - found.lower[0] < 0.2 * found.value[0]);
}

TEST_CASE("a wrong witness proves nothing of a total", "[passage]") {
  const Chain chain = reference::mmck(1, 2, 1, 3);
  const std::vector<bool> target = target_of(chain, {3}), inside = {true, true, true, false};
  PassageChecker checker(chain, target, inside);
  CHECK(checker.accept({{11, 10, 7, 0}}).empty());
  const auto delta = [&](const Expansion& h) { return checker.check(h, checker.column_product(h), {1, 1, 1, 0}); };
  CHECK(delta({{11, 10, 7, 0}}) < 1e-12);
  CHECK(delta({{12, 10, 7, 0}}) >= 1);
  CHECK_FALSE(checker.accept({{10, 10, 7, 0}}).empty());
  CHECK_FALSE(checker.accept({{11, 10, -7, 0}}).empty());
  CHECK_FALSE(checker.accept({{11, 10, 7, 1}}).empty());
  CHECK_FALSE(PassageChecker(chain, target, {true, true, false, false}).accept({{11, 10, 0, 0}}).empty());
}

TEST_CASE("what first_passage refuses", "[passage]") {
  const Chain chain = reference::mmck(1, 2, 1, 3);
  CHECK_THROWS_WITH(first_passage(chain, {true}, time_itself), ContainsSubstring("1 states for a chain of 4"));
  CHECK_THROWS_WITH(first_passage(chain, target_of(chain, {3}), [](State) { return INFINITY; }),
                    ContainsSubstring("state 0 is inf"));
}

TEST_CASE("the program answers how long it takes", "[passage]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string model = scratch.put("two.prism",
                                        "ctmc\nconst double f = 1e-4;\nmodule m\n"
                                        " up : [0..2] init 2;\n"
                                        " [] up>0 -> up*f : (up'=up-1);\n"
                                        " [] up<2 -> 1 : (up'=up+1);\nendmodule\n"
                                        "label \"down\" = up=0;\nrewards \"units\" true : up; endrewards\n");
  const auto value_of = [&](const std::string& arguments) {
    const Json json = solve_json(model + " " + arguments);
    REQUIRE(json["measures"][0]["bound"].get<double>() <= 1e-11 * json["measures"][0]["value"].get<double>());
    return json["measures"][0]["value"].get<double>();
  };
  // From 1: t1 = (1 + t2) / (1 + f), from 2: t2 = 1/(2f) + t1.
  const double f = 1e-4, t1 = (1 + 1 / (2 * f)) / f, t2 = 1 / (2 * f) + t1;
  CHECK(value_of("--prop 'T=? [ F \"down\" ]'") == Approx(t2).epsilon(1e-11));
  CHECK(value_of("--prop 'T=? [ F \"down\" ]' --initial 1") == Approx(t1).epsilon(1e-11));
  const double p2 = 1 / (1 + 2 * f + 2 * f * f);  // pi = p2 (2 f^2, 2 f, 1)
  CHECK(value_of("--prop 'T=? [ F \"down\" ]' --from-steady") == Approx(p2 * (2 * f * t1 + t2)).epsilon(1e-11));
  CHECK(value_of("--prop 'R{\"units\"}=? [ F up<2 ]'") == Approx(1 / f).epsilon(1e-11));
  CHECK(value_of("--prop 'filter(min, T=? [ F \"down\" ], up>0)'") == Approx(t1).epsilon(1e-11));
  CHECK(value_of("--prop 'T=? [ F \"down\" ] / T=? [ F up<2 ]'") == Approx(t2 * 2 * f).epsilon(1e-11));
  const Json compared = solve_json(model + " --prop 'T>1e6 [ F \"down\" ] & T<=2e8 [ F \"down\" ]'");
  CHECK(compared["measures"][0]["value"] == true);

  const std::string broken = scratch.put("broken.prism",
                                         "ctmc\nmodule m\n s : [0..2];\n [] s=0 -> 1 : (s'=1) + 1 : (s'=2);\n"
                                         " [] s>0 -> 1 : true;\nendmodule\n");
  const Json infinite = solve_json(broken + " --prop 'T=? [ F s=1 ]'")["measures"][0];
  CHECK(infinite["value"].is_null());
  CHECK(infinite["status"] == "infinite");
  CHECK(solve_json(broken + " --prop 'T<1e9 [ F s=1 ]'")["measures"][0]["value"] == false);
  const Run report = steady_run("solve " + broken + " --prop 'T=? [ F s=1 ]'");
  CHECK_THAT(report.output, ContainsSubstring("infinite: the target is not reached with probability 1"));
}

TEST_CASE("from the steady state of several ends", "[passage]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string model = scratch.put("ends.prism",
                                        "ctmc\nmodule m\n x : [0..4];\n [] x=0 -> 1 : (x'=1) + 2 : (x'=3);\n"
                                        " [] x=1 -> 1 : (x'=2);\n [] x=2 -> 3 : (x'=1);\n"
                                        " [] x=3 -> 1 : (x'=4);\n [] x=4 -> 1 : (x'=3);\nendmodule\n");
  const Json both = solve_json(model + " --from-steady --prop 'T=? [ F x=2 | x=4 ]'")["measures"][0];
  CHECK(both["value"].get<double>() == Approx(1.0 / 3 * 3 / 4 + 2.0 / 3 / 2).epsilon(1e-12));
  CHECK(both["bound"].get<double>() < 1e-9);
  CHECK(solve_json(model + " --from-steady --prop 'T=? [ F x=2 ]'")["measures"][0]["status"] == "infinite");
  // An end whose probability no double holds is one, too.
  const std::string unlikely =
      scratch.put("unlikely.prism",
                  "dtmc\nmodule m\n x : [0..4];\n"
                  " [] x=0 -> 1e-200 : (x'=1) + 1-1e-200 : (x'=3);\n"
                  " [] x=1 -> 1e-200 : (x'=2) + 1-1e-200 : (x'=3);\n [] x=2 -> 1 : true;\n"
                  " [] x=3 -> 0.5 : (x'=4) + 0.5 : true;\n [] x=4 -> 1 : (x'=3);\nendmodule\n");
  const Json never = solve_json(unlikely + " --from-steady --prop 'T=? [ F x=4 ]'")["measures"][0];
  CHECK(never["status"] == "infinite");
  CHECK(solve_json(unlikely + " --from-steady --prop 'T<2 [ F x=4 ]'")["measures"][0]["value"] == false);
}

TEST_CASE("what a target takes from the initial states does not wait for the long run", "[passage]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string model = scratch.put("queue.prism",
                                        "ctmc\nmodule m\n n : [0..50];\n [] n<50 -> 1 : (n'=n+1);\n"
                                        " [] n>0 -> 2 : (n'=n-1);\nendmodule\n") +
                            " --method power --max-iterations 3";
  const std::string time = " --prop 'T=? [ F n=2 ]'";  // 1 + 1 + 2: from 0 to 1, and from 1 to 2
  const Json found = solve_json(model + time);
  CHECK(found["solver"]["converged"] == false);
  CHECK(found["status"] == "solved");
  CHECK(found["measures"][0]["value"].get<double>() == Approx(4).epsilon(1e-12));
  CHECK(found["measures"][0]["bound"].get<double>() < 1e-11);
  CHECK(solve_json(model + time + " --from-steady", 1)["status"] == "not converged");
  CHECK(solve_json(model + time + " --top 1", 1)["status"] == "not converged");
  CHECK(solve_json(model + time + " --output " + scratch.path("p.npy"), 1)["status"] == "not converged");
  CHECK(solve_json(model + time + " --prop 'S=? [ n=2 ]'", 1)["status"] == "not converged");
}

TEST_CASE("infinite times and what is made of them", "[passage]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string model = scratch.put("ends.prism",
                                        "ctmc\nmodule m\n x : [0..4];\n [] x=0 -> 1 : (x'=1) + 1 : (x'=3);\n"
                                        " [] x=1 -> 2 : (x'=2);\n [] x=2 -> 1 : (x'=1);\n"
                                        " [] x=3 -> 1 : (x'=4);\n [] x=4 -> 1 : (x'=3);\nendmodule\n");
  const auto of = [&](const std::string& property) {
    return solve_json(model + " --prop '" + property + "'")["measures"][0];
  };
  const auto text_of = [&](const std::string& property) {
    return steady_run("solve " + model + " --prop '" + property + "'").output;
  };
  CHECK(solve_json(model + " --relative 1e-6 --prop 'T=? [ F x=2 ]'")["status"] == "solved");
  CHECK(of("T=? [ F x=2 ] + 1")["status"] == "infinite");
  CHECK(of("-T=? [ F x=2 ]")["status"] == "-infinite");
  CHECK_THAT(text_of("-T=? [ F x=2 ]"), ContainsSubstring("-infinite: the target is not reached with probability 1"));
  CHECK(of("T=? [ F x=2 ] * S=? [ x=2 ]")["status"] == "infinite");
  CHECK(of("T=? [ F x=2 ] - T=? [ F x=1 ]")["status"] == "undecided");
  CHECK(of("1 / T=? [ F x=2 ]")["value"] == 0);
  CHECK(of("1 / T=? [ F x=2 ]")["bound"] == 0);
  CHECK(of("1 / T=? [ F x=2 ] < 1e-9")["value"] == true);
  // Beyond the range of doubles is not infinite.
  CHECK(of("S=? [ true ] * 1e308 * 10")["status"] == "undecided");
  CHECK_THAT(text_of("S=? [ true ] * 1e308 * 10"), !ContainsSubstring("infinite"));
  // A filter's least value is known where others are infinite, and which these are.
  const Json least = of("filter(min, T=? [ F x=2 ], x!=2)");
  CHECK(least["value"].get<double>() == Approx(0.5).epsilon(1e-12));
  CHECK(least["bound"].get<double>() < 1e-12);
  CHECK(of("filter(max, -T=? [ F x=2 ], x!=2)")["bound"].get<double>() < 1e-12);
  CHECK(of("filter(max, T=? [ F x=2 ])")["status"] == "infinite");
  CHECK(of("filter(avg, T=? [ F x=2 ])")["status"] == "infinite");
  const Json range = of("filter(range, T=? [ F x=2 ], x!=2)");
  CHECK(range["status"] == "range");
  CHECK(range["values"][0].get<double>() == Approx(0.5).epsilon(1e-12));
  CHECK(range["values"][1].is_null());
  CHECK(range["bound"].get<double>() < 1e-12);
  CHECK_THAT(text_of("filter(range, T=? [ F x=2 ], x!=2)"), ContainsSubstring("infinite]"));
}

TEST_CASE("a filter's values are each said with their own bounds", "[passage]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string file = scratch.put("way.prism",
                                       "ctmc\nmodule m\n s:[0..2];\n [] s=0 -> 3:(s'=1);\n [] s=1 -> 0.7:(s'=2);\n"
                                       " [] s=2 -> 1:(s'=0);\nendmodule\n");
  const std::string asked = file + " --prop 'filter(range, T=? [ F s=2 ])' --prop 'filter(print, T=? [ F s=2 ])'";
  const double from_1 = 1 / 0.7, from_0 = 1 / 3.0 + from_1;
  const Json json = solve_json(asked);
  const Json &range = json["measures"][0]["values"], &print = json["measures"][1]["values"];
  REQUIRE(json["measures"][0]["status"] == "range");
  CHECK(range[0] == 0);  // in the target: known, though it has no digit
  CHECK(range[1].get<double>() == Approx(from_0).epsilon(1e-13));
  REQUIRE(print.size() == 2);
  CHECK(print[0]["value"].get<double>() == Approx(from_0).epsilon(1e-13));
  CHECK(print[1]["value"].get<double>() == Approx(from_1).epsilon(1e-13));
  CHECK_THAT(steady_run("solve --quiet " + asked).output, ContainsSubstring("[0, 1.7619047619"));
}

// A chain 0 .. places that goes up at `up` and down at `down`, as a file; and the mean time from 0 to the end.
struct Ladder {
  double up, down;
  int places;

  std::string text() const {
    return fmt::format(
        "ctmc\nmodule m\n s:[0..{0}];\n [] s<{0} -> {1}:(s'=s+1);\n [] s>0 -> {2}:(s'=s-1);\nendmodule\n"
        "rewards \"both\" s=0 : 1; s=1 : -1; endrewards\n",
        places, up, down);
  }
  double time() const {
    double step = 1 / up, total = 0;
    for (int i = 0; i < places; ++i, step = 1 / up + down / up * step) total += step;
    return total;
  }
};

TEST_CASE("times of rare events are proven relatively", "[passage]") {
  using namespace steady::tests;
  const auto [ladder, settings] = GENERATE(
      std::pair(Ladder{1e-10, 1, 6}, ""), std::pair(Ladder{1e-60, 1, 4}, ""), std::pair(Ladder{1e-14, 1, 4}, ""),
      std::pair(Ladder{1e-10, 1, 6}, " --no-certify"), std::pair(Ladder{1, 1.01, 3000}, ""));
  const Scratch scratch;
  const std::string file = scratch.put("ladder.prism", ladder.text());
  INFO(ladder.text() << settings);
  const std::string end = fmt::format(" [ F s={} ]'", ladder.places);
  const Json json = solve_json(file + settings + " --prop 'T=?" + end + " --prop 'T<1" + end);
  const Json& time = json["measures"][0];
  REQUIRE(time["value"].is_number());
  CHECK(std::abs(time["value"].get<double>() / ladder.time() - 1) < 1e-10);
  CHECK(json["measures"][1]["value"] == false);
}

TEST_CASE("rewards until a rare event are proven, or nothing is said of them", "[passage]") {
  using namespace steady::tests;
  const Scratch scratch;
  const Ladder ladder{1e-10, 1, 6};
  const std::string file = scratch.put("ladder.prism", ladder.text());
  // In 0 the chain is 1/(1e-10) times as long as in 1, but for what is lost to 2.
  const Json measure = solve_json(file + " --prop 'R{\"both\"}=? [ F s=6 ]'")["measures"][0];
  CHECK(measure["value"].get<double>() == Approx(ladder.time()).epsilon(1e-9));
  CHECK(measure["bound_relative"].get<double>() < 1e-9);
  const Json several = solve_json(file + " --prop 'filter(max, R{\"both\"}=? [ F s=6 ])'", 1)["measures"][0];
  CHECK(several["value"].is_null());
  CHECK(several["status"] == "undecided");
}
