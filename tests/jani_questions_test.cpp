// JANI: what is asked of a model: its own properties, throughputs, sensitivities.
#include <algorithm>
#include <map>

#include <steady/properties.hpp>
#include <steady/sensitivity.hpp>

#include "solver/answer/request.hpp"
#include "tests/jani_models.hpp"

using namespace steady;
using namespace steady::tests;

TEST_CASE("jani: the model's own properties are answered, also beside a measure of the same name") {
  const std::string variables =
      bounded("x", 0, 2, "0") + R"(,{"name":"up","type":"bool","transient":true,"initial-value":false},
        {"name":"down","type":"bool","transient":true,"initial-value":false})";
  const std::string locations = R"({"name":"l","transient-values":[
      {"ref":"up","value":{"op":"=","left":"x","right":1}},{"ref":"down","value":{"op":"=","left":"x","right":0}}]})";
  const std::string edges = R"({"location":"l","guard":{"exp":{"op":"=","left":"x","right":0}},"rate":{"exp":1},
      "destinations":[{"location":"l","probability":{"exp":0.5},"assignments":[{"ref":"x","value":1}]},
                      {"location":"l","probability":{"exp":0.5},"assignments":[{"ref":"x","value":2}]}]})";
  const auto property = [](const std::string& name, const std::string& fun, const std::string& values) {
    return R"({"name":")" + name + R"(","expression":{"op":"filter","fun":")" + fun + R"(","values":)" + values +
           R"(,"states":)" + (fun == "max" ? "true" : R"({"op":"initial"})") + "}}";
  };
  const auto at_least = [](const std::string& exp, const std::string& bound) {
    return R"({"op":"≥","left":{"op":"Smin","exp":)" + exp + R"(},"right":)" + bound + "}";
  };
  const Model model =
      read_jani(network("ctmc", variables, locations, edges,
                        R"(,"properties":[)" + property("up", "values", at_least("\"up\"", "0.9")) + "," +
                            property("P", "values", at_least(R"({"op":"+","left":"x","right":1})", "2")) + "," +
                            property("M", "max", R"({"op":"Smin","exp":{"op":"*","left":"x","right":3}})") + "," +
                            property("down", "values", R"({"op":"Smin","exp":"down"})") + "]"));
  const Answer found = answer_request({model, "m", {}, 0}, {}, {}, "");
  const auto measure = [&](const std::string& name, std::string_view kind) -> const Measure& {
    for (const Measure& m : found.measures())
      if (m.name == name && m.kind == kind) return m;
    FAIL("no " << kind << " " << name);
    return found.measures()[0];
  };
  CHECK(*measure("up", "label").value == Approx(0.5));
  CHECK(measure("up", "property").holds == false);
  CHECK(measure("P", "property").holds == true);
  CHECK(*measure("M", "property").value == Approx(6));
  CHECK(found.measures().size() == 7);  // and the labels up and down, the rewards P and M; down is asked once
}

namespace {

// x goes from 0 to 1 at rate c, which earns r 5 c a step, and back at rate 3; r earns x in the states.
std::string two_states(const std::string& type, const std::string& more = "") {
  const bool timed = type == "ctmc";
  const auto step = [&](int from, const std::string& rate, const std::string& assignments) {
    return R"({"location":"l","guard":{"exp":{"op":"=","left":"x","right":)" + std::to_string(from) + "}}," +
           (timed ? R"("rate":{"exp":)" + rate + "}," : "") + R"("destinations":[{"location":"l","assignments":[)" +
           assignments + "]}]}";
  };
  const std::string reward = R"(,{"name":"r","type":"real","transient":true,"initial-value":0})";
  return network(type, bounded("x", 0, 1, "0") + reward, R"({"name":"l","transient-values":[{"ref":"r","value":"x"}]})",
                 step(0, "\"c\"", R"({"ref":"x","value":1},{"ref":"r","value":{"op":"*","left":5,"right":"c"}})") +
                     "," + step(1, "3", R"({"ref":"x","value":0})"),
                 R"(,"constants":[{"name":"c","type":"real"}])" + more);
}

std::string long_run(const std::string& name, const std::string& exp, const std::string& accumulate,
                     const std::string& states = R"({"op":"initial"})", const std::string& fun = "values") {
  return R"({"name":")" + name + R"(","expression":{"op":"filter","fun":")" + fun +
         R"(","values":{"op":"Smin","exp":)" + exp + (accumulate.empty() ? "" : R"(,"accumulate":)" + accumulate) +
         R"(},"states":)" + states + "}}";
}

// What the properties come to, by their names.
std::map<std::string, double> values(const Model& model) {
  std::map<std::string, double> found;
  const Answer answer = answer_request({model, "m", {}, 0}, {}, {}, "");
  for (const Measure& m : answer.measures())
    if (m.value) found[m.name] = *m.value;
  return found;
}

bool noted(const std::vector<std::string>& notes, const std::string& words) {
  return std::any_of(notes.begin(), notes.end(),
                     [&](const std::string& note) { return note.find(words) != std::string::npos; });
}

}  // namespace

TEST_CASE("jani: 'accumulate' says which parts of a reward a property is of") {
  const std::string twice = R"({"op":"*","left":2,"right":"x"})";
  const auto properties = [&](const std::string& stay, const std::string& other) {
    return R"(,"properties":[)" + long_run("stays", "\"r\"", "[\"" + stay + "\"]") + "," +
           long_run("steps", "\"r\"", R"(["steps"])") + "," +
           long_run("both", "\"r\"", "[\"steps\",\"" + stay + "\"]") + "," + long_run("all", "\"r\"", "") + "," +
           long_run("twice", twice, "") + "," + long_run("twice, stays", twice, "[\"" + stay + "\"]") + "," +
           long_run("at 1", R"({"op":"=","left":"x","right":1})", "[\"" + stay + "\"]") + "," +
           long_run("twice, steps", twice, R"(["steps"])") + "," + long_run("other", "\"r\"", "[\"" + other + "\"]") +
           "," + long_run("counted", R"({"op":"=","left":"x","right":1})", R"(["steps"])") + "]";
  };
  // Half of the probability is at x = 1 where c is 3, in steps always.
  const Model timed = read_jani(two_states("ctmc", properties("time", "exit")), "c=3");
  const Model untimed = read_jani(two_states("dtmc", properties("exit", "time")), "c=3");
  for (const Model* model : {&timed, &untimed}) {
    const double step = model == &timed ? 3 * 0.5 * 15 : 0.5 * 15;
    const std::map<std::string, double> found = values(*model);
    CHECK(found.at("stays") == Approx(0.5));
    CHECK(found.at("steps") == Approx(step));
    for (const char* name : {"r", "both", "all"}) CHECK(found.at(name) == Approx(step + 0.5));
    CHECK(found.at("twice") == Approx(1));
    CHECK(found.at("twice, stays") == Approx(1));
    CHECK(found.at("at 1") == Approx(0.5));
    CHECK(noted(model->notes, "what this is after each step is not counted"));
    CHECK(noted(model->notes,
                "3 of the properties in the file ask nothing of the long run that is answered here: "
                "twice, steps, other, counted"));
  }
  CHECK_THAT(
      error_of_jani(two_states("ctmc", R"(,"properties":[)" + long_run("p", "\"r\"", R"(["times"])") + "]"), "c=3"),
      mentions("'accumulate' is of 'steps', 'time' and 'exit'"));
}

TEST_CASE("jani: a property of the file that has no answer is noted, and refused where it is asked for") {
  const std::string nowhere = R"({"op":">","left":"x","right":1})", at_1 = R"({"op":"=","left":"x","right":1})";
  const Model model = read_jani(two_states("ctmc", R"(,"properties":[)" + long_run("lost", at_1, "", nowhere, "max") +
                                                       "," + long_run("least", at_1, "", "true", "min") + "]"),
                                "c=3");
  std::vector<std::string> notes;
  const std::vector<Query> asked = find_queries("", {}, model, notes);
  CHECK(asked.size() == 2);  // r and "least"
  CHECK(noted(notes, "\"lost\" is not answered: "));
  CHECK(noted(notes, "the filter's states hold nowhere"));
  CHECK_THAT(error_of([&] {
               find_queries("", {{"", "", {"lost"}, false}}, model, notes);
             }),
             mentions("the filter's states hold nowhere"));
}

TEST_CASE("jani: a filter's function that JANI does not have is an error, one that has no answer here a note") {
  const auto asked = [](const std::string& fun) {
    return two_states(
        "ctmc", R"(,"properties":[)" + long_run("p", R"({"op":"=","left":"x","right":1})", "", "true", fun) + "]");
  };
  CHECK_THAT(error_of([&] { read_jani(asked("maxx"), "c=3"); }), mentions("'maxx' is no function of a filter"));
  CHECK_NOTHROW(read_jani(asked("argmax"), "c=3"));
}

TEST_CASE("jani: throughputs are of the results of synchronisation vectors") {
  ReadOptions options;
  options.constants = "fail=0.25";
  options.throughputs = true;
  const Model model = read_model(std::string(STEADY_EXAMPLES) + "/workshop.jani", options);
  std::map<std::string, double> found;
  const std::vector<double> distribution = solve(model.chain).distribution;
  for (const Query& query : throughput_queries(model.chain)) found[query.name] = *evaluate(query, distribution).value;
  REQUIRE(found.size() == 1);  // other vectors have no result
  CHECK(found.at("fails") == Approx(0.25 * value(model, "producing")).epsilon(1e-12));
}

TEST_CASE("jani: an action that several vectors have, and that earns something, is one throughput") {
  const std::string reward = R"({"name":"r","type":"real","transient":true,"initial-value":0},)";
  const auto automaton = [](const std::string& name, const std::string& variable, const std::string& rate) {
    return R"({"name":")" + name + R"(","locations":[{"name":"l"}],"initial-locations":["l"],"edges":[)" +
           edge("", rate,
                R"({"ref":")" + variable + R"(","value":{"op":"-","left":1,"right":")" + variable +
                    R"("}},{"ref":"r","value":)" + rate + "}",
                R"(,"action":"go")") +
           "]}";
  };
  ReadOptions options;
  options.throughputs = true;
  const Model model = jani::read_jani(
      "model.jani",
      R"({"jani-version":1,"name":"m","type":"ctmc","variables":[)" + reward + bounded("x", 0, 1, "0") + "," +
          bounded("y", 0, 1, "0") + R"(],"automata":[)" + automaton("a", "x", "2") + "," + automaton("b", "y", "3") +
          R"(],"system":{"elements":[{"automaton":"a"},{"automaton":"b"}],
             "syncs":[{"synchronise":["go",null],"result":"go"},{"synchronise":[null,"go"],"result":"go"}]}})",
      options);
  const std::vector<Query> throughputs = throughput_queries(model.chain);
  REQUIRE(throughputs.size() == 1);
  CHECK(throughputs[0].name == "go");
  CHECK(evaluate(throughputs[0], solve(model.chain).distribution).value.value() == Approx(5));
  CHECK(value(model, "r") == Approx(2 * 2 + 3 * 3));
}

TEST_CASE("jani: sensitivities of rates and of what edges earn") {
  const double c = 1.5;
  ReadOptions options;
  options.constants = "c=1.5";
  options.derivatives = {"c"};
  const Model model = jani::read_jani("model.jani", two_states("ctmc"), options);
  const Solution solution = solve(model.chain);
  const std::vector<Query> queries = default_queries(model.chain);
  REQUIRE(queries.size() == 1);
  // r = (15 c^2 + c) / (c + 3)
  CHECK(evaluate(queries[0], solution.distribution).value.value() == Approx((15 * c * c + c) / (c + 3)));
  const auto by = sensitivities(model, queries[0], solution);
  REQUIRE(by.size() == 1);
  CHECK(by[0].derivative.value ==
        Approx(((30 * c + 1) * (c + 3) - (15 * c * c + c)) / ((c + 3) * (c + 3))).epsilon(1e-9));
}

TEST_CASE("jani: probabilities that a constant changes sum to 1 all the same") {
  const auto derivative = [](const std::string& p, const std::string& q) {
    const auto to = [](int x, const std::string& probability) {
      return R"({"location":"l","probability":{"exp":)" + probability + R"(},"assignments":[{"ref":"x","value":)" +
             std::to_string(x) + "}]}";
    };
    const std::string edges = R"({"location":"l","rate":{"exp":2},"destinations":[)" + to(0, p) + "," + to(1, q) + "]}";
    ReadOptions options;
    options.constants = "c=0.25";
    options.derivatives = {"c"};
    const Model model = jani::read_jani(
        "model.jani",
        network("ctmc",
                bounded("x", 0, 1, "0") + R"(,{"name":"up","type":"bool","transient":true,"initial-value":false})",
                R"({"name":"l","transient-values":[{"ref":"up","value":{"op":"=","left":"x","right":1}}]})", edges,
                R"(,"constants":[{"name":"c","type":"real"}])"),
        options);
    return sensitivities(model, default_queries(model.chain).at(0), solve(model.chain)).at(0).derivative.value;
  };
  const std::string rest = R"({"op":"-","left":1,"right":"c"})";
  CHECK(derivative("\"c\"", rest) == Approx(-1));
  CHECK(derivative(rest, "\"c\"") == Approx(1));
  CHECK_THAT(
      error_of([&] { derivative("\"c\"", "0.75"); }),
      mentions("--sensitivity: the sum of this edge's probabilities changes with the constant 'c' in state (0)"));
}
