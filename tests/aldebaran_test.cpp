// CADP's Aldebaran files: what they mean, and that bad ones are refused with the line.
#include "formats/model/aldebaran.hpp"

#include <cmath>
#include <random>

#include <steady/error.hpp>

#include "catch.hpp"
#include "damage.hpp"
#include "tests/program.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

Model read(std::string text, const ReadOptions& options = {}) {
  Model model = read_aldebaran("m.aut", std::move(text), options);
  validate(model.chain);
  return model;
}

std::string refused(const std::string& text) {
  try {
    read(text);
  } catch (const Error& error) {
    return error.what();
  }
  FAIL_CHECK("read: " << text.substr(0, 200));
  return "";
}

double rate(const Chain& chain, State from, State to) {
  for (std::uint64_t k = chain.inflow.row_start[to]; k < chain.inflow.row_start[to + 1]; ++k)
    if (chain.inflow.column[k] == from) return chain.inflow.value[k];
  return 0;
}

// A queue of two places: arrivals at 1 of two kinds, services at 4.
const std::string queue =
    "des (1, 5, 3)\n(0, \"ARRIVE !a; rate 0.25\", 1)\n(0,\"ARRIVE !b;rate .75\", 1)\n(1, \"SERVE; rate 4\", 0)\n"
    "(1, rate 1, 2)\n(2, SERVE; rate 4e0, 1)\n";

}  // namespace

TEST_CASE("labels with rates make a ctmc") {
  const Model model = read(queue);
  const Chain& chain = model.chain;
  CHECK(chain.kind == Kind::ctmc);
  REQUIRE(chain.size() == 3);
  CHECK(rate(chain, 0, 1) == 1);
  CHECK(rate(chain, 1, 0) == 4);
  CHECK(rate(chain, 1, 2) == 1);
  CHECK(rate(chain, 2, 1) == 4);
  REQUIRE(chain.initial.size() == 1);
  CHECK(chain.initial[0].state == 1);
  CHECK(chain.labels[0].name == "init");
  CHECK(chain.labels[0].holds == std::vector<bool>{false, true, false});
  CHECK(chain.rewards.empty());
  CHECK(model.notes == std::vector<std::string>{"1 transition is added to another between the same states"});
}

TEST_CASE("the actions of an .aut file are counted with --throughputs") {
  ReadOptions options;
  options.throughputs = true;
  const Chain chain = read(queue, options).chain;
  REQUIRE(chain.rewards.size() == 3);
  CHECK(chain.rewards[0].name == "ARRIVE !a");
  CHECK(chain.rewards[0].rate == std::vector<double>{0.25, 0, 0});
  CHECK(chain.rewards[1].rate == std::vector<double>{0.75, 0, 0});
  CHECK(chain.rewards[2].name == "SERVE");
  CHECK(chain.rewards[2].rate == std::vector<double>{0, 4, 4});
  CHECK(chain.rewards[2].throughput);
}

TEST_CASE("a rate behind a semicolon alone has no action") {
  ReadOptions options;
  options.throughputs = true;
  const Chain chain = read("des (0,2,2)\n(0,\"; rate 1\",1)\n(1,\" a,b ; rate 2\",0)\n", options).chain;
  CHECK(rate(chain, 0, 1) == 1);
  REQUIRE(chain.rewards.size() == 1);
  CHECK(chain.rewards[0].name == "a,b");
}

TEST_CASE("labels with probabilities make a dtmc") {
  const Chain chain = read("des (0,3,2)\n(0,\"prob 0.3\",0)\n(0,\"GO; prob 0.7\",1)\n(1,\"prob 1\",0)\n").chain;
  CHECK(chain.kind == Kind::dtmc);
  CHECK(rate(chain, 0, 1) == 0.7);
  REQUIRE(chain.self_loops.size() == 1);
  CHECK(chain.self_loops[0].value == 0.3);
  CHECK_THAT(refused("des (0,2,2)\n(0,\"prob 0.5\",1)\n(1,\"prob 1\",0)\n"),
             ContainsSubstring("m.aut: state 0 sums to 0.5"));
}

TEST_CASE("a state that nothing leaves, and a file without transitions") {
  const Chain chain = read("des (0, 1, 2)\n(0, \"rate 2\", 1)\n").chain;
  CHECK(chain.self_loops.size() == 1);
  CHECK(chain.labels[1].holds == std::vector<bool>{false, true});
  CHECK(read("des (0, 0, 1)\n").chain.size() == 1);
}

TEST_CASE("what an .aut file can say and a chain cannot is refused") {
  CHECK_THAT(refused(""), ContainsSubstring("m.aut:1: an Aldebaran file starts with 'des ("));
  CHECK_THAT(refused("des (0, 1, 2)\n(0, \"SEND\", 1)\n"), ContainsSubstring("m.aut:2: label 'SEND': 'rate X'"));
  CHECK_THAT(refused("des (0, 1, 2)\n(0, i, 1)\n"), ContainsSubstring("m.aut:2: label 'i'"));
  CHECK_THAT(refused("des (0, 1, 2)\n(0, \"rate\", 1)\n"), ContainsSubstring("m.aut:2: rate expected"));
  CHECK_THAT(refused("des (0, 1, 2)\n(0, \"A; rate x\", 1)\n"), ContainsSubstring("m.aut:2: rate expected, found 'x'"));
  CHECK_THAT(refused("des (0, 1, 2)\n(0, \"rate 0\", 1)\n"), ContainsSubstring("m.aut:2: label 'rate 0': 0 is not"));
  CHECK_THAT(refused("des (0, 1, 2)\n(0, \"rate -1\", 1)\n"), ContainsSubstring("-1 is not positive"));
  CHECK_THAT(refused("des (0, 2, 2)\n(0, \"rate 1\", 1)\n(1, \"prob 1\", 0)\n"),
             ContainsSubstring("m.aut:3: rates and probabilities in one file"));
  CHECK_THAT(refused("des (0, 2, 2)\n(0, \"rate 1\", 1)\n"), ContainsSubstring("ends after 1 of 2 transitions"));
  CHECK_THAT(refused("des (0, 1, 2)\n(0, \"rate 1\", 1)\n(0, \"rate 1\", 1)\n"),
             ContainsSubstring("m.aut:3: more than 1"));
  CHECK_THAT(refused("des (0, 1, 2)\n(0, \"rate 1\", 2)\n"), ContainsSubstring("m.aut:2: state 2 is not in 0..1"));
  CHECK_THAT(refused("des (2, 1, 2)\n(0, \"rate 1\", 1)\n"), ContainsSubstring("m.aut:1: initial state 2"));
  CHECK_THAT(refused("des (0, 99999, 2)\n(0, \"rate 1\", 1)\n"), ContainsSubstring("more than the file can hold"));
  CHECK_THAT(refused("des (0, 1, 0)\n"), ContainsSubstring("m.aut:1: 0 states"));
  CHECK_THAT(refused("des (0, 1, 2)\n(0, \"rate 1, 1)\n"), ContainsSubstring("m.aut:2:"));
}

TEST_CASE("cut and changed .aut files are read or refused in one line") {
  const auto attempt = [](const std::string& text) {
    try {
      read(text);
    } catch (const Error& error) {
      const std::string message = error.what();
      INFO(text);
      REQUIRE(message.substr(0, 6) == "m.aut:");
      REQUIRE(message.size() < 300);
    }
  };
  std::mt19937 random(5);
  for (std::size_t size = 0; size < queue.size(); ++size) attempt(queue.substr(0, size));
  for (int k = 0; k < 2000; ++k) attempt(damaged(queue, "0123,;\"\n-.()rate", random));
}

TEST_CASE("throughputs of probabilities that are rescaled are of those that the chain has") {
  const std::string text =
      "des (0, 4, 2)\n(0, \"a; prob .33333\", 1)\n(0, \"  b; prob .33333\", 0)\n(0, \"b; prob .33333\", 0)\n"
      "(1, c; prob 1, 0)\n";
  ReadOptions options;
  options.throughputs = true;
  options.rate_errors = true;
  const Chain chain = read(text, options).chain;
  REQUIRE(chain.rewards.size() == 3);
  CHECK(chain.rewards[0].rate[0] == rate(chain, 0, 1));
  CHECK(chain.rewards[0].rate[0] == Approx(1.0 / 3).epsilon(1e-15));
  CHECK(chain.rewards[1].name == "b");
  CHECK(chain.rewards[1].rate[0] == Approx(2.0 / 3).epsilon(1e-15));
  CHECK(chain.rewards[0].error[0] > 0);
  CHECK(chain.rewards[0].error[0] < 1e-14);
  CHECK(chain.rewards[2].rate == std::vector<double>{0, 1});
}

TEST_CASE("the queue example: throughputs of its actions") {
  using namespace steady::tests;
  // M/M/1/3 at 1 and 2: 8/15, 4/15, 2/15, 1/15
  const Json json = solve_json(examples + "/queue.aut --throughputs");
  CHECK(std::abs(measure(json, "ARRIVE") - 14.0 / 15) < 1e-12);
  CHECK(std::abs(measure(json, "SERVE") - 14.0 / 15) < 1e-12);
}
