#include <fmt/format.h>

#include <algorithm>

#include "formats/model/prism/prism.hpp"
#include "tests/catch.hpp"
#include "tests/dense_solution.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::tests;

namespace {

std::vector<std::string> states(const Chain& chain) {
  std::vector<std::string> result;
  for (std::size_t s = 0; s < chain.size(); ++s) result.push_back(chain.states.describe(s));
  return result;
}

const Label& label(const Chain& chain, const std::string& name) {
  for (const Label& l : chain.labels)
    if (l.name == name) return l;
  throw Error("no label " + name);
}

double reward(const Chain& chain, std::size_t r) {
  return dense_average(chain, [&](State s) { return chain.rewards.at(r).rate[s]; });
}

}  // namespace

TEST_CASE("a birth-death chain") {
  const Model m = read_text(R"(
    ctmc
    const int n = 3; const double up = 2;
    module queue
      x : [0..n];
      [] x<n -> up : (x'=x+1);
      [] x>0 -> 3*x : (x'=x-1);
    endmodule
    rewards "length" true : x; endrewards
    label "full" = x=n;
  )",
                            "n=2");
  const Chain& c = m.chain;
  validate(c);
  CHECK(c.kind == Kind::ctmc);
  CHECK(states(c) == std::vector<std::string>{"(0)", "(1)", "(2)"});
  CHECK(c.transitions() == 4);
  CHECK(rate(c, 0, 1) == 2);
  CHECK(rate(c, 1, 0) == 3);
  CHECK(rate(c, 2, 1) == 6);
  CHECK(c.exit_rate == std::vector<double>{2, 5, 6});
  CHECK(label(c, "full").holds == std::vector<bool>{false, false, true});
  CHECK(label(c, "init").holds == std::vector<bool>{true, false, false});
  CHECK(label(c, "deadlock").holds == std::vector<bool>{false, false, false});
  CHECK(c.labels.back().name == "deadlock");
  CHECK(c.rewards[0].rate == std::vector<double>{0, 1, 2});
  REQUIRE(m.constants.size() == 1);
  CHECK(m.constants[0].name == "n");
  CHECK(std::get<std::int64_t>(m.constants[0].value) == 2);
  // pi = (9, 6, 2)/17
  CHECK(reward(c, 0) == Approx(10.0 / 17).epsilon(1e-14));
}

TEST_CASE("globals come first, and states are in the lexicographic order of all variables") {
  const Model m = read_text(R"(
    ctmc
    module a x : [-1..1] init 0; [] x=0 -> (x'=1); [] x=1 -> (x'=-1); [] x=-1 -> (x'=0); endmodule
    module b = a [x=y] endmodule
    global g : bool init true;
  )");
  CHECK(m.chain.size() == 9);
  CHECK(m.chain.states.describe(0) == "(true,-1,-1)");
  CHECK(m.chain.states.describe(8) == "(true,1,1)");
  REQUIRE(m.chain.initial.size() == 1);
  CHECK(m.chain.states.describe(m.chain.initial[0].state) == "(true,0,0)");
}

TEST_CASE("modules that share an action take it together, and rates multiply") {
  const Model m = read_text(R"(
    ctmc
    module a
      x : [0..1];
      [go] x=0 -> 2 : (x'=1) + 3 : true;
      [go] x=0 -> 5 : (x'=1);
      [back] x=1 -> 1 : (x'=0);
    endmodule
    module b
      y : [0..1];
      [go] y=0 -> 7 : (y'=1);
      [go] y=0 -> 11 : true;
      [back] y=1 -> 13 : (y'=0);
    endmodule
  )");
  const Chain& c = m.chain;
  // States (0,0) (0,1) (1,0) (1,1): the last but one are stuck, since one module blocks each action.
  REQUIRE(c.size() == 4);
  CHECK(rate(c, 0, 3) == 7 * 2 + 7 * 5);
  CHECK(rate(c, 0, 2) == 11 * 2 + 11 * 5);
  CHECK(rate(c, 0, 1) == 7 * 3);
  CHECK(rate(c, 0, 0) == 11 * 3);
  CHECK(rate(c, 3, 0) == 13);
  CHECK(label(c, "deadlock").holds == std::vector<bool>{false, true, true, false});
  CHECK(rate(c, 1, 1) == 1);
  CHECK(c.transitions() == 4 + 1 + 2);
  REQUIRE(m.notes.size() == 1);
  CHECK_THAT(m.notes[0], StartsWith("2 deadlock states (the first is (0,1))"));
}

TEST_CASE("a module whose text has an action without an enabled command blocks it, even with a guard of false") {
  const Model m = read_text(R"(
    ctmc
    module a x : [0..1]; [go] true -> (x'=1-x); [] true -> 2 : true; endmodule
    module b [go] false -> true; endmodule
  )");
  CHECK(m.chain.size() == 1);
  CHECK(rate(m.chain, 0, 0) == 2);
}

TEST_CASE("updates read the old state") {
  const Model m = read_text("dtmc module a x:[0..1]; y:[0..1] init 1; [] true -> (x'=y)&(y'=x); endmodule");
  CHECK(states(m.chain) == std::vector<std::string>{"(0,1)", "(1,0)"});
  CHECK(rate(m.chain, 0, 1) == 1);
  CHECK(rate(m.chain, 1, 0) == 1);
}

TEST_CASE("in a dtmc enabled choices are equally likely; in a ctmc they race") {
  const std::string body = R"(
    module a x : [0..2];
      [] x=0 -> 0.5 : (x'=1) + 0.5 : (x'=2);
      [] x=0 -> (x'=1);
      [go] x=0 -> (x'=2);
      [] x>0 -> (x'=0);
    endmodule
    rewards [go] true : 6; [] x=0 : 3; endrewards
  )";
  const Chain discrete = read_text("dtmc" + body).chain;
  CHECK(rate(discrete, 0, 1) == Approx(0.5));
  CHECK(rate(discrete, 0, 2) == Approx(0.5));
  CHECK(discrete.rewards[0].rate[0] == Approx(2 + 2));
  const Chain continuous = read_text("ctmc" + body).chain;
  CHECK(rate(continuous, 0, 1) == 1.5);
  CHECK(rate(continuous, 0, 2) == 1.5);
  CHECK(continuous.rewards[0].rate[0] == 6 + 2 * 3);
}

TEST_CASE("synchronised choices of a dtmc are equally likely, whatever their number of updates") {
  const Chain c = read_text(R"(
    dtmc
    module a x : [0..3];
      [go] x=0 -> 0.5 : (x'=1) + 0.5 : (x'=2);
      [go] x=0 -> (x'=3);
      [] x>0 -> (x'=0);
    endmodule
    module b y : [0..1]; [go] true -> 0.25 : (y'=1-y) + 0.75 : true; endmodule
  )")
                      .chain;
  const std::vector<std::string> names = states(c);
  const auto number = [&](const std::string& s) {
    return static_cast<State>(std::find(names.begin(), names.end(), s) - names.begin());
  };
  CHECK(rate(c, number("(0,0)"), number("(1,1)")) == Approx(0.5 * 0.5 * 0.25));
  CHECK(rate(c, number("(0,0)"), number("(3,0)")) == Approx(0.5 * 0.75));
}

TEST_CASE("zero rates are no transitions, and rates are evaluated only where the guard holds") {
  const Chain c = read_text(R"(
    ctmc
    module a x : [0..2];
      [] x=0 -> 1 : (x'=1) + 0 : (x'=5);
      [] x>0 -> 1/x : (x'=0);
      [] x=1 -> x-1 : (x'=2);
    endmodule
  )")
                      .chain;
  CHECK(c.size() == 2);
  CHECK(c.transitions() == 2);
}

TEST_CASE("transitions to the same state are added, and self-loops are kept apart") {
  const Chain c = read_text(R"(
    ctmc
    module a x : [0..1];
      [] true -> 1 : (x'=1-x) + 2 : (x'=1-x) + 4 : true;
      [] true -> 8 : (x'=x);
    endmodule
  )")
                      .chain;
  CHECK(rate(c, 0, 1) == 3);
  CHECK(rate(c, 0, 0) == 12);
  CHECK(c.exit_rate[0] == 3);
  CHECK(c.transitions() == 4);
}

TEST_CASE("rewards of states and of transitions, self-loops included") {
  const Chain c = read_text(R"(
    ctmc
    module a x : [0..1];
      [] x=0 -> 2 : (x'=1);
      [flip] x=1 -> 5 : (x'=0);
      [stay] true -> 3 : true;
    endmodule
    rewards "r"
      x=1 : 10;
      true : 1;
      [flip] true : 100;
      [stay] x=0 : 7;
      [] true : 1000;
    endrewards
    rewards endrewards
  )")
                      .chain;
  CHECK(c.rewards[0].rate == std::vector<double>{1 + 3 * 7 + 2 * 1000, 10 + 1 + 5 * 100});
  CHECK(c.rewards[1].name.empty());
  CHECK(c.rewards[1].rate == std::vector<double>{0, 0});
}

TEST_CASE("rewards and labels have their values in every state, however many combinations of variables they read") {
  const Chain c = read_text(R"(
    ctmc
    module a x : [-2..70]; [] x<70 -> 1 : (x'=x+1); [] x>-2 -> 1 : (x'=x-1); endmodule
    module b y : [0..70]; [] y<70 -> 1 : (y'=y+1); [] y>0 -> 1 : (y'=y-1); endmodule
    module c z : bool; [] true -> 1 : (z'=!z); endmodule
    label "third" = mod(x+y,3)=0;
    label "early" = x<10 & z;
    rewards "of one" x>3 : x*x; z : 0.1; endrewards
    rewards "of two" mod(y,2)=1 : x/(y+1); endrewards
  )")
                      .chain;
  REQUIRE(c.size() == 73 * 71 * 2);
  for (std::size_t s = 0; s < c.size(); ++s) {
    const auto x = static_cast<int>(c.states.value(s, 0)), y = static_cast<int>(c.states.value(s, 1));
    const bool z = c.states.value(s, 2) != 0;
    const double of_one = (x > 3 ? x * x : 0.0) + (z ? 0.1 : 0.0), of_two = y % 2 == 1 ? x / (y + 1.0) : 0.0;
    if (c.rewards[0].rate[s] != of_one || c.rewards[1].rate[s] != of_two ||
        c.labels[0].holds[s] != ((x + y) % 3 == 0) || c.labels[1].holds[s] != (x < 10 && z))
      FAIL(c.states.describe(s));
  }
}

TEST_CASE("a reward without a value is told of the first state in which it has none") {
  for (const char* value : {"1/x", "log(x-3,2)", "pow(10.0,100*x*x)"}) {
    const std::string text = fmt::format(
        "ctmc module m x : [0..9]; [] x<9 -> 1 : (x'=x+1); [] x>0 -> 1 : (x'=x-1); endmodule "
        "rewards x>=0 : {}; endrewards",
        value);
    INFO(value);
    const std::string first = std::string_view(value) == "pow(10.0,100*x*x)" ? "(2)" : "(0)";
    CHECK_THAT(error_of([&] { read_text(text); }), mentions("in state " + first));
  }
}

TEST_CASE("init ... endinit gives several initial states of equal weight") {
  const Model m = read_text(R"(
    dtmc
    module a x : [0..1000000000]; b : bool; y : [0..3]; [] true -> (x'=0)&(b'=false)&(y'=0); endmodule
    init x=5 & x<1e300 & (b | y=3) & y>1 endinit
  )");
  // (5,false,3) (5,true,2) (5,true,3), then (0,false,0)
  const Chain& c = m.chain;
  REQUIRE(c.initial.size() == 3);
  CHECK(states(c) == std::vector<std::string>{"(0,false,0)", "(5,false,3)", "(5,true,2)", "(5,true,3)"});
  for (const StateProbability& i : c.initial) CHECK(i.probability == Approx(1.0 / 3));
  CHECK(c.initial[0].state == 1);
  CHECK(label(c, "init").holds == std::vector<bool>{false, true, true, true});
}

TEST_CASE("formulas are written out first and then renamed, and so are the formulas in them") {
  const Chain c = read_text(R"(
    ctmc
    formula full = level = top;
    formula level = x;
    const int top = 1; const int higher = 2;
    module a x : [0..1]; [] full -> (x'=0); [] !full -> 2 : (x'=x+1); endmodule
    module b = a [x=y, top=higher] endmodule
  )",
                            "higher=1")
                      .chain;
  CHECK(c.size() == 4);
  CHECK(rate(c, 0, 1) == 2);
  CHECK(rate(c, 3, 1) == 1);
}

TEST_CASE("actions, functions and renamed modules are renamed") {
  const Chain c = read_text(R"(
    ctmc
    module a x : [0..3]; [go] x<3 -> (x'=min(x+1,3)); endmodule
    module b = a [x=y, go=stop, min=max] endmodule
    module c = b [y=z, stop=walk] endmodule
  )")
                      .chain;
  // x walks 0..3; y and z jump from 0 to 3 at once.
  CHECK(c.size() == 4 * 2 * 2);
}

TEST_CASE("constants depend on one another in any order") {
  const Chain c = read_text(R"(
    ctmc
    const int a = b + 1; const int b = floor(r); const double r = c / 2; const int c = 5;
    const bool flag = a = 3;
    module m x : [0..a]; [] flag & x<a -> r : (x'=x+1); [] x=a -> (x'=0); endmodule
  )")
                      .chain;
  CHECK(c.size() == 4);
  CHECK(rate(c, 0, 1) == 2.5);
}

TEST_CASE("labels may be used in the model's expressions") {
  const Chain c = read_text(R"(
    ctmc
    label "low" = x=0;
    module m x : [0..1]; [] "low" -> 2 : (x'=1); [] !"low" -> (x'=0); endmodule
    rewards "low" "low" : 1; endrewards
  )")
                      .chain;
  CHECK(rate(c, 0, 1) == 2);
  CHECK(c.rewards[0].rate == std::vector<double>{1, 0});
}

TEST_CASE("probabilities that are nearly 1 are rescaled with a note") {
  const Model m = read_text("dtmc module a x:[0..1]; [] true -> 0.3333333 : (x'=0) + 0.6666666 : (x'=1); endmodule");
  CHECK(m.notes.size() == 1);
  CHECK(rate(m.chain, 0, 0) + rate(m.chain, 0, 1) == Approx(1).epsilon(1e-15));
  CHECK(read_text("dtmc module a x:[0..1]; [] true -> 1/3:(x'=0) + 1/3:(x'=1) + 1/3:true; endmodule").notes.empty());
}

TEST_CASE("a model without variables has one state") {
  const Model m = read_text("ctmc module a [] true -> 3 : true; endmodule");
  CHECK(m.chain.size() == 1);
  CHECK(m.chain.transitions() == 1);
}

TEST_CASE("many variables take several words, and order stays lexicographic") {
  std::string text = "ctmc\n";
  for (int k = 0; k < 12; ++k)
    text += fmt::format("module m{0} v{0} : [0..1000000000000]; [go] true -> (v{0}'=1-v{0}); endmodule\n", k);
  const Chain c = read_text(text).chain;
  CHECK(c.states.packing.words() == 12);
  CHECK(c.size() == 2);
  CHECK(c.states.value(0, 11) == 0);
  CHECK(c.states.value(1, 11) == 1);
}

TEST_CASE("the examples have the sizes of the literature") {
  const auto size = [](const std::string& name, const std::string& constants) {
    const Chain c = read_example(name, constants).chain;
    validate(c);
    return std::pair(c.size(), c.transitions());
  };
  using Sizes = std::pair<std::size_t, std::size_t>;
  CHECK(size("fms", "n=1") == Sizes(54, 155));
  CHECK(size("fms", "n=2") == Sizes(810, 3699));
  CHECK(size("fms", "n=3") == Sizes(6520, 37394));
  CHECK(size("fms", "n=4") == Sizes(35910, 237120));
  CHECK(size("kanban", "t=1") == Sizes(160, 616));
  CHECK(size("kanban", "t=2") == Sizes(4600, 28120));
  CHECK(size("kanban", "t=3") == Sizes(58400, 446400));
  CHECK(size("tandem", "c=15") == Sizes(496, 1619));
  CHECK(size("polling", "") == Sizes(15360, 89600));
  CHECK(size("cluster", "N=4") == Sizes(820, 3616));
  CHECK(size("cluster", "N=16") == Sizes(10132, 48160));
  CHECK(size("weather", "") == Sizes(6, 16));
}

TEST_CASE("the examples have the measures of the literature") {
  CHECK(reward(read_example("fms", "n=1").chain, 0) == Approx(13.853128336222763).epsilon(1e-9));
  CHECK(reward(read_example("kanban", "t=1").chain, 0) == Approx(0.09258463463338247).epsilon(1e-9));
  CHECK(reward(read_example("tandem", "c=15").chain, 0) == Approx(15.798592927169759).epsilon(1e-9));
  const Chain cluster = read_example("cluster", "N=4").chain;
  const std::vector<bool>& premium = label(cluster, "premium").holds;
  CHECK(dense_average(cluster, [&](State s) { return premium[s] ? 1.0 : 0.0; }) ==
        Approx(0.9999212408513795).epsilon(1e-9));
  // sunny 1/5, cloudy 2/5, rainy 2/5; an umbrella the day after rain
  const Chain weather = read_example("weather").chain;
  CHECK(reward(weather, 0) == Approx(0.4).epsilon(1e-12));
  CHECK(reward(weather, 1) == Approx(0.6 * 2 + 0.4 * 0.5).epsilon(1e-12));
}

TEST_CASE("progress is reported") {
  ReadOptions options;
  options.constants = "c=400";
  std::vector<std::string> lines;
  options.progress = [&](std::string_view line) { lines.emplace_back(line); };
  read_model(std::string(STEADY_EXAMPLES) + "/tandem.prism", options);
  REQUIRE_FALSE(lines.empty());
  CHECK_THAT(lines[0], mentions(" states, "));
}
