// Every function of the library that takes a chain, a matrix or a vector says what is wrong with it.
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <utility>

#include <steady/error.hpp>
#include <steady/steady.hpp>

#include "tests/catch.hpp"
#include "tests/reference.hpp"
#include "tests/scratch.hpp"

namespace steady {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

const auto never = [] { return false; };

// Three states in a ring, one with a self-loop; with everything that a chain can have.
Chain ring() {
  Chain chain = reference::chain_of(Kind::ctmc, 3, {{0, 1, 0.5}, {1, 2, 0.25}, {1, 1, 0.5}, {2, 0, 1}, {2, 1, 1}});
  chain.rate_error = {0, 1e-16, 0};
  chain.initial = {{0, 0.5}, {2, 0.5}};
  chain.labels = {{"up", {true, false, true}}};
  chain.rewards = {{"gain", {1, 2, 3}, false, {0, 0.5, 0}}};
  return chain;
}

// A damage, and what is said of it.
template <class Victim>
struct Damage {
  std::function<void(Victim&)> spoil;
  std::string message;
};

const std::vector<Damage<Chain>> chain_damages{
    {[](Chain& c) { c = Chain(); }, "no states"},
    {[](Chain& c) { c.inflow.row_start.clear(); }, "3 exit rates for 0 states"},
    {[](Chain& c) { c.inflow.row_start.pop_back(); }, "3 exit rates for 2 states"},
    {[](Chain& c) { c.inflow.row_start[0] = 1; }, "row starts, from 1 to 4"},
    {[](Chain& c) { c.inflow.row_start[1] = 9; }, "row starts descend from 9 to"},
    {[](Chain& c) { c.inflow.row_start[3] = 1000; }, "row starts, from 0 to 1000"},
    {[](Chain& c) { c.inflow.column.pop_back(); }, "3 columns and 4 values"},
    {[](Chain& c) { c.inflow.value.pop_back(); }, "4 columns and 3 values"},
    {[](Chain& c) { c.inflow.column[0] = 3; }, "state 0: source 3"},
    {[](Chain& c) { c.inflow.column[0] = 4'000'000'000; }, "state 0: source 4000000000"},
    {[](Chain& c) { c.inflow.column[0] = 0; }, "state 0: source 0"},
    {[](Chain& c) { std::swap(c.inflow.column[1], c.inflow.column[2]); }, "out of order"},
    {[](Chain& c) { c.inflow.value[0] = nan; }, "transition 2 -> 0: nan"},
    {[](Chain& c) { c.inflow.value[0] = INFINITY; }, "transition 2 -> 0: inf"},
    {[](Chain& c) { c.inflow.value[0] = -1; }, "transition 2 -> 0: -1"},
    {[](Chain& c) { c.inflow.value[0] = 0; }, "transition 2 -> 0: 0"},
    {[](Chain& c) { c.exit_rate.push_back(1); }, "4 exit rates for 3 states"},
    {[](Chain& c) { c.exit_rate[1] = nan; }, "state 1: exit rate nan"},
    {[](Chain& c) { c.exit_rate[1] = -0.25; }, "state 1: exit rate -0.25"},
    {[](Chain& c) { c.kind = Kind::dtmc; }, "state 2: probabilities of leaving sum to 2"},
    {[](Chain& c) { c.rate_error.pop_back(); }, "2 rate errors for 3 states"},
    {[](Chain& c) { c.rate_error[1] = -1e-9; }, "state 1: rate error -1e-09"},
    {[](Chain& c) { c.rate_error[1] = nan; }, "state 1: rate error nan"},
    {[](Chain& c) { c.rewards[0].error.pop_back(); }, "reward \"gain\": 2 errors for 3 states"},
    {[](Chain& c) { c.rewards[0].error[1] = -0.5; }, "reward \"gain\": error -0.5 in state 1"},
    {[](Chain& c) { c.initial[1].state = 3; }, "state 3 has probability 0.5"},
    {[](Chain& c) { c.initial[1].state = 0; }, "state 0 comes after state 0"},
    {[](Chain& c) { c.initial[1].probability = nan; }, "state 2 has probability nan"},
    {[](Chain& c) { c.initial[1].probability = -0.5; }, "state 2 has probability -0.5"},
    {[](Chain& c) { c.initial.clear(); }, "sums to 0"},
    {[](Chain& c) { c.self_loops[0].state = 3; }, "state 3: self-loop"},
    {[](Chain& c) { c.self_loops[0].value = nan; }, "self-loop of nan"},
    {[](Chain& c) { c.self_loops.push_back(c.self_loops[0]); }, "out of order"},
    {[](Chain& c) { c.labels[0].holds.pop_back(); }, "label \"up\": 2 values"},
    {[](Chain& c) { c.rewards[0].rate.pop_back(); }, "reward \"gain\": 2 values"},
    {[](Chain& c) { c.rewards[0].rate[2] = INFINITY; }, "reward \"gain\": inf in state 2"},
    {[](Chain& c) {
       c.states.packing = Packing({{"x", false, 0, 2}});
     },
     "0 words for 3 states of 1"}};

const std::vector<Damage<std::vector<double>>> vector_damages{
    {[](auto& p) { p.pop_back(); }, "has 2 entries for 3 states"},
    {[](auto& p) { p.push_back(0); }, "has 4 entries for 3 states"},
    {[](auto& p) { p[1] = nan; }, "for state 1, nan, is not a finite number"},
    {[](auto& p) { p[2] = -INFINITY; }, "for state 2, -inf, is not a finite number"}};

const std::vector<Damage<Csr>> matrix_damages{
    {[](Csr& m) { m.row_start.clear(); }, "row starts"},
    {[](Csr& m) { m.row_start[0] = 1; }, "row starts, from 1 to 5"},
    {[](Csr& m) { m.row_start[1] = 9; }, "row 1 of a matrix: row starts descend from 9 to 3"},
    {[](Csr& m) { m.row_start[3] = 6; }, "row starts, from 0 to 6"},
    {[](Csr& m) { m.column.push_back(0); }, "6 columns and 5 values"},
    {[](Csr& m) { m.value.pop_back(); }, "5 columns and 4 values"},
    {[](Csr& m) { m.column[0] = 3; }, "row 0 of a matrix: column 3"},
    {[](Csr& m) { m.column[2] = 1; }, "row 1 of a matrix: column 1"},
    {[](Csr& m) { m.value[4] = nan; }, "row 2, column 1 of a matrix: nan"},
    {[](Csr& m) { m.value[4] = INFINITY; }, "row 2, column 1 of a matrix: inf"}};

// Calls f with each damaged copy, which must be refused with the damage's message.
template <class Victim>
void refuse_all(const Victim& whole, const std::vector<Damage<Victim>>& damages,
                const std::function<void(const Victim&)>& f) {
  CHECK_NOTHROW(f(whole));
  for (const Damage<Victim>& damage : damages) {
    Victim victim = whole;
    damage.spoil(victim);
    CHECK_THROWS_WITH(f(victim), ContainsSubstring(damage.message));
    CHECK_THROWS_AS(f(victim), Error);
  }
}

}  // namespace

TEST_CASE("every function that takes a chain refuses a damaged one", "[arguments]") {
  const Solution solution = solve(ring(), {}, {}, Starts::every);
  const std::vector<double>& p = solution.distribution;
  const auto refuse = [](const std::function<void(const Chain&)>& f) { refuse_all(ring(), chain_damages, f); };
  refuse([](const Chain& c) { validate(c); });
  refuse([](const Chain& c) { (void)solve(c); });
  refuse([&](const Chain& c) { (void)true_residual(c, p); });
  refuse([&](const Chain& c) { (void)certify(c, p); });
  refuse([&](const Chain& c) {
    Solution copy = solution;
    (void)certify(c, copy, usual_target, Effort::modest, never);
  });
  refuse([&](const Chain& c) {
    Solution copy = solution;
    (void)certify_or_check(c, copy, {}, {}, usual_target, Effort::modest, never);
  });
  refuse([](const Chain& c) { (void)outgoing_rates(c); });
  refuse([](const Chain& c) { (void)default_queries(c); });
  refuse([&](const Chain& c) { StartingStates(c, solution, {}, {}); });

  const Scratch scratch;
  refuse([&](const Chain& c) {
    std::filesystem::remove(scratch.path("m.drn"));
    write_model(scratch.path("m.drn"), {c, {}, {}, {}});
  });
  CHECK_FALSE(std::filesystem::exists(scratch.path("m.drn")));  // the last was refused
}

TEST_CASE("every function that takes a vector refuses a damaged one", "[arguments]") {
  const Chain chain = ring();
  const Solution solution = solve(chain, {}, {}, Starts::every);
  const auto refuse = [&](const std::function<void(const std::vector<double>&)>& f) {
    refuse_all(solution.distribution, vector_damages, f);
  };
  refuse([&](const auto& p) { (void)true_residual(chain, p); });
  refuse([&](const auto& p) { (void)certify(chain, p); });
  refuse([&](const auto& p) {
    Solution copy = solution;
    copy.distribution = p;
    (void)certify(chain, copy, usual_target, Effort::any, never);
  });
  refuse([&](const auto& p) {
    Solution copy = solution;
    copy.distribution = p;
    (void)certify_or_check(chain, copy, {}, {}, usual_target, Effort::modest, never);
  });
  refuse([&](const auto& p) { (void)solve(chain, {}, {}, Starts::initial, {p, {}, {}}); });
  refuse([&](const auto& p) {
    Solution copy = solution;
    copy.conditional = p;
    StartingStates(chain, copy, {}, {});
  });
  CHECK_THROWS_WITH(StartingStates(chain, solve(chain), {}, {}), ContainsSubstring("0 entries for 3 states"));

  const Query query = default_queries(chain).front();
  CHECK_NOTHROW(evaluate(query, solution.distribution));
  CHECK_THROWS_WITH(evaluate(query, {0.5, nan, 0.5}), ContainsSubstring("state 1, nan"));
}

TEST_CASE("every function that takes a matrix refuses a damaged one", "[arguments]") {
  const Csr rates = outgoing_rates(ring());
  refuse_all<Csr>(rates, matrix_damages, [](const Csr& m) { validate(m); });
  refuse_all<Csr>(rates, matrix_damages, [](const Csr& m) { (void)transpose(m); });
  refuse_all<Csr>(rates, matrix_damages, [](const Csr& m) { (void)make_chain(Kind::ctmc, m); });

  Csr spoilt = rates;
  spoilt.value[4] = -1;
  CHECK_THROWS_WITH(make_chain(Kind::ctmc, spoilt), ContainsSubstring("transition 2 -> 1: -1 is negative"));
  spoilt.value[3] = spoilt.value[4] = 1e308;
  CHECK_THROWS_WITH(make_chain(Kind::ctmc, spoilt), ContainsSubstring("state 2: its rates sum to inf"));
  CHECK_THROWS_WITH(make_chain(Kind::dtmc, rates), ContainsSubstring("state 2: probabilities of leaving sum to 2"));

  CHECK_THROWS_WITH(to_csr(2, {{0, 1, 1}, {2, 0, 1}}), ContainsSubstring("row 2, column 0 of a matrix of 2 rows"));
  CHECK_THROWS_WITH(to_csr(2, {{0, 2, 1}}), ContainsSubstring("row 0, column 2"));
  CHECK_THROWS_WITH(to_csr(2, {{0, 1, nan}}), ContainsSubstring("nan"));
  CHECK_THROWS_WITH(to_csr(2, {{0, 1, -INFINITY}}), ContainsSubstring("-inf"));
  CHECK_THROWS_WITH(to_csr(0, {{0, 0, 1}}), ContainsSubstring("0 rows"));
  CHECK_THROWS_AS(to_csr(std::size_t{1} << 32, {}), Error);
}

TEST_CASE("options of proofs and queries that mean nothing are refused", "[arguments]") {
  const Chain chain = ring();
  const std::vector<double> p = solve(chain).distribution;
  CertifyOptions options;
  options.target = nan;
  CHECK_THROWS_WITH(certify(chain, p, options), ContainsSubstring("nan"));
  options.target = -1;
  CHECK_THROWS_WITH(certify(chain, p, options), ContainsSubstring("-1"));
  options = {};
  options.work = nan;
  CHECK_THROWS_WITH(certify(chain, p, options), ContainsSubstring("work"));

  Query query = default_queries(chain).front();
  const Averages averages = [](const Query&) { return std::vector<double>{1, 2, 3}; };
  CHECK_THROWS_WITH(evaluate(query, averages), ContainsSubstring("no filter"));
  query.filter = Filter{Filter::Kind::max, {0, 3}};
  CHECK_THROWS_WITH(evaluate(query, averages), ContainsSubstring("state 3 of 3"));
  query.filter->states = {0, 2};
  CHECK(evaluate(query, averages).value == 3);
}

TEST_CASE("a matrix without row starts has no rows", "[arguments]") {
  Csr matrix;
  matrix.row_start.clear();
  CHECK(matrix.rows() == 0);
}

}  // namespace steady
