// Derivatives of totals until a target and of chains with several ends, against closed forms and differences.
#include <cmath>
#include <string>
#include <vector>

#include <steady/answer.hpp>
#include <steady/certify.hpp>
#include <steady/sensitivity.hpp>
#include <steady/solve.hpp>

#include "tests/catch.hpp"
#include "tests/prism_models.hpp"
#include "tests/program.hpp"

namespace {

using namespace steady;

// Of the property, as the library gives them.
std::vector<Sensitivity> of(const std::string& text, const std::vector<std::string>& constants,
                            const std::string& property, const std::string& settings = "") {
  ReadOptions options;
  options.constants = settings;
  options.derivatives = constants;
  const Model model = detail::prism::read_prism("model.prism", std::string(text), options);
  std::vector<std::string> notes;
  const std::vector<Query> queries = make_queries(model, {property}, notes);
  const Solution solution = solve(model.chain);
  return sensitivities(model, queries.front(), solution, certify(model.chain, solution.distribution));
}

double value_of(const std::string& text, const std::string& settings, const std::string& property) {
  const Model model = tests::read_text(text, settings);
  std::vector<std::string> notes;
  return answer(model, make_queries(model, {property}, notes)).measures().front().value.value();
}

// Central differences, extrapolated (Richardson 1911): a relative 1e-8 at least of what is smooth.
double slope(const std::string& text, const std::string& constant, double at, const std::string& property) {
  const auto difference = [&](double h) {
    const auto value = [&](double x) { return value_of(text, constant + "=" + std::to_string(x), property); };
    return (value(at + h) - value(at - h)) / (2 * h);
  };
  return (4 * difference(0.001) - difference(0.002)) / 3;
}

void check(const ProvenNumber& found, double exact) {
  CHECK(found.value == Approx(exact).epsilon(1e-12));
  CHECK(found.lower <= exact + 1e-14 * std::abs(exact));
  CHECK(exact - 1e-14 * std::abs(exact) <= found.upper);
  CHECK(found.lower <= found.value);
  CHECK(found.value <= found.upper);
  CHECK(found.upper - found.lower <= 1e-11 * std::abs(exact));
}

}  // namespace

TEST_CASE("the mean time to failure of two units that are repaired", "[sensitivity]") {
  // (3a + b) / (2a^2), a the rate of failure, b that of repair (Trivedi 2002, section 8.5).
  const std::string text =
      "ctmc\nconst double a = 0.125; const double b = 2;\nmodule m\n up : [0..2] init 2;\n"
      " [] up=2 -> 2*a : (up'=1);\n [] up=1 -> a : (up'=0) + b : (up'=2);\n [] up=0 -> 1 : (up'=2);\nendmodule\n"
      "rewards \"cost\" up=2 : a; up=1 : 3*b; endrewards\n";
  const double a = 0.125, b = 2, mean = (3 * a + b) / (2 * a * a);
  const auto by = of(text, {"a", "b"}, "T=? [ F up=0 ]");
  check(by[0].derivative, -3 / (2 * a * a) - b / (a * a * a));
  check(by[0].elasticity, (-3 / (2 * a * a) - b / (a * a * a)) * a / mean);
  check(by[1].derivative, 1 / (2 * a * a));
  check(by[1].elasticity, b / (2 * a * a) / mean);
  // Two units are up for (a + b) / (2a^2), one for 1/a: the cost is (a + b) / (2a) + 3b/a.
  const auto cost = of(text, {"a", "b"}, "R{\"cost\"}=? [ F up=0 ]");
  check(cost[0].derivative, -b / (2 * a * a) - 3 * b / (a * a));
  check(cost[1].derivative, 1 / (2 * a) + 3 / a);
  const auto ratio = of(text, {"b"}, "R{\"cost\"}=? [ F up=0 ] / T=? [ F up=0 ] * b");
  const auto value = [&](double x) { return (a * (a + x) + 6 * x * a) / (3 * a + x) * x; };
  CHECK(ratio[0].derivative.value == Approx((value(b + 1e-5) - value(b - 1e-5)) / 2e-5).epsilon(1e-8));
  CHECK(ratio[0].derivative.upper - ratio[0].derivative.lower < 1e-10);
  const auto mixed = of(text, {"b"}, "S=? [ up=0 ] * T=? [ F up=0 ]");
  CHECK(mixed[0].derivative.value == Approx(slope(text, "b", 2, "S=? [ up=0 ] * T=? [ F up=0 ]")).epsilon(1e-7));
}

TEST_CASE("sensitivities of totals agree with differences", "[sensitivity]") {
  const std::string walk =  // with more states than are eliminated at once, from two states
      "ctmc const double x = 1.25; const double up = x*x;\n"
      "module m a : [0..12]; b : [0..60]; [] a<12 -> up : (a'=a+1); [] a>0 & a<12 -> 1+x : (a'=a-1);\n"
      " [go] b<60 -> x : (b'=b+1); [] b>0 -> 2 : (b'=b-1); endmodule\n"
      "rewards a=3 : x*b; [go] a>1 : 1/x; endrewards init a<2 & b=0 endinit\n";
  for (const std::string property : {"T=? [ F a=12 ]", "R=? [ F a=12 ]", "R=? [ F a=12 & b<3 ]", "T=? [ F a<2 ]"}) {
    INFO(property);
    const auto by = of(walk, {"x"}, property);
    CHECK(by[0].derivative.value == Approx(slope(walk, "x", 1.25, property)).epsilon(1e-7).margin(1e-12));
    CHECK(by[0].derivative.upper - by[0].derivative.lower <= 1e-9 * std::abs(by[0].derivative.value));
  }
  const std::string ruin =
      "dtmc const double p = 0.4; module m a : [0..9] init 5; [] a>0 & a<9 -> p : (a'=a+1) + 1-p : (a'=a-1); "
      "endmodule\n"
      "rewards a>4 : p; endrewards\n";
  for (const std::string property : {"T=? [ F a=0 | a=9 ]", "R=? [ F a=0 | a=9 ]"}) {
    INFO(property);
    const auto by = of(ruin, {"p"}, property);
    CHECK(by[0].derivative.value == Approx(slope(ruin, "p", 0.4, property)).epsilon(1e-7));
    CHECK(by[0].derivative.upper - by[0].derivative.lower < 1e-10);
  }
}

TEST_CASE("totals without a derivative", "[sensitivity]") {
  using namespace steady::tests;
  const std::string text =
      "ctmc const double x = 1; module m s : [0..3]; [] s=0 -> 2 : (s'=1) + (x-1) : (s'=2);\n"
      " [] s=1 -> 1 : (s'=2); [] s=2 -> 1 : (s'=3); [] s=3 -> x : true; endmodule\n";
  check(of(text, {"x"}, "T=? [ F s=2 ]")[0].derivative, -0.75);  // of 3 / (1 + x)
  check(of(text, {"x"}, "T=? [ F s=0 ]")[0].derivative, 0);
  const Scratch scratch;
  const std::string file = scratch.put("m.prism", text);
  const Run lost = steady_run("solve " + file + " --sensitivity x --prop 'T=? [ F s=1 ]'");
  CHECK(lost.exit_code == 2);
  CHECK_THAT(lost.errors, ContainsSubstring("--sensitivity: where x changes, state (0) leads to where"));
  const Run never = steady_run("solve " + file + " --sensitivity x --prop 'T=? [ F false ]'");
  CHECK(never.exit_code == 0);
  CHECK_THAT(never.output, ContainsSubstring("  by x: not known, elasticity not known"));
  const Run steady = steady_run("solve " + file + " --sensitivity x --from-steady --prop 'T=? [ F s=2 ]'");
  CHECK(steady.exit_code == 2);
  CHECK_THAT(steady.errors, ContainsSubstring("--sensitivity takes no total from the long run"));
}

TEST_CASE("sensitivities of a chain that ends in several components", "[sensitivity]") {
  const std::string ends =
      "ctmc\nconst double x = 1;\nmodule m\n s : [0..3];\n [] s=0 -> x : (s'=1) + 1 : (s'=2);\n"
      " [] s=1 -> x : (s'=3);\n [] s=3 -> 2 : (s'=1);\nendmodule\n";
  check(of(ends, {"x"}, "S=? [ s=2 ]")[0].derivative, -0.25);     // 1 / (1 + x)
  check(of(ends, {"x"}, "S=? [ s=3 ]")[0].derivative, 7.0 / 36);  // x^2 / ((1 + x) (2 + x))
  check(of(ends, {"x"}, "S=? [ s=3 ]")[0].elasticity, 7.0 / 6);
  const std::string unlikely =  // the first end has a probability that no double holds
      "ctmc const double x = 1; module m s : [0..4]; [] s=0 -> 1e-200 : (s'=1) + 1 : (s'=2);\n"
      " [] s=1 -> 1e-200 : (s'=3) + 1 : (s'=2); [] s=3 -> x : (s'=4); [] s=4 -> 1 : (s'=3); endmodule\n";
  CHECK(std::isinf(of(unlikely, {"x"}, "S=? [ s=2 ]")[0].derivative.upper));
  const std::string walk =  // outside, two parts that are left for one of three ends
      "ctmc const double x = 1.25;\nmodule m a : [0..30] init 9; b : [0..6]; c : [0..2];\n"
      " [] a>0 & a<30 -> x : (a'=a+1); [] a>0 & a<30 -> 1 : (a'=a-1); [] a>0 & a<30 & b<6 -> x^2 : (b'=b+1);\n"
      " [] a>0 & a<30 & b>0 -> 1.5 : (b'=b-1); [] a=30 & c<2 -> x : (c'=c+1); [] a=30 & c>0 -> 1 : (c'=c-1);\n"
      " [] a=0 & b<3 & c<1 -> 2 : (c'=1); [] a=0 & c=1 -> 1/x : (c'=0); endmodule\n"
      "rewards true : c*x; [] a>25 : b; endrewards\n";
  for (const std::string property :
       {"S=? [ c=1 ]", "S=? [ a=30 ]", "R=? [ S ]", "S=? [ c=1 & a=0 ] / S=? [ a=0 ] - x"}) {
    INFO(property);
    const auto by = of(walk, {"x"}, property);
    CHECK(by[0].derivative.value == Approx(slope(walk, "x", 1.25, property)).epsilon(1e-7));
    CHECK(by[0].derivative.upper - by[0].derivative.lower <= 1e-7);
  }
}
