// Proofs that hold for every chain whose rates are near those stored: against exact fractions, never below the true
// error. What `--rates interval` rests on.
#include <fmt/format.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <random>
#include <utility>

#include <steady/certify.hpp>
#include <steady/model.hpp>
#include <steady/solve.hpp>

#include "formats/base/relative_error.hpp"
#include "tests/catch.hpp"
#include "tests/exact_long_run.hpp"
#include "tests/reference.hpp"
#include "tests/scratch.hpp"

namespace steady {

using namespace detail;
namespace {

using boost::multiprecision::cpp_rational;
using Rates = std::vector<std::vector<cpp_rational>>;

cpp_rational true_error(const Chain& chain, const std::vector<double>& p, const Rates& rates) {
  return tests::total_variation<cpp_rational>(p, tests::exact_long_run<cpp_rational>(chain, rates));
}

// A chain of either kind, half of them with transient states and several bottom components.
Chain some_chain(std::uint32_t seed) {
  const Kind kind = seed % 4 < 2 ? Kind::ctmc : Kind::dtmc;
  const double decades = seed % 3 * 5;
  if (seed % 2 == 0) return reference::random_chain(kind, 3 + seed % 12, 3, decades, seed);
  return reference::random_reducible_chain(kind, 4 + seed % 12, 3, decades, seed);
}

// What a text means if nothing is rounded.
struct Term {
  std::string text;
  cpp_rational value;
};

cpp_rational power_of_ten(int exponent) {
  cpp_rational power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  for (; exponent < 0; ++exponent) power /= 10;
  return power;
}

// 7, 0.37, 12.5, 3e-4, 0.0999999999999999999
Term decimal(std::mt19937& random) {
  const int form = static_cast<int>(random() % 5);
  if (form == 4) {
    const std::string nines(random() % 20 + 1, '9');
    return {"0.0" + nines, (1 - power_of_ten(-static_cast<int>(nines.size()))) / 10};
  }
  const auto digits = 1 + random() % (form == 0 ? 9 : 999);
  const std::string text = std::to_string(digits);
  if (form == 0) return {text, digits};
  if (form == 1) return {"0." + text, digits * power_of_ten(-static_cast<int>(text.size()))};
  if (form == 2) return {text + ".5", cpp_rational(2 * digits + 1) / 2};
  return {text + "e-4", digits * power_of_ten(-4)};
}

// A positive expression in the language of PRISM; x is the state.
Term expression(std::mt19937& random, int depth, int x) {
  if (depth == 0) return random() % 4 == 0 ? Term{"(x+1)", x + 1} : decimal(random);
  const Term a = expression(random, depth - 1, x), b = expression(random, depth - 1, x);
  const bool less = a.value < b.value;
  switch (random() % 9) {
    case 0:
      return {"(" + a.text + "+" + b.text + ")", a.value + b.value};
    case 1:
      return {"(" + a.text + "*" + b.text + ")", a.value * b.value};
    case 2:
      return {"(" + a.text + "/" + b.text + ")", a.value / b.value};
    case 3:
      return {"max(" + a.text + "," + b.text + ")", less ? b.value : a.value};
    case 4:
      return {"min(" + a.text + "," + b.text + ")", less ? a.value : b.value};
    case 5:
      return {"pow(" + a.text + ",3.0)", a.value * a.value * a.value};
    case 6:
      return {"pow(" + a.text + ",-2.0)", 1 / (a.value * a.value)};
    case 7:
      return {"(x>0 & " + a.text + "<1000000 ? " + a.text + " : " + b.text + ")",
              x > 0 && a.value < 1000000 ? a.value : b.value};
    default:
      return {"(1.5*" + a.text + "-" + a.text + ")", a.value / 2};
  }
}

struct Meant {
  std::string text;  // of a model file
  Rates rates;       // what it means
};

// States 0 to n-1 of one variable in a ring with chords, or of a line that is left for one of two ends; some commands
// lead the same way, some share an action with a module that has a rate of its own.
Meant ctmc_in_prism(std::uint32_t seed) {
  std::mt19937 random(seed);
  const int n = 3 + static_cast<int>(random() % 8);
  const bool ring = seed % 2 == 0;
  Meant model{
      "ctmc\nconst double c = 0.1;\nconst double d = c*c/3;\nmodule m\n x:[0.." + std::to_string(n - 1) + "] init 1;\n",
      Rates(n, std::vector<cpp_rational>(n))};
  const cpp_rational c = cpp_rational(1) / 10, d = c * c / 3;
  const auto add = [&](int from, int to) {
    const Term term = expression(random, 1 + static_cast<int>(random() % 3), from);
    const bool shared = random() % 3 == 0;
    model.text += std::string(" [") + (shared ? "a" : "") + "] x=" + std::to_string(from) + " -> " + term.text +
                  "*d : (x'=" + std::to_string(to) + ");\n";
    model.rates[from][to] += term.value * d * (shared ? c : cpp_rational(1));
  };
  for (int i = 0; i < n; ++i) {
    if (!ring && (i == 0 || i == n - 1)) continue;
    add(i, (i + 1) % n);
    if (!ring || random() % 2 == 0) add(i, i - 1 < 0 ? n - 1 : i - 1);
    if (random() % 3 == 0) add(i, (i + 1) % n);  // the same way once more
  }
  model.text += "endmodule\nmodule other\n y:[0..1];\n [a] true -> c : true;\nendmodule\n";
  return model;
}

// Probabilities that sum to 1 as decimals.
Meant dtmc_in_prism(std::uint32_t seed) {
  std::mt19937 random(seed);
  const int n = 3 + static_cast<int>(random() % 8);
  Meant model{"dtmc\nmodule m\n x:[0.." + std::to_string(n - 1) + "];\n", Rates(n, std::vector<cpp_rational>(n))};
  for (int i = 0; i < n; ++i) {
    const int p = 1 + static_cast<int>(random() % 9), q = 1 + static_cast<int>(random() % 90);
    const int to[] = {(i + 1) % n, static_cast<int>(random() % static_cast<unsigned>(n)), i};
    const Term of[] = {
        {"0." + std::to_string(p), cpp_rational(p) / 10},
        {"0.0" + std::string(q < 10 ? "0" : "") + std::to_string(q) + "*(1-0." + std::to_string(p) + ")",
         cpp_rational(q) / 1000 * (10 - p) / 10},
        {"(1-0.0" + std::string(q < 10 ? "0" : "") + std::to_string(q) + ")*(1-0." + std::to_string(p) + ")",
         (1 - cpp_rational(q) / 1000) * (10 - p) / 10}};
    model.text += " [] x=" + std::to_string(i) + " -> ";
    for (int k = 0; k < 3; ++k) {
      model.text += (k == 0 ? "" : " + ") + of[k].text + " : (x'=" + std::to_string(to[k]) + ")";
      if (to[k] != i) model.rates[i][to[k]] += of[k].value;
    }
    model.text += ";\n";
  }
  model.text += "endmodule\n";
  return model;
}

// The same random rates as a file of each format of text; some stand twice.
struct Files {
  std::string tra, drn, mtx;
  Rates rates;
};

Files files_of_decimals(std::uint32_t seed) {
  std::mt19937 random(seed);
  const std::size_t n = 3 + random() % 10;
  Files files{"", "", "", Rates(n, std::vector<cpp_rational>(n))};
  files.drn = "@type: CTMC\n@value_type: rational\n@parameters\n\n@reward_models\n\n@nr_states\n" + std::to_string(n) +
              "\n@placeholders\n$third : 1/3\n@model\n";
  std::size_t entries = 0;
  for (std::size_t i = 0; i < n; ++i) {
    std::string drn;
    double exit = 0;
    for (std::size_t k = 0; k < 2 + random() % 3; ++k) {
      const std::size_t j = k == 0 ? (i + 1) % n : random() % n;
      if (j == i) continue;
      const Term term = decimal(random);
      const std::string from = std::to_string(i), to = std::to_string(j);
      files.tra += from + " " + to + " " + term.text + "\n";
      files.mtx += std::to_string(i + 1) + " " + std::to_string(j + 1) + " " + term.text + "\n";
      drn += "\t\t" + to + " : " + term.text + "\n";
      files.rates[i][j] += term.value;
      exit += static_cast<double>(term.value);
      ++entries;
    }
    files.drn += "state " + std::to_string(i) + " !" + fmt::format("{}", exit) + "\n" + drn;
  }
  files.tra = "# Transitions (CTMC)\n" + std::to_string(n) + " " + std::to_string(entries) + "\n" + files.tra;
  files.mtx = "%%MatrixMarket matrix coordinate real general\n" + std::to_string(n) + " " + std::to_string(n) + " " +
              std::to_string(entries) + "\n" + files.mtx;
  return files;
}

Chain read(const std::string& name, const std::string& text, bool rate_errors = true) {
  const Scratch scratch;
  ReadOptions options;
  options.rate_errors = rate_errors;
  return read_model(scratch.put(name, text), options).chain;
}

// A proof as good as it gets, for the file's numbers.
Certificate best_proof(const Chain& chain) {
  CertifyOptions options;
  options.target = 1e-40;
  options.work = 1e12;
  return certify(chain, solve(chain).distribution, options);
}

void check_covered(const Chain& chain, const Rates& rates) {
  const Certificate certificate = best_proof(chain);
  INFO(certificate.reason);
  REQUIRE(certificate.proven);
  CHECK(true_error(chain, certificate.distribution, rates) <= cpp_rational(certificate.total_variation));
  for (std::size_t i = 0; i < chain.size(); ++i)
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k) {
      const State from = chain.inflow.column[k];
      const cpp_rational stored(chain.inflow.value[k]);
      CHECK(abs(rates[from][i] - stored) <= cpp_rational(chain.rate_error[from]) * stored);
      CHECK(chain.rate_error[from] < 1e-12);
    }
}

}  // namespace

TEST_CASE("a decimal is off by half a unit in the last place, or by nothing", "[intervals]") {
  for (const auto& [text, value] : {std::pair("0", 0.0),
                                    {"7", 7.0},
                                    {"0.5", 0.5},
                                    {" +2.50", 2.5},
                                    {"-0.375", -0.375},
                                    {"1e22", 1e22},
                                    {"1.25e-1", 0.125},
                                    {"9007199254740992", 9007199254740992.0},
                                    {"1000000000000000000000", 1e21},
                                    {"4/2", 2.0},
                                    {"1/4", 0.25},
                                    {".5e0", 0.5},
                                    {"0.000", 0.0},
                                    {"1.00000000000000000000000", 1.0}}) {
    INFO(text);
    const bool long_one = std::string(text) == "9007199254740992";  // 16 digits are not looked at
    CHECK(decimal_error(text, value) == (long_one ? half_unit : 0));
  }
  for (const auto& [text, value] : {std::pair("0.1", 0.1),
                                    {"9007199254740993", 9007199254740992.0},
                                    {"1e23", 1e23},
                                    {"1e-3", 1e-3},
                                    {"0.10000000000000001", 0.1},
                                    {"1.00000000000000000000001", 1.0},
                                    {"3e-300", 3e-300}}) {
    INFO(text);
    CHECK(decimal_error(text, value) == half_unit);
  }
  CHECK(decimal_error("1/3", 1.0 / 3) > 0);
  CHECK(decimal_error("1/3", 1.0 / 3) <= 4 * half_unit);
  CHECK(decimal_error("0.1/0.3", 0.1 / 0.3) <= 8 * half_unit);
  CHECK(decimal_error("25D-1", 2.5) == 0);
  CHECK(decimal_error("1D-1", 0.1) == half_unit);
  CHECK(decimal_error("1e-310", 1e-310) == INFINITY);  // subnormal
  CHECK(decimal_error("1e-400", 0.0) == INFINITY);
  CHECK(decimal_error("0e-999999999999999999999", 0.0) == 0);
}

TEST_CASE("rates in the language of PRISM are proven as what they mean", "[intervals]") {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const Meant model = ctmc_in_prism(seed);
    INFO("seed " << seed << "\n" << model.text);
    check_covered(read("model.prism", model.text), model.rates);
  }
}

TEST_CASE("probabilities in the language of PRISM are proven as what they mean", "[intervals]") {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    const Meant model = dtmc_in_prism(seed);
    INFO("seed " << seed << "\n" << model.text);
    check_covered(read("model.prism", model.text), model.rates);
  }
}

TEST_CASE("decimals in files of transitions are proven as what they mean", "[intervals]") {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    const Files files = files_of_decimals(seed);
    INFO("seed " << seed);
    check_covered(read("model.tra", files.tra), files.rates);
    check_covered(read("model.mtx", files.mtx), files.rates);
    check_covered(read("model.drn", files.drn), files.rates);
  }
}

TEST_CASE("probabilities that are rescaled are proven as what they are after that", "[intervals]") {
  // 0 -> 1 and 2, 1 -> 0 and 2, 2 -> 0 and 1; the first row sums to 1 + 1e-6, the others to 1.
  const Rates meant = {{0, cpp_rational(300001) / 1000001, cpp_rational(700000) / 1000001},
                       {cpp_rational(1) / 10, 0, cpp_rational(9) / 10},
                       {cpp_rational(2) / 10, cpp_rational(8) / 10, 0}};
  check_covered(
      read("model.tra", "# Transitions (DTMC)\n3 6\n0 1 0.300001\n0 2 0.7\n1 0 0.1\n1 2 0.9\n2 0 0.2\n2 1 0.8\n"),
      meant);
  check_covered(read("model.drn",
                     "@type: DTMC\n@parameters\n\n@reward_models\n\n@nr_states\n3\n@model\nstate 0\n1 : 0.300001\n"
                     "2 : 7/10\nstate 1\n0 : 1/10\n2 : 0.9\nstate 2\n0 : 0.2\n1 : 8/10\n"),
                meant);
  check_covered(read("model.mtx",
                     "%%MatrixMarket matrix coordinate real general\n3 3 6\n1 2 0.300001\n1 3 0.7\n2 1 0.1\n2 3 "
                     "0.9\n3 1 0.2\n3 2 0.8\n"),
                meant);
  check_covered(read("model.prism",
                     "dtmc\nmodule m\n x:[0..2];\n [] x=0 -> 0.300001:(x'=1) + 0.7:(x'=2);\n"
                     " [] x=1 -> 0.1:(x'=0) + 0.9:(x'=2);\n [] x=2 -> 0.2:(x'=0) + 0.8:(x'=1);\nendmodule\n"),
                meant);
}

TEST_CASE("numbers that are doubles have no error", "[intervals]") {
  const std::string tra = "# Transitions (CTMC)\n3 3\n0 1 3\n1 2 0.5\n2 0 1.25e-1\n";
  CHECK(read("model.tra", tra).rate_error == std::vector<double>(3, 0.0));
  CHECK(read("model.tra", tra, false).rate_error.empty());
  const std::string prism =
      "ctmc\nconst double r = 0.5;\nmodule m\n x:[0..2];\n [] true -> 3*r/2 : (x'=mod(x+1,3));\n"
      " [] x=0 -> pow(2,3)*min(x,7)+0.25 : (x'=2);\nendmodule\n";
  CHECK(read("model.prism", prism).rate_error == std::vector<double>(3, 0.0));
  CHECK(read("model.prism", prism, false).rate_error.empty());
}

TEST_CASE("what is earned is bounded by what the model's decimals mean", "[intervals]") {
  const Chain chain =
      read("model.prism",
           "ctmc\nmodule m\n x:[0..0];\n [go] true -> 0.1*3 : true;\nendmodule\n"
           "rewards \"by rate\" [go] true : 1; endrewards\nrewards \"of state\" true : 0.1*3; endrewards\n"
           "rewards \"exact\" true : 0.5; endrewards\n");
  for (const Reward& reward : chain.rewards) {
    INFO(reward.name);
    const cpp_rational meant = reward.name == "exact" ? cpp_rational(1, 2) : cpp_rational(3, 10);
    const cpp_rational off = abs(cpp_rational(reward.rate[0]) - meant);
    CHECK((off > 0) == (reward.name != "exact"));
    CHECK(off <= cpp_rational(reward.error[0]));
    CHECK(reward.error[0] < 1e-15);
  }
}

TEST_CASE("rates that cancel are proven only as intervals", "[intervals]") {
  // Exactly 1e-10 in both directions: (1/2, 1/2).
  const std::string text =
      "ctmc\nconst double p = 0.9999999999;\nmodule m\n x:[0..1];\n [] x=0 -> 1e-10 : (x'=1);\n"
      " [] x=1 -> 1-p : (x'=0);\nendmodule\n";
  const cpp_rational rate = power_of_ten(-10);
  const Rates meant = {{0, rate}, {rate, 0}};
  const Chain doubles = read("model.prism", text, false);
  const Certificate stored = best_proof(doubles);
  REQUIRE(stored.proven);
  CHECK(stored.total_variation < 1e-15);
  CHECK(true_error(doubles, stored.distribution, meant) > 1e-8);  // the model says 1e-10, not 1.00000008274e-10
  const Chain intervals = read("model.prism", text);
  const Certificate all = best_proof(intervals);
  REQUIRE(all.proven);
  CHECK(true_error(intervals, all.distribution, meant) <= cpp_rational(all.total_variation));
  CHECK(all.total_variation < 1e-6);
}

TEST_CASE("a rate that only rounding makes positive, or 0, proves nothing", "[intervals]") {
  const auto reason = [](const std::string& rate) {
    const Chain chain = read("model.prism", "ctmc\nmodule m\n x:[0..2];\n [] x=0 -> 1 : (x'=1) + " + rate +
                                                " : (x'=2);\n [] x>0 -> 2 : (x'=0);\nendmodule\n");
    const Certificate certificate = best_proof(chain);
    return certificate.proven ? "proven" : certificate.reason;
  };
  const std::string unknown = "a rate from state 0 may be 0 for all that is known of it";
  CHECK(reason("(0.1+0.2-0.3)") == unknown);          // 5.6e-17, and means 0
  CHECK(reason("(0.1*3-0.1-0.1-0.1)") == unknown);    // means 0
  CHECK(reason("max(0,0.3-0.1-0.2)") == unknown);     // 0, and a double above or below it otherwise
  CHECK(reason("(0.1+0.2=0.3 ? 1 : 2)") == unknown);  // true, and false in doubles
  CHECK(reason("(0.1+0.2<=0.3 & x=0 ? 1 : 2)") == unknown);
  CHECK(reason("floor(0.1+0.2+0.7)") == unknown);
  CHECK(reason("pow(1e-200,2)*1e200") == unknown);
  CHECK(reason("(0.5+0.25=0.75 ? 1 : 2)") == "proven");
  CHECK(reason("pow(0.3,0.7)*log(5,3)") == "proven");
  CHECK(reason("(x<0.1*3 ? 1 : 2)") == "proven");
}

TEST_CASE("a bound with rate errors covers every chain within them", "[intervals]") {
  std::mt19937 random(5);
  double largest = 0;  // of the true errors over the bounds
  for (std::uint32_t seed = 0; seed < 100; ++seed) {
    Chain chain = some_chain(seed);
    const double sizes[] = {0, 0x1p-53, 1e-9, 1e-3};
    for (std::size_t i = 0; i < chain.size(); ++i)
      chain.rate_error.push_back(seed % 5 < 3 ? sizes[seed % 5 + 1] : sizes[random() % (seed % 5)]);
    validate(chain);
    CertifyOptions options;
    options.target = 1e-30;
    options.work = 1e12;
    const Certificate certificate = certify(chain, solve(chain).distribution, options);
    INFO("seed " << seed << ": " << certificate.reason);
    REQUIRE(certificate.proven);

    const Rates stored = tests::rates_of<cpp_rational>(chain);
    for (int trial = 0; trial < 6; ++trial) {
      Rates rates = stored;
      for (std::size_t i = 0; i < chain.size(); ++i)
        for (cpp_rational& rate : rates[i]) {
          const int place = trial < 2 ? 1000 : static_cast<int>(random() % 2001);
          const bool up = trial < 2 ? random() % 2 == 0 : true;
          rate *= 1 + cpp_rational(chain.rate_error[i]) * (up ? place - (trial < 2 ? 0 : 1000) : -place) / 1000;
        }
      const cpp_rational error = true_error(chain, certificate.distribution, rates);
      REQUIRE(error <= cpp_rational(certificate.total_variation));
      largest = std::max(largest, static_cast<double>(error) / certificate.total_variation);
    }
  }
  CHECK(largest > 0.05);  // and it is no idle bound
}

TEST_CASE("weak couplings do not make a bound with rate errors loose", "[intervals]") {
  for (const double coupling : {1e-7, 1e-10, 1e-14}) {
    Chain chain = reference::chain_of(Kind::ctmc, 4,
                                      {{0, 1, 0.1},
                                       {1, 0, 0.1},
                                       {2, 3, 0.1},
                                       {3, 2, 0.1},
                                       {0, 2, coupling},
                                       {1, 3, coupling},
                                       {2, 0, 2 * coupling},
                                       {3, 1, 2 * coupling}});
    chain.rate_error.assign(4, 0x1p-53);
    const Certificate certificate = certify(chain, {0.25, 0.25, 0.25, 0.25});
    REQUIRE(certificate.proven);
    CHECK(certificate.total_variation < 1e-15);
  }
}

TEST_CASE("a rate that may be 0 proves nothing", "[intervals]") {
  Chain chain = reference::random_chain(Kind::ctmc, 5, 2, 1, 1);
  const std::vector<double> p = solve(chain).distribution;
  for (const double error : {1.0, 2.0, static_cast<double>(INFINITY)}) {
    chain.rate_error = {0, 0, error, 0, 0};
    const Certificate certificate = certify(chain, p);
    CHECK_FALSE(certificate.proven);
    CHECK(certificate.reason == "a rate from state 2 may be 0 for all that is known of it");
  }
}

}  // namespace steady
