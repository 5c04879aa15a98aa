// A digit that is not proven is not shown.
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/catch.hpp"
#include "tests/program.hpp"
#include "tests/scratch.hpp"

using namespace steady::tests;

namespace {

constexpr int places = 60;

// A queue with arrivals at rate 1 and services at rate 2.
const std::string model = R"(ctmc
const int K;
module queue
  n : [0..K];
  [] n<K -> 1 : (n'=n+1);
  [] n>0 -> 2 : (n'=n-1);
endmodule
label "full" = n=K;
rewards "loss" n=K : -1; endrewards
rewards "difference" n=0 : 1; n=1 : -2; endrewards
)";

double exact(int n) { return std::pow(0.5, n + 1) / (1 - std::pow(0.5, places + 1)); }

// Solved by an iteration, whose proof does not reach rare states.
struct SolvedQueue {
  SolvedQueue() { std::ofstream(file) << model; }
  std::string arguments(const std::string& more) const {
    return file + " --const K=" + std::to_string(places) + " --method bicgstab --accuracy absolute " + more;
  }
  std::string text(const std::string& more) const {
    const Run run = steady_run("solve --quiet " + arguments(more));
    INFO(run.errors);
    REQUIRE(run.exit_code == 0);
    return run.output;
  }

  steady::Scratch scratch;
  std::string file = scratch.path("queue.prism");
};

// One unit of the last digit of a number as it is printed.
double unit_of(const std::string& printed) {
  const std::string mantissa = printed.substr(0, printed.find('e'));
  const std::size_t point = mantissa.find('.');
  const std::size_t behind = point == std::string::npos ? 0 : mantissa.size() - point - 1;
  const std::size_t e = printed.find('e');
  return std::pow(10, (e == std::string::npos ? 0 : std::atoi(printed.c_str() + e + 1)) - static_cast<int>(behind));
}

// The line of a report that begins with this name, without it.
std::string line_of(const std::string& report, const std::string& name) {
  std::stringstream lines(report);
  for (std::string line; std::getline(lines, line);)
    if (line.rfind(name + " ", 0) == 0) return line.substr(line.find_first_not_of(' ', name.size()));
  FAIL("no line " << name << " in\n" << report);
  return "";
}

void require_below(const Json& json, const char* key, double value) {
  CHECK(json[key].is_null());
  CHECK(json["lower"].get<double>() <= value);
  CHECK(json["upper"].get<double>() >= value);
}

}  // namespace

TEST_CASE("proven digits: every digit shown is right, and no other is shown") {
  const SolvedQueue queue;
  const std::string report = queue.text("--marginals --top 30");
  const std::string list = report.substr(report.find("n: mean "));
  int shown = 0, below = 0;
  for (int n = 0; n <= places; ++n) {
    const std::string line =
        line_of(list.substr(0, list.find("\n\n")), (n < 10 ? "       " : "      ") + std::to_string(n));
    INFO(n << ": " << line);
    if (line.rfind("below ", 0) == 0) {
      CHECK(exact(n) <= std::strtod(line.c_str() + 6, nullptr));
      ++below;
      continue;
    }
    CHECK(std::abs(std::strtod(line.c_str(), nullptr) - exact(n)) <= unit_of(line));
    ++shown;
  }
  CHECK(shown > 30);
  CHECK(below > 5);

  const Json json = solve_json(queue.arguments("--marginals --top 61"));
  for (const Json& value : json["marginals"][0]["distribution"]) {
    const double truth = exact(value["value"].get<int>());
    if (!value["probability"].is_null()) continue;
    require_below(value, "probability", truth);
  }
  CHECK(json["marginals"][0]["distribution"][places]["probability"].is_null());
  CHECK(json["top"][0]["probability"].get<double>() == Approx(exact(0)));
  require_below(json["top"][places], "probability", 0x1p-55);
}

TEST_CASE("proven digits: a measure of which none is proven has an upper bound, and exit code 0") {
  const SolvedQueue queue;
  const Json json = solve_json(queue.arguments("--prop 'S=? [ n=K ]' --prop 'R{\"loss\"}=? [ S ]'"));
  for (const Json& measure : json["measures"]) CHECK(measure["status"] == "below");
  require_below(json["measures"][0], "value", exact(places));
  CHECK(json["measures"][0]["lower"] == 0);
  CHECK(json["measures"][0]["upper"].get<double>() < 1e-9);
  CHECK(json["measures"][0]["bound"].get<double>() < 1e-9);
  require_below(json["measures"][1], "value", -exact(places));
  CHECK(json["measures"][1]["upper"] == 0);

  const std::string report = queue.text("");
  CHECK_THAT(line_of(report, "full"), StartsWith("below ") && ContainsSubstring("no digit proven"));
  CHECK_THAT(line_of(report, "loss"), StartsWith("between -") && ContainsSubstring(" and 0, no digit proven"));
  CHECK_THAT(line_of(report, "difference"), StartsWith("between -") && ContainsSubstring("no digit proven"));
  CHECK_THAT(
      steady_run("solve --quiet " + queue.file + " --const K=59:60 --method bicgstab --accuracy absolute").output,
      ContainsSubstring("no digit proven"));
}

TEST_CASE("proven digits: filters and comparisons of rare events") {
  const SolvedQueue queue;
  const Json json = solve_json(
      queue.arguments("--prop 'filter(max, S=? [ n=K ], n>3)' --prop 'filter(range, S=? [ n=K ], n>3)' "
                      "--prop 'filter(print, S=? [ n=K ], n>3)' --prop 'S<=1e-9 [ n=K ]' --prop 'S<1e-30 [ n=K ]' "
                      "--prop 'filter(range, S=? [ n=0 ], n>3)'"));
  CHECK(json["measures"][0]["status"] == "below");
  require_below(json["measures"][0], "value", exact(places));
  const Json& range = json["measures"][1];
  CHECK(range["status"] == "range");
  for (int end = 0; end < 2; ++end) {
    CHECK(range["values"][end].is_null());
    CHECK(range["bounds"][end][0].get<double>() <= exact(places));
    CHECK(range["bounds"][end][1].get<double>() >= exact(places));
  }
  CHECK(json["measures"][2]["status"] == "print");
  for (const Json& from : json["measures"][2]["values"]) require_below(from, "value", exact(places));
  CHECK(json["measures"][3]["value"] == true);
  CHECK(json["measures"][4]["status"] == "undecided");
  for (int k = 3; k < 5; ++k) require_below(json["measures"][k], "long_run_average", exact(places));
  CHECK(json["measures"][5]["status"] == "range");
  CHECK(json["measures"][5]["bound"].get<double>() < 1e-9);
}

namespace {

std::string three_states(const steady::Scratch& scratch) {
  return scratch.put("three.prism",
                     "ctmc\nconst double a = 0.3;\nmodule m\n s:[0..2];\n [] s=0 -> a:(s'=1);\n"
                     " [] s=1 -> 0.7:(s'=0)+0.1:(s'=2);\n [] s=2 -> 1:(s'=0);\nendmodule\nlabel \"L\" = s=1;\n");
}

}  // namespace

TEST_CASE("proven digits: a quotient whose divisor may be 0 is undecided") {
  const steady::Scratch scratch;
  const std::string file = three_states(scratch);
  for (const std::string settings : {"", " --no-certify", " --accuracy relative"})
    for (const std::string quotient :
         {"1/(1-S=? [ s=0 ]-S=? [ s>0 ])", "S=? [ \"L\" ]/(1-S=? [ s>=0 ])",
          "1/(S=? [ s=0 ]-S=? [ s!=1 & s!=2 ]) > -0.5", "filter(max, 1/(1-S=? [ s=0 ]-S=? [ s>0 ]))"}) {
      INFO(quotient << settings);
      const Json measure = solve_json(file + settings + " --prop '" + quotient + "'")["measures"][0];
      CHECK(measure["status"] == "undecided");
      CHECK(measure["value"].is_null());
    }
  const Json known = solve_json(file + " --prop '1/S=? [ s=2 ]' --prop '1/(S=? [ s=0 ]-S=? [ s=1 ])'");
  for (const Json& measure : known["measures"]) CHECK(measure["value"].is_number());
  const Run table =
      steady_run("solve --quiet " + file + " --const a=0.1:0.1:0.3 --prop 'S=? [ \"L\" ]/(1-S=? [ s>=0 ])'");
  CHECK_THAT(table.output, ContainsSubstring("undecided") && !ContainsSubstring("e+"));
}

TEST_CASE("proven digits: a value outside of its proven bounds gives way to them") {
  const steady::Scratch scratch;
  // What doubles make of pi(s >= 0) - 1 is some units of rounding; exactly it is 0.
  const Json json = solve_json(three_states(scratch) + " --accuracy relative --prop '(S=? [ s>=0 ]-1)*1e40'");
  const Json& measure = json["measures"][0];
  if (measure.contains("lower")) {
    CHECK(measure["lower"].get<double>() <= 0);
    CHECK(measure["upper"].get<double>() >= 0);
    CHECK(measure["bound"].get<double>() <= measure["upper"].get<double>() - measure["lower"].get<double>());
  } else {
    CHECK(measure["value"] == 0);
    CHECK(measure["bound"] == 0);
  }
}
