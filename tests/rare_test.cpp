// Rare measures as users see them: every digit shown is right, and proven relatively.
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "solver/certify/relative_checker.hpp"
#include "tests/catch.hpp"
#include "tests/program.hpp"
#include "tests/scratch.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::tests;

namespace {

const std::string rare = cases + "rare/";

struct Known {
  std::string model, measure;
  double value;  // 4 digits: band elimination in extended precision, sweeps in quadruple precision, closed forms
};

// A queue with arrivals at rate `lambda` and services at rate 2.
const std::string queue = R"(ctmc
const int K = 60;
const double lambda = 1;
module queue
  n : [0..K];
  [] n<K -> lambda : (n'=n+1);
  [] n>0 -> 2 : (n'=n-1);
endmodule
label "full" = n=K;
label "busy" = n>0;
rewards "loss" n=K : -3; endrewards
)";

double exact(int n, double load = 0.5) { return std::pow(load, n) * (1 - load) / (1 - std::pow(load, 61)); }

// Solved by an iteration, to an error that is small beside 1 alone.
struct SolvedQueue {
  Scratch scratch;
  std::string file = scratch.put("queue.prism", queue);
  std::string arguments(const std::string& more) const { return file + " --method bicgstab " + more; }
};

const Json& find(const Json& json, const std::string& name) {
  for (const Json& m : json["measures"])
    if (m["name"] == name) return m;
  FAIL("no measure " << name);
  return json;
}

}  // namespace

TEST_CASE("rare measures: known values, each proven to a relative 1e-9", "[rare]") {
  const std::vector<Known> known = {
      {"mm1k", "half", 7.889e-31},
      {"mm1k", "full", 3.112e-61},
      {"kofn", "down3", 8.136e-6},
      {"kofn", "down5", 3.44e-10},
      {"kofn", "down8", 1.017e-17},
      {"kofn", "down14", 9.546e-37},
      {"priority", "down3", 4.983e-5},
      {"priority", "down5", 4.175e-8},
      {"priority", "down8", 4.04e-13},
      {"priority", "down14", 7.462e-26},
      {"multi", "crashed", 1.07e-6},
      {"multi", "few", 7.185e-23},
      {"multi", "few_and_crashed", 3.765e-26},
      {"multi", "nothing", 2.14e-122},
      {"raid", "degraded", 0.00032},
      {"raid", "data_loss", 8.065e-12},
      {"raid", "two_groups", 2.439e-23},
      {"raid", "worst", 3.545e-74},
      {"tandem", "second_half", 2.328e-10},
      {"tandem", "second_full", 8.581e-20},
      {"tandem", "first_full", 2.204e-38},
      {"tandem", "both_full", 6.612e-39},
      {"erlang", "waiting", 4.772e-10},
      {"erlang", "half_down", 4.939e-21},
      {"erlang", "all_down", 5.756e-47},
      {"kofn --const f=1e-6", "down14", 9.937e-79},
      {"cluster --const N=16", "below_premium", 2.696e-10},
      {"cluster --const N=16", "below_minimum", 2.051e-12},
      {"cluster --const N=16", "half_lost", 4.01e-61},
      {"cluster --const N=16", "all_lost", 1.544e-124},
  };
  std::string model;
  Json json;
  for (const Known& k : known) {
    if (k.model != model) {
      const std::size_t end = std::min(k.model.find(' '), k.model.size());
      json = solve_json(rare + k.model.substr(0, end) + ".prism" + k.model.substr(end) + " --relative 1e-9");
      model = k.model;
      CHECK(json["status"] == "solved");
      CHECK(json["relative"]["proven"] == true);
    }
    INFO(k.model << " " << k.measure);
    const Json& measure = find(json, k.measure);
    CHECK(measure["value"].get<double>() == Approx(k.value).epsilon(5e-4));
    CHECK(measure["bound_relative"].get<double>() <= 1e-9);
    CHECK(measure["bound"].get<double>() <= 1e-9 * measure["value"].get<double>());
  }
}

TEST_CASE("rare measures: what no double holds is null with an upper bound, and not reached", "[rare]") {
  const Json json = solve_json(rare + "mm1k.prism --const K=1200 --relative 1e-9", 1);
  CHECK(json["status"] == "not proven");
  CHECK(find(json, "half")["value"].get<double>() == Approx(std::pow(0.5, 600)).epsilon(1e-12));
  const Json& full = find(json, "full");
  CHECK(full["value"].is_null());
  CHECK(full["status"] == "below");
  CHECK(full["upper"].get<double>() < 1e-300);
  CHECK(full["bound_relative"].is_null());
  const Run run = steady_run("solve " + rare + "mm1k.prism --const K=1200");
  CHECK(run.exit_code == 0);
  CHECK_THAT(run.output, ContainsSubstring("\nfull  below ") && ContainsSubstring("no digit proven"));
  CHECK_THAT(steady_run("solve " + rare + "mm1k.prism --const K=1200 --relative 1e-9").errors,
             ContainsSubstring("not every measure is proven to 1e-09 of itself"));
}

TEST_CASE("rare measures: auto computes entry by entry where one is asked for, and says so", "[rare]") {
  const SolvedQueue queue;
  const std::string text = steady_run("solve --quiet " + queue.arguments("")).output;
  CHECK_THAT(text, ContainsSubstring("\nrelative   each probability within ") &&
                       ContainsSubstring("; as a measure is rare\n") && ContainsSubstring(" relative, proven\n"));
  std::stringstream lines(text.substr(text.find("\nfull") + 5));
  std::string digits;
  lines >> digits;
  CHECK(digits.size() >= 16);  // of 4.33...e-19
  CHECK(std::strtod(digits.c_str(), nullptr) == Approx(exact(60)).epsilon(1e-13));
  CHECK(solve_json(queue.arguments("--prop 'S=? [ n>0 ]'"))["relative"].is_null());
  CHECK(solve_json(queue.arguments("--accuracy absolute"))["relative"].is_null());
  const Json asked = solve_json(queue.arguments("--accuracy relative --prop 'S=? [ n>0 ]'"));
  CHECK(asked["relative"]["automatic"] == false);
  CHECK(asked["measures"][0]["bound_relative"].get<double>() < 1e-13);
  const Json negative = solve_json(queue.arguments("--prop 'R{\"loss\"}=? [ S ]'"));
  CHECK(negative["measures"][0]["value"].get<double>() == Approx(-3 * exact(60)).epsilon(1e-13));
  CHECK(negative["measures"][0]["bound_relative"].get<double>() < 1e-13);
}

TEST_CASE("rare measures: marginals and likely states", "[rare]") {
  const SolvedQueue queue;
  const Json json = solve_json(queue.arguments("--accuracy relative --marginals --top 61"));
  const Json& distribution = json["marginals"][0]["distribution"];
  for (int n = 0; n <= 60; ++n) {
    CHECK(distribution[n]["probability"].get<double>() == Approx(exact(n)).epsilon(1e-13));
    CHECK(json["top"][n]["probability"].get<double>() == Approx(exact(n)).epsilon(1e-13));
  }
}

TEST_CASE("rare measures: comparisons and filters are decided by the relative bound", "[rare]") {
  const SolvedQueue queue;
  const std::string asked =
      "--prop 'S<=5e-19 [ n=K ]' --prop 'S>=5e-19 [ n=K ]' --prop 'S>4.3e-19 [ n=K ] & S<4.4e-19 [ n=K ]' "
      "--prop 'filter(forall, S<5e-19 [ n=K ], n>2)' --prop 'filter(exists, S>5e-19 [ n=K ], n>2)' "
      "--prop 'filter(max, S=? [ n=K ], n>2)' --prop 'filter(print, S=? [ n=K ], n<2)'";
  const Json json = solve_json(queue.arguments(asked));
  const bool answers[] = {true, false, true, true, false};
  for (int k = 0; k < 5; ++k) CHECK(json["measures"][k]["value"] == answers[k]);
  CHECK(json["measures"][5]["value"].get<double>() == Approx(exact(60)).epsilon(1e-13));
  CHECK(json["measures"][5]["bound_relative"].get<double>() < 1e-13);
  CHECK(json["measures"][6]["values"][1]["value"].get<double>() == Approx(exact(60)).epsilon(1e-13));
  const Json absolute = solve_json(queue.arguments("--accuracy absolute " + asked));
  for (int k = 0; k < 5; ++k) CHECK(absolute["measures"][k]["status"] == "undecided");
  CHECK(solve_json(queue.arguments("--relative 1e-9 " + asked))["status"] == "solved");
}

TEST_CASE("rare measures: relative bounds of rates that are known within some error", "[rare]") {
  const SolvedQueue queue;
  const Json known = solve_json(queue.arguments("--rates interval --const lambda=0.1 --relative 1e-9"));
  CHECK(find(known, "full")["value"].get<double>() == Approx(exact(60, 0.05)).epsilon(1e-12));
  const Json within = solve_json(queue.arguments("--rates-within lambda=1e-4"));
  const Json& full = find(within, "full");
  for (const double load : {0.5 * (1 - 1e-4), 0.5 * (1 + 1e-4)}) {
    const double distance = std::abs(exact(60, load) - full["value"].get<double>());
    CHECK(distance > 5e-3 * exact(60));
    CHECK(distance <= full["bound"].get<double>());
  }
  CHECK(full["bound_relative"].get<double>() < 0.05);
  solve_json(queue.arguments("--rates-within lambda=1e-4 --relative 1e-4"), 1);
}

TEST_CASE("rare measures: files are proven and refuted relatively", "[rare]") {
  const SolvedQueue queue;
  const std::string solution = queue.scratch.path("p.csv");
  REQUIRE(steady_run("solve --quiet " + queue.arguments("--accuracy relative --output " + solution)).exit_code == 0);
  const auto verify = [&](const std::string& options) {
    const Run run = steady_run("verify --quiet " + queue.file + " " + solution + " --json - " + options);
    Json json = Json::parse(run.output);
    json["exit_code"] = run.exit_code;
    return json;
  };
  const Json proven = verify("--relative 1e-9");
  CHECK(proven["exit_code"] == 0);
  CHECK(proven["relative_error_bound"].get<double>() < 1e-12);
  CHECK(verify("--relative 1e-9 --error 1e-9")["error_bound"].get<double>() < 1e-9);

  std::string text = content(solution);
  const std::size_t last = text.rfind(',');
  text = text.substr(0, last + 1) + "8.6e-19\n";  // twice as likely as it is
  queue.scratch.put("p.csv", text);
  CHECK(verify("")["verdict"] == "proven");
  const Json refuted = verify("--relative 1e-9");
  CHECK(refuted["exit_code"] == 1);
  CHECK(refuted["verdict"] == "refuted");
  CHECK_THAT(refuted["reason"].get<std::string>(), ContainsSubstring("state 60 is wrong by 0.98"));
  CHECK(verify("--relative 0.999")["verdict"] == "proven");
}

TEST_CASE("rare measures: options that are none, or stand against each other, are refused", "[rare]") {
  const SolvedQueue queue;
  for (const auto& [options, message] : {std::pair("--accuracy exact", "--accuracy exact: it is auto, absolute or"),
                                         {"--relative 0", "above 0 and below 1, got 0"},
                                         {"--relative 1", "above 0 and below 1, got 1"},
                                         {"--relative x", "above 0 and below 1, got x"},
                                         {"--relative 1e-9 --no-certify", "--no-certify stands against"},
                                         {"--accuracy relative --no-certify", "--no-certify wants none"},
                                         {"--relative 1e-9 --accuracy absolute", "stands against --relative"}}) {
    const Run run = steady_run("solve " + queue.file + " " + options);
    INFO(options << "\n" << run.errors);
    CHECK(run.exit_code == 2);
    CHECK_THAT(run.errors, ContainsSubstring(message));
  }
  const Run run = steady_run("verify " + queue.file + " p.csv --relative 2");
  CHECK(run.exit_code == 2);
  CHECK_THAT(run.errors, ContainsSubstring("above 0 and below 1, got 2"));
}

TEST_CASE("rare measures: what is proven from a poor iterate is solved", "[rare]") {
  const SolvedQueue queue;
  const std::string poor = queue.file + " --method power --max-iterations 5 ";
  CHECK(solve_json(poor, 1)["status"] == "not converged");
  const Json json = solve_json(poor + "--relative 1e-9");
  CHECK(json["status"] == "solved");
  CHECK(json["solver"]["tried"][0]["outcome"] == "iteration limit");
  CHECK(find(json, "full")["value"].get<double>() == Approx(exact(60)).epsilon(1e-12));
}

TEST_CASE("rare measures: budgets hold, and say what they cut", "[rare]") {
  const Run run = steady_run("solve " + rare + "tandem.prism --const c=255 --relative 1e-9 --time-limit 0.4");
  CHECK(run.exit_code == 1);
  CHECK_THAT(run.errors, ContainsSubstring("time limit"));
}

TEST_CASE("rare measures: the figures of papers/relative_error, by hand", "[rare]") {
  Csr rates;
  rates.row_start = {0, 1, 3, 4};
  rates.column = {1, 0, 2, 1};
  rates.value = {1, 1, 1, 2};
  const Chain chain = make_chain(Kind::ctmc, rates);
  RelativeChecker checker(chain);
  REQUIRE(checker.accept({{0, 0, 0}, {0}, {{0.375, 0.375, 0.25}}, 1}).empty());
  CHECK(checker.residual()[1].low == 0.125);
  CHECK(checker.residual()[2].high == -0.125);
  const RelativeProof proof = checker.check({{0, 4, 3}});
  REQUIRE(proof.holds());
  const Interval bounds = proof.bounds([](State s) { return s == 2 ? 1.0 : 0.0; });
  CHECK(bounds.low == Approx(1.0 / 17).epsilon(1e-15));
  CHECK(bounds.high == Approx(7.0 / 15).epsilon(1e-15));
}

// From state 1 the chain ends in state 0, or with probability 1e-12 in states 2 and 3.
constexpr const char* rare_end =
    "ctmc\nmodule m\n s:[0..3] init 1;\n [] s=1 -> 1:(s'=0)+1e-12:(s'=2);\n [] s=2 -> 1:(s'=3);\n"
    " [] s=3 -> 1e-6:(s'=2);\nendmodule\nlabel \"a\" = s=0;\nlabel \"b\" = s=2;\n";

TEST_CASE("a relative proof that leaves a probability open does not replace a good answer") {
  const Scratch scratch;
  const std::string model = scratch.put("rare_end.prism", rare_end), output = scratch.path("pi.ss");
  const Run run = steady_run("solve " + model + " --method gauss-seidel --json - -q --output " + output);
  REQUIRE(run.exit_code == 0);
  const Json result = Json::parse(run.output);
  CHECK(result["measures"][0]["value"].get<double>() == Approx(1 - 1e-12).margin(1e-15));
  CHECK(result["measures"][0]["bound"].get<double>() < 1e-14);
  std::ifstream file(output);
  double sum = 0;
  for (double p; file >> p;) sum += p;
  CHECK(sum == Approx(1).margin(1e-14));
}

TEST_CASE("a reward beyond what a relative proof can bound is bounded by the absolute one") {
  const Scratch scratch;
  const std::string model = scratch.put(
      "big.prism",
      "ctmc\nconst double e = 1e-5;\nmodule m\n s:[0..2];\n [] s=0 -> e:(s'=1);\n [] s=1 -> 1:(s'=0)+e:(s'=2);\n"
      " [] s=2 -> 1:(s'=1);\nendmodule\nrewards \"big\" s=2:1e200; s=1:1; endrewards\nlabel \"two\" = s=2;\n");
  const Run run = steady_run("solve " + model + " --rates-within e=0.1 --json - -q");
  const Json big = Json::parse(run.output)["measures"][0];
  CHECK(big["value"].is_null());
  CHECK(big["upper"].get<double>() >= 1.4e-10 * 1e200);
}

TEST_CASE("of uncertain rates no comparison is answered that is not proven") {
  const Scratch scratch;
  const std::string model =
      scratch.put("queue.prism",
                  "ctmc\nmodule m\n s:[0..3];\n [] s<3 -> 1e-4:(s'=s+1);\n [] s>0 -> 1:(s'=s-1);\n"
                  "endmodule\nlabel \"full\" = s=3;\n");
  const Run run = steady_run("solve " + model + " --rates-within 0.9 --prop 'S<1e-12 [ \"full\" ]' -q");
  CHECK_THAT(run.output, ContainsSubstring("undecided"));
  const Run filtered =
      steady_run("solve " + model + " --rates-within 0.9 --prop 'filter(forall, S<1e-12 [ \"full\" ])' -q");
  CHECK_THAT(filtered.output, ContainsSubstring("undecided"));
  CHECK(steady_run("solve " + model + " --rates-within ''").exit_code == 2);
}
