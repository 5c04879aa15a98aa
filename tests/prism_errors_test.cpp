#include <fmt/format.h>

#include <random>

#include <steady/properties.hpp>

#include "tests/catch.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using namespace steady::detail;
using tests::error_of;
using tests::error_of_model;
using tests::mentions;

TEST_CASE("what the language does not allow is an error with line and column") {
  const auto in_module = [](const std::string& body) {
    return error_of_model("ctmc\nmodule a\n" + body + "\nendmodule");
  };
  CHECK_THAT(in_module("x : [0..1]; [] y=0 -> (x'=1);"), StartsWith("model.prism:3:16: unknown name 'y'"));
  CHECK_THAT(in_module("x : [0..1]; [] x -> (x'=1);"), mentions("type mismatch: a guard must be a bool, not an int"));
  CHECK_THAT(in_module("x : [0..1]; [] true -> (x'=0.5);"),
             mentions("what is assigned to 'x' must be an int, not a double"));
  CHECK_THAT(in_module("x : [0..1]; [] true -> (x'=true);"), mentions("must be an int, not a bool"));
  CHECK_THAT(in_module("x : bool; [] true -> (x'=1);"), mentions("must be a bool, not an int"));
  CHECK_THAT(in_module("x : [0..1]; [] true -> true : (x'=1);"), mentions("a rate must be a number, not a bool"));
  CHECK_THAT(in_module("x : [0..1]; [] true -> (x'=1)&(x'=0);"), mentions("'x' is assigned twice"));
  CHECK_THAT(in_module("x : [0..1]; [] true -> (y'=1);"), mentions("no variable 'y' to assign to"));
  CHECK_THAT(in_module("x : [0..1.5];"), mentions("the upper bound of a variable must be an int, not a double"));
  CHECK_THAT(in_module("x : [2..1];"), mentions("the range [2..1] of 'x' is empty"));
  CHECK_THAT(in_module("x : [0..1] init 2;"), mentions("the initial value 2 of 'x' is outside [0..1]"));
  CHECK_THAT(in_module("x : [0..1]; x : bool;"), mentions("the name 'x' is declared twice"));
  CHECK_THAT(in_module("x : [0..1]\n[] true -> true;"), StartsWith("model.prism:4:1: expected ';', not '['"));

  CHECK_THAT(error_of_model("ctmc module a x:[0..1]; endmodule module b x:[0..1]; endmodule"),
             mentions("declared twice"));
  CHECK_THAT(error_of_model("ctmc module a x:[0..1]; endmodule module b [] true -> (x'=1); endmodule"),
             mentions("module 'b' changes 'x', a variable of another module"));
  CHECK_THAT(error_of_model("ctmc global g:[0..1]; module a [go] true -> (g'=1); endmodule"),
             mentions("a command with an action ([go]) changes the global variable 'g'"));
  CHECK_THAT(error_of_model("ctmc module a x:[0..1]; endmodule module b = a [go=stop] endmodule"),
             mentions("module 'b' does not rename the variable 'x' of 'a'"));
  CHECK_THAT(error_of_model("ctmc module b = a [x=y] endmodule"), mentions("there is no module 'a'"));
  CHECK_THAT(error_of_model("ctmc module b = c [x=y] endmodule module c = b [x=y] endmodule"),
             mentions("rename one another"));
  CHECK_THAT(error_of_model("ctmc module a endmodule module a endmodule"),
             mentions("the module 'a' is declared twice"));
  CHECK_THAT(error_of_model("ctmc const int a = 1;"), mentions("no modules"));
  CHECK_THAT(error_of_model("ctmc module a x:[0..1] init 0; endmodule init x=1 endinit"),
             mentions("only one of the two"));
  CHECK_THAT(error_of_model("ctmc module a x:[0..1]; endmodule init x=2 endinit"), mentions("holds in no state"));
  CHECK_THAT(error_of_model("ctmc label \"init\" = true; module a endmodule"), mentions("is built in"));
}

TEST_CASE("constants") {
  const std::string module = " module a endmodule";
  CHECK_THAT(error_of_model("ctmc const int n; const double r; const int k = 1;" + module),
             mentions("constants without a value: n, r; set them with --const n=...,r=..."));
  CHECK_THAT(error_of_model("ctmc const int a = b; const int b = a;" + module), mentions("is defined by itself"));
  CHECK_THAT(error_of_model("ctmc const int a = 0.5;" + module),
             mentions("the value of a constant must be an int, not a double"));
  CHECK_THAT(error_of_model("ctmc const int n;" + module, "m=1"), mentions("the model has no constant 'm'"));
  CHECK_THAT(error_of_model("ctmc const int n;" + module, "n=1.5"), mentions("is of type int"));
  CHECK_THAT(error_of_model("ctmc const int n;" + module, "n=true"), mentions("is of type int"));
  CHECK_THAT(error_of_model("ctmc const int n;" + module, "n=1:5"), mentions("is a range"));
  CHECK_THAT(error_of_model("ctmc const int n;" + module, "n"), mentions("not of the form name=value"));
  CHECK_THAT(error_of_model("ctmc const int n;" + module, "n=x"), mentions("neither a number nor true or false"));
  CHECK_THAT(error_of_model("ctmc const int n;" + module, "n=1,n=2"), mentions("set twice"));
  CHECK_THAT(error_of_model("ctmc const int n = x; module a x:[0..1]; endmodule"), mentions("unknown name 'x'"));
}

TEST_CASE("formulas") {
  const std::string module = " module a x:[0..1]; [] true -> f : (x'=1); endmodule";
  CHECK_THAT(error_of_model("ctmc formula f = g; formula g = f;" + module), mentions("is defined by itself"));
  CHECK_THAT(error_of_model("ctmc formula f = 1; formula g = y;" + module), mentions("unknown name 'y'"));
  std::string doubling = "ctmc formula f0 = x;";
  for (int k = 1; k <= 60; ++k) doubling += fmt::format("formula f{0} = f{1}+f{1};", k, k - 1);
  CHECK_THAT(error_of_model(doubling + "formula f = f60;" + module), mentions("too large"));
  // One level deeper each, in every way in which a value can stand in another.
  for (const char* shape : {"f{}+1", "1-f{}", "max(f{},1)", "(f{}>0 ? 1 : 2)", "(x=0 ? f{} : 2)", "-f{}", "f{}*x",
                            "floor(f{}/2)", "(x=1 & f{}>0 ? 1 : 2)", "(x=1 => f{}>0 ? 1 : 2)"}) {
    std::string deep = "ctmc formula f0 = x;";
    for (int k = 1; k <= 5'000; ++k)
      deep += fmt::format("formula f{} = {};", k, fmt::format(fmt::runtime(shape), k - 1));
    CHECK_THAT(error_of_model(deep + "formula f = f5000;" + module), mentions("too"));
  }
  std::string constants = "ctmc const int c0 = 1;";
  for (int k = 50'000; k >= 1; --k) constants += fmt::format("const int c{} = 1+c{};", k, k - 1);
  CHECK_THAT(error_of_model(constants + "formula f = 1;" + module), mentions("too deeply"));
}

TEST_CASE("a model that goes wrong names the place, the state and the value") {
  const auto ctmc = [](const std::string& body) {
    return error_of_model("ctmc\nmodule a x : [0..2]; b : bool;\n" + body + "\nendmodule");
  };
  CHECK_THAT(ctmc("[] true -> (x'=x+1);"),
             StartsWith("model.prism:3:13: 'x' becomes 3, outside its range [0..2], in state (2,false)"));
  CHECK_THAT(ctmc("[] true -> -1 : (b'=true);"), mentions("the rate is -1 in state (0,false)"));
  CHECK_THAT(ctmc("[] true -> 1/x : (b'=true);"), mentions("the rate is inf in state (0,false)"));
  CHECK_THAT(ctmc("[] true -> 0/x : (b'=true);"), mentions("nan in state (0,false)"));
  CHECK_THAT(ctmc("[] mod(1,x)=0 -> true;"), mentions("mod by 0 in state (0,false)"));
  CHECK_THAT(error_of_model("ctmc module a x:[0..1]; [] true -> true; endmodule label \"l\" = mod(1,x)=0;"),
             mentions("mod by 0 in state (0)"));
  CHECK_THAT(error_of_model("dtmc module a x:[0..1]; [] true -> 0.5:(x'=1) + 0.4:(x'=0); endmodule"),
             mentions("the probabilities of this command sum to 0.9, not 1, in state (0)"));
  CHECK_THAT(error_of_model("ctmc module a x:[0..1]; [] true -> (x'=1-x); endmodule rewards x=1 : 1/(x-1); endrewards"),
             mentions("the reward is inf in state (1)"));
}

TEST_CASE("a reward for an action that no command has is a note") {
  const Model m = tests::read_text("ctmc module a [] true -> true; endmodule rewards [go] true : 1; endrewards");
  REQUIRE(m.notes.size() == 1);
  CHECK_THAT(m.notes[0], mentions("no command has the action 'go'"));
}

TEST_CASE("files that are no models") {
  const auto error = [](const std::string& path, const std::string& from = "") {
    ReadOptions options;
    options.from = from;
    return error_of([&] { read_model(path, options); });
  };
  CHECK_THAT(error("/nowhere/model.prism"), mentions("/nowhere/model.prism"));
  CHECK_THAT(error("model.xyz"),
             mentions("unknown kind of file '.xyz': --from says the format; known are prism (.prism .sm .pm)"));
  CHECK_THAT(error("model"), mentions("unknown kind of file ''"));
  CHECK_THAT(error("model.pta"), mentions("not a Markov chain"));
  CHECK_THAT(error("model.nm"), mentions("not a Markov chain"));
  CHECK_THAT(error("model.prism", "nothing"), mentions("--from nothing: no such format"));
  CHECK_THAT(error("-"), mentions("--from must say the format"));
  CHECK_THAT(error_of_model(""), mentions("does not say its type"));
  CHECK_THAT(error_of_model(std::string("ctmc\n\0", 6)), mentions("model.prism:2: a zero byte"));
  CHECK_THAT(error_of_model("\xff\xfe\x7f"), mentions("unexpected byte 0xff"));
  CHECK_THAT(error_of_model(std::string(1'000'000, 'x')), StartsWith("model.prism:1:1: expected"));
  CHECK_THAT(error_of_model("ctmc module a x:[0.." + std::string(1'000'000, '9') + "]; endmodule"), mentions("2^53"));
  CHECK(error_of_model("ctmc const int n = " + std::string(1'000'000, '(')).size() < 1000);
}

namespace {

const std::string small = R"(ctmc
const int n = 2; const double r = 1.5; const bool b = true;
formula room = x<n & b;
label "full" = !room;
global g : [0..1] init 1;
module a
  x : [0..n];
  [go] room -> r : (x'=x+1);
  [] x>0 -> 1e-1*min(x,2) : (x'=x-1)&(g'=1-g) + 0.5 : true;
endmodule
module c = a [x=y, go=stop] endmodule
rewards "r" [go] true : 1; x=1 => y!=0 : x/2; endrewards
)";

// Reads it, or throws Error; anything else fails the test.
void read_or_refuse(const std::string& text) {
  try {
    tests::read_text(text);
  } catch (const Error& error) {
    REQUIRE(std::string(error.what()).size() < 2000);
  }
}

}  // namespace

TEST_CASE("a model cut off at any byte is read or refused") {
  REQUIRE_NOTHROW(tests::read_text(small));
  for (std::size_t n = 0; n < small.size(); ++n) read_or_refuse(small.substr(0, n));
}

TEST_CASE("a model with bytes changed is read or refused") {
  std::mt19937 random(1);
  const std::string alphabet = "()[]{}<>=!&|?:;,.'\"+-*/^ \n\t0x";
  for (int trial = 0; trial < 4000; ++trial) {
    std::string text = small;
    for (unsigned k = 0; k < 1 + random() % 3; ++k) {
      const std::size_t place = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[place] = static_cast<char>(random() % 256);
          break;
        case 1:
          text[place] = alphabet[random() % alphabet.size()];
          break;
        case 2:
          text.erase(place, 1 + random() % 8);
          break;
        default:
          text.insert(place, text.substr(random() % text.size(), random() % 12));
      }
      if (text.empty()) text.push_back(';');
    }
    read_or_refuse(text);
  }
}

TEST_CASE("properties with bytes changed are read or refused") {
  const Model model = tests::read_text(small);
  const std::string properties =
      "const int k = 1; label \"z\" = x=k;\n\"p\": S>=0.5 [ \"z\" & room ]\nR{\"r\"}=? [ S ];\nP=? [ F x=1 ] S=? [ "
      "\"full\" ]";
  std::mt19937 random(2);
  for (int trial = 0; trial < 4000; ++trial) {
    std::string text = properties.substr(0, trial < 200 ? trial % properties.size() : properties.size());
    for (unsigned k = 0; trial >= 200 && k < 1 + random() % 3; ++k) {
      const std::size_t place = random() % text.size();
      if (random() % 2 == 0)
        text[place] = static_cast<char>(random() % 256);
      else
        text.erase(place, 1);
    }
    std::vector<std::string> notes;
    try {
      for (const Query& q : read_properties(text, "p", *model.vocabulary, model.chain, {}, notes)) (void)q.value(0);
    } catch (const Error&) {
    }
  }
  SUCCEED();
}
