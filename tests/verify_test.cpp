// Proofs as users see them: steady solve, steady verify.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "tests/catch.hpp"
#include "tests/program.hpp"
#include "tests/scratch.hpp"

using namespace steady::tests;

namespace {

Json verify_json(const std::string& arguments, int exit_code) {
  const Run run = steady_run("verify " + arguments + " --json - --quiet");
  INFO(arguments << "\n" << run.output << run.errors);
  REQUIRE(run.exit_code == exit_code);
  return Json::parse(run.output);
}

// One probability a line, as PRISM's -exportss writes it.
std::vector<double> numbers(const std::string& file) {
  std::ifstream stream(file);
  std::vector<double> p;
  for (std::string line; std::getline(stream, line);) p.push_back(std::stod(line.substr(line.find('=') + 1)));
  return p;
}

void write(const std::string& file, const std::vector<double>& p) {
  std::ofstream stream(file);
  stream.precision(17);
  for (const double x : p) stream << x << '\n';
}

// 0 <-> 1, 2 <-> 3 with rates 1, coupled weakly: (1/3, 1/3, 1/6, 1/6), and every residual is small.
std::string weakly_coupled(const std::string& coupling, const std::string& twice) {
  return "%%MatrixMarket matrix coordinate real general\n4 4 8\n1 2 1\n2 1 1\n3 4 1\n4 3 1\n1 3 " + coupling +
         "\n2 4 " + coupling + "\n3 1 " + twice + "\n4 2 " + twice + "\n";
}

}  // namespace

TEST_CASE("verify proves what solve writes, in every format", "[verify]") {
  const steady::Scratch scratch;
  const std::string model = examples + "/kanban.prism --const t=1";
  for (const char* extension : {"txt", "csv", "npy", "json"}) {
    const std::string file = scratch.path(std::string("pi.") + extension);
    REQUIRE(steady_run("solve " + model + " --quiet --output " + file).exit_code == 0);
    const Json json = verify_json(model + " " + file, 0);
    CHECK(json["verdict"] == "proven");
    CHECK(json["error_bound"].get<double>() < 1e-9);
    CHECK(json["residual"].get<double>() < 1e-12);
    CHECK(json["mass"].get<double>() == Approx(1));
    CHECK(json["negative_entries"] == 0);
    CHECK(json["reason"].is_string());
  }
  write(scratch.path("exportss.txt"), numbers(scratch.path("pi.txt")));
  CHECK(verify_json(model + " " + scratch.path("exportss.txt"), 0)["verdict"] == "proven");
  CHECK(verify_json(model + " " + scratch.path("exportss.txt") + " --error 1e-12", 0)["verdict"] == "proven");
}

TEST_CASE("verify refutes what was tampered with", "[verify]") {
  const steady::Scratch scratch;
  const std::string model = examples + "/kanban.prism --const t=1 ", file = scratch.path("pi.txt");
  REQUIRE(steady_run("solve " + model + " --quiet --output " + file).exit_code == 0);
  const std::vector<double> right = numbers(file);
  const auto verdict = [&](const std::vector<double>& p) {
    write(scratch.path("p.txt"), p);
    return verify_json(model + scratch.path("p.txt"), 1);
  };
  std::vector<double> p = right;
  p[7] += 1e-6;
  Json json = verdict(p);
  CHECK(json["verdict"] == "refuted");
  CHECK(json["error_bound"].get<double>() >= 0.999e-6);
  p = right;
  std::swap(*std::min_element(p.begin(), p.end()), *std::max_element(p.begin(), p.end()));
  CHECK(verdict(p)["verdict"] == "refuted");
  p = right;
  for (double& x : p) x *= 1.001;
  json = verdict(p);
  CHECK(json["verdict"] == "refuted");
  CHECK(json["mass"].get<double>() == Approx(1.001));
  p = right;
  p[3] = -p[3];
  json = verdict(p);
  CHECK(json["negative_entries"] == 1);
  CHECK(json["verdict"] == "refuted");
  CHECK(verdict(std::vector<double>(right.size(), 0.0))["verdict"] == "refuted");

  p = right;
  p.pop_back();
  write(scratch.path("p.txt"), p);
  CHECK(steady_run("verify " + model + scratch.path("p.txt")).exit_code == 2);
  p.push_back(NAN);
  write(scratch.path("p.txt"), p);
  CHECK(steady_run("verify " + model + scratch.path("p.txt")).exit_code == 2);
  CHECK(steady_run("verify " + model + scratch.path("none.txt")).exit_code == 2);
}

TEST_CASE("mass moved between components is refuted, which no residual sees", "[verify]") {
  const steady::Scratch scratch;
  const std::string model =
      scratch.put("thirds.mtx", "%%MatrixMarket matrix coordinate real general\n4 4 4\n1 2 1\n1 4 2\n2 3 1\n3 2 1\n");
  write(scratch.path("right.txt"), {0, 1. / 6, 1. / 6, 2. / 3});
  write(scratch.path("moved.txt"), {0, 1. / 4, 1. / 4, 1. / 2});
  CHECK(verify_json(model + " --kind ctmc " + scratch.path("right.txt"), 0)["verdict"] == "proven");
  const Json moved = verify_json(model + " --kind ctmc " + scratch.path("moved.txt"), 1);
  CHECK(moved["verdict"] == "refuted");
  CHECK(moved["residual"] == 0);
}

TEST_CASE("a small residual with a wrong answer is found out, and the answer becomes right", "[verify]") {
  const steady::Scratch scratch;
  for (const auto& [coupling, twice] : {std::pair("1e-7", "2e-7"), std::pair("1e-14", "2e-14")}) {
    const std::string model = scratch.put("weak.mtx", weakly_coupled(coupling, twice)) + " --kind ctmc ";
    write(scratch.path("quarters.txt"), {.25, .25, .25, .25});
    const Json quarters = verify_json(model + scratch.path("quarters.txt"), 1);
    CHECK(quarters["verdict"] == "refuted");
    CHECK(quarters["error_bound"].get<double>() == Approx(1. / 6));
    const std::string power = "--method power --tolerance 1e-6 --top 4";
    const Json unproven = solve_json(model + power + " --no-certify", 1);
    CHECK(unproven["top"][0]["probability"].get<double>() < 0.26);
    CHECK(unproven["status"] == "not known");
    CHECK(unproven["solver"]["aggregate_error"].get<double>() > 0.05);
    const Json json = solve_json(model + power);
    CHECK(json["top"][0]["probability"].get<double>() == Approx(1. / 3).epsilon(1e-12));
    CHECK(json["top"][3]["probability"].get<double>() == Approx(1. / 6).epsilon(1e-12));
    CHECK(json["error_bound"]["total_variation"].get<double>() < 1e-12);
  }
}

TEST_CASE("a threshold is answered only where the bound decides it", "[verify]") {
  const std::string model = examples + "/kanban.prism --const t=1 ";
  const Json first = solve_json(model + "--prop 'S=? [ w1>0 ]'");
  const double value = first["measures"][0]["value"].get<double>(), bound = first["measures"][0]["bound"].get<double>();
  CHECK(bound < 1e-10);
  std::ostringstream threshold;
  threshold.precision(17);
  threshold << value;
  const std::string itself = "--prop 'S>=" + threshold.str() + " [ w1>0 ]' ";
  const Json json = solve_json(model + itself + "--prop 'S>0.01 [ w1>0 ]' --prop 'S<0.01 [ w1>0 ]'");
  CHECK(json["measures"][0]["value"].is_null());
  CHECK(json["measures"][0]["status"] == "undecided");
  CHECK(json["measures"][1]["value"] == true);
  CHECK(json["measures"][2]["value"] == false);
  CHECK(solve_json(model + itself + "--no-certify")["measures"][0]["value"] == true);
  const Run text = steady_run("solve " + model + itself);
  CHECK_THAT(text.output, ContainsSubstring("undecided within"));
  CHECK_THAT(text.output, ContainsSubstring("total variation, proven"));
}

TEST_CASE("a proof can be asked for, and the exit code says whether there is one", "[verify]") {
  const std::string model = examples + "/kanban.prism --const t=2 ";
  const Json proven = solve_json(model + "--error 1e-12");
  CHECK(proven["error_bound"]["total_variation"].get<double>() <= 1e-12);
  const Json impossible = solve_json(model + "--error 1e-30", 1);
  CHECK(impossible["error_bound"]["total_variation"].get<double>() > 1e-30);
  CHECK(solve_json(model + "--no-certify")["error_bound"].is_null());
  CHECK(solve_json(model + "--tolerance 1e-3 --certify")["error_bound"]["total_variation"].get<double>() <= 1e-9);
}

TEST_CASE("averages that a filter picks are proven where the long run is the same from every state", "[verify]") {
  const std::string kanban = examples + "/kanban.prism --const t=1 ";
  const Json json = solve_json(kanban + "--prop 'S=? [ w1>0 ]' --prop 'filter(min, S=? [ w1>0 ], w1=0)' " +
                               "--prop 'filter(state, S=? [ w1>0 ], \"init\")'");
  for (const Json& m : json["measures"]) {
    CHECK(m["value"].get<double>() == Approx(json["measures"][0]["value"].get<double>()));
    CHECK(m["bound"].get<double>() < 1e-10);
  }
  const steady::Scratch scratch;
  const std::string two_ends = scratch.put("ends.tra", "# Transitions (CTMC)\n3 2\n0 1 1\n0 2 2\n");
  CHECK(solve_json(two_ends + " --prop 'filter(min, S=? [ \"init\" ], true)'")["measures"][0]["bound"].is_null());

  // The second set is not reached from state 0, where the chain starts, but a filter starts there, too.
  const std::string apart = scratch.put("apart.tra", "# Transitions (CTMC)\n5 5\n0 1 1\n1 0 1\n2 3 1\n3 2 3\n4 2 1\n");
  scratch.put("apart.lab", "0=\"init\" 1=\"a\"\n0: 0\n1: 1\n2: 1\n");
  const Json beside = solve_json(apart + " --prop 'filter(max, S=? [ \"a\" ], true)'")["measures"][0];
  CHECK(beside["value"].get<double>() == Approx(0.75));
  CHECK(beside["bound"].is_null());
}

TEST_CASE("verify says where time ran out", "[verify]") {
  const steady::Scratch scratch;
  const std::string model = examples + "/kanban.prism --const t=2 ", file = scratch.path("pi.txt");
  REQUIRE(steady_run("solve " + model + "--quiet --output " + file).exit_code == 0);
  const Json json = verify_json(model + file + " --time-limit 1e-9", 1);
  CHECK(json["verdict"] == "not_proven");
  CHECK_THAT(json["reason"].get<std::string>(), ContainsSubstring("the time limit was reached"));
}

TEST_CASE("a proof says of which rates it is", "[verify][intervals]") {
  const steady::Scratch scratch;
  // 1e-10 and 1 - 0.9999999999 are the same number, and not the same double.
  const std::string model = scratch.put("halves.prism",
                                        "ctmc\nconst double p;\nmodule m\n x:[0..1];\n [] x=0 -> 1e-10 : (x'=1);\n"
                                        " [] x=1 -> 1-p : (x'=0);\nendmodule\nlabel \"one\" = x=1;\n") +
                            " --const p=0.9999999999 ";
  write(scratch.path("halves.txt"), {0.5, 0.5});
  const std::string halves = model + scratch.path("halves.txt") + " --error 1e-6";
  const Json stored = solve_json(model);
  CHECK(stored["error_bound"]["rates"] == "double");
  CHECK(stored["error_bound"]["total_variation"].get<double>() < 1e-15);
  CHECK(verify_json(halves, 0)["rates"] == "double");
  CHECK(verify_json(model + scratch.path("halves.txt"), 1)["verdict"] == "refuted");

  const Json meant = solve_json(model + "--rates interval");
  CHECK(meant["error_bound"]["rates"] == "interval");
  const double bound = meant["error_bound"]["total_variation"].get<double>();
  CHECK(bound < 1e-6);
  CHECK(std::abs(meant["measures"][0]["value"].get<double>() - 0.5) <= meant["measures"][0]["bound"].get<double>());
  CHECK(meant["measures"][0]["bound"].get<double>() < 1e-6);
  const Json verified = verify_json(halves + " --rates interval", 0);
  CHECK(verified["rates"] == "interval");
  CHECK(verified["verdict"] == "proven");
  CHECK(verify_json(model + scratch.path("halves.txt") + " --rates interval", 1)["verdict"] == "not_proven");

  const Run text = steady_run("solve " + model + "--rates interval");
  CHECK_THAT(text.output, ContainsSubstring("proven (rates: interval)"));
  for (const char* wrong : {"--rates fraction", "--rates interval --no-certify"}) {
    const Run run = steady_run("solve " + model + wrong);
    CHECK(run.exit_code == 2);
    CHECK_THAT(run.errors, ContainsSubstring("--rates"));
  }
}
