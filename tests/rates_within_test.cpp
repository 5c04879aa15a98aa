// Proofs for all rates within some error, and for all values of constants within some error.
#include <fmt/format.h>

#include <cmath>
#include <random>

#include <steady/error.hpp>
#include <steady/model.hpp>

#include "tests/catch.hpp"
#include "tests/program.hpp"
#include "tests/scratch.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::tests;

namespace {

// Rates that a constant, one made of it, a formula and a renamed module bring in; the probability of an update.
const std::string stations = R"(ctmc
const double lambda = 0.3;
const double mu = 2;
const double gamma = lambda*mu/(1+mu);
const int slow = 3;
formula served = lambda+a*mu;
module one
  a : [0..3];
  [] a<3 -> lambda : (a'=a+1);
  [] a>0 -> served : (a'=a-1);
  [] a=3 -> slow : (a'=0);
  [together] a=1 -> gamma : true;
endmodule
module two = one [a=b, lambda=mu] endmodule
label "full" = a=3 & b=3;
label "first" = a=0;
)";

std::string with(std::string text, const std::string& before, const std::string& instead) {
  const std::size_t place = text.find(before);
  REQUIRE(place != std::string::npos);
  return text.replace(place, before.size(), instead);
}

Chain read(const std::string& text, const std::string& constants = "", std::vector<ConstantError> within = {}) {
  const Scratch scratch;
  ReadOptions options;
  options.constants = constants;
  options.constants_within = std::move(within);
  return read_model(scratch.put("model.prism", text), options).chain;
}

std::string refusal(const std::string& text, std::vector<ConstantError> within) {
  try {
    read(text, "", std::move(within));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// The constants at both ends of their ranges and in between.
std::string some_values(std::mt19937& random, double lambda_error, double mu_error) {
  const auto place = [&](double error) { return 1 + error * (static_cast<double>(random() % 3) - 1); };
  return fmt::format("lambda={:.17g},mu={:.17g}", 0.3 * place(lambda_error), 2 * place(mu_error));
}

}  // namespace

TEST_CASE("rates within: constants, what is made of them, formulas and renamed modules", "[rates-within]") {
  std::mt19937 random(1);
  for (const auto& [lambda_error, mu_error] : {std::pair(0.1, 0.01), {0.5, 0.25}, {1e-6, 0.0}}) {
    const Chain chain = read(stations, "", {{"lambda", lambda_error}, {"mu", mu_error}});
    REQUIRE(chain.rate_error.size() == chain.size());
    for (int trial = 0; trial < 20; ++trial) {
      const Chain other = read(stations, some_values(random, lambda_error, mu_error));
      REQUIRE(other.inflow.column == chain.inflow.column);
      for (std::size_t k = 0; k < chain.inflow.entries(); ++k) {
        const double rate = chain.inflow.value[k];
        CHECK(std::abs(other.inflow.value[k] - rate) <= chain.rate_error[chain.inflow.column[k]] * rate);
      }
    }
  }
  const Chain simple = read(
      "ctmc\nconst double l = 0.1;\nmodule m\n x:[0..1];\n [] x=0 -> 3*l : (x'=1);\n"
      " [] x=1 -> 2 : (x'=0);\nendmodule\n",
      "", {{"l", 0.25}});
  CHECK(simple.rate_error[0] == Approx(0.25));
  CHECK(simple.rate_error[1] == 0);
}

TEST_CASE("rates within: a constant that stands in anything but rates is refused where it stands", "[rates-within]") {
  CHECK(refusal(stations, {{"lambda", 0.1}, {"slow", 0.1}}).empty());
  for (const auto& [before, instead, place] :
       {std::tuple("a<3 -> lambda", "a<3*lambda*mu -> lambda", "a guard"),
        std::tuple("(a'=0)", "(a'=floor(lambda))", "an update"),
        std::tuple("a : [0..3]", "a : [0..ceil(10*lambda)]", "a range"),
        std::tuple("a : [0..3]", "a : [0..3] init floor(lambda)", "an initial value"),
        std::tuple("label \"first\" = a=0", "label \"first\" = a>lambda", "a label"),
        std::tuple("label \"first\"", "init a=0 & b>10*gamma endinit label \"first\"", "initial states"),
        std::tuple("label \"first\"", "rewards a=0 : gamma; endrewards label \"first\"", "a reward"),
        std::tuple("label \"first\"", "rewards a*served>1 : 1; endrewards label \"first\"", "a reward's guard")}) {
    INFO(place);
    const std::string message = refusal(with(stations, before, instead), {{"lambda", 0.1}});
    CHECK_THAT(message, ContainsSubstring("--rates-within: the constant '") &&
                            ContainsSubstring("' stands here in what is no rate"));
    CHECK_THAT(message, ContainsSubstring("model.prism:"));
  }
  CHECK_THAT(refusal(stations, {{"nu", 0.1}}), ContainsSubstring("the model has no constant 'nu'"));
  CHECK_THAT(
      refusal(with(stations, "const int slow = 3", "const bool quick = true; const int slow = 3"), {{"quick", 0.1}}),
      ContainsSubstring("quick is a bool, no number"));
  for (const double error : {-0.1, 1.0, std::nan("")})
    CHECK_THAT(refusal(stations, {{"mu", error}}), ContainsSubstring("must be at least 0 and below 1"));
}

TEST_CASE("rates within: what is proven holds for the rates at the ends of their ranges", "[rates-within]") {
  const Scratch scratch;
  const std::string file = scratch.put("model.prism", stations);
  const Json proven = solve_json(file + " --rates-within lambda=0.002,mu=0.001");
  CHECK(proven["error_bound"]["rates"] == "interval");
  CHECK(proven["error_bound"]["rates_within"]["mu"] == 0.001);
  std::mt19937 random(1);
  double farthest = 0;
  for (int trial = 0; trial < 10; ++trial) {
    const Json other = solve_json(file + " --const " + some_values(random, 0.002, 0.001));
    const double value = proven["measures"][1]["value"];
    const double distance = std::abs(measure(other, "first") - value);
    CHECK(distance <= proven["measures"][1]["bound"].get<double>());
    farthest = std::max(farthest, distance);
  }
  CHECK(farthest > 1e-4);
}

TEST_CASE("rates within: one error of all rates, of any file", "[rates-within]") {
  const Scratch scratch;
  const std::string file = scratch.put("queue.tra", "3 4\n0 1 1\n1 2 1\n1 0 2\n2 1 2\n");
  scratch.put("queue.lab", "0=\"init\" 1=\"end\"\n0: 0\n2: 1\n");
  ReadOptions options;
  options.kind = Kind::ctmc;
  options.rates_within = 1e-3;
  CHECK(read_model(file, options).chain.rate_error == std::vector<double>(3, 1e-3));
  const Json proven = solve_json(file + " --rates-within 1e-3 --kind ctmc");
  CHECK(proven["error_bound"]["rates"] == "double");
  CHECK(proven["error_bound"]["rates_within"] == 1e-3);
  const double load = 0.5 * 1.001 / 0.999;
  const double other = load * load / (1 + load + load * load);
  CHECK(std::abs(other - 1.0 / 7) <= proven["measures"][0]["bound"].get<double>());
  CHECK(proven["measures"][0]["bound"].get<double>() < 1e-2);
}

// Bounds of what a measure is where its rate is at either end of its error: the exact values are `least` and `most`.
void check_within(const Json& proven, const std::string& name, double least, double most) {
  INFO(name << " of " << proven["measures"].dump());
  const Json& measures = proven["measures"];
  const auto found = std::find_if(measures.begin(), measures.end(), [&](const Json& m) { return m["name"] == name; });
  REQUIRE(found != measures.end());
  const double value = (*found)["value"], bound = (*found)["bound"];
  CHECK(value - bound <= least);
  CHECK(value + bound >= most);
  CHECK(bound < 3 * (most - least));
}

TEST_CASE("rates within: what transitions earn varies with their rates", "[rates-within]") {
  const Scratch scratch;
  const std::string file = scratch.put("moves.prism",
                                       "ctmc\nconst double a=0.5;\nmodule m\n s:[0..1];\n [go] s=0 -> a:(s'=1);\n"
                                       " [back] s=1 -> 1000:(s'=0);\nendmodule\n"
                                       "rewards \"moves\"\n [go] true : 2;\n s=1 : 100;\nendrewards\n");
  const auto often = [](double a) { return a * 1000 / (a + 1000); };  // how often the chain goes
  const double least = often(0.5 * 0.99), most = often(0.5 * 1.01);
  for (const std::string within : {"a=0.01", "0.01"}) {
    const Json proven = solve_json(file + " --throughputs --rates-within " + within);
    check_within(proven, "go", least, most);
    check_within(proven, "moves", 2.1 * least, 2.1 * most);
  }
  const auto holds = [&](const std::string& property) {
    return solve_json(file + " --rates-within a=0.01 --prop '" + property + "'")["measures"][0]["value"];
  };
  CHECK(holds("R{\"moves\"}=? [S] < 1.055") == Json(nullptr));
  CHECK(holds("R{\"moves\"}=? [S] < 1.08") == Json(true));
  check_within(solve_json(file + " --rates-within 0.01 --prop 'R{\"moves\"}=? [ F s=1 ]'"), "R{\"moves\"}=? [ F s=1 ]",
               1.98, 2.02);
}

TEST_CASE("rates within: ... in files of transitions, too", "[rates-within]") {
  const Scratch scratch;
  const auto often = [](double a) { return a * 2 / (a + 2); };
  const double least = often(0.99) / (1 + 1e-9), most = often(1.01);
  const std::string tra = scratch.put("earn.tra", "2 2\n0 1 1\n1 0 2\n");
  scratch.put("earn.trew", "# Reward structure \"moves\"\n2 1\n0 1 1\n");
  check_within(solve_json(tra + " --kind ctmc --rates-within 0.01"), "moves", least, most);
  const std::string drn = scratch.put("earn.drn",
                                      "@type: CTMC\n@parameters\n\n@reward_models\nmoves\n@nr_states\n2\n@model\n"
                                      "state 0 !1 [0] init\n\taction 0 [1]\n\t\t1 : 1\n"
                                      "state 1 !2 [0]\n\taction 0 [0]\n\t\t0 : 2\n");
  check_within(solve_json(drn + " --rates-within 0.01"), "moves", least, most);
  const std::string aut = scratch.put("earn.aut", "des (0, 2, 2)\n(0, \"go; rate 1\", 1)\n(1, \"back; rate 2\", 0)\n");
  check_within(solve_json(aut + " --throughputs --rates-within 0.01"), "go", least, most);
}

TEST_CASE("rates within: bad values are refused", "[rates-within]") {
  const Scratch scratch;
  const std::string file = scratch.put("model.prism", stations);
  const std::string matrix = scratch.put("queue.tra", "2 2\n0 1 1\n1 0 2\n");
  for (const auto& [arguments, message] :
       {std::pair(file + " --rates-within 0", "above 0 and below 1, got 0"),
        {file + " --rates-within 1", "above 0 and below 1, got 1"},
        {file + " --rates-within mu=-0.1", "above 0 and below 1, got -0.1"},
        {file + " --rates-within mu=0.1,mu=0.2", "mu has two errors"},
        {file + " --rates-within mu=0.1,0.2", "it is a number, or as in"},
        {file + " --rates-within =0.1", "it is a number, or as in"},
        {file + " --rates-within mu=x", "above 0 and below 1, got x"},
        {file + " --rates-within 0.1 --no-certify", "--no-certify that nothing is"},
        {matrix + " --kind ctmc --rates-within mu=0.1", "--rates-within NAME=X means nothing to a tra file"}}) {
    const Run run = steady_run("solve " + arguments);
    INFO(arguments << "\n" << run.errors);
    CHECK(run.exit_code == 2);
    CHECK_THAT(run.errors, ContainsSubstring(message));
  }
}
