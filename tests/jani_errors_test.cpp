// JANI: what is refused, and damaged files.
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "tests/damage.hpp"
#include "tests/jani_models.hpp"

using namespace steady;
using namespace steady::tests;

TEST_CASE("jani: what is not read is refused by name, with its line") {
  const std::string x = bounded("x", 0, 1, "0");
  const auto of_type = [&](const std::string& type) {
    return error_of_jani(one_location("dtmc", R"({"name":"x","type":)" + type + "}", ""));
  };
  CHECK_THAT(error_of_jani(one_location("mdp", x, "")), mentions("a model of type 'mdp' is not a Markov chain"));
  CHECK_THAT(error_of_jani(one_location("ma", x, "")), mentions("'ma'"));
  CHECK_THAT(error_of_jani("{\n \"jani-version\": 1,\n  \"type\": \"pta\"}"),
             StartsWith("model.jani:3:11: a model of type 'pta'"));
  CHECK_THAT(error_of_jani(R"({"jani-version":2})"), mentions("only version 1"));
  CHECK_THAT(error_of_jani("[]"), mentions("a JANI model must be an object"));
  CHECK_THAT(of_type("\"clock\""), mentions("'clock' belongs to timed or hybrid automata"));
  CHECK_THAT(of_type("\"real\""), mentions("the variable 'x' is real"));
  CHECK_THAT(of_type("\"int\""), mentions("the variable 'x' has neither bounds nor an initial value"));
  CHECK_THAT(of_type("1"), mentions("a type must be a name or an object"));
  CHECK_THAT(of_type(R"({"kind":"array","base":"int"})"), mentions("variables of kind 'array' are not read"));
  CHECK_THAT(error_of_jani(one_location("dtmc", x, edge("", "3", ""))),
             mentions("the rate of an edge of a dtmc, a weight among the edges, is not read"));
  CHECK_THAT(error_of_jani(one_location("ctmc", x, edge("", "", ""))), mentions("neither a rate nor an action"));
  CHECK_THAT(
      error_of_jani(one_location("ctmc", x, edge("", "", "", R"(,"action":"g")"),
                                 R"(,"system":{"elements":[{"automaton":"a"}],"syncs":[{"synchronise":["g"]}]})")),
      mentions("belong to Markov automata"));
  CHECK_THAT(error_of_jani(one_location("ctmc", x, "", R"(,"features":["x-momba-value-passing"])")),
             mentions("the feature 'x-momba-value-passing' of JANI is not known"));
  CHECK_THAT(error_of_jani(network("ctmc", x, R"({"name":"l","time-progress":{"exp":true}})", "")),
             mentions("timed automata"));
  CHECK_THAT(error_of_jani(one_location("ctmc", x, edge(R"({"op":"sin","exp":"x"})", "1", ""))),
             mentions("the operator 'sin' is not evaluated"));
  CHECK_THAT(error_of_jani(one_location("ctmc", x, edge("", R"({"distribution":"Uniform","args":[0,1]})", ""))),
             mentions("an expression without 'op'"));
}

TEST_CASE("jani: what is wrong in a model") {
  const std::string x = bounded("x", 0, 1, "0");
  const auto with_edge = [&](const std::string& e) { return error_of_jani(one_location("ctmc", x, e)); };
  CHECK_THAT(with_edge(edge("\"y\"", "1", "")), mentions("unknown name 'y'"));
  CHECK_THAT(with_edge(edge("\"x\"", "1", "")), mentions("a guard must be a bool"));
  CHECK_THAT(with_edge(edge("", "-1", "")), mentions("the rate is -1 in state (0)"));
  CHECK_THAT(with_edge(edge("", "1", R"({"ref":"x","value":2})")), mentions("'x' becomes 2, outside its range [0..1]"));
  CHECK_THAT(with_edge(edge("", "1", R"({"ref":"x","value":0},{"ref":"x","value":1})")),
             mentions("'x' is assigned twice"));
  CHECK_THAT(with_edge(edge("", "1", R"({"ref":"z","value":0})")), mentions("unknown name 'z'"));
  CHECK_THAT(with_edge(R"({"location":"m","destinations":[]})"), mentions("the automaton has no location 'm'"));
  CHECK_THAT(with_edge(R"({"location":"l","rate":{"exp":1},"destinations":[]})"), mentions("without a destination"));
  CHECK_THAT(with_edge(R"({"location":"l","rate":{"exp":1}})"), mentions("an edge without 'destinations'"));
  CHECK_THAT(
      with_edge(R"({"location":"l","rate":{"exp":1},"destinations":[{"location":"l","probability":{"exp":0.5}}]})"),
      mentions("the probabilities of this edge sum to 0.5"));
  CHECK_THAT(with_edge(edge("", R"({"op":"call","function":"f","args":[]})", "")), mentions("unknown function 'f'"));
  CHECK_THAT(error_of_jani(one_location("ctmc", x + "," + x, "")), mentions("the name 'x' is declared twice"));
  CHECK_THAT(error_of_jani(one_location("ctmc", x, "", R"(,"system":{"elements":[{"automaton":"b"}]})")),
             mentions("there is no automaton 'b'"));
  CHECK_THAT(error_of_jani(one_location("ctmc", x, "",
                                        R"(,"system":{"elements":[{"automaton":"a"}],"syncs":[{"synchronise":[]}]})")),
             mentions("shorter than the list of elements"));
  CHECK_THAT(
      error_of_jani(one_location(
          "ctmc", x, edge("", "1", R"({"ref":"x","value":1})", R"(,"action":"g")"),
          R"(,"system":{"elements":[{"automaton":"a"},{"automaton":"a"}],"syncs":[{"synchronise":["g","g"]}]})")),
      mentions("two automata that are taken together assign to 'x'"));
  CHECK_THAT(
      error_of_jani(one_location("ctmc", x, "", R"(,"restrict-initial":{"exp":{"op":"=","left":"x","right":1}})")),
      mentions("the condition on initial states holds in no state"));
  CHECK_THAT(
      error_of_jani(one_location("ctmc", x, edge("", R"({"op":"call","function":"f","args":[1]})", ""),
                                 R"(,"functions":[{"name":"f","type":"int","parameters":[{"name":"n","type":"int"}],
                                        "body":{"op":"call","function":"f","args":["n"]}}])")),
      mentions("the function 'f' calls itself"));
  CHECK_THAT(error_of_jani("{\"jani-version\": 1,\n \"type\": }"), StartsWith("model.jani:2:10: this is no JSON"));
  CHECK_THAT(error_of_jani("{\"a\": 1, \"a\": 2}"), mentions("the key 'a' twice"));
}

TEST_CASE("jani: deep and exploding texts end in an error") {
  const std::string x = bounded("x", 0, 1, "0");
  CHECK_THAT(error_of_jani(std::string(200'000, '[')), mentions("this is no JSON"));
  CHECK_THAT(error_of_jani(std::string(200'000, '[') + std::string(200'000, ']')), mentions("must be an object"));
  std::string deep = "\"x\"", wide = "\"x\"";
  for (int k = 0; k < 5000; ++k) deep = R"({"op":"*","left":1,"right":)" + deep + "}";
  CHECK_THAT(error_of_jani(one_location("ctmc", x, edge("", deep, ""))), mentions("nested too deeply"));
  for (int k = 0; k < 5000; ++k) wide = R"({"op":"+","left":)" + wide + R"(,"right":1})";
  CHECK(read_jani(one_location("ctmc", x, edge("", wide, ""))).chain.size() == 1);
  std::string functions =
      R"(,"functions":[{"name":"f0","type":"int","parameters":[{"name":"n","type":"int"}],"body":"n"})";
  for (int k = 1; k < 60; ++k) {
    const std::string call = R"({"op":"call","function":"f)" + std::to_string(k - 1) + R"(","args":["n"]})";
    functions += R"(,{"name":"f)" + std::to_string(k) +
                 R"(","type":"int","parameters":[{"name":"n","type":"int"}],"body":{"op":"+","left":)" + call +
                 R"(,"right":)" + call + "}}";
  }
  const std::string call = R"({"op":"call","function":"f59","args":[1]})";
  CHECK_THAT(error_of_jani(one_location("ctmc", x, edge("", call, ""), functions + "]")),
             mentions("too large once its functions are written out"));
}

TEST_CASE("jani: a file cut anywhere, or damaged, ends in an error or a chain") {
  std::ifstream file(jani_cases + "storm-several-initial.jani");
  std::stringstream stream;
  stream << file.rdbuf();
  const std::string text = stream.str();
  for (std::size_t size = 0; size + 2 < text.size(); ++size) CHECK(!error_of_jani(text.substr(0, size)).empty());
  std::mt19937 random(1);
  ReadOptions options;
  options.progress = [](std::string_view) { throw Error("long is not wrong"); };
  for (int k = 0; k < 500; ++k) try {
      validate(jani::read_jani("model.jani", damaged(text, "{}[]\",:0123456789lab", random), options).chain);
    } catch (const Error&) {
    }
}

namespace {

// Calls f with the path of each object's keys.
void for_each_key(const nlohmann::json& json, const nlohmann::json::json_pointer& path,
                  const std::function<void(const nlohmann::json::json_pointer& object, const std::string& key)>& f) {
  if (json.is_object())
    for (const auto& [key, value] : json.items()) {
      f(path, key);
      if (key != "metadata") for_each_key(value, path / key, f);
    }
  if (json.is_array())
    for (std::size_t k = 0; k < json.size(); ++k) for_each_key(json[k], path / k, f);
}

nlohmann::json parsed(const std::string& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

}  // namespace

TEST_CASE("jani: every key that is misspelt is an error") {
  std::size_t count = 0;
  for (const std::string& path : {std::string(STEADY_EXAMPLES) + "/workshop.jani", jani_cases + "storm-queue.jani"}) {
    const std::string constants = path.find("workshop") == std::string::npos ? "mu=0.7" : "fail=0.25";
    const nlohmann::json model = parsed(path);
    REQUIRE(error_of_jani(model.dump(), constants).empty());
    for_each_key(model, nlohmann::json::json_pointer(), [&](const auto& object, const std::string& key) {
      nlohmann::json misspelt = model;
      misspelt[object][key + "s"] = misspelt[object][key];
      misspelt[object].erase(key);
      INFO(path << object << " " << key);
      CHECK_THAT(error_of_jani(misspelt.dump(), constants), StartsWith("model.jani:1:"));
      ++count;
    });
  }
  CHECK(count > 300);
}

TEST_CASE("jani: a key that JANI has not is named with those it has, and a comment is no harm") {
  const std::string x = bounded("x", 0, 1, "0");
  CHECK_THAT(error_of_jani(one_location("ctmc", x, R"({"location":"l",
  "gaurd":{"exp":false},"rate":{"exp":1},"destinations":[{"location":"l"}]})")),
             StartsWith("model.jani:2:11: the key 'gaurd' of an edge is not known; there is: location, action, rate, "
                        "guard, destinations, assignments"));
  CHECK_THAT(error_of_jani(one_location("ctmc", x, edge(R"({"op":"=","left":"x","rigth":1,"right":1})", "1", ""))),
             mentions("the key 'rigth' of an expression is not known; there is: left, right"));
  nlohmann::json model = parsed(std::string(STEADY_EXAMPLES) + "/workshop.jani");
  const std::size_t size = read_jani(model.dump(), "fail=0.25").chain.size();
  std::vector<nlohmann::json::json_pointer> objects;
  for_each_key(model, nlohmann::json::json_pointer(),
               [&](const auto& object, const std::string&) { objects.push_back(object); });
  for (const auto& object : objects) model[object]["comment"] = "as it is";
  CHECK(read_jani(model.dump(), "fail=0.25").chain.size() == size);
}

TEST_CASE("jani: a value of the wrong kind is not taken as another") {
  const std::string x = bounded("x", 0, 1, "0");
  const auto with_edge = [&](const std::string& e) { return error_of_jani(one_location("ctmc", x, e)); };
  CHECK_THAT(with_edge(edge("", "1", R"({"ref":"x","value":0,"index":"1"})")), mentions("'index' must be an integer"));
  CHECK_THAT(with_edge(edge("", "1", R"({"ref":"x","value":0,"index":1.5})")), mentions("'index' must be an integer"));
  CHECK_THAT(
      error_of_jani(one_location("ctmc", R"({"name":"r","type":"real","transient":"true","initial-value":0})", "")),
      mentions("'transient' must be true or false"));
  CHECK_THAT(
      error_of_jani(one_location("ctmc", x, "", R"(,"system":{"elements":[{"automaton":"a","input-enable":[1]}]})")),
      mentions("an action must be a string"));
  const std::string f = R"(,"functions":[{"name":"f","type":"int","parameters":[{"name":"n","type":"itn"}],"body":1}])";
  CHECK_THAT(error_of_jani(one_location("ctmc", x, "", f)), mentions("the type 'itn' is not read"));
}

TEST_CASE("jani: what is there twice, or outside of its range, is refused") {
  const std::string x = bounded("x", 0, 1, "0");
  const std::string a = R"({"name":"a","locations":[{"name":"l"}],"initial-locations":["l"],"edges":[]})";
  CHECK_THAT(error_of_jani(R"({"jani-version":1,"name":"m","type":"ctmc","automata":[)" + a + "," + a +
                           R"(],"system":{"elements":[{"automaton":"a"}]}})"),
             mentions("an automaton of the name 'a' is there already"));
  const std::string p = R"({"name":"p","expression":true})";
  CHECK_THAT(error_of_jani(one_location("ctmc", x, "", R"(,"properties":[)" + p + "," + p + "]")),
             mentions("a property of the name 'p' is there already"));
  const auto with = [&](const std::string& initial, const std::string& values, const std::string& assigned = "1") {
    const std::string t = R"({"name":"t","type":{"kind":"bounded","base":"int","lower-bound":0,"upper-bound":4},
      "transient":true,"initial-value":)" +
                          initial + "}";
    return error_of_jani(network("ctmc", x + "," + t, R"({"name":"l","transient-values":[)" + values + "]}",
                                 edge(R"({"op":"=","left":"x","right":0})", "1",
                                      R"({"ref":"x","value":1},{"ref":"t","value":)" + assigned + "}")));
  };
  const auto of_t = [](const std::string& value) { return R"({"ref":"t","value":)" + value + "}"; };
  CHECK(with("4", of_t("\"x\"")).empty());
  CHECK_THAT(with("0", of_t("1") + "," + of_t("2")), mentions("'t' has two values in one location"));
  CHECK_THAT(with("5", ""), mentions("the initial value of 't' is 5, outside of [0..4]"));
  CHECK_THAT(with("0", of_t(R"({"op":"*","left":5,"right":"x"})")),
             mentions("'t' is outside of its range in state (1)"));
  CHECK_THAT(with("0", "", R"({"op":"-","left":"x","right":1})"), mentions("'t' is outside of its range in state (0)"));
  CHECK(with("0", "", R"({"op":"-","left":4,"right":"x"})").empty());
  const std::string call = R"({"op":"call","function":"f","args":[1]})";
  CHECK_THAT(error_of_jani(one_location("ctmc", x, edge("", call, ""),
                                        R"(,"functions":[{"name":"f","type":"int","parameters":[],"body":1}])")),
             mentions("'f' takes 0 arguments, not 1"));
}

TEST_CASE("jani: edges of a ctmc without a rate are noted") {
  const std::string two =
      R"({"jani-version":1,"name":"m","type":"ctmc","variables":[)" + bounded("x", 0, 1, "0") +
      R"(],"automata":[{"name":"a","locations":[{"name":"l"}],"initial-locations":["l"],"edges":[)" +
      edge("", "3", R"({"ref":"x","value":1})", R"(,"action":"go")") +
      R"(]},{"name":"b","locations":[{"name":"l"}],"initial-locations":["l"],"edges":[)" +
      edge("", "", "", R"(,"action":"go")") +
      R"(]}],"system":{"elements":[{"automaton":"a"},{"automaton":"b"}],
                              "syncs":[{"synchronise":["go","go"]}]}})";
  const Model model = read_jani(two);
  CHECK(rate(model.chain, 0, 1) == 3);
  REQUIRE(!model.notes.empty());
  CHECK_THAT(model.notes[0], mentions("this edge is without a rate, which JANI asks for in a ctmc: it is taken as 1"));
}
