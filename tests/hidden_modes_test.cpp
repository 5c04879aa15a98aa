// Chains whose slow modes no residual sees: what they come out as, and what is said where they cannot be solved.
// The values: tests/cases, from LU or GTH of own generators; for fast_promoter GTH on the band, the same for every f.
#include <cmath>
#include <random>
#include <sstream>

#include <steady/solve.hpp>

#include "formats/io/file.hpp"
#include "solver/aggregate_error.hpp"
#include "solver/residual.hpp"
#include "tests/program.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::tests;

namespace {

void check_values(const std::string& arguments, const std::vector<std::pair<std::string, double>>& right) {
  for (const char* way : {"", " --no-certify"}) {
    INFO(arguments << way);
    const Json json = solve_json(cases + arguments + way);
    for (const auto& [name, value] : right) CHECK(measure(json, name) == Approx(value).epsilon(2e-9));
  }
}

// Two sets of states of probabilities `weight` and 1 - weight, each a square of k x k states, joined by a state that is
// reached at rate `coupling`; all other rates are 1. The bridge is left fast, or else as slowly as it is reached.
struct Wells {
  Chain chain;
  std::vector<double> distribution(double weight) const {
    std::vector<double> x = even;
    for (std::size_t i = 0; i < x.size() / 2; ++i) x[i] *= 2 * weight;
    for (std::size_t i = x.size() / 2; i + 1 < x.size(); ++i) x[i] *= 2 * (1 - weight);
    return x;
  }
  std::vector<double> even;
};

Wells wells(State k, double coupling) {
  std::vector<reference::Rate> rates;
  const auto join = [&](State i, State j, double there, double back) {
    rates.push_back({i, j, there});
    rates.push_back({j, i, back});
  };
  for (State side = 0; side < 2; ++side)
    for (State i = 0; i < k; ++i)
      for (State j = 0; j < k; ++j) {
        const State state = side * k * k + i * k + j;
        if (j + 1 < k) join(state, state + 1, 1, 1);
        if (i + 1 < k) join(state, state + k, 1, 1);
      }
  const State bridge = 2 * k * k;
  join(0, bridge, coupling, 1);
  join(k * k, bridge, coupling, 1);
  Wells wells{reference::chain_of(Kind::ctmc, bridge + 1, rates), {}};
  const double all = bridge + coupling;
  wells.even.assign(bridge, 1 / all);
  wells.even.push_back(coupling / all);
  return wells;
}

}  // namespace

TEST_CASE("a rate far above those that matter hides nothing") {
  check_values("fast_pair.prism --const m=200,f=1e8", {{"low", 0.313327124}, {"x", 93.2914036}});
  check_values("lazy_grid.prism --const m=200,d=1e-10", {{"low", 0.313327124}, {"x", 93.2914036}});
  check_values("stiff_rw_1e13.prism",
               {{"nobody", 0.0401048595206}, {"readers", 0.3181452610016}, {"writers", 0.6417498794777}});
}

TEST_CASE("fast pairs inside slow dynamics", "[certify]") {
  for (const auto& [f, few] : {std::pair("1e4", 0.000672328327), {"1e8", 0.000671956436}, {"1e12", 0.000671956398}}) {
    const std::string model = std::string("fast_promoter.prism --const f=") + f;
    check_values(model, {{"r", 7.5}, {"p", 75}, {"few", few}});
    CHECK(solve_json(cases + model)["error_bound"]["total_variation"].get<double>() < 1e-9);
  }
}

TEST_CASE("two wells behind a wide barrier, and what methods say that do not find their weights") {
  const std::string model = cases + "two_wells_6132_states.tra.gz --kind ctmc ";
  const Scratch scratch;
  const std::string output = scratch.path("p.json");
  std::vector<double> exact;
  std::istringstream text(read_file(cases + "two_wells_6132_states.exact.txt.gz"));
  for (double p; text >> p;) exact.push_back(p);
  REQUIRE(exact.size() == 6132);
  solve_json(model + "--output " + output);
  const Json found = Json::parse(content(output))["distribution"];
  for (std::size_t i = 0; i < exact.size(); ++i) CHECK(found[i].get<double>() == Approx(exact[i]).epsilon(1e-12));
  for (const char* method : {"bicgstab", "multilevel", "gauss-seidel"}) {
    INFO(method);
    const Json json = solve_json(model + "--no-certify --prop 'S>0.5 [ true ]' --method " + method, 1);
    CHECK(json["status"] == "not known");
    CHECK(json["solver"]["residual"].get<double>() < 1e-10);
    CHECK(json["solver"]["converged"] == false);
    CHECK(json["measures"][0]["status"] == "undecided");
    const Run run = steady_run("solve " + model + "--no-certify --method " + method);
    CHECK(run.exit_code == 1);
    CHECK_THAT(run.output, StartsWith("NOT KNOWN"));
  }
}

TEST_CASE("balance is in units of each state's own flow, and sees what the residual does not") {
  std::vector<reference::Rate> rates;
  for (State i = 0; i < 20; ++i) {
    rates.push_back({i, i + 1, 1e-10});
    rates.push_back({i + 1, i, 2e-10});
  }
  rates.push_back({20, 21, 1});
  rates.push_back({21, 20, 1e5});
  const Chain chain = reference::chain_of(Kind::ctmc, 22, rates);
  const Imbalance even = imbalance(chain.inflow, chain.exit_rate, std::vector<double>(22, 1. / 22));
  CHECK(even.residual / 1e5 > 1e-3);
  std::vector<double> x(22, 1. / 21);
  x[21] = x[20] * 1e-5;
  const Imbalance measured = imbalance(chain.inflow, chain.exit_rate, x);
  CHECK(measured.residual / 1e5 < 1e-15);
  CHECK(measured.balance > 0.3);
  const Solution solution = solve(chain);
  CHECK(solution.balance < 1e-14);
  for (State i = 0; i < 20; ++i)
    CHECK(solution.distribution[i + 1] == Approx(solution.distribution[i] / 2).epsilon(1e-12));
  CHECK(std::isnan(imbalance(chain.inflow, chain.exit_rate, std::vector<double>(22, NAN)).balance));
}

TEST_CASE("the estimate of what sets of states have too much") {
  const double coupling = GENERATE(1e-8, 1e-20, 1e-80);
  INFO(coupling);
  const Wells two = wells(30, coupling);
  const IrreducibleChain chain{two.chain.inflow, two.chain.exit_rate};
  CHECK(aggregate_error(chain, two.distribution(0.5)) < 1e-12);
  for (const double weight : {0.9, 0.501, 1e-6, 1e-30}) {
    INFO(weight);
    const double error = aggregate_error(chain, two.distribution(weight));
    CHECK(error > (weight < 1e-9 ? 1e-3 : 0.3) * std::abs(weight - 0.5));  // single states are unbalanced, too
    CHECK(error < 30 * std::abs(weight - 0.5));
  }
}

TEST_CASE("the estimate is infinite where sets meet only by way of states too unlikely for it") {
  const Wells two = wells(30, 1e-250);
  CHECK(aggregate_error({two.chain.inflow, two.chain.exit_rate}, two.distribution(0.5)) == INFINITY);
  Options options;
  options.method = Method::bicgstab;
  const Solution iterated = solve(two.chain, options);
  CHECK_FALSE(iterated.converged);
  CHECK(iterated.slow_modes);
  const Solution solution = solve(two.chain);  // by elimination
  CHECK(solution.converged);
  CHECK(solution.eliminated);
  CHECK(solution.distribution[0] == Approx(1. / 1800).epsilon(1e-12));
}

TEST_CASE("an elimination that is cut short is no answer") {
  const Chain chain = reference::random_chain(Kind::ctmc, 3000, 4, 3, 1);
  for (const Method method : {Method::gth, Method::automatic}) {
    INFO(name(method));
    Options options;
    options.method = method;
    options.time_limit = 1e-9;
    options.tolerance = 0.99;  // which the start reaches
    const Solution solution = solve(chain, options);
    CHECK_FALSE(solution.eliminated);
    if (options.method == Method::gth) CHECK_FALSE(solution.converged);
  }
}

TEST_CASE("the wells of a component that the initial state does not reach are looked at where filters ask for it") {
  const Wells two = wells(20, 1e-20);
  std::string tra =
      std::to_string(two.chain.size() + 1) + " " + std::to_string(two.chain.inflow.entries() + 1) + "\n0 0 1\n";
  for (State i = 0; i < two.chain.size(); ++i)
    for (std::uint64_t k = two.chain.inflow.row_start[i]; k < two.chain.inflow.row_start[i + std::size_t{1}]; ++k) {
      // twice as fast to the second well as to the first: 1/3 and 2/3
      const bool twice = two.chain.inflow.column[k] + std::size_t{1} == two.chain.size() && i > 0;
      tra += std::to_string(two.chain.inflow.column[k] + 1) + " " + std::to_string(i + 1) + " " +
             (two.chain.inflow.value[k] < 1 ? "1e-20"
              : twice                       ? "2"
                                            : "1") +
             "\n";
    }
  const Scratch scratch;
  const std::string model = scratch.put("wells.tra", tra);
  std::string labels = "0=\"init\" 1=\"second\"\n0: 0\n";
  for (State i = 400; i < 800; ++i) labels += std::to_string(i + 1) + ": 1\n";
  scratch.put("wells.lab", labels);
  const std::string question = model + " --kind ctmc --prop 'filter(max, S=? [ \"second\" ], true)' ";
  CHECK(solve_json(question)["measures"][0]["value"].get<double>() == Approx(2. / 3).epsilon(1e-9));
  for (const char* way : {"", " --no-certify"})
    CHECK(solve_json(question + "--method gauss-seidel" + way, 1)["status"] == "not known");
}
