#include <steady/properties.hpp>

#include "formats/model/prism/language/vocabulary.hpp"
#include "tests/catch.hpp"
#include "tests/dense_solution.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::detail::prism;
using tests::mentions;
using tests::read_text;

namespace {

const char* const model_text = R"(
  ctmc
  const int n = 2; const double r = 3;
  formula busy = x>0;
  module queue x : [0..n]; up : bool init true;
    [] x<n -> 2 : (x'=x+1); [] busy -> r : (x'=x-1);
    [] true -> 1 : (up'=!up);
  endmodule
  label "full" = x=n;
  rewards "length" true : x; endrewards
  rewards [] true : 1; endrewards
)";

const Model& model() {
  static const Model m = read_text(model_text);
  return m;
}

struct Read {
  std::vector<Query> queries;
  std::vector<std::string> notes;
};

Read read(const std::string& text, const PropertyOptions& options = {}) {
  Read r;
  r.queries = read_properties(text, "p.props", *model().vocabulary, model().chain, options, r.notes);
  return r;
}

// The states where a query is 1, e.g. "(0,true) (1,true)".
std::string where(const std::string& text) {
  const Read r = read(text);
  REQUIRE(r.queries.size() == 1);
  std::string result;
  for (State s = 0; s < model().chain.size(); ++s)
    if (r.queries[0].value(s) != 0) result += (result.empty() ? "" : " ") + model().chain.states.describe(s);
  return result;
}

std::string error(const std::string& text, const PropertyOptions& options = {}) {
  return tests::error_of([&] { read(text, options); });
}

}  // namespace

TEST_CASE("a steady-state probability may use variables, constants, formulas and labels") {
  CHECK(where("S=? [ x=n & up ]") == "(2,true)");
  CHECK(where("S=? [ \"full\" & !up ]") == "(2,false)");
  CHECK(where("S=? [ !busy ]") == "(0,false) (0,true)");
  CHECK(where("S=? [ \"init\" ]") == "(0,true)");
  CHECK(where("S=? [ \"deadlock\" ]").empty());
  CHECK(where("LRA=? [ mod(x,2)=1 & up ]") == "(1,true)");
  CHECK(where("label \"odd\" = mod(x,2)=1; const int k = 1; formula at = x=k; S=? [ \"odd\" & at & up ]") ==
        "(1,true)");
  CHECK(where("S=? [ (x>1?up:!up) & true ]") == "(0,false) (1,false) (2,true)");
}

TEST_CASE("names, texts and thresholds") {
  const Read r = read(R"(
    // comment
    const double bound = 1/2;
    "mine": S>=bound [ x=1 ];
    S=? [ "full" ]
    S < 0.25 [ x = 0 ];;
    R{"length"}=? [ S ]
    R=? [ LRA ]; R{2}=? [ S ];
    "pay": R{"length"}<=n+1 [ S ]
  )");
  REQUIRE(r.queries.size() == 7);
  CHECK(r.notes.empty());
  CHECK(r.queries[0].name == "mine");
  CHECK(r.queries[0].property == "S>=bound [ x=1 ]");
  REQUIRE(r.queries[0].threshold);
  CHECK(r.queries[0].threshold->relation == Threshold::Relation::at_least);
  CHECK(r.queries[0].threshold->bound == 0.5);
  CHECK(r.queries[1].name == "full");
  CHECK(r.queries[1].property == "S=? [ \"full\" ]");
  CHECK_FALSE(r.queries[1].threshold);
  CHECK(r.queries[2].name == "S < 0.25 [ x = 0 ]");
  CHECK(r.queries[2].threshold->relation == Threshold::Relation::less);
  CHECK(r.queries[3].name == "length");
  CHECK(r.queries[4].name == "length");
  CHECK(r.queries[5].name == "reward 2");
  CHECK(r.queries[6].name == "pay");
  CHECK(r.queries[6].threshold->relation == Threshold::Relation::at_most);
  CHECK(r.queries[6].threshold->bound == 3);
  // The queue alone: pi = (9, 6, 4)/19 for rates 2 and 3.
  CHECK(tests::dense_average(model().chain, r.queries[0].value) == Approx(6.0 / 19));
  CHECK(tests::dense_average(model().chain, r.queries[3].value) == Approx(14.0 / 19));
  CHECK(tests::dense_average(model().chain, r.queries[5].value) == Approx(1 + 2 * 15.0 / 19 + 3 * 10.0 / 19));
}

TEST_CASE("properties of other kinds are skipped with a note") {
  const Read r = read(R"(
    P=? [ F<=3 "full" ];
    filter(sum, S=? [ x=0 ])
    filter(min, P=? [ F x=1 ])
    S=? [ P>0.5 [ X x=1 ] ]
    S=? [ x=1 ] + P=? [ F x=2 ];
    "a": R{"length"}=? [ C<=3 ]
    R{"length"}max=? [ F x=0 ];
    E [ F x=0 ]
    "b": S=? [ x=1 ]
    multi(P>0.5 [ F x=1 ])
    const int k = 1;
    "c": S=? [ x=k ]
  )");
  REQUIRE(r.queries.size() == 2);
  CHECK(r.queries[0].name == "b");
  CHECK(r.queries[1].name == "c");
  CHECK(r.notes.size() == 9);
  CHECK_THAT(r.notes[0], StartsWith("p.props:2:5: not a steady-state property, skipped: P=? [ F<=3 \"full\" ]"));
  CHECK_THAT(r.notes[1], mentions("this kind of filter is not evaluated"));
  CHECK_THAT(r.notes[2], mentions("not a steady-state property, skipped: filter(min, P=? [ F x=1 ])"));
  CHECK_THAT(r.notes[4], mentions("S=? [ x=1 ] + P=? [ F x=2 ]"));
}

TEST_CASE("boolean combinations of comparisons") {
  using Connective = Query::Connective;
  const Read r = read(R"(
    S>0.4 [ x=0 ] & R{"length"}<2 [ S ] & S<1 [ up ]
    "either": !S>0.9 [ x=0 ] | (S>0.4 [ x=0 ] => S>0.4 [ x=1 ]);
    (S>0.4 [ x=0 ] <=> S>0.4 [ x=1 ]);
    !!S>0.4 [ x=0 ]
  )");
  CHECK(r.notes.empty());
  REQUIRE(r.queries.size() == 4);
  CHECK(r.queries[0].connective == Connective::conjunction);
  REQUIRE(r.queries[0].operands.size() == 3);
  CHECK(r.queries[0].operands[1].threshold->bound == 2);
  CHECK(r.queries[0].name == "S>0.4 [ x=0 ] & R{\"length\"}<2 [ S ] & S<1 [ up ]");
  CHECK(r.queries[1].name == "either");
  CHECK(r.queries[1].operands[1].connective == Connective::implication);
  // pi(x=0) = 9/19 = 0.47, pi(x=1) = 6/19 = 0.32, mean length 14/19.
  const std::vector<double> pi = tests::dense_stationary(model().chain);
  const bool answers[] = {true, true, false, true};
  for (std::size_t k = 0; k < 4; ++k) {
    const Measure measure = evaluate(r.queries[k], pi);
    CHECK(*measure.holds == answers[k]);
    CHECK_FALSE(measure.value);
  }
  CHECK_THAT(error("S>0.4 [ x=0 ] & S=? [ x=1 ]"), mentions("need comparisons"));
  CHECK_THAT(error("(S>0.4 [ x=0 ]"), mentions("expected ')'"));
}

TEST_CASE("arithmetic with long-run values") {
  const Read r = read(R"(
    const double k = 2;
    R{"length"}=? [ S ] / R{2}=? [ S ]
    "odds": S=? [ x=0 ] / (1 - S=? [ x=0 ]);
    -k * S=? [ x=1 ] + S=? [ x=0 ] - 2^k
    S=? [ x=1 & up ] / S=? [ up ] <= 1/3 & S=? [ x=0 ] > 0.4
    2*(S=? [ x=0 ]) - S=? [ x=1 ] - S=? [ x=2 ]
    S=? [ x=0 ] / S=? [ x>5 ]
  )");
  CHECK(r.notes.empty());
  REQUIRE(r.queries.size() == 6);
  CHECK(r.queries[0].name == "R{\"length\"}=? [ S ] / R{2}=? [ S ]");
  CHECK(r.queries[1].name == "odds");
  // pi(x) = 9/19, 6/19, 4/19, up half of the time; reward 2 is 79/19.
  const std::vector<double> pi = tests::dense_stationary(model().chain);
  const double values[] = {14.0 / 79, 0.9, -12.0 / 19 + 9.0 / 19 - 4, 6.0 / 19, 8.0 / 19};
  for (std::size_t k : {0, 1, 2, 4}) CHECK(*evaluate(r.queries[k], pi).value == Approx(values[k]));
  CHECK(*evaluate(r.queries[3], pi).holds);
  CHECK(*evaluate(r.queries[3].operands[0], pi).value == Approx(values[3]));
  CHECK(evaluate(r.queries[5], pi).undecided);
  CHECK_FALSE(evaluate(r.queries[5], pi).value);
  CHECK_THAT(error("S>0.4 [ x=0 ] + S=? [ x=1 ]"), mentions("need numbers"));
  CHECK_THAT(error("S=? [ x=0 ] * x"), mentions("the variable 'x' in a constant expression"));
  CHECK_THAT(error("5"), mentions("expected a property"));
  CHECK_THAT(error("2 * k"), mentions("expected a property"));
}

TEST_CASE("what is earned until a target is reached") {
  const Read r = read("T=? [ F x=2 ]; R{\"length\"}<=3 [ F \"full\" | !up ]; filter(max, T=? [ F x=2 ], up)");
  CHECK(r.notes.empty());
  REQUIRE(r.queries.size() == 3);
  CHECK(r.queries[0].name == "T=? [ F x=2 ]");
  CHECK(r.queries[0].value(0) == 1);
  REQUIRE(r.queries[0].target);
  const State full = 4;  // (2,false)
  CHECK(model().chain.states.describe(full) == "(2,false)");
  CHECK(r.queries[0].target(full));
  CHECK_FALSE(r.queries[0].target(0));
  CHECK(r.queries[1].value(full) == 2);
  CHECK(r.queries[1].threshold->bound == 3);
  CHECK(r.queries[1].target(0));
  CHECK(r.queries[2].filter->states.size() == 3);
  CHECK_THAT(error("T=? [ F x ]"), mentions("what F asks for must be a bool"));
  CHECK(read("T=? [ F<=3 x=2 ]").notes.size() == 1);
  CHECK(read("T=? [ G x=2 ]").notes.size() == 1);
}

TEST_CASE("filters choose starting states") {
  using Kind = Filter::Kind;
  const Read r = read(R"(
    filter(min, S=? [ x=0 ], x>0 & up)
    "all": filter(forall, S>0.1 [ x=0 ]);
    filter(exists, S>0.1 [ x=0 ] & !S>0.5 [ up ], "full")
    filter(state, R{"length"}=? [ S ], x=1&up)
    S=? [ x=0 {"init"}{min} ]
    S=? [ x=0 {x<2}{max} ]; S=? [ x=0 {true}{min}{max} ]; S=? [ x=0 {"init"} ];
    R{"length"}=? [ S {up}{max} ]
    filter(print, S>0.1 [ x=0 ], x=2); filter(range, R=? [ S ], true); filter(avg, S=? [ x=0 ], x=0); filter(max, S=? [ x=0 ]);
  )");
  CHECK(r.notes.empty());
  REQUIRE(r.queries.size() == 13);
  const Kind kinds[] = {Kind::min,   Kind::for_all, Kind::exists, Kind::state, Kind::min,     Kind::max, Kind::range,
                        Kind::state, Kind::max,     Kind::print,  Kind::range, Kind::average, Kind::max};
  const std::size_t sizes[] = {2, 6, 2, 1, 1, 4, 6, 1, 3, 2, 6, 2, 6};
  for (std::size_t k = 0; k < 13; ++k) {
    INFO(r.queries[k].property);
    REQUIRE(r.queries[k].filter);
    CHECK(r.queries[k].filter->kind == kinds[k]);
    CHECK(r.queries[k].filter->states.size() == sizes[k]);
  }
  CHECK(r.queries[0].name == "filter(min, S=? [ x=0 ], x>0 & up)");
  CHECK(r.queries[1].name == "all");

  CHECK_THAT(error("filter(min, S=? [ x=0 ], x>5)"), mentions("hold nowhere"));
  CHECK_THAT(error("filter(state, S=? [ x=0 ], up)"), mentions("hold in 3"));
  CHECK_THAT(error("filter(forall, S=? [ x=0 ])"), mentions("need a comparison"));
  CHECK_THAT(error("filter(min, S>0.5 [ x=0 ])"), mentions("need a number"));
  CHECK_THAT(error("filter(min, S=? [ x=0 {up}{min} ])"), mentions("filter inside of a filter"));
  for (const char* several : {"S=? [ x=0 {up} ] + S=? [ x=1 ]", "S=? [ x=0 ] - S=? [ x=1 {up} ]", "!S>0.5 [ x=0 {up} ]",
                              "S>0.5 [ x=0 {up} ] & S<0.5 [ x=1 ]", "-S=? [ x=0 {up}{min} ]"})
    CHECK_THAT(error(several), mentions("filters one operator alone"));
  CHECK_THAT(error("filter(min, S=? [ x=0 ], x)"), mentions("the states of a filter must be a bool"));
  CHECK_THAT(error("S=? [ x=0 {up}{sum} ]"), mentions("expected min or max"));
}

TEST_CASE("constants of the properties, and picking by name") {
  const std::string text = R"(const int k; const int j = k+1; "a": S=? [ x=j ]; "b": S=? [ x=1 ]; "c": P=? [ F x=1 ];)";
  CHECK_THAT(error(text), mentions("the constant 'j' has no value; set it with --const"));
  CHECK(read(text, {"", {"b"}}).queries.size() == 1);
  const Read r = read(text, {"k=1,unknown=2", {"b", "a"}});
  REQUIRE(r.queries.size() == 2);
  CHECK(r.queries[0].name == "b");
  CHECK_THAT(error(text, {"", {"d"}}), mentions("there is no property 'd'; it has a, b, c"));
  CHECK_THAT(error(text, {"", {"c"}}), mentions("not a steady-state property"));
  const SplitSettings split = split_settings("n=3, k=1,r=2", text, "p.props");
  CHECK(split.model == "n=3,r=2");
  CHECK(split.properties == " k=1");
}

TEST_CASE("wrong properties are errors with their place") {
  CHECK_THAT(error("S=? [ y=1 ]"), StartsWith("p.props:1:7: unknown name 'y'"));
  CHECK_THAT(error("S=? [ x ]"), mentions("what S asks for must be a bool, not an int"));
  CHECK_THAT(error("S=? [ \"none\" ]"), mentions("unknown label \"none\""));
  CHECK_THAT(error("R{\"none\"}=? [ S ]"), mentions("no reward \"none\"; it has \"length\", \"\""));
  CHECK_THAT(error("R{3}=? [ S ]"), mentions("there is no reward 3"));
  CHECK_THAT(error("S=? [ x=1"), mentions("expected ']', but the text ends here"));
  CHECK_THAT(error("S>x [ x=1 ]"), mentions("the variable 'x' in a constant expression"));
  CHECK_THAT(error("const int n = 1;"), mentions("the model already has the name 'n'"));
  CHECK_THAT(error("label \"full\" = true;"), mentions("declared twice"));
  CHECK_THAT(error("S=? [ mod(1,x)=0 ]"), mentions("mod by 0 in state (0,false)"));
}

TEST_CASE("chains without a PRISM model have labels and nothing else") {
  Chain chain = make_chain(Kind::ctmc, to_csr(2, {{0, 1, 1.0}, {1, 0, 2.0}}));
  chain.labels.push_back({"up", {false, true}});
  const std::shared_ptr<const Vocabulary> vocabulary = make_vocabulary(chain);
  std::vector<std::string> notes;
  const auto queries = read_properties("S=? [ \"up\" ]", "--prop", *vocabulary, chain, {}, notes);
  REQUIRE(queries.size() == 1);
  CHECK(queries[0].value(0) == 0);
  CHECK(queries[0].value(1) == 1);
  CHECK_THAT(tests::error_of([&] { read_properties("R=? [ S ]", "--prop", *vocabulary, chain, {}, notes); }),
             StartsWith("--prop:1:1: the model has no rewards"));
}
