// Derivatives by constants: of the rates against differences, of long-run values against closed forms; throughputs.
#include <cmath>
#include <functional>

#include <steady/answer.hpp>
#include <steady/sensitivity.hpp>

#include "tests/catch.hpp"
#include "tests/prism_models.hpp"
#include "tests/program.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;
using reference::Rational;
using tests::mentions;

namespace {

Model read(const std::string& text, std::vector<std::string> constants, const std::string& settings = "") {
  ReadOptions options;
  options.constants = settings;
  options.derivatives = std::move(constants);
  return prism::read_prism("model.prism", std::string(text), options);
}

std::string error(const std::string& text, const std::string& constant) {
  return tests::error_of([&] { read(text, {constant}); });
}

// M/M/c/K with 3 servers and 8 places.
const char* const queue_text = R"(
  ctmc
  const double lambda = 2; const double mu = 0.9;
  formula busy = min(n,3);
  module queue n : [0..8];
    [arrive] n<8 -> lambda : (n'=n+1);
    [serve] n>0 -> busy*mu : (n'=n-1);
  endmodule
  label "full" = n=8;
  rewards "length" true : n; endrewards
  rewards "income" [serve] true : 5/mu; true : -lambda*busy; endrewards
)";

// The long-run average of f in that queue.
double queue_average(double lambda, double mu, const std::function<double(int)>& f) {
  double weight = 1, total = 1, sum = f(0);
  for (int n = 1; n <= 8; ++n) {
    weight *= lambda / (std::min(n, 3) * mu);
    total += weight;
    sum += weight * f(n);
  }
  return sum / total;
}

// Richardson's extrapolation of central differences: right to some 1e-11.
double slope(const std::function<double(double)>& f, double x) {
  const auto central = [&](double h) { return (f(x + h) - f(x - h)) / (2 * h); };
  const double h = 1e-3 * x;
  return (64 * central(h / 4) - 20 * central(h / 2) + central(h)) / 45;
}

Query query_named(const Chain& chain, const std::string& name) {
  for (const Query& query : default_queries(chain))
    if (query.name == name) return query;
  FAIL("no query " << name);
  return {};
}

}  // namespace

TEST_CASE("sensitivities of a queue agree with its closed form", "[sensitivity]") {
  const Model model = read(queue_text, {"lambda", "mu"});
  const Solution solution = solve(model.chain);
  const Certificate certificate = certify(model.chain, solution.distribution);
  REQUIRE(certificate.proven);
  struct Measure {
    const char* name;
    std::function<double(double, double)> value;  // of lambda and mu
  };
  const Measure measures[] = {
      {"length", [](double l, double m) { return queue_average(l, m, [](int n) { return n; }); }},
      {"full", [](double l, double m) { return queue_average(l, m, [](int n) { return n == 8 ? 1 : 0; }); }},
      {"income", [](double l, double m) {
         return queue_average(l, m, [&](int n) { return std::min(n, 3) * m * 5 / m - l * std::min(n, 3); });
       }}};
  for (const auto& [name, value] : measures) {
    INFO(name);
    const auto by = sensitivities(model, query_named(model.chain, name), solution, certificate);
    REQUIRE(by.size() == 2);
    const double slopes[] = {slope([&](double x) { return value(x, 0.9); }, 2),
                             slope([&](double x) { return value(2, x); }, 0.9)};
    const double constants[] = {2, 0.9};
    for (std::size_t k = 0; k < 2; ++k) {
      CHECK(by[k].constant == (k == 0 ? "lambda" : "mu"));
      const ProvenNumber& derivative = by[k].derivative;
      CHECK(derivative.value == Approx(slopes[k]).epsilon(1e-9));
      CHECK(derivative.lower <= derivative.value);
      CHECK(derivative.value <= derivative.upper);
      CHECK(derivative.upper - derivative.lower < 1e-10);
      CHECK(by[k].elasticity.value == Approx(slopes[k] * constants[k] / value(2, 0.9)).epsilon(1e-9));
      CHECK(by[k].elasticity.upper - by[k].elasticity.lower < 1e-9);
    }
  }
  const auto unproven = sensitivities(model, query_named(model.chain, "full"), solution);
  CHECK(std::isinf(unproven[0].derivative.upper));
}

TEST_CASE("sensitivities of a queue lie within their bounds", "[sensitivity]") {
  // In exact fractions: lambda = 2, mu = 1/2, so that no rate is rounded, nor a reward or a derivative of one. pi(n) is
  // in proportion to w(n), and w(n) to lambda^n and mu^-n.
  std::string text = queue_text;
  text.replace(text.find("mu = 0.9"), 8, "mu = 0.5");
  const Model model = read(text, {"lambda", "mu"});
  const Solution solution = solve(model.chain);
  const Certificate certificate = certify(model.chain, solution.distribution);
  REQUIRE(certificate.proven);
  const Rational lambda = 2, mu(1, 2);
  using Reward = std::function<Rational(int)>;
  const Reward zero = [](int) { return 0; };
  struct Measure {
    const char* name;
    Reward value, by_lambda, by_mu;
  };
  const Measure measures[] = {
      {"length", [](int n) { return n; }, zero, zero},
      {"full", [](int n) { return n == 8 ? 1 : 0; }, zero, zero},
      {"income", [&](int n) { return std::min(n, 3) * (5 - lambda); }, [](int n) { return -std::min(n, 3); }, zero}};
  for (const auto& [name, value, by_lambda, by_mu] : measures) {
    INFO(name);
    Rational weight = 1, total = 0, sum = 0, numbers = 0, numbers_sum = 0, earned[2] = {0, 0};
    for (int n = 0; n <= 8; weight *= lambda / (std::min(++n, 3) * mu)) {
      total += weight;
      sum += weight * value(n);
      numbers += weight * n;
      numbers_sum += weight * n * value(n);
      earned[0] += weight * by_lambda(n);
      earned[1] += weight * by_mu(n);
    }
    const Rational mean = sum / total, covariance = numbers_sum / total - mean * numbers / total;
    const Rational exact[] = {covariance / lambda + earned[0] / total, -covariance / mu + earned[1] / total};
    const Rational constants[] = {lambda, mu};
    const auto by = sensitivities(model, query_named(model.chain, name), solution, certificate);
    for (std::size_t k = 0; k < 2; ++k) {
      const auto check = [](const ProvenNumber& found, const Rational& truth) {
        CHECK(Rational(found.lower) <= truth);
        CHECK(truth <= Rational(found.upper));
        CHECK(found.lower <= found.value);
        CHECK(found.value <= found.upper);
        CHECK(found.upper - found.lower < 1e-10);
      };
      check(by[k].derivative, exact[k]);
      check(by[k].elasticity, exact[k] * constants[k] / mean);
    }
  }
}

TEST_CASE("sensitivities that there was no time for are not numbers", "[sensitivity]") {
  const Model model = read(
      "ctmc\nconst double lambda = 1;\nmodule m\n n : [0..300];\n [] n<300 -> lambda : (n'=n+1);\n"
      " [] n>0 -> 2 : (n'=n-1);\nendmodule\nlabel \"full\" = n=300;\n",
      {"lambda"});
  const Solution solution = solve(model.chain);
  Options none;
  none.time_limit = 1e-9;
  const auto by = sensitivities(model, query_named(model.chain, "full"), solution, std::nullopt, none);
  CHECK(std::isnan(by[0].derivative.value));
  CHECK(std::isinf(by[0].derivative.upper));
}

TEST_CASE("sensitivities of M/M/1/K are enclosed", "[sensitivity]") {
  // pi(n) = r^n / S, r = lambda/mu = 1/2, K = 3: S = 15/8. d pi(0)/d lambda = -S'/S^2, S' = 1 + 2r + 3r^2 = 11/4 by r.
  const Model model = read(
      "ctmc\nconst double lambda = 1;\nmodule m\n n : [0..3];\n [] n<3 -> lambda : (n'=n+1);\n"
      " [] n>0 -> 2 : (n'=n-1);\nendmodule\nlabel \"empty\" = n=0;\n",
      {"lambda"});
  const Solution solution = solve(model.chain);
  const Certificate certificate = certify(model.chain, solution.distribution);
  const auto by = sensitivities(model, query_named(model.chain, "empty"), solution, certificate);
  const double exact = -11.0 / 4 / 2 / (225.0 / 64);
  CHECK(by[0].derivative.lower <= exact);
  CHECK(exact <= by[0].derivative.upper);
  CHECK(by[0].derivative.upper - by[0].derivative.lower < 1e-13);
}

TEST_CASE("sensitivities of a chain that is iterated are enclosed", "[sensitivity]") {
  // Two queues side by side, 1,600 states: of the first one d pi(0)/d lambda = -S'/S^2 / mu with S as above, by r =
  // 1/2.
  const Model model = read(
      "ctmc\nconst double lambda = 1; const double other = 3;\n"
      "module a\n n : [0..39];\n [] n<39 -> lambda : (n'=n+1);\n [] n>0 -> 2 : (n'=n-1);\nendmodule\n"
      "module b\n m : [0..39];\n [] m<39 -> 2 : (m'=m+1);\n [] m>0 -> other : (m'=m-1);\nendmodule\n"
      "label \"empty\" = n=0;\n",
      {"lambda", "other"});
  double sum = 0, slope = 0;  // in doubles to some 1e-16
  for (int k = 39; k >= 0; --k) {
    sum += std::ldexp(1, -k);
    slope += k * std::ldexp(1, 1 - k);
  }
  const double exact = -slope / (sum * sum) / 2;
  for (const bool keep : {false, true}) {  // proofs by hitting times, and by a majorant
    Options options;
    options.keep_matrix = keep;
    Solution solution = solve(model.chain, options);
    const Certificate certificate = certify(model.chain, solution);
    REQUIRE(certificate.proven);
    const auto by = sensitivities(model, query_named(model.chain, "empty"), solution, certificate);
    CHECK(by[0].derivative.lower <= exact + 1e-15);
    CHECK(exact - 1e-15 <= by[0].derivative.upper);
    CHECK(by[0].derivative.upper - by[0].derivative.lower < 1e-6);
    CHECK(by[1].derivative.lower <= 0);
    CHECK(0 <= by[1].derivative.upper);
    CHECK(by[1].derivative.upper - by[1].derivative.lower < 1e-6);
  }
}

TEST_CASE("derivatives by more constants than are taken at once", "[sensitivity]") {
  constexpr int count = 19;  // states in a circle, each with a constant of its own
  std::vector<std::string> names;
  std::string constants, commands;
  for (int s = 0; s < count; ++s) {
    const std::string state = std::to_string(s), next = std::to_string((s + 1) % count);
    names.push_back("c" + state);
    constants += "const double c" + state + " = " + std::to_string(s + 1) + ";\n";
    commands += "[] x=" + state + " -> " + next + "+2*c" + state + " : (x'=" + next + ");\n";
  }
  const Model model = read(
      "ctmc\n" + constants + "module m\n x : [0..18];\n" + commands + "endmodule\nrewards x=3 : c3*c12; endrewards\n",
      names);
  REQUIRE(model.derivatives.size() == names.size());
  for (State k = 0; k < count; ++k) {
    const Derivative& by = model.derivatives[k];
    CHECK(by.constant == names[k]);
    REQUIRE(by.rates.entries() == 1);
    CHECK(by.rates.row_start[k] == 0);
    CHECK(by.rates.row_start[k + 1] == 1);
    CHECK(by.rates.column[0] == (k + 1) % count);
    CHECK(by.rates.value[0] == 2);
    for (State s = 0; s < count; ++s) CHECK(by.rewards[0][s] == (s != 3 ? 0 : k == 3 ? 13 : k == 12 ? 4 : 0));
  }
}

TEST_CASE("sensitivities of a closed network have product form", "[sensitivity]") {
  // Two stations with 12 customers: throughput G(11) / G(12), G(N) the sum of a^-k b^-(N-k).
  const std::string text =
      "ctmc\nconst double a = 1.5; const double b = 2 - a/4;\nmodule one\n n : [0..12] init 12;\n"
      " [go] n>0 -> a : (n'=n-1);\n [come] n<12 -> 1 : (n'=n+1);\nendmodule\n"
      "module two\n m : [0..12];\n [go] m<12 -> 1 : (m'=m+1);\n [come] m>0 -> b : (m'=m-1);\nendmodule\n"
      "rewards \"throughput\" [go] true : 1; endrewards\n";
  const Model model = read(text, {"a"});
  const Solution solution = solve(model.chain);
  const auto throughput = [](double a) {
    const double b = 2 - a / 4;
    const auto g = [&](int n) {
      double sum = 0;
      for (int k = 0; k <= n; ++k) sum += std::pow(a, -k) * std::pow(b, k - n);
      return sum;
    };
    return g(11) / g(12);
  };
  const auto by = sensitivities(model, query_named(model.chain, "throughput"), solution);
  CHECK(by[0].derivative.value == Approx(slope(throughput, 1.5)).epsilon(1e-9));
}

TEST_CASE("derivatives of rates, rewards and probabilities agree with differences", "[sensitivity]") {
  const std::string texts[] = {
      "ctmc const double x; const double y = x*x/3; formula f = pow(x, 1+a) + log(x, 2) + b;\n"
      "module m a : [0..2]; [] a<2 -> f + x^2 : (a'=a+1); [s] a>0 -> (a=1 ? x : 3)/y : (a'=a-1);\n"
      " [s] true -> x : (a'=0); endmodule\n"
      "module k = m [a=b, b=a] endmodule\n"
      "rewards a*x : y; [s] a>0 : x*a; endrewards\n",
      "dtmc const double x; module m a : [0..2]; [] a<2 -> x : (a'=a+1) + (1-x)/2 : (a'=0) + (1-x)/2 : true;\n"
      " [] a=1 -> 1 : (a'=0); [] a=2 -> x^2 : (a'=0) + 1-x^2 : true; endmodule rewards [] a=2 : 1/x; endrewards\n"};
  for (std::string text : texts) {
    if (const auto item = text.find("a*x : y"); item != std::string::npos) text.replace(item, 7, "a>0 : y");
    const double x = 0.7, h = 1e-5;
    const Model model = read(text, {"x"}, "x=0.7");
    const Model above = tests::read_text(text, "x=" + std::to_string(x + h));
    const Model below = tests::read_text(text, "x=" + std::to_string(x - h));
    REQUIRE(model.derivatives.size() == 1);
    const Derivative& by = model.derivatives[0];
    CHECK(by.constant == "x");
    CHECK(by.value == x);
    const std::size_t n = model.chain.size();
    std::vector<std::vector<double>> found(n, std::vector<double>(n, 0.0));
    for (std::size_t i = 0; i < n; ++i)
      for (std::uint64_t k = by.rates.row_start[i]; k < by.rates.row_start[i + 1]; ++k)
        found[i][by.rates.column[k]] = by.rates.value[k];
    for (State i = 0; i < n; ++i) {
      for (State j = 0; j < n; ++j) {
        INFO(i << " " << j);
        if (i == j) continue;
        const double difference = (tests::rate(above.chain, i, j) - tests::rate(below.chain, i, j)) / (2 * h);
        CHECK(found[i][j] == Approx(difference).margin(1e-8));
      }
      const double earned = (above.chain.rewards[0].rate[i] - below.chain.rewards[0].rate[i]) / (2 * h);
      CHECK(by.rewards[0][i] == Approx(earned).margin(1e-8));
    }
  }
}

TEST_CASE("a power of 0 does not change with its base", "[sensitivity]") {
  // The rate from 0 is x^0 + x^1 = 1 + x at x = 0, with the derivative 1: pi(1) = r / (1 + r), its derivative 1/4.
  const Model model = read(
      "ctmc const double x = 0; module m a : [0..1]; [] a=0 -> pow(x,0)+x^1 : (a'=1); [] a=1 -> 1 : (a'=0); endmodule\n"
      "label \"one\" = a=1;\n",
      {"x"});
  const auto by = sensitivities(model, query_named(model.chain, "one"), solve(model.chain));
  CHECK(by[0].derivative.value == Approx(0.25).epsilon(1e-12));
}

TEST_CASE("what no derivative is of is refused by name", "[sensitivity]") {
  const std::string head = "ctmc const double x = 1; const int k = 2; const double y = 2*x;\nmodule m a : [0..2]";
  const std::string tail = " [] a>0 -> 1 : (a'=a-1); endmodule\n";
  CHECK_THAT(error(head + "; [] a<y -> 1 : (a'=a+1);" + tail, "x"),
             mentions("model.prism:2:26: --sensitivity: a guard"));
  CHECK_THAT(error(head + "; [] a<k -> 1 : (a'=a+1);" + tail, "k"), mentions("k is of type int"));
  CHECK_THAT(error(head + "; [] a<k -> 1 : (a'=a+1);" + tail, "z"), mentions("no constant 'z'"));
  CHECK_THAT(error(head + "; [] a<k -> min(x,2) : (a'=a+1);" + tail, "x"), mentions("min of what changes"));
  CHECK_THAT(error(head + "; [] a<k -> (x>1?2:3) : (a'=a+1);" + tail, "x"), mentions("a comparison changes"));
  CHECK_THAT(error(head + " init floor(y)-2; [] a<k -> 1 : (a'=a+1);" + tail, "x"), mentions("an initial value"));
  CHECK_THAT(error(head + "; [] a<k -> 1 : (a'=floor(y));" + tail, "x"), mentions("what is assigned"));
  CHECK_THAT(error(head + "; [] a<k -> 1 : (a'=a+1);" + tail + "label \"l\" = a<x;", "x"), mentions("a label"));
  CHECK_THAT(error(head + "; [] a<k -> 1 : (a'=a+1);" + tail + "rewards a<x : 1; endrewards", "x"),
             mentions("the guard of a reward"));
  CHECK_THAT(
      error("dtmc const double x = 0.5; module m a : [0..1]; [] true -> x : (a'=0) + 0.5 : (a'=1); endmodule", "x"),
      mentions("sum to 1, not 0"));
  CHECK_THAT(error(head + "; [] a<1 -> 1 : (a'=a+1) + x-1 : (a'=2);" + tail, "x"),
             mentions("a state that is not reached"));
}

TEST_CASE("a constant that stands in the property itself is refused where it stands", "[sensitivity]") {
  const Model model = read(
      "ctmc\nconst double a = 0.5; const double twice = 2*a; const double other = 3;\nformula part = twice;\n"
      "module m\n s : [0..1];\n [] s=0 -> a : (s'=1);\n [] s=1 -> 1 : (s'=0);\nendmodule\nlabel \"L\" = s=1;\n",
      {"a"});
  const auto refusal = [&](const std::string& property) {
    std::vector<std::string> notes;
    return tests::error_of([&] { make_queries(model, {property}, notes); });
  };
  for (const char* property : {"S=? [ s>a ]", "S=? [ s>part ]", "label \"M\" = s>a; S=? [ \"M\" ]"}) {
    INFO(property);
    CHECK_THAT(refusal(property), mentions("--sensitivity: the constant '"));
    CHECK_THAT(refusal(property), mentions("' stands here in what is not differentiated"));
  }
  CHECK_THAT(refusal("S=? [ \"L\" ]*floor(a)"), mentions("floor of what changes with the constant 'a'"));
  CHECK_THAT(refusal("S=? [ \"L\" ]*pow(a-0.5,0.5)"), mentions("its derivative by a is inf"));
  CHECK(refusal("S>=a [ \"L\" ]").empty());  // the value is differentiated before it is compared
}

TEST_CASE("a constant in the property itself is differentiated", "[sensitivity]") {
  // S=? [ "L" ] is a / (1 + a) with the derivative 1 / (1 + a)^2: at 1/2 it is 1/3 and 4/9.
  const Model model = read(
      "ctmc\nconst double a = 0.5; const double twice = 2*a; const double other = 3; const double c = 0.25;\n"
      "formula part = twice;\nmodule m\n s : [0..1];\n [] s=0 -> a : (s'=1);\n [] s=1 -> 1 : (s'=0);\nendmodule\n"
      "label \"L\" = s=1;\n",
      {"c", "a"});
  const Solution solution = solve(model.chain);
  const Certificate certificate = certify(model.chain, solution.distribution);
  const auto check = [&](const std::string& property, double by_c, double by_a, const std::string& constants = "") {
    INFO(property);
    std::vector<std::string> notes;
    const std::vector<Query> queries = make_queries(model, {property}, notes, constants);
    const auto by = sensitivities(model, queries.front(), solution, certificate);
    CHECK(by[0].derivative.value == Approx(by_c).margin(1e-14));
    CHECK(by[1].derivative.value == Approx(by_a).epsilon(1e-13));
    CHECK(by[1].derivative.lower <= by_a + 1e-15);
    CHECK(by[1].derivative.upper >= by_a - 1e-15);
    CHECK(by[1].derivative.upper - by[1].derivative.lower < 1e-12);
  };
  check("S=? [ \"L\" ]*a", 0, 4.0 / 9 / 2 + 1.0 / 3);
  check("a+S=? [ \"L\" ]", 0, 1 + 4.0 / 9);
  check("S=? [ \"L\" ]/twice", 0, 4.0 / 9 - 2.0 / 3);
  check("S=? [ \"L\" ]-part*c", -1, 4.0 / 9 - 0.5);
  check("S=? [ \"L\" ]*other", 0, 4.0 / 3);
  check("const double b = a*a*c; S=? [ \"L\" ]*b", 1.0 / 12, 4.0 / 9 / 16 + 1.0 / 12);
  check("const double b = a*a*c; S=? [ \"L\" ]*b", 0, 4.0 / 9 * 7, "b=7");
}

TEST_CASE("the program says how measures change", "[sensitivity]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string model = scratch.put("queue.prism", queue_text);
  const Json json = solve_json(model + " --sensitivity mu,lambda");
  REQUIRE(json["measures"].size() == 3);
  for (const Json& measure : json["measures"]) {
    INFO(measure["name"]);
    REQUIRE(measure["sensitivities"].size() == 2);
    for (const Json& by : measure["sensitivities"]) {
      const std::string name = by["constant"];
      const double at = name == "mu" ? 0.9 : 2;
      const auto value = [&](double x) {
        const Json other = solve_json(model + " --const " + name + "=" + std::to_string(x));
        return tests::measure(other, measure["name"]);
      };
      const double h = 1e-4;
      CHECK(by["derivative"].get<double>() == Approx((value(at + h) - value(at - h)) / (2 * h)).epsilon(1e-5));
      CHECK(by["derivative_bound"].get<double>() < 1e-10);
    }
  }
  const Json ratio = solve_json(model + " --sensitivity lambda --prop 'R{\"length\"}=? [ S ] / (1 - S=? [ n=8 ])'");
  const double expected = slope(
      [](double l) {
        return queue_average(l, 0.9, [](int n) { return n; }) /
               (1 - queue_average(l, 0.9, [](int n) { return n == 8 ? 1 : 0; }));
      },
      2);
  const Json by = ratio["measures"][0]["sensitivities"][0];
  CHECK(by["derivative"].get<double>() == Approx(expected).epsilon(1e-9));
  CHECK(by["derivative_bound"].get<double>() < 1e-10);
  const Run report = steady_run("solve " + model + " --sensitivity lambda");
  CHECK_THAT(report.output, ContainsSubstring("  by lambda: "));
  const Run interval = steady_run("solve " + model + " --sensitivity lambda --rates interval");
  CHECK_THAT(interval.output, ContainsSubstring("  by lambda: not proven, elasticity not proven"));
  for (const char* wrong : {"--prop 'S>0.5 [ n=8 ] & S<0.6 [ n=7 ]'", "--prop 'filter(min, S=? [ n=8 ])'"}) {
    const Run refused = steady_run("solve " + model + " --sensitivity lambda " + wrong);
    CHECK(refused.exit_code == 2);
    CHECK_THAT(refused.errors, ContainsSubstring("is not one value\n"));
  }
  const Run matrix = steady_run("solve " + examples + "/courtois.mtx --sensitivity lambda");
  CHECK(matrix.exit_code == 2);
  CHECK_THAT(matrix.errors, ContainsSubstring("--sensitivity means nothing to a mtx file"));
  const std::string unlikely =
      scratch.put("unlikely.prism",  // one of the ends has a probability that no double holds
                  "ctmc\nconst double x = 1;\nmodule m\n s : [0..3];\n [] s=0 -> 1e-200 : (s'=1) + 1 : (s'=2);\n"
                  " [] s=1 -> 1e-200 : (s'=3) + 1 : (s'=2);\n [] s=2 -> x : true;\nendmodule\nlabel \"two\" = s=2;\n");
  const Run two = steady_run("solve " + unlikely + " --sensitivity x");
  CHECK_THAT(two.output, ContainsSubstring("  by x: 0"));
}

TEST_CASE("an elasticity of 0 is not known", "[sensitivity]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string file = scratch.put("m.prism", queue_text);
  for (const std::string settings : {"", " --no-certify"}) {
    const Run run = steady_run("solve " + file + settings + " --quiet --sensitivity mu --prop 'S=? [ false ]'");
    CHECK_THAT(run.output,
               ContainsSubstring("by mu: 0, elasticity not ") || ContainsSubstring("by mu: 0 +- 0, elasticity not "));
    CHECK_THAT(run.output, !ContainsSubstring("nan"));
  }
}

TEST_CASE("throughputs of actions", "[sensitivity]") {
  using namespace steady::tests;
  const Scratch scratch;
  const std::string model = scratch.put("queue.prism", queue_text);
  const Json json = solve_json(model + " --throughputs --prop 'S=? [ n=8 ]'");
  const double through = 2 * (1 - queue_average(2, 0.9, [](int n) { return n == 8 ? 1 : 0; }));
  REQUIRE(json["measures"].size() == 3);
  CHECK(json["measures"][1]["kind"] == "throughput");
  CHECK(measure(json, "arrive") == Approx(through).epsilon(1e-11));
  CHECK(measure(json, "serve") == Approx(through).epsilon(1e-11));
  CHECK(json["measures"][1]["bound"].get<double>() < 1e-10);
  // Two modules that go together at the product of their rates, renamed and hidden actions; a loop happens, too.
  const std::string together = scratch.put("together.prism",
                                           "ctmc\nmodule a\n x : bool;\n [go] true -> 2 : (x'=!x);\n"
                                           " [stay] true -> 7 : true;\n [] x -> 1 : (x'=false);\nendmodule\n"
                                           "module b\n y : bool;\n [go] !y -> 3 : (y'=true);\n"
                                           " [back] y -> 6 : (y'=false);\nendmodule\n"
                                           "system (a || b) {back<-home} / {stay} endsystem\n");
  const Json two = solve_json(together + " --throughputs");
  REQUIRE(two["measures"].size() == 2);
  CHECK(measure(two, "go") == Approx(3).epsilon(1e-12));  // y goes at 6 and comes back at 6
  CHECK(measure(two, "home") == Approx(3).epsilon(1e-12));
  // They are no rewards: R means the same as without them.
  const Run none = steady_run("solve " + together + " --throughputs --prop 'R=? [ S ]'");
  CHECK(none.exit_code == 2);
  CHECK_THAT(none.errors, ContainsSubstring("the model has no rewards"));
  const Run named = steady_run("solve " + model + " --throughputs --prop 'R{\"serve\"}=? [ S ]'");
  CHECK_THAT(named.errors, ContainsSubstring("it has \"length\", \"income\""));
  const Run third = steady_run("solve " + model + " --throughputs --prop 'R{3}=? [ S ]'");
  CHECK_THAT(third.errors, ContainsSubstring("there is no reward 3; the model has 2"));
  const Run matrix = steady_run("solve " + examples + "/courtois.mtx --throughputs");
  CHECK(matrix.exit_code == 2);
  CHECK_THAT(matrix.errors, ContainsSubstring("--throughputs means nothing to a mtx file"));
}
