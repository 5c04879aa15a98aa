// Models without a largest state, against their closed forms.
#include <fmt/format.h>

#include <cmath>

#include <steady/answer.hpp>
#include <steady/certify.hpp>
#include <steady/first_passage.hpp>
#include <steady/sensitivity.hpp>
#include <steady/truncate.hpp>

#include "tests/catch.hpp"
#include "tests/petri_nets.hpp"
#include "tests/population_attack.hpp"
#include "tests/program.hpp"
#include "tests/scratch.hpp"

namespace steady::tests {
namespace {

// A queue with one counter x: arrivals and departures at these rates, which may depend on x.
std::string queue(const std::string& arrival, const std::string& departure) {
  return fmt::format(
      "ctmc\nmodule queue\n  x : int init 0;\n  [] true -> {} : (x'=x+1);\n  [] x>0 -> {} : (x'=x-1);\nendmodule\n"
      "rewards \"length\" true : x; endrewards\n",
      arrival, departure);
}

const std::string tandem =
    "ctmc\nmodule queues\n  x : int init 0;\n  y : int init 0;\n  [] true -> 1 : (x'=x+1);\n"
    "  [] x>0 -> 2 : (x'=x-1)&(y'=y+1);\n  [] y>0 -> 3 : (y'=y-1);\nendmodule\n";

class ModelFile {
 public:
  explicit ModelFile(const std::string& text) : path_(scratch_.put("model.prism", text)) {}
  const std::string& path() const { return path_; }

 private:
  Scratch scratch_;
  std::string path_;
};

// Total variation from the closed form p(values) of the whole chain.
template <class Exact>
double true_error(const TruncatedModel& truncated, Exact p) {
  const States& states = truncated.model.chain.states;
  double difference = 0, outside = 1;
  for (std::size_t s = 0; s < truncated.model.chain.size(); ++s) {
    std::vector<std::int64_t> values;
    for (std::size_t v = 0; v < states.packing.variables().size(); ++v) values.push_back(states.value(s, v));
    const double exact = p(values);
    difference += std::abs(truncated.solution.distribution[s] - exact);
    outside -= exact;
  }
  return (difference + std::abs(outside)) / 2;
}

// Truncated, it is as far from the closed form as it may be, and by this drift function proven to be.
template <class Exact>
void require_distribution(const std::string& text, const std::string& drift, Exact p) {
  const ModelFile file(text);
  const TruncatedModel truncated = truncate(file.path(), {1e-9, drift});
  const Truncation& truncation = truncated.truncation;
  REQUIRE(truncation.reached);
  CHECK(truncation.outflow <= 1e-9);
  CHECK_FALSE(truncation.complete);
  const double error = true_error(truncated, p);
  CHECK(error < 1e-8);
  CHECK(truncation.proof_reason.empty());
  CHECK(truncation.total_variation < 1e-5);
  CHECK(truncation.total_variation >= error - 1e-13);  // rounding of the closed form
}

// Of a birth-death chain: product of arrival(i-1)/departure(i), over its sum.
template <class Ratio>
auto birth_death(Ratio ratio) {
  double total = 0, term = 1;
  for (int n = 1; n < 2000 && term > 0; ++n) {
    total += term;
    term *= ratio(n);
  }
  return [ratio, total](const std::vector<std::int64_t>& x) {
    double product = 1 / total;
    for (int n = 1; n <= x[0]; ++n) product *= ratio(n);
    return product;
  };
}

}  // namespace

TEST_CASE("truncated queues and populations have their closed forms", "[truncate]") {
  SECTION("M/M/1: geometric") {
    require_distribution(queue("0.5", "1"), "x",
                         [](const auto& x) { return std::pow(0.5, static_cast<double>(x[0] + 1)); });
  }
  SECTION("M/M/infinity: Poisson") {
    require_distribution(queue("30", "x"), "x", [](const auto& x) {
      const auto n = static_cast<double>(x[0]);
      return std::exp(n * std::log(30.0) - 30 - std::lgamma(n + 1));
    });
  }
  SECTION("M/M/3") {
    require_distribution(queue("2", "min(x,3)"), "x", birth_death([](int n) { return 2.0 / std::min(n, 3); }));
  }
  SECTION("quadratic death") {
    require_distribution(queue("4", "x*x"), "x", birth_death([](int n) { return 4.0 / (1.0 * n * n); }));
  }
  SECTION("birth, immigration and death: negative binomial") {
    require_distribution(queue("3+x", "2*x"), "x*x", [](const auto& x) {
      const auto n = static_cast<double>(x[0]);
      return (n + 2) * (n + 1) / 2 * std::pow(0.5, n) / 8;
    });
  }
  SECTION("two queues in tandem: a product") {
    require_distribution(tandem, "5*x+2*y", [](const auto& x) {
      return std::pow(0.5, static_cast<double>(x[0] + 1)) * 2 * std::pow(1.0 / 3, static_cast<double>(x[1] + 1));
    });
  }
}

TEST_CASE("200 random populations: no proven bound is below the true error", "[truncate]") {
  std::size_t proven = 0, visible = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const population_attack::Verdict verdict = population_attack::attack(seed);
    INFO(verdict.kind << " " << seed << " " << verdict.reason);
    CHECK_FALSE(verdict.refuted());
    proven += verdict.bound < 1 ? 1 : 0;
    visible += verdict.error > 1e-9 ? 1 : 0;
  }
  CHECK(proven > 150);
  CHECK(visible > 15);
}

TEST_CASE("a drift function that proves nothing is told why", "[truncate]") {
  const auto reason = [](const std::string& text, const std::string& drift) {
    const ModelFile file(text);
    const TruncatedModel truncated = truncate(file.path(), {1e-9, drift});
    CHECK(std::isinf(truncated.truncation.total_variation));
    return truncated.truncation.proof_reason;
  };
  CHECK_THAT(reason(tandem, "x"), ContainsSubstring("no negative drift in every neighbour of the kept states"));
  CHECK_THAT(reason(queue("0.5", "1"), "min(x,1000)"), ContainsSubstring("the drift function grows with 'x'"));
  CHECK_THAT(reason(tandem, "x+y"), ContainsSubstring("no negative drift"));
  CHECK_THAT(reason(queue("0.5", "1"), "3-x"), ContainsSubstring("negative"));
  const ModelFile file(tandem);
  CHECK_THROWS_WITH(truncate(file.path(), {1e-9, "x+z"}), ContainsSubstring("--drift:1:3: unknown name 'z'"));
}

TEST_CASE("drift functions are found", "[truncate]") {
  const std::string modes =  // a server that breaks down: no function of x alone falls while it is down
      "ctmc\nmodule queue\n  x : int;\n  up : bool init true;\n  [] true -> 1 : (x'=x+1);\n"
      "  [] x>0 & up -> 3 : (x'=x-1);\n  [] up -> 0.1 : (up'=false);\n  [] !up -> 1 : (up'=true);\nendmodule\n";
  const std::string predators =  // births of y grow with x
      "ctmc\nmodule two\n  x : int;\n  y : int;\n  [] true -> 3 : (x'=x+1);\n  [] x>0 -> x : (x'=x-1);\n"
      "  [] x>0 -> 4*x : (y'=y+1);\n  [] y>0 -> 2*y : (y'=y-1);\nendmodule\n";
  for (const std::string& text : {queue("0.5", "1"), queue("3+x", "2*x"), tandem, modes, predators}) {
    const ModelFile file(text);
    const Truncation truncation = truncate(file.path(), {1e-9}).truncation;
    INFO(text << truncation.drift << ": " << truncation.proof_reason);
    CHECK(truncation.total_variation < 1e-6);
    CHECK_FALSE(truncation.drift.empty());
    const Truncation given = truncate(file.path(), {1e-9, truncation.drift}).truncation;
    CHECK(given.total_variation == truncation.total_variation);
  }
}

TEST_CASE("hitting times on a long path are eliminated", "[truncate]") {
  const ModelFile file(queue("99", "100"));  // of load 0.99: sweeps would be some 100,000
  const TruncatedModel truncated = truncate(file.path());
  const double error =
      true_error(truncated, [](const auto& x) { return 0.01 * std::pow(0.99, static_cast<double>(x[0])); });
  CHECK(truncated.truncation.total_variation < 1e-9);
  CHECK(truncated.truncation.total_variation >= error - 1e-12);  // rounding of the closed form
}

TEST_CASE("of a dtmc nothing is proven", "[truncate]") {
  const ModelFile file(
      "dtmc\nmodule m\n  x : int;\n  [] x=0 -> 0.7 : true + 0.3 : (x'=x+1);\n"
      "  [] x>0 -> 0.3 : (x'=x+1) + 0.6 : (x'=x-1) + 0.1 : true;\nendmodule\n");
  const TruncatedModel truncated = truncate(file.path());
  CHECK(truncated.truncation.reached);
  CHECK_THAT(truncated.truncation.proof_reason, ContainsSubstring("of a ctmc only"));
  CHECK(true_error(truncated, [](const auto& x) { return std::pow(0.5, static_cast<double>(x[0] + 1)); }) < 1e-9);
}

TEST_CASE("a JANI model is truncated as its PRISM model", "[truncate]") {
  const Scratch scratch;
  const std::string path = scratch.put("queue.jani", R"({
    "jani-version": 1, "name": "queue", "type": "ctmc",
    "variables": [{"name": "x", "type": "int", "initial-value": 0}],
    "properties": [], "system": {"elements": [{"automaton": "a"}]},
    "automata": [{"name": "a", "locations": [{"name": "l"}], "initial-locations": ["l"], "edges": [
      {"location": "l", "rate": {"exp": 1}, "destinations": [{"location": "l", "assignments":
        [{"ref": "x", "value": {"op": "+", "left": "x", "right": 1}}]}]},
      {"location": "l", "rate": {"exp": 2}, "guard": {"exp": {"op": ">", "left": "x", "right": 0}},
       "destinations": [{"location": "l", "assignments":
        [{"ref": "x", "value": {"op": "-", "left": "x", "right": 1}}]}]}]}]})");
  const TruncatedModel truncated = truncate(path);
  const double error =
      true_error(truncated, [](const auto& x) { return std::pow(0.5, static_cast<double>(x[0] + 1)); });
  CHECK(error < 1e-9);
  CHECK(truncated.truncation.total_variation < 1e-9);
  CHECK(truncated.truncation.total_variation >= error - 1e-13);
}

double poisson(double mean, std::int64_t n) {
  const auto count = static_cast<double>(n);
  return std::exp(count * std::log(mean) - mean - std::lgamma(count + 1));
}

// M/M/infinity with load 30: the file is truncated to a Poisson distribution, with a proof.
void require_poisson(const std::string& path) {
  INFO(path);
  const TruncatedModel truncated = truncate(path);
  const double error = true_error(truncated, [](const auto& x) { return poisson(30, x[0]); });
  CHECK(truncated.truncation.reached);
  CHECK_FALSE(truncated.truncation.complete);
  CHECK(error < 1e-9);
  CHECK(truncated.truncation.total_variation < 1e-9);
  CHECK(truncated.truncation.total_variation >= error - 1e-13);
}

TEST_CASE("Petri nets are truncated", "[truncate][petri]") {
  const Scratch scratch;
  SECTION("M/M/infinity, and its proof") {
    require_poisson(scratch.put(
        "net.PNPRO",
        project({{{"x", 0}}, {{"arrive", false, 30, 0, 1, {}, {{0}}}, {"leave", false, 1, 0, 0, {{0}}, {}}}})));
    require_poisson(scratch.put("net.net",
                                "|0|\n|\nf 0 1 0 2 0 0 0\nx 0 2.0 1.0 2.0 0.8 0\n"
                                "arrive 30 1 0 0 1 1.0 1.0 1.0 1.0 1.0 1.0 0\n   1\n   1 1 0 0\n   0\n"
                                "leave 1 0 0 1 1 1.0 1.0 1.0 1.0 1.0 1.0 0\n   1 1 0 0\n   0\n   0\n"));
    require_poisson(scratch.put(
        "net.pnml",
        "<pnml><net id=\"n\"><place id=\"x\"/>"
        "<transition id=\"arrive\"><rate><value>30</value></rate><timed><value>true</value></timed></transition>"
        "<transition id=\"leave\"><rate><value>1</value></rate><timed><value>true</value></timed>"
        "<infiniteServer><value>true</value></infiniteServer></transition>"
        "<arc id=\"a\" source=\"arrive\" target=\"x\"><inscription><value>1</value></inscription></arc>"
        "<arc id=\"b\" source=\"x\" target=\"leave\"><inscription><value>1</value></inscription></arc></net></pnml>"));
  }
  SECTION("immediate transitions share out what arrives, in the beginning, too") {
    const PlainNet net{{{"hall", 1}, {"x", 0}, {"y", 0}},
                       {{.name = "arrive", .immediate = false, .rate = 3, .outputs = {{0}}},
                        {.name = "left", .immediate = true, .rate = 1, .inputs = {{0}}, .outputs = {{1}}},
                        {.name = "right", .immediate = true, .rate = 2, .inputs = {{0}}, .outputs = {{2}}},
                        {.name = "serve_x", .immediate = false, .rate = 1, .servers = 0, .inputs = {{1}}},
                        {.name = "serve_y", .immediate = false, .rate = 1, .servers = 0, .inputs = {{2}}}}};
    const TruncatedModel truncated = truncate(scratch.put("net.PNPRO", project(net)));
    const Chain& chain = truncated.model.chain;
    REQUIRE(chain.initial.size() == 2);
    for (const StateProbability& start : chain.initial) {
      const Marking marking = marking_of(chain, start.state);
      CHECK(marking[0] == 0);
      CHECK(start.probability == Approx(marking[1] == 1 ? 1.0 / 3 : 2.0 / 3).epsilon(1e-15));
    }
    const double error =
        true_error(truncated, [](const auto& x) { return x[0] > 0 ? 0 : poisson(1, x[1]) * poisson(2, x[2]); });
    CHECK(truncated.truncation.reached);
    CHECK(error < 1e-9);
    CHECK(std::isinf(truncated.truncation.total_variation));
    CHECK(truncated.truncation.proof_reason == "a drift is proven of nets without immediate transitions only");
  }
}

TEST_CASE("a walk without a steady state is refused, by the name of what grows", "[truncate]") {
  const std::string load = GENERATE("1", "1.5");
  const ModelFile file(queue(load, "1"));
  const Truncation truncation = truncate(file.path()).truncation;
  CHECK_FALSE(truncation.reached);
  CHECK_THAT(truncation.reason, ContainsSubstring("the mean of 'x' grows"));
}

TEST_CASE("what is proven of whole chains is not proven of a truncated one", "[truncate]") {
  const ModelFile file(tandem);
  TruncatedModel truncated = truncate(file.path(), {1e-3});
  REQUIRE(truncated.model.chain.truncated);
  const Chain& chain = truncated.model.chain;
  const auto message = ContainsSubstring("the chain is truncated");
  CHECK_THROWS_WITH(certify(chain, truncated.solution.distribution), message);
  CHECK_THROWS_WITH(certify(chain, truncated.solution), message);
  CHECK_THROWS_WITH(certify_or_check(chain, truncated.solution, {}, {}, 1e-6, Effort::any, [] { return false; }),
                    message);
  CHECK_THROWS_WITH(first_passage(chain, std::vector<bool>(chain.size(), true), [](State) { return 1.0; }), message);
  CHECK_THROWS_WITH(answer(truncated.model, {}), message);
  std::vector<std::string> notes;
  const std::vector<Query> queries = make_queries(truncated.model, {"S=? [ x=0 ]"}, notes);
  CHECK_THROWS_WITH(sensitivities(truncated.model, queries.front(), truncated.solution), message);

  const Answer proven = answer(truncated, queries);
  const Measure& empty = proven.measures().front();
  CHECK(proven.total_variation() == truncated.truncation.total_variation);
  CHECK(std::abs(*empty.value - 0.5) <= *empty.bound);
  CHECK(*empty.bound > 1e-7);  // it is cut off where that matters
  CHECK_FALSE(empty.estimated_error);
}

TEST_CASE("of a truncated model no digit is said that the comparison of sets does not support", "[truncate]") {
  const ModelFile file(queue("0.9", "1"));
  const TruncatedModel truncated = truncate(file.path(), {1e-2, "", false});
  const Truncation& truncation = truncated.truncation;
  CHECK(std::isinf(truncation.total_variation));
  std::vector<std::string> notes;
  const Answer all =
      answer(truncated, make_queries(truncated.model, {"R{\"length\"}=? [ S ]", "S>0.0999 [ x=0 ]"}, notes));
  const Measure& length = all.measures().front();
  REQUIRE(length.estimated_error);
  CHECK(*length.estimated_error == Approx(truncation.moved * *length.value).epsilon(1e-9));
  CHECK_FALSE(length.bound);
  CHECK(all.measures().back().undecided);
  const Json json = Json::parse(all.json());
  CHECK(json["measures"][0]["value"] == 9);
  CHECK(json["measures"][0]["reason"] == "truncated, error not proven");
  CHECK(json["measures"][1]["status"] == "undecided");
  CHECK_THAT(all.text(), ContainsSubstring("9, truncated, error not proven"));
}

TEST_CASE("a reward that no set of states settles has no digit", "[truncate]") {
  const ModelFile file(queue("1", "1"));
  const Json json = solve_json(file.path() + " --truncate 1e-9 --marginals --top 1", 1);
  const Json& length = json["measures"][0];
  CHECK(length["value"].is_null());
  CHECK(length["status"] == "truncated");
  CHECK(json["marginals"][0]["mean"].is_null());
  CHECK(json["top"][0]["probability"].is_null());
}

TEST_CASE("marginals and states of a truncated model have its proven bound", "[truncate]") {
  const ModelFile file(
      "ctmc\nmodule m\n  x : int;\n  y : [0..1];\n  [] true -> 1 : (x'=x+1)&(y'=1-y);\n  [] x>0 -> 2 : (x'=x-1);\n"
      "endmodule\n");
  const TruncatedModel truncated = truncate(file.path(), {1e-3});
  AnswerOptions options;
  options.marginals = true;
  options.top = 1;
  const Answer found = answer(truncated, {}, options);
  const double bound = found.total_variation();
  REQUIRE(bound < 0.05);
  const Json json = Json::parse(found.json());
  CHECK(std::abs(json["marginals"][1]["mean"].get<double>() - 0.5) <= bound);
  CHECK_THAT(found.text(), ContainsSubstring(", truncated, error not proven") && ContainsSubstring("y: mean 0.5\n"));
}

TEST_CASE("a model that turns out to be finite is explored whole", "[truncate]") {
  const ModelFile file(
      "ctmc\nmodule m\n  x : int init 0;\n  [] x<4 -> 1 : (x'=x+1);\n  [] x>0 -> 2 : (x'=x-1);\nendmodule\n");
  const Json json = solve_json(file.path() + " --truncate 1e-9 --prop 'S=? [ x=4 ]'");
  CHECK(json["truncation"]["complete"] == true);
  CHECK(json["truncation"]["proven"] == true);
  CHECK(json["model"]["states"] == 5);
  CHECK(json["measures"][0]["value"].get<double>() == Approx(1.0 / 31).epsilon(1e-12));
}

TEST_CASE("the report of a truncation", "[truncate][program]") {
  const ModelFile file(tandem);
  const Run run = steady_run("solve " + file.path() + " --truncate 1e-9 --no-certify --prop 'S=? [ x=0 & y=0 ]'");
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.output, ContainsSubstring("largest values: x ") && ContainsSubstring("error not proven"));
  const Json json = solve_json(file.path() + " --truncate 1e-9 --no-certify --prop 'S=? [ x=0 & y=0 ]'");
  CHECK(json["measures"][0]["value"].get<double>() == Approx(1.0 / 3).epsilon(1e-8));
  CHECK(json["truncation"]["proven"] == false);
  CHECK(json["error_bound"].is_null());
  SECTION("a probability has its proven bound, a mean has none") {
    const Json proven =
        solve_json(file.path() + " --truncate 1e-9 --drift '5*x+2*y' --error 1e-6 --prop 'S=? [ x=0 ]'");
    CHECK(proven["truncation"]["proven"] == true);
    const Json& measure = proven["measures"][0];
    CHECK(measure["bound"].get<double>() < 1e-6);
    CHECK(std::abs(measure["value"].get<double>() - 0.5) <= measure["bound"].get<double>());
    const Json sum = solve_json(file.path() + " --truncate 1e-9 --drift '5*x+2*y' --prop '3 - S=? [ x=0 ] / 0.5'");
    const Json& three = sum["measures"][0];
    CHECK(three["bound"].get<double>() < 3e-6);
    CHECK(std::abs(three["value"].get<double>() - 2) <= three["bound"].get<double>());
    const ModelFile rewarded(queue("0.5", "1"));
    const Json mean = solve_json(rewarded.path() + " --truncate 1e-9 --drift x");
    CHECK(mean["truncation"]["proven"] == true);
    CHECK(mean["measures"][0]["bound"].is_null());
    CHECK_THAT(mean["measures"][0]["reason"].get<std::string>(), ContainsSubstring("a reward may have any value"));
  }
  SECTION("a proof that is asked for and not there is exit code 1") {
    CHECK(steady_run("solve " + file.path() + " --truncate 1e-9 --drift x --error 1e-6").exit_code == 1);
  }
}

TEST_CASE("what --truncate does not take", "[truncate][program]") {
  const ModelFile file(tandem);
  const auto refused = [](const std::string& arguments, const std::string& message) {
    const Run run = steady_run("solve " + arguments);
    CHECK(run.exit_code == 2);
    CHECK_THAT(run.errors, ContainsSubstring(message));
  };
  refused(file.path() + " --truncate 0", "--truncate must be above 0 and below 1, got 0");
  refused(file.path() + " --truncate 1e-9 --initial 3", "--initial is of states that are known before");
  refused(file.path() + " --truncate 1e-9 --rates interval", "--truncate keeps some of them");
  refused(file.path() + " --truncate 1e-9 --throughputs", "--throughputs is not computed");
  refused(file.path() + " --truncate 1e-9 --sensitivity mu", "--sensitivity is not computed");
  const auto refused_property = [&](const std::string& property, const std::string& message) {
    refused(file.path() + " --truncate 1e-9 --prop '" + property + "'", message);
  };
  refused_property("T=? [ F x=3 ]", "what is asked until a target is reached is of all states");
  refused_property("filter(max, S=? [ x=0 ], y=0)", "a filter is of all states");
  refused_property("S=? [ x=0 ] / S=? [ y=0 ]", "a quotient is of averages over all states");
  refused_property("(S=? [ x=0 ] / S=? [ y=0 ]) > 1", "a quotient");
  refused(file.path() + " --drift x", "--drift proves what --truncate X neglects");
  refused(examples + "/courtois.mtx --truncate 1e-9", "not for a mtx file");
}

}  // namespace steady::tests
