// JANI: models beside the same in the PRISM language, and what the PRISM language has not.
#include <nlohmann/json.hpp>

#include <steady/properties.hpp>

#include "tests/jani_models.hpp"

using namespace steady;
using namespace steady::tests;

namespace {

void check_same(const Model& a, const Model& b) {
  REQUIRE(a.chain.size() == b.chain.size());
  CHECK(a.chain.kind == b.chain.kind);
  CHECK(a.chain.inflow.row_start == b.chain.inflow.row_start);
  CHECK(a.chain.inflow.column == b.chain.inflow.column);
  REQUIRE(a.chain.inflow.value.size() == b.chain.inflow.value.size());
  for (std::size_t k = 0; k < a.chain.inflow.value.size(); ++k)
    CHECK(a.chain.inflow.value[k] == Approx(b.chain.inflow.value[k]).epsilon(1e-15));
  REQUIRE(a.chain.self_loops.size() == b.chain.self_loops.size());
  REQUIRE(a.chain.initial.size() == b.chain.initial.size());
  for (std::size_t k = 0; k < a.chain.initial.size(); ++k) CHECK(a.chain.initial[k].state == b.chain.initial[k].state);
  REQUIRE(a.chain.rewards.size() == b.chain.rewards.size());
  for (std::size_t r = 0; r < a.chain.rewards.size(); ++r)
    for (std::size_t s = 0; s < a.chain.size(); ++s)
      CHECK(a.chain.rewards[r].rate[s] == Approx(b.chain.rewards[r].rate[s]).epsilon(1e-14));
  REQUIRE(a.chain.labels.size() == b.chain.labels.size());
  for (std::size_t l = 0; l < a.chain.labels.size(); ++l) CHECK(a.chain.labels[l].holds == b.chain.labels[l].holds);
}

}  // namespace

TEST_CASE("jani: what Storm exports is the chain of the PRISM file") {
  check_same(read(jani_cases + "storm-queue.jani", "mu=0.7"), read(jani_cases + "storm-queue.prism", "mu=0.7"));
  check_same(read(jani_cases + "storm-several-initial.jani"), read(jani_cases + "storm-several-initial.prism"));
  check_same(read(jani_cases + "storm-weather.jani"), read_example("weather"));
}

TEST_CASE("jani: two machines and a crew, by hand") {
  const double fail = 0.25, repair = 2, call = 10;
  const Model model = read(std::string(STEADY_EXAMPLES) + "/workshop.jani", "fail=0.25");
  // States by machine: u(p), w(aiting), r(epair), lumped to: uu, uw, ur, ww, wr; the crew repairs one at a time.
  // Balance, with p the probabilities of these lumped states:
  //   uu 2f = ur m     uw (f + c) = uu 2f + wr m     ur (f + m) = uw c     ww 2c = uw f     wr m = ww 2c + ur f
  const double uu = 1, ur = 2 * fail / repair, uw = ur * (fail + repair) / call, ww = uw * fail / (2 * call),
               wr = (ww * 2 * call + ur * fail) / repair;
  const double total = uu + ur + uw + ww + wr;
  CHECK(uw * (fail + call) == Approx(uu * 2 * fail + wr * repair));  // the equation that was not used
  CHECK(model.chain.size() == 8);
  CHECK(value(model, "producing") == Approx((2 * uu + ur + uw) / total).epsilon(1e-12));
  CHECK(value(model, "cost") == Approx((20 * (ur + wr) + 300 * repair * (ur + wr)) / total).epsilon(1e-12));
  CHECK(value(model, "idle crew") == Approx((0.5 * (ur + uw) + ww + wr) / total).epsilon(1e-12));

  std::vector<std::string> notes;
  const std::vector<Query> queries =
      read_properties(model.properties, "workshop", *model.vocabulary, model.chain, {}, notes);
  REQUIRE(queries.size() == 3);
  CHECK(queries[0].name == "all work");
  CHECK(queries[0].property == "S=? [ down=0 ]");
  CHECK(evaluate(queries[0], solve(model.chain).distribution).value.value() == Approx(uu / total).epsilon(1e-12));
  CHECK(queries[1].property == "filter(forall, S>=(0.9) [ down<2 ], \"init\")");
}

TEST_CASE("jani: every operator in every state") {
  using nlohmann::json;
  const auto op = [](const char* name, json left, json right) {
    return json{{"op", name}, {"left", std::move(left)}, {"right", std::move(right)}};
  };
  const auto unary = [](const char* name, json exp) { return json{{"op", name}, {"exp", std::move(exp)}}; };
  const auto number = [&](json condition) { return json{{"op", "ite"}, {"if", condition}, {"then", 1}, {"else", 0}}; };
  const json half = op("/", "x", 2);
  const std::vector<std::pair<json, double (*)(double)>> expressions = {
      {op("+", "x", op("-", 3, "x")), [](double) { return 3.0; }},
      {op("-", op("-", "x", 1), op("+", "x", "x")), [](double x) { return x - 1 - 2 * x; }},
      {op("*", "x", half), [](double x) { return x * x / 2; }},
      {op("%", "x", 2), [](double x) { return std::fmod(x, 2); }},
      {op("pow", 2.5, "x"), [](double x) { return std::pow(2.5, x); }},
      {op("log", op("pow", 2.5, "x"), 6.25), [](double x) { return x / 2; }},
      {op("min", "x", 1), [](double x) { return std::min(x, 1.0); }},
      {op("max", "x", 1), [](double x) { return std::max(x, 1.0); }},
      {unary("floor", half), [](double x) { return std::floor(x / 2); }},
      {unary("ceil", half), [](double x) { return std::ceil(x / 2); }},
      {unary("trc", half), [](double x) { return std::trunc(x / 2); }},
      {unary("abs", "x"), [](double x) { return std::abs(x); }},
      {unary("sgn", "x"), [](double x) { return x > 0   ? 1.0
                                                : x < 0 ? -1.0
                                                        : 0.0; }},
      {json{{"constant", "e"}}, [](double) { return std::exp(1.0); }},
      {json{{"constant", "π"}}, [](double) { return std::acos(-1.0); }},
      {number(op("∧", op("<", "x", 2), op("≥", "x", 0))), [](double x) { return x < 2 && x >= 0 ? 1.0 : 0.0; }},
      {number(op("∨", op("≤", "x", -2), op(">", "x", 1))), [](double x) { return x <= -2 || x > 1 ? 1.0 : 0.0; }},
      {number(op("⇒", op("=", "x", 1), unary("¬", op("≠", "x", 1)))), [](double) { return 1.0; }},
      {json::parse(R"({"op":"call","function":"f","args":["x",{"op":"call","function":"f","args":[1,"x"]}]})"),
       [](double x) { return x - 2 * (1 - 2 * x); }},
  };
  json model = json::parse(one_location("dtmc", bounded("x", -3, 3, ""), ""));
  model["functions"] = json::parse(R"([{"name":"f","type":"int","parameters":[{"name":"u","type":"int"},
      {"name":"v","type":"int"}],"body":{"op":"-","left":"u","right":{"op":"*","left":2,"right":"v"}}}])");
  for (std::size_t k = 0; k < expressions.size(); ++k) {
    const std::string name = "r" + std::to_string(k);
    model["variables"].push_back({{"name", name}, {"type", "real"}, {"transient", true}, {"initial-value", 0}});
    model["automata"][0]["locations"][0]["transient-values"].push_back(
        {{"ref", name}, {"value", expressions[k].first}});
  }
  const Model read = read_jani(model.dump());
  REQUIRE(read.chain.size() == 7);  // x has no initial value, so that all of them are initial states
  for (std::size_t k = 0; k < expressions.size(); ++k)
    for (State s = 0; s < 7; ++s) {
      INFO(expressions[k].first.dump() << " at " << static_cast<double>(s) - 3);
      CHECK(read.chain.rewards[k].rate[s] == Approx(expressions[k].second(static_cast<double>(s) - 3)));
    }
}

TEST_CASE("jani: assignments follow one another by their index, and transient variables pass values on") {
  const std::string variables = bounded("x", 0, 9, "1") + "," + bounded("y", 0, 9, "0") +
                                R"(,{"name":"t","type":"int","transient":true,"initial-value":0})";
  const std::string assignments = R"({"ref":"x","value":"y"},{"ref":"y","value":"x"},
      {"ref":"t","value":{"op":"+","left":"x","right":"y"}},
      {"ref":"x","index":2,"value":{"op":"+","left":"x","right":"t"}},
      {"ref":"y","index":1,"value":{"op":"+","left":"y","right":"t"}})";
  // At once x=y, y=x, t=x+y; then y+=t; then x+=t: from (1,0) to (1,2).
  const Model model =
      read_jani(one_location("dtmc", variables, edge(R"({"op":"=","left":"y","right":0})", "", assignments)));
  REQUIRE(model.chain.size() == 2);
  CHECK(model.chain.states.describe(1) == "(1,2)");
  CHECK(reward(model, "t").rate[0] == 1);
}

TEST_CASE("jani: destinations share the rate, and a reward of a step is their average") {
  const std::string variables =
      bounded("x", 0, 2, "0") + R"(,{"name":"r","type":"real","transient":true,"initial-value":0})";
  const std::string edges = R"({"location":"l","guard":{"exp":{"op":"=","left":"x","right":0}},"rate":{"exp":8},
    "destinations":[{"location":"l","probability":{"exp":0.25},"assignments":[{"ref":"x","value":1},{"ref":"r","value":4}]},
                    {"location":"l","probability":{"exp":0.75},"assignments":[{"ref":"x","value":2}]}]},)" +
                            edge(R"({"op":">","left":"x","right":0})", "3", R"({"ref":"x","value":0})");
  const Model model = read_jani(one_location("ctmc", variables, edges));
  CHECK(rate(model.chain, 0, 1) == 2);
  CHECK(rate(model.chain, 0, 2) == 6);
  CHECK(reward(model, "r").rate == std::vector<double>{8, 0, 0});
  std::string one = variables;
  one.replace(one.find(R"("initial-value":0})", one.find("transient")), 18, R"("initial-value":1})");
  CHECK(reward(read_jani(one_location("ctmc", one, edges)), "r").rate ==
        std::vector<double>{9, 1, 1});  // states earn 1
}

TEST_CASE("jani: the probabilities of an edge sum to 1 in every state where it has a rate") {
  const auto with = [](const std::string& guard, const std::string& p, const std::string& q) {
    return one_location("ctmc", bounded("x", 0, 3, "1"),
                        R"({"location":"l","guard":{"exp":)" + guard +
                            R"(},"rate":{"exp":3},"destinations":[
        {"location":"l","probability":{"exp":)" +
                            p + R"(},"assignments":[{"ref":"x","value":1}]},
        {"location":"l","probability":{"exp":)" +
                            q + R"(},"assignments":[{"ref":"x","value":2}]}]})");
  };
  const std::string half = R"({"op":"/","left":"x","right":4})";
  const std::string rest = R"({"op":"-","left":1,"right":)" + half + "}";
  CHECK(read_jani(with("true", half, rest)).chain.size() == 2);
  CHECK_THAT(error_of_jani(with("true", half, "0.75")),
             mentions("the probabilities of this edge do not sum to 1 in state (2)"));
  CHECK(read_jani(with(R"({"op":"<","left":"x","right":2})", half, "0.75")).chain.size() == 2);  // not taken in 2
  CHECK_THAT(error_of_jani(with("true", "0.5", "0.25")), mentions("the probabilities of this edge sum to 0.75"));
}

TEST_CASE("jani: a rate that is 0 has no destinations, whatever its probabilities are") {
  const std::string edges = R"({"location":"l","rate":{"exp":"x"},"destinations":[{"location":"l",
    "probability":{"exp":{"op":"/","left":{"op":"*","left":"x","right":"x"},"right":{"op":"*","left":"x","right":"x"}}},
    "assignments":[{"ref":"x","value":0}]}]},)" +
                            edge(R"({"op":"=","left":"x","right":0})", "1", R"({"ref":"x","value":1})");
  const Model model = read_jani(one_location("ctmc", bounded("x", 0, 1, "0"), edges));
  CHECK(rate(model.chain, 0, 1) == 1);
  CHECK(rate(model.chain, 1, 0) == 1);
}

TEST_CASE(
    "jani: the probability R / R of an only destination is 1, as converters write it, and need not be looked at") {
  const auto with = [](const std::string& p) {
    const std::string edges = R"({"location":"l","guard":{"exp":{"op":">","left":"x","right":0}},"rate":{"exp":"x"},
      "destinations":[{"location":"l","probability":{"exp":)" +
                              p + R"(},"assignments":[{"ref":"x","value":{"op":"-","left":"x","right":1}}]}]})";
    return one_location("ctmc", bounded("x", 0, 3, "3"), edges);
  };
  const std::string whole = R"({"op":"/","left":"x","right":"x"})", twice = R"({"op":"/","left":"x","right":2})";
  const Model model = read_jani(with(whole));
  for (State x = 1; x <= 3; ++x) CHECK(rate(model.chain, x, x - 1) == x);
  CHECK_THROWS_AS(read_jani(with(twice)), Error);
  CHECK(error_of([&] { jani::compile_jani("model.jani", with(whole), {}); }).empty());
  CHECK_THAT(error_of([&] { jani::compile_jani("model.jani", with(twice), {}); }),
             mentions("--truncate takes no edge whose probabilities change with the state"));
}

TEST_CASE("jani: what takes part is what the vectors say") {
  const std::string two =
      R"({"jani-version":1,"name":"m","type":"ctmc","variables":[)" + bounded("x", 0, 2, "0") + "," +
      bounded("y", 0, 2, "0") + R"(],"automata":[
      {"name":"a","locations":[{"name":"l"}],"initial-locations":["l"],"edges":[)" +
      edge(R"({"op":"<","left":"x","right":2})", "2", R"({"ref":"x","value":{"op":"+","left":"x","right":1}})",
           R"(,"action":"go")") +
      R"(]},{"name":"b","locations":[{"name":"l"}],"initial-locations":["l"],"edges":[)" +
      edge(R"({"op":"=","left":"y","right":0})", "3", R"({"ref":"y","value":1})", R"(,"action":"to")") +
      R"(]}],"system":{"elements":[{"automaton":"a"},{"automaton":"b")";
  SECTION("together") {
    const Model model = read_jani(two + R"(}],"syncs":[{"synchronise":["go","to"],"result":"both"}]}})");
    CHECK(model.chain.size() == 2);
    CHECK(rate(model.chain, 0, 1) == 6);
  }
  SECTION("one of them alone, and both") {
    const Model model = read_jani(two + R"(}],"syncs":[{"synchronise":["go","to"]},{"synchronise":["go",null]}]}})");
    CHECK(model.chain.size() == 5);  // (0,0) (1,0) (1,1) (2,0) (2,1)
    CHECK(rate(model.chain, 0, 1) == 2);
    CHECK(rate(model.chain, 0, 2) == 6);
  }
  SECTION("without one an action is never taken, which is noted") {
    const Model model = read_jani(two + R"(}],"syncs":[{"synchronise":[null,"to"]}]}})");
    CHECK(model.chain.size() == 2);
    REQUIRE(model.notes.size() == 2);  // and the deadlock
    CHECK_THAT(model.notes[0], mentions("no synchronisation vector has the action 'go' of 'a'"));
  }
  SECTION("an automaton that is open to an action goes along where it has no edge for it") {
    const Model closed = read_jani(two + R"(}],"syncs":[{"synchronise":["go","to"]}]}})");
    const Model open = read_jani(two + R"(,"input-enable":["to"]}],"syncs":[{"synchronise":["go","to"]}]}})");
    CHECK(closed.chain.size() == 2);
    CHECK(open.chain.size() == 3);
    CHECK(rate(open.chain, 1, 2) == 2);
  }
}

TEST_CASE("jani: what another automaton assigns earlier in the same step is not read") {
  const auto together = [](const std::string& name, const std::string& index, const std::string& value) {
    return R"({"jani-version":1,"name":"m","type":"dtmc","variables":[)" + bounded(name, 0, 2, "0") + "," +
           bounded("y", 0, 2, "0") + R"(],"functions":[{"name":"f","type":"int","parameters":[],"body":")" + name +
           R"("}],"automata":[{"name":"a","locations":[{"name":"l"}],"initial-locations":["l"],"edges":[)" +
           edge("", "", R"({"ref":")" + name + R"(","value":1})", R"(,"action":"go")") +
           R"(]},{"name":"b","locations":[{"name":"l"}],"initial-locations":["l"],"edges":[)" +
           edge("", "", R"({"ref":"y","value":)" + value + R"(,"index":)" + index + "}", R"(,"action":"go")") +
           R"(]}],"system":{"elements":[{"automaton":"a"},{"automaton":"b"}],"syncs":[{"synchronise":["go","go"]}]}})";
  };
  const std::string call = R"({"op":"call","function":"f","args":[]})";
  for (const auto& [name, written] : {std::pair("x", "x"), {"x.y", "x_y"}, {"min", "min_"}, {"a b", "a_b"}})
    for (const std::string& value : {"\"" + std::string(name) + "\"", call}) {
      INFO(name << " " << value);
      CHECK(read_jani(together(name, "0", value)).chain.states.describe(1) == "(1,0)");
      CHECK_THAT(error_of_jani(together(name, "1", value)),
                 mentions("'" + std::string(written) +
                          "' is read after another automaton may have assigned to it in the same step"));
    }
}

TEST_CASE("jani: local variables of one name are not one variable") {
  const std::string local =
      R"("locations":[{"name":"l"}],"initial-locations":["l"],"variables":[)" + bounded("c", 0, 3, "0") + "," +
      bounded("d", 0, 3, "0") + R"(],"edges":[)" +
      edge("", "", R"({"ref":"c","value":{"op":"-","left":3,"right":"c"}},{"ref":"d","value":"c","index":1})",
           R"(,"action":"go")") +
      "]}";
  const auto pair = [&](const std::string& automata, const std::string& second) {
    return read_jani(R"({"jani-version":1,"name":"m","type":"dtmc","automata":[)" + automata +
                     R"(],"system":{"elements":[{"automaton":"a"},{"automaton":")" + second +
                     R"("}],"syncs":[{"synchronise":["go","go"]}]}})");
  };
  const std::string a = R"({"name":"a",)" + local, b = R"({"name":"b",)" + local;
  for (const Model& model : {pair(a + "," + b, "b"), pair(a, "a")}) {  // two automata, and one that is there twice
    REQUIRE(model.chain.size() == 2);
    CHECK(model.chain.states.describe(1) == "(3,3,3,3)");
  }
}

TEST_CASE("jani: a function of what the same edge assigned before has its new value") {
  const std::string function =
      R"(,"functions":[{"name":"twice","type":"int","parameters":[],"body":{"op":"*","left":2,"right":"x"}}])";
  const std::string assignments =
      R"({"ref":"x","value":3},{"ref":"y","value":{"op":"call","function":"twice","args":[]},"index":1})";
  const Model model = read_jani(one_location("dtmc", bounded("x", 0, 9, "1") + "," + bounded("y", 0, 9, "0"),
                                             edge("", "", assignments), function));
  REQUIRE(model.chain.size() == 2);
  CHECK(model.chain.states.describe(1) == "(3,6)");
}

TEST_CASE("jani: initial states") {
  const std::string step = edge("", "", R"({"ref":"x","value":0})");
  const auto initial = [&](const std::string& variables, const std::string& more) {
    return read_jani(one_location("dtmc", variables, step, more)).chain.initial.size();
  };
  CHECK(initial(bounded("x", 0, 4, "3"), "") == 1);
  CHECK(initial(bounded("x", 0, 4, ""), "") == 5);
  CHECK(initial(bounded("x", 0, 4, "") + "," + bounded("y", 0, 4, "2"),
                R"(,"restrict-initial":{"exp":{"op":"<","left":"x","right":"y"}})") == 2);
  CHECK(initial(bounded("x", 0, 4, "3"), R"(,"restrict-initial":{"exp":true})") == 1);
  std::string two = network("dtmc", "", R"({"name":"l"},{"name":"m"},{"name":"n"})", "");
  two.replace(two.find(R"("initial-locations":["l"])"), 25, R"("initial-locations":["l","n"])");
  const Model model = read_jani(two);
  CHECK(model.chain.initial.size() == 2);
  CHECK(model.chain.states.packing.variables()[0].name == "a_location");
  CHECK(model.chain.states.value(1, 0) == 2);
}

TEST_CASE("jani: names that the PRISM language has not are written otherwise") {
  const std::string variables =
      bounded("min", 0, 1, "0") + "," + bounded("a b", 0, 1, "0") + "," + bounded("a.b", 0, 1, "0");
  const Model model = read_jani(one_location("dtmc", variables, ""));
  CHECK(model.chain.states.packing.variables()[0].name == "min_");
  CHECK(model.chain.states.packing.variables()[1].name == "a_b");
  CHECK(model.chain.states.packing.variables()[2].name == "a_b_");

  std::string labels;
  for (const char* name : {"init", "deadlock"})
    labels += std::string(R"(,{"name":")") + name + R"(","type":"bool","transient":true,"initial-value":true})";
  const Model labelled = read_jani(one_location("dtmc", bounded("x", 0, 1, "0") + labels, ""));
  const auto has = [&](const std::string& name) {
    const std::vector<Label>& all = labelled.chain.labels;
    return std::any_of(all.begin(), all.end(), [&](const Label& l) { return l.name == name; });
  };
  CHECK((has("init_") && has("deadlock_")));
}

TEST_CASE("jani: constants") {
  const std::string constants = R"(,"constants":[{"name":"n","type":"int"},{"name":"T","type":"real"},
    {"name":"m","type":{"kind":"bounded","base":"int","lower-bound":1,"upper-bound":{"op":"*","left":2,"right":"n"}},
     "value":{"op":"+","left":"n","right":1}}])";
  const std::string text = one_location(
      "ctmc",
      R"({"name":"x","type":{"kind":"bounded","base":"int","lower-bound":0,"upper-bound":"m"},"initial-value":0})",
      edge(R"({"op":"<","left":"x","right":"m"})", "1", R"({"ref":"x","value":{"op":"+","left":"x","right":1}})"),
      constants);
  CHECK(read_jani(text, "n=3").chain.size() == 5);
  CHECK(read_jani(text, "n=3,T=1").constants.size() == 2);
  CHECK_THAT(error_of_jani(text), mentions("constant without a value: n; set it with --const n=..."));
  CHECK_THAT(error_of_jani(text, "n=0"), mentions("the constant 'm' is 1, outside of [1..0]"));
  CHECK_THAT(error_of_jani(text, "k=0"), mentions("the model has no constant 'k'"));
}
