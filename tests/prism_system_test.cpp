// system ... endsystem, and int variables without a range.
#include <fmt/format.h>

#include "tests/catch.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using namespace steady::detail;
using tests::error_of_model;
using tests::mentions;
using tests::rate;
using tests::read_text;

namespace {

// Three modules with the actions a, a and b, a and b; each flips its own bit, at rates 2, 3 and 5 (a) or 7 (b).
Model flips(const std::string& system) {
  return read_text(R"(
    ctmc
    module K p : [0..1]; [a] true -> 2 : (p'=1-p); endmodule
    module L q : [0..1]; [a] true -> 3 : (q'=1-q); [b] true -> 1 : (q'=1-q); endmodule
    module M r : [0..1]; [a] true -> 5 : (r'=1-r); [b] true -> 7 : (r'=1-r); endmodule
    rewards "a" [a] true : 1; endrewards
    rewards "b" [b] true : 1; endrewards
    rewards "none" [] true : 1; endrewards
  )" + (system.empty() ? "" : "system " + system + " endsystem"));
}

// The rates out of the state (0,0,0), by target: "pqr rate" in ascending order.
std::string out(const Chain& c) {
  REQUIRE(c.states.describe(0) == "(0,0,0)");
  std::string text;
  for (State s = 0; s < c.size(); ++s)
    if (const double r = rate(c, 0, s); r != 0)
      text += fmt::format("{}{}{} {}, ", c.states.value(s, 0), c.states.value(s, 1), c.states.value(s, 2), r);
  return text;
}

double reward(const Model& m, std::size_t r) { return m.chain.rewards.at(r).rate.at(0); }

}  // namespace

TEST_CASE("without a system all modules run in parallel") {
  CHECK(out(flips("").chain) == "011 7, 111 30, ");
  CHECK(out(flips("K || L || M").chain) == "011 7, 111 30, ");
  CHECK(out(flips("M || (K || L)").chain) == "011 7, 111 30, ");
}

TEST_CASE("interleaved modules share no action") {
  const Model m = flips("K ||| L ||| M");
  CHECK(out(m.chain) == "001 12, 010 4, 100 2, ");
  CHECK(reward(m, 0) == 2 + 3 + 5);
  CHECK(reward(m, 1) == 1 + 7);
  CHECK(reward(m, 2) == 0);
}

TEST_CASE("modules may be made to share some actions") {
  CHECK(out(flips("K ||| (L |[b]| M)").chain) == "001 5, 010 3, 011 7, 100 2, ");
  CHECK(out(flips("K |[a]| (L |[b]| M)").chain) == "011 7, 101 10, 110 6, ");
  CHECK(out(flips("(K |[a]| L) |[b]| M").chain) == "001 5, 011 7, 110 6, ");
  // ||| binds closer than ||: K shares a with each of the two.
  CHECK(out(flips("K || L ||| M").chain) == "001 7, 010 1, 101 10, 110 6, ");
}

TEST_CASE("an action that one side lacks is blocked by |[..]|") {
  CHECK(out(flips("K |[b]| L ||| M").chain) == "001 12, 010 3, 100 2, ");
}

TEST_CASE("a hidden action is shared no more, and is no action to a reward") {
  const Model m = flips("(K || L)/{a} || M");
  CHECK(out(m.chain) == "001 5, 011 7, 110 6, ");
  CHECK(reward(m, 0) == 5);
  CHECK(reward(m, 1) == 7);
  CHECK(reward(m, 2) == 6);
}

TEST_CASE("actions are renamed") {
  const Model m = flips("K{a<-b} || L || M");  // b together: 2 * 1 * 7; a of L and M: 3 * 5
  CHECK(out(m.chain) == "011 15, 111 14, ");
  CHECK(reward(m, 1) == 14);
  const Model both = flips("K || L{a<-b,b<-a} || M{a<-c,b<-c}");
  CHECK(out(both.chain) == "001 12, 010 3, 110 2, ");
  CHECK(reward(both, 0) == 2);
  CHECK(reward(both, 1) == 3);
  CHECK(out(flips("((K{a<-c}))/{c} ||| L/{a}/{b} ||| M").chain) == "001 12, 010 4, 100 2, ");
}

TEST_CASE("the choices of a dtmc count every event of a system") {
  const Model m = read_text(R"(
    dtmc
    module K p : [0..2]; [a] p=0 -> (p'=1); [] p=0 -> (p'=2); [] p>0 -> true; endmodule
    module L q : [0..1]; [a] q=0 -> (q'=1); [] q=1 -> true; endmodule
    system K ||| L endsystem
  )");
  CHECK(rate(m.chain, 0, 1) == Approx(1.0 / 3));  // of K's two and L's one
}

TEST_CASE("systems that are none") {
  const auto error = [](const std::string& system) {
    return error_of_model("ctmc module K p : [0..1]; endmodule module L q : [0..1]; endmodule\nsystem " + system +
                          " endsystem");
  };
  CHECK_THAT(error("K"), mentions("the module 'L' is not in system"));
  CHECK_THAT(error("K || L || K"), mentions("model.prism:2:18: the module 'K' is in the system twice"));
  CHECK_THAT(error("K || N"), mentions("there is no module 'N'"));
  CHECK_THAT(error("K |[a]| L |[b]| K"), mentions("put one of the two into parentheses"));
  CHECK_THAT(error("K{a<-b,a<-c} || L"), mentions("the action 'a' is changed twice"));
  CHECK_THAT(error("K |[]| L"), mentions("expected the name of an action"));
  CHECK_THAT(error("(K || L"), mentions("expected ')'"));
  CHECK_THAT(error(""), mentions("expected the name of a module or '('"));
  CHECK_THAT(error(std::string(100'000, '(')), mentions("levels deep"));
  std::string many = "K";
  for (int k = 0; k < 100'000; ++k) many += "||K";
  CHECK_THAT(error(many), mentions("too large"));
  CHECK_THAT(error("K||L endsystem system K||L"), mentions("a second system"));
  CHECK_THAT(error("\"A\" K||L endsystem system \"A\" K||L"), mentions("model.prism:2:35: a second system"));
  CHECK_THAT(error("K || \"A\""), mentions("model.prism:2:14: there is no system \"A\""));
  CHECK_THAT(error("\"A\" endsystem system \"A\" K || \"B\" endsystem system \"B\" L || \"A\""),
             mentions("the system \"A\" is in itself"));
  std::string doubled = "\"S40\"";
  for (int k = 40; k > 0; --k) doubled += fmt::format(" endsystem system \"S{0}\" \"S{1}\" || \"S{1}\"", k, k - 1);
  CHECK_THAT(error(doubled + " endsystem system \"S0\" K || L"), mentions("the system is too large"));
}

TEST_CASE("systems with names are taken in by others") {
  CHECK(out(flips("K || \"pair\" endsystem system \"pair\" L ||| M").chain) == out(flips("K || (L ||| M)").chain));
  CHECK(out(flips("\"both\" / {a} endsystem system \"both\" K || L || M").chain) ==
        out(flips("(K || L || M) / {a}").chain));
  // The one without a name is the model, wherever it stands; where all have one, the first.
  CHECK(out(flips("\"pair\" L ||| M endsystem system K || \"pair\"").chain) == out(flips("K || (L ||| M)").chain));
  CHECK(out(flips("\"all\" K || \"pair\" endsystem system \"pair\" L ||| M").chain) ==
        out(flips("K || (L ||| M)").chain));
}

TEST_CASE("an int without a range takes the values that it reaches") {
  const Model m = read_text(R"(
    ctmc
    global g : int init 5;
    module a
      x : int;
      y : [0..1];
      [] x<1000 -> 2 : (x'=x+300) & (y'=1-y);
      [] x>-2000 -> 1 : (x'=x-700);
    endmodule
  )");
  validate(m.chain);
  const std::vector<Variable>& variables = m.chain.states.packing.variables();
  CHECK(variables[0].low == 5);
  CHECK(variables[0].high == 5);
  CHECK(variables[1].low == -2600);
  CHECK(variables[1].high == 1200);
  CHECK(m.chain.size() == 39 * 2);  // every multiple of 100
  for (std::size_t s = 1; s < m.chain.size(); ++s) {
    const auto value = [&](std::size_t t) { return 2 * m.chain.states.value(t, 1) + m.chain.states.value(t, 2); };
    CHECK(value(s - 1) < value(s));
  }
  CHECK(m.chain.states.describe(m.chain.initial[0].state) == "(5,0,0)");
}

TEST_CASE("an int without a range keeps to 32 bits") {
  const Model m = read_text(R"(
    ctmc
    module a x : int init -2147483648; [] x<0 -> (x'=2147483647); [] x>0 -> (x'=-2147483648); endmodule
  )");
  CHECK(m.chain.size() == 2);
  CHECK(m.chain.states.value(0, 0) == -2147483648ll);
  CHECK(m.chain.states.value(1, 0) == 2147483647ll);
  CHECK_THAT(error_of_model("ctmc module a x : int init 1; [] true -> (x'=2*x); endmodule"),
             mentions("'x' becomes 2147483648, outside its range [-2147483648..2147483647], in state (1073741824)"));
  CHECK_THAT(error_of_model("ctmc module a x : int init 2147483648; endmodule"), mentions("is outside"));
  CHECK_THAT(error_of_model("ctmc module a x : int; endmodule init x=1 endinit"), mentions("needs a range"));
}
