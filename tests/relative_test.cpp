// Relative proofs: what they are of rare measures whose values are known, and what is not proven.
#include "solver/certify/relative.hpp"

#include <cmath>
#include <set>

#include "formats/model/model.hpp"
#include "tests/prism_models.hpp"
#include "tests/reference.hpp"
#include "tests/relative_attack.hpp"

using namespace steady;
using namespace steady::tests;
using reference::Rate;

namespace {

struct Answer {
  Chain chain;
  Solution solution;
  RelativeCertificate certificate;

  RelativeBound operator[](const std::string& name) const {
    for (const Query& query : default_queries(chain))
      if (query.name == name) return relative_bound(query, certificate.proof);
    FAIL("no query " << name);
    return {};
  }
};

Answer answer_of(Chain chain, const RelativeOptions& options = {}) {
  Answer answer{std::move(chain), {}, {}};
  answer.solution = solve(answer.chain);
  answer.certificate = certify_relatively(answer.chain, answer.solution, options);
  INFO(answer.certificate.proof.reason());
  return answer;
}

Answer answer_of_case(const std::string& name, const std::string& constants = "") {
  ReadOptions options;
  options.constants = constants;
  return answer_of(read_model(std::string(STEADY_EXAMPLES) + "/../tests/cases/rare/" + name + ".prism", options).chain);
}

using Values = std::vector<std::pair<std::string, double>>;

// Values of four digits.
void check_values(const Answer& answer, const Values& values) {
  for (const auto& [name, value] : values) {
    const RelativeBound bound = answer[name];
    INFO(name << ": from " << bound.lower << " to " << bound.upper << ", " << bound.reason);
    CHECK(bound.proven);
    CHECK(bound.relative() <= 1e-9);
    CHECK(bound.value() == Approx(value).epsilon(6e-4));
  }
}

// Proven to 12 digits, and right to rounding of the closed form.
void check_closed_form(const RelativeBound& bound, long double exact) {
  REQUIRE(bound.proven);
  CHECK(bound.relative() <= 1e-12);
  CHECK(bound.lower <= exact * (1 + 1e-15L));
  CHECK(bound.upper >= exact * (1 - 1e-15L));
}

// A walk on a line of `states` states, up at `up`, down at 1.
Chain walk(State states, double up) {
  std::vector<Rate> rates;
  for (State i = 0; i + 1 < states; ++i) {
    rates.push_back({i, i + 1, up});
    rates.push_back({i + 1, i, 1});
  }
  return reference::chain_of(Kind::ctmc, states, rates);
}

// A walk on a grid of 90 x 50 states in a potential of two wells of the given depth, a little unequal.
Chain two_wells(double depth) {
  constexpr State n = 90, m = 50;
  const auto height = [&](State x, State y) {
    const double s = 2.0 * x / (n - 1) - 1, t = 2.0 * y / (m - 1) - 1;
    return depth * ((1 - s * s) * (1 - s * s) + t * t - 1) - 0.3 * s;
  };
  std::vector<Rate> rates;
  const auto join = [&](State x, State y, State u, State v) {
    const double up = height(u, v) - height(x, y);
    rates.push_back({x * m + y, u * m + v, std::exp(-up / 2)});
    rates.push_back({u * m + v, x * m + y, std::exp(up / 2)});
  };
  for (State x = 0; x < n; ++x)
    for (State y = 0; y < m; ++y) {
      if (x + 1 < n) join(x, y, x + 1, y);
      if (y + 1 < m) join(x, y, x, y + 1);
    }
  return reference::chain_of(Kind::ctmc, n * m, rates);
}

TEST_CASE("rare measures of models of dependability are proven to nine digits", "[relative]") {
  check_values(answer_of_case("kofn"),
               {{"down3", 8.136e-6}, {"down5", 3.44e-10}, {"down8", 1.017e-17}, {"down14", 9.546e-37}});
  check_values(answer_of_case("kofn", "f=1e-6"),
               {{"down3", 8.404e-15}, {"down5", 3.566e-25}, {"down8", 1.057e-41}, {"down14", 9.937e-79}});
  check_values(answer_of_case("priority"),
               {{"down3", 4.983e-5}, {"down5", 4.175e-8}, {"down8", 4.04e-13}, {"down14", 7.462e-26}});
  check_values(answer_of_case("multi"),
               {{"crashed", 1.07e-6}, {"few", 7.185e-23}, {"few_and_crashed", 3.765e-26}, {"nothing", 2.14e-122}});
  check_values(answer_of_case("raid"),
               {{"degraded", 0.00032}, {"data_loss", 8.065e-12}, {"two_groups", 2.439e-23}, {"worst", 3.545e-74}});
  check_values(
      answer_of_case("cluster", "N=16"),
      {{"below_premium", 2.696e-10}, {"below_minimum", 2.051e-12}, {"half_lost", 4.01e-61}, {"all_lost", 1.544e-124}});
}

TEST_CASE("rare measures behind queues and stages are proven to nine digits", "[relative]") {
  check_values(answer_of_case("mm1k"), {{"half", 7.889e-31}, {"full", 3.112e-61}});
  check_values(
      answer_of_case("tandem"),
      {{"second_half", 2.328e-10}, {"second_full", 8.581e-20}, {"first_full", 2.204e-38}, {"both_full", 6.612e-39}});
  check_values(answer_of_case("erlang"), {{"waiting", 4.772e-10}, {"half_down", 4.939e-21}, {"all_down", 5.756e-47}});
}

TEST_CASE("rare measures of a hundred thousand states are proven to nine digits", "[relative][.long]") {
  check_values(answer_of_case("multi", "NP=64,NM=64,NB=12"),
               {{"crashed", 4.223e-6}, {"few", 4.764e-47}, {"few_and_crashed", 2.513e-50}});
  check_values(answer_of_case("raid", "L=7,NS=6"),
               {{"degraded", 0.00032}, {"data_loss", 8.065e-12}, {"two_groups", 2.439e-23}, {"worst", 4.517e-105}});
  check_values(answer_of_case("cluster", "N=64"),
               {{"below_premium", 1.074e-9}, {"below_minimum", 2.051e-12}, {"half_lost", 5.545e-187}});
  check_values(
      answer_of_case("tandem", "c=255"),
      {{"second_half", 2.939e-39}, {"second_full", 1.367e-77}, {"first_full", 5.594e-154}, {"both_full", 1.678e-154}});
}

TEST_CASE("what no double can hold is bounded by next to nothing", "[relative][.long]") {
  const RelativeBound bound = answer_of_case("multi", "NP=64,NM=64,NB=12")["nothing"];
  CHECK(bound.proven);
  CHECK(bound.lower == 0);
  CHECK(bound.upper <= 1e-300);
}

TEST_CASE("a queue's rare states are those of the closed form, to twelve digits", "[relative]") {
  const Answer answer = answer_of_case("mm1k");
  const long double all = 2 - std::pow(0.5L, 200);  // sum of 0.5^n, n = 0 .. 200
  check_closed_form(answer["full"], std::pow(0.5L, 200) / all);
  check_closed_form(answer["half"], (std::pow(0.5L, 99) - std::pow(0.5L, 200)) / all);
}

TEST_CASE("so many of independent components are down as the closed form says, to twelve digits", "[relative]") {
  std::vector<long double> exact = {1};  // probability of so many down
  for (int i = 0; i < 14; ++i) {
    const long double ratio = 1e-3 * (1.25 + 0.25 * i), down = ratio / (1 + ratio);
    exact.push_back(0);
    for (std::size_t k = exact.size(); k-- > 0;) exact[k] = exact[k] * (1 - down) + (k > 0 ? exact[k - 1] * down : 0);
  }
  const Answer answer = answer_of_case("kofn");
  for (const std::size_t least : {3, 5, 8, 14}) {
    long double sum = 0;
    for (std::size_t k = least; k < exact.size(); ++k) sum += exact[k];
    check_closed_form(answer["down" + std::to_string(least)], sum);
  }
}

TEST_CASE("every state of independent groups is their product, to twelve digits", "[relative]") {
  const Answer answer = answer_of(read_text(R"(ctmc
    module a x : [0..9]; [] x<9 -> 0.125 : (x'=x+1); [] x>0 -> 16 : (x'=x-1); endmodule
    module b y : [0..20]; [] y<20 -> 3 : (y'=y+1); [] y>0 -> 4*y : (y'=y-1); endmodule
    module c z : [0..5]; [] z<5 -> 0.001 : (z'=z+1); [] z>0 -> 1000 : (z'=0); endmodule)")
                                      .chain);
  const auto normalised = [](std::vector<long double> x) {
    long double sum = 0;
    for (const long double value : x) sum += value;
    for (long double& value : x) value /= sum;
    return x;
  };
  std::vector<long double> a = {1}, b = {1}, c = {1};
  while (a.size() < 10) a.push_back(a.back() * 0.125L / 16);
  while (b.size() < 21) b.push_back(b.back() * 3 / (4.0L * static_cast<long double>(b.size())));
  const long double up = 0.001;
  while (c.size() < 6) c.push_back(c.back() * up / (c.size() < 5 ? up + 1000 : 1000));
  a = normalised(a), b = normalised(b), c = normalised(c);
  const States& states = answer.chain.states;
  for (State i = 0; i < answer.chain.size(); ++i) {
    const auto at = [&](std::size_t variable) { return static_cast<std::size_t>(states.value(i, variable)); };
    const auto [low, high] = answer.certificate.proof.bounds(i);
    const long double exact = a[at(0)] * b[at(1)] * c[at(2)];
    CHECK(high - low <= 1e-12L * exact);
    CHECK((low <= exact * (1 + 1e-15L) && high >= exact * (1 - 1e-15L)));
    CHECK(std::abs(answer.certificate.distribution[i] - exact) <= 1e-12L * exact);
  }
}

TEST_CASE("two wells are proven as long as it takes under 1e30 steps from one to the other", "[relative]") {
  for (const double depth : {10.0, 20.0, 30.0}) {
    const Answer answer = answer_of(two_wells(depth));
    REQUIRE(answer.certificate.proof.holds());
    CHECK(answer.certificate.proof.error() <= 1e-12);
    CHECK(answer.certificate.total_variation <= 1e-12);
  }
  const Answer answer = answer_of(two_wells(80));
  CHECK_FALSE(answer.certificate.proof.holds());
  CHECK_THAT(answer.certificate.proof.reason(), StartsWith("no witness of the error was found"));
  CHECK(answer.certificate.total_variation == INFINITY);
}

TEST_CASE("no relative proof of an awkward chain is refuted by exact fractions", "[relative]") {
  std::size_t honest = 0, proven = 0;
  std::set<std::string> kinds, attacks;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    const relative_attack::Verdict verdict = relative_attack::attack(seed);
    INFO("seed " << seed << ", " << verdict.kind << ", " << verdict.attack << ", " << verdict.states << " states");
    CHECK_FALSE(verdict.refuted);
    kinds.insert(verdict.kind);
    attacks.insert(verdict.attack);
    if (verdict.attack != "none") continue;
    ++honest;
    proven += verdict.proven && verdict.error <= 1e-9 ? 1 : 0;
  }
  CHECK(kinds.size() == 6);
  CHECK(attacks.size() == 4);
  CHECK(proven >= honest * 9 / 10);
}

TEST_CASE("chains of one state, with a period, with an end, are proven", "[relative]") {
  const Answer one = answer_of(reference::chain_of(Kind::ctmc, 1, {}));
  REQUIRE(one.certificate.proof.holds());
  CHECK(one.certificate.proof.bounds(0).low == 1);
  CHECK(one.certificate.proof.bounds(0).high == 1);

  const Answer ring = answer_of(reference::ring(Kind::dtmc, 7));
  for (State i = 0; i < 7; ++i) CHECK(ring.certificate.distribution[i] == Approx(1.0 / 7).epsilon(1e-14));
  CHECK(ring.certificate.proof.error() <= 1e-14);

  const Answer end = answer_of(reference::chain_of(Kind::ctmc, 3, {{0, 1, 1e-20}, {1, 0, 1}, {1, 2, 1e-12}}));
  CHECK(end.certificate.proof.bounds(2).low == 1);
  CHECK(end.certificate.proof.bounds(0).high == 0);
}

TEST_CASE("an end of probability 1e-40 is proven relatively", "[relative]") {
  std::vector<Rate> rates;  // ten steps, each with probability 1e-4/(1 + 1e-4); else the other end
  for (State i = 0; i < 10; ++i) {
    rates.push_back({i, i + 1, 1e-4});
    rates.push_back({i, 11, 1});
  }
  rates.push_back({10, 12, 3});  // of the rare end 3/4 in state 12
  rates.push_back({12, 10, 1});
  const Answer answer = answer_of(reference::chain_of(Kind::ctmc, 13, rates));
  REQUIRE(answer.certificate.proof.holds());
  const long double step = 1e-4, end = std::pow(step / (1 + step), 10);
  for (const auto& [state, exact] : {std::pair(State{10}, end / 4), {State{12}, 3 * end / 4}, {State{11}, 1 - end}}) {
    const Interval bounds = answer.certificate.proof.bounds(state);
    CHECK((bounds.low <= exact * (1 + 1e-15L) && bounds.high >= exact * (1 - 1e-15L)));
    CHECK(bounds.high - bounds.low <= 1e-13L * exact);
  }
}

TEST_CASE("states that no double can hold leave the others as they are", "[relative]") {
  const Answer answer = answer_of(walk(500, 1e-3));  // down to 1e-1497
  REQUIRE(answer.certificate.proof.holds());
  CHECK(answer.certificate.proof.error() <= 1e-12);
  const long double all = 1 / (1 - 1e-3);
  for (const State i : {0, 10, 60, 100}) {
    const long double exact = std::pow(static_cast<long double>(1e-3), i) / all;
    const Interval bounds = answer.certificate.proof.bounds(i);
    CHECK((bounds.low <= exact * (1 + 1e-14L) && bounds.high >= exact * (1 - 1e-14L)));
  }
  CHECK(answer.certificate.proof.bounds(400).low == 0);
  CHECK(answer.certificate.proof.bounds(400).high <= 1e-300);
}

TEST_CASE("what is never earned is 0, exactly", "[relative]") {
  const Answer answer = answer_of(walk(20, 1e-3));
  const Query never{"never", "", [](State) { return 0.0; }, std::nullopt};
  const RelativeBound bound = relative_bound(never, answer.certificate.proof);
  CHECK(bound.proven);
  CHECK((bound.lower == 0 && bound.upper == 0));
  CHECK(bound.relative() == 0);
  const Query outside{"lost", "", [](State i) { return i == 0 ? 1e300 : 0.0; }, std::nullopt};
  const RelativeBound large = relative_bound(outside, answer.certificate.proof);
  CHECK(large.reason == "a number left the range of doubles");
  Query both;
  both.connective = Query::Connective::conjunction;
  CHECK(relative_bound(both, answer.certificate.proof).reason == "a combination has no value");
}

TEST_CASE("rates known to a thousandth bound rare measures to some thousandths", "[relative]") {
  const auto read = [](const std::string& constants) {
    return read_text(R"(ctmc
    const double up; const double down;
    module m x : [0..6]; [] x<6 -> up : (x'=x+1); [] x>0 -> down : (x'=x-1); endmodule
    label "full" = x=6;)",
                     constants)
        .chain;
  };
  Chain chain = read("up=1e-3,down=1");
  chain.rate_error.assign(chain.size(), 1e-3);
  const RelativeBound bound = answer_of(chain)["full"];
  REQUIRE(bound.proven);
  CHECK(bound.relative() < 0.03);
  for (const char* off : {"up=1.0009999e-3,down=0.9990001", "up=0.9990001e-3,down=1.0009999"}) {
    const RelativeBound other = answer_of(read(off))["full"];
    CHECK(bound.lower <= other.lower);
    CHECK(bound.upper >= other.upper);
    CHECK(std::abs(other.value() / bound.value() - 1) > 0.01);
  }
  chain.rate_error.assign(chain.size(), 1);  // any of them may be 0
  CHECK_FALSE(answer_of(chain)["full"].proven);
}

TEST_CASE("rates known to a tenth bound the probability of an end by what they can make of it", "[relative]") {
  Chain chain = reference::chain_of(Kind::ctmc, 3, {{0, 1, 1e-6}, {0, 2, 1}});
  chain.rate_error = {0.1, 0, 0};
  RelativeChecker checker(chain);
  REQUIRE(checker.accept({{2, 0, 1}, {1, 2}, {{1, 1, 1}}, 1}).empty());
  const RelativeProof proof = checker.check({{1, 0, 0}});
  REQUIRE(proof.holds());
  CHECK(proof.bounds(1).low <= 0.9e-6 / (1.1 + 0.9e-6));
  CHECK(proof.bounds(1).high >= 1.1e-6 / (0.9 + 1.1e-6));
  CHECK(proof.bounds(1).high <= 1.3e-6);
}

// --- what is not proven --------------------------------------------------------------------------------------------

// Two closed sets, {1, 2} and {3}, from state 0.
Chain two_ends() { return reference::chain_of(Kind::ctmc, 4, {{0, 1, 1}, {0, 3, 3}, {1, 2, 1}, {2, 1, 2}}); }

TEST_CASE("a claim that does not fit the chain is refused", "[relative]") {
  const Chain chain = two_ends();
  RelativeChecker checker(chain);
  const Proportions right{{2, 0, 0, 1}, {1, 3}, {{0.25, 2, 1, 1}}, 1};
  REQUIRE(checker.accept(right).empty());
  const Parts y = {{1, 0, 1, 0}};
  const RelativeProof proof = checker.check(y);
  REQUIRE(proof.holds());
  CHECK(proof.bounds(1).low <= 1.0 / 6);
  CHECK(proof.bounds(1).high >= 1.0 / 6);
  CHECK(proof.bounds(3).low <= 0.75);

  const auto refused = [&](auto change) {
    Proportions claim = right;
    change(claim);
    return checker.accept(claim);
  };
  CHECK(refused([](Proportions& c) { c.block = {0, 0, 0, 0}, c.reference = {1}; }) == "");  // no witness can be found
  CHECK_FALSE(checker.check({{1, 0, 1, 1}}).holds());
  CHECK(refused([](Proportions& c) { c.block = {2, 0, 1, 1}; }) == "a set is not closed");
  CHECK(refused([](Proportions& c) { c.block[3] = no_component, c.reference.pop_back(); }) != "");
  CHECK(refused([](Proportions& c) { c.block[0] = no_component; }) ==
        "the chain starts in a state that is never reached");
  CHECK(refused([](Proportions& c) { c.reference[1] = 0; }) == "a reference state is not in its closed set");
  CHECK(refused([](Proportions& c) { c.p[0][1] = 0; }) == "a reference state has no probability");
  CHECK(refused([](Proportions& c) { c.p[0].pop_back(); }) == "what is claimed does not fit the chain");
  CHECK(refused([](Proportions& c) { c.start = 0; }) ==
        "the factor of the times outside the closed sets is not positive");
  CHECK(checker.check(y).reason() == "nothing is claimed");
}

TEST_CASE("a witness must be strictly positive where the chain can be, and nowhere negative", "[relative]") {
  const Chain chain = two_ends();
  RelativeChecker checker(chain);
  REQUIRE(checker.accept({{2, 0, 0, 1}, {1, 3}, {{0.25, 2, 1, 1}}, 1}).empty());
  REQUIRE(checker.check({{1, 0, 1, 0}}).holds());
  for (const Parts& wrong : std::vector<Parts>{{{0, 0, 1, 0}},  // also where p is exact
                                               {{1, 0, 0, 0}},
                                               {{1, 1, 1, 0}},  // not 0 in a reference
                                               {{1, 0, -1, 0}},
                                               {{1, 0, NAN, 0}},
                                               {{1, 0, INFINITY, 0}},
                                               {}})
    CHECK_FALSE(checker.check(wrong).holds());
  CHECK(checker.check({{1, 0, 1}}).reason() == "the witness does not fit the chain");
}

TEST_CASE("a chain with two ends is not proven as one", "[relative]") {
  const Chain chain = reference::chain_of(Kind::ctmc, 4, {{0, 1, 1}, {1, 0, 1}, {2, 3, 1}, {3, 2, 1}});
  RelativeChecker checker(chain);
  REQUIRE(checker.accept({{0, 0, 0, 0}, {0}, {{1, 1, 1, 1}}, 1}).empty());  // p Q = 0, exactly
  CHECK_FALSE(checker.check({{0, 1, 1, 1}}).holds());
  CHECK_FALSE(checker.check({{0, 1, 1, 2}}).holds());
}

TEST_CASE("a proof that is interrupted says so", "[relative]") {
  RelativeOptions options;
  options.interrupted = [] { return true; };
  const Answer answer = answer_of(walk(50, 0.1), options);
  CHECK(answer.certificate.proof.reason() == "the proof was cut short");
  CHECK(answer.certificate.cut == Certificate::Cut::interrupted);
  CHECK(answer.certificate.distribution == answer.solution.distribution);
}

TEST_CASE("without memory for an elimination it is done by sweeps", "[relative]") {
  RelativeOptions options;
  options.memory_limit = 1e-9;
  const Answer answer = answer_of(walk(50, 0.1), options);
  CHECK(answer.certificate.proof.holds());
  CHECK(answer.certificate.passes > 0);
}

TEST_CASE("sets are bounded sharply from both sides, amounts of both signs too", "[relative]") {
  const Answer answer = answer_of(walk(60, 1e-3));
  const RelativeProof& proof = answer.certificate.proof;
  const Interval rest = proof.bounds([](State i) { return i > 0 ? 1.0 : 0.0; });
  const Interval first = proof.bounds([](State i) { return i == 0 ? 1.0 : 0.0; });
  CHECK(first.high - first.low <= 4e-16);  // all but a thousandth
  CHECK(rest.high - rest.low <= 2e-18);
  const Interval all = proof.bounds([](State) { return 3.0; });
  CHECK((all.low == 3 && all.high == 3));
  const Interval mixed = proof.bounds([](State i) { return i == 0 ? -1e-3 : i == 1 ? 1 : 0; });  // about 0
  CHECK((mixed.low <= 0 && mixed.high >= 0 && mixed.high - mixed.low <= 1e-17));
}

TEST_CASE("a measure is rare where it is under a millionth of what it can be", "[relative]") {
  const Chain chain = read_text(R"(ctmc
    module m x : [0..6]; [] x<6 -> 1e-3 : (x'=x+1); [] x>0 -> 1 : (x'=x-1); endmodule
    label "full" = x=6;
    label "busy" = x>0;
    label "never" = x>6;
    rewards "lost" x=6 : 1e30; x<6 : 1e20; endrewards)")
                          .chain;
  const Solution solution = solve(chain);
  const std::vector<Query> queries = default_queries(chain);
  const auto rare = [&](const std::string& name) {
    for (const Query& query : queries)
      if (query.name == name) return is_rare(query, solution);
    FAIL(name);
    return false;
  };
  CHECK(rare("full"));
  CHECK_FALSE(rare("busy"));
  CHECK_FALSE(rare("never"));
  CHECK(rare("lost"));
  CHECK(wants_relative(Accuracy::automatic, queries, solution));
  CHECK_FALSE(wants_relative(Accuracy::absolute, queries, solution));
  const std::vector<Query> common = {queries[2]};
  REQUIRE(common[0].name == "busy");
  CHECK_FALSE(wants_relative(Accuracy::automatic, common, solution));
  CHECK(wants_relative(Accuracy::relative, common, solution));
}

TEST_CASE("a solution that does not fit the chain and limits that are none are bad input", "[relative]") {
  const Chain chain = walk(5, 0.1);
  Solution solution = solve(chain);
  RelativeOptions options;
  options.target = -1;
  CHECK(error_of([&] { certify_relatively(chain, solution, options); }) == "a proof to a relative error of -1");
  options = {};
  options.memory_limit = NAN;
  CHECK_THAT(error_of([&] { certify_relatively(chain, solution, options); }), StartsWith("memory-limit must be"));
  solution.distribution.pop_back();
  CHECK_THAT(error_of([&] { certify_relatively(chain, solution); }), mentions("solution"));
}

}  // namespace
