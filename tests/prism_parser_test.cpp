#include "formats/model/prism/language/parser.hpp"
#include "tests/catch.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::detail::prism;
using tests::mentions;

TEST_CASE("a model's items become a syntax tree") {
  const Source source{"m", R"(
    stochastic
    const n; const double r = 2.5; rate q; const bool b = true;
    formula f = x + 1;
    label "up" = x > 0;
    global g : bool init b;
    module a
      x : [0..n] init 1;
      [go] x<n -> r : (x'=x+1) & (g'=true) + 2*r : true;
      [] (x>0) -> (x'=0);
    endmodule
    module c = a [x=y, go=stop, min=max] endmodule
    rewards "cost" [go] true : 1; [] x=0 : 2; x>0 : f; endrewards
    rewards "up" : 1; endrewards
    init x=1 endinit
  )"};
  const ModelSyntax model = parse_model(source);
  CHECK(model.kind == Kind::ctmc);
  REQUIRE(model.constants.size() == 4);
  CHECK(model.constants[0].type == Type::integer);
  CHECK_FALSE(model.constants[0].value);
  CHECK(model.constants[2].type == Type::real);
  CHECK(model.constants[3].type == Type::boolean);
  CHECK(model.formulas.size() == 1);
  CHECK(model.labels.size() == 1);
  CHECK(model.globals.size() == 1);
  REQUIRE(model.modules.size() == 2);
  const Module& a = model.modules[0];
  REQUIRE(a.commands.size() == 2);
  CHECK(a.commands[0].action.text == "go");
  REQUIRE(a.commands[0].updates.size() == 2);
  CHECK(a.commands[0].updates[0].assignments.size() == 2);
  CHECK(a.commands[0].updates[1].assignments.empty());
  CHECK(a.commands[1].action.text.empty());
  CHECK_FALSE(a.commands[1].updates[0].rate);
  CHECK(model.modules[1].base.text == "a");
  CHECK(model.modules[1].renaming.size() == 3);
  REQUIRE(model.rewards.size() == 2);
  CHECK(model.rewards[0].name.text == "cost");
  CHECK(model.rewards[0].items[0].action.text == "go");
  CHECK(model.rewards[0].items[1].transition);
  CHECK_FALSE(model.rewards[0].items[2].transition);
  CHECK(model.rewards[1].name.text.empty());  // a label as the guard of an unnamed structure
  CHECK(model.initial);
}

TEST_CASE("kinds of models that are no Markov chains are refused by name") {
  for (const char* kind : {"mdp", "nondeterministic", "pta", "pomdp", "popta", "smg", "csg", "imdp"}) {
    const Source source{"m", std::string(kind) + "\nmodule a endmodule"};
    CHECK_THAT(tests::error_of([&] { parse_model(source); }),
               StartsWith("m:1:1: a model of type '" + std::string(kind) + "' is not a Markov chain"));
  }
}

TEST_CASE("a text that is no model is refused with its place") {
  const auto error = [](const std::string& text) {
    const Source source{"m", text};
    return tests::error_of([&] { parse_model(source); });
  };
  CHECK_THAT(error("module a endmodule"), mentions("does not say its type"));
  CHECK_THAT(error("ctmc dtmc"), StartsWith("m:1:6: a second type of model"));
  CHECK_THAT(error("ctmc const int F = 1;"), mentions("expected the name of a constant, not the keyword 'F'"));
  CHECK_THAT(error("ctmc module a x : [0..1]; [] true -> x'=1; endmodule"), mentions("m:1:"));
}
