// Petri nets: what is refused, bounds of places, and damaged files.
#include <fstream>
#include <iterator>

#include "formats/model/petri/bounds.hpp"
#include "tests/damage.hpp"
#include "tests/petri_nets.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using namespace steady::tests;

namespace {

std::string error_of_project(const std::string& text, const std::string& constants = "") {
  return error_of([&] { read_project(text, constants); });
}

}  // namespace

TEST_CASE("petri nets: time traps and weights of 0 are errors with the marking") {
  PlainNet net = with_retry(1, 1);
  net.transitions[3].inputs = {{2, 2}};  // can never leave
  CHECK_THAT(error_of_project(project(net)), mentions("time trap") && mentions("in state (0,"));
  PlainNet silent = with_retry(0, 0);
  CHECK_THAT(error_of_project(project(silent)),
             mentions("the weights of all that is immediate are 0 in state (0,1,0,0)"));
  PlainNet wrong = with_retry(-1, 1);
  CHECK_THAT(error_of_project(project(wrong)), mentions("the weight is -1"));
}

TEST_CASE("petri nets: a net without a bound is named with its place") {
  PlainNet queue{{{"free", 1}, {"queue", 0}},
                 {{"arrive", false, 1, 0, 1, {{0}}, {{0}, {1}}}, {"serve", false, 2, 0, 1, {{1}}, {}}}};
  CHECK_THAT(error_of_project(project(queue)), mentions("net.PNPRO:6:") && mentions("the place 'queue' has no bound") &&
                                                   mentions("(1,0) to (1,1)") && mentions("--truncate 1e-9"));
  // The same with a limit by an inhibitor arc, by an immediate transition and by a guard is none.
  PlainNet limited = queue;
  limited.transitions[0].inhibitors = {{1, 3}};
  CHECK(read_project(project(limited)).chain.size() == 4);
  PlainNet lost = queue;
  lost.transitions.push_back({"lose", true, 1, 1, 1, {{1, 4}}, {{1, 3}}});
  CHECK(read_project(project(lost)).chain.size() == 4);
  // Immediate transitions that make tokens for ever.
  PlainNet burst = queue;
  burst.transitions[0].immediate = true;
  burst.transitions[0].priority = 1;
  CHECK_THAT(error_of_project(project(burst)), mentions("the place 'queue' has no bound"));
}

TEST_CASE("petri nets: places that invariants bound have the range that they say") {
  PlainNet net{{{"a", 3}, {"b", 0}, {"c", 1}},
               {{"t", false, 1, 0, 1, {{0}}, {{1, 2}}},
                {"u", false, 1, 0, 1, {{1, 2}}, {{0}}},
                {"v", false, 1, 0, 1, {{2}}, {{2}}}}};
  const Model model = read_project(project(net));
  const std::vector<Variable>& places = model.chain.states.packing.variables();
  CHECK(places[0].high == 3);
  CHECK(places[1].high == 6);
  CHECK(places[2].high == 1);
}

TEST_CASE("petri nets: the search for invariants can be stopped, and gives up a net that is too large") {
  // Pairs of places of which either is taken: 2^k sums of places that no transition changes.
  petri::Incidence net;
  const std::size_t pairs = 40, places = 2 * (pairs + 1);
  net.marking.assign(places, 1);
  for (std::size_t k = 0; k < pairs; ++k) {
    std::vector<std::int64_t> change(places);
    change[2 * k] = change[2 * k + 1] = -1;
    change[2 * k + 2] = change[2 * k + 3] = 1;
    net.changes.push_back(change);
  }
  CHECK_THAT(error_of([&] { petri::invariant_bounds(net, [](std::string_view) { throw Error("stopped"); }); }),
             mentions("stopped"));
  petri::Incidence large;
  large.marking.assign(5000, 1);
  CHECK(petri::invariant_bounds(large, [](std::string_view) {}).at(0) == std::nullopt);
  large.marking.assign(50, 1);
  CHECK(petri::invariant_bounds(large, [](std::string_view) {}).at(0) == 1);
}

TEST_CASE("petri nets: of a file with several nets one is chosen by its name") {
  const auto net = [](const std::string& name, int tokens) {
    return "<gspn name=\"" + name + "\"><nodes><place name=\"p\" marking=\"" + std::to_string(tokens) +
           "\"/></nodes><edges/></gspn>";
  };
  const std::string text = "<project>" + net("one", 1) + net("two", 2) +
                           "<measures gspn-name=\"two\"><formulas><formula language=\"ALL\"/></formulas></measures>"
                           "</project>";
  const auto read = [&](const std::string& name) {
    ReadOptions options;
    options.net = name;
    return petri::read_pnpro("net.PNPRO", std::string(text), options);
  };
  CHECK(read("one").chain.states.value(0, 0) == 1);
  CHECK(read("one").chain.rewards.empty());
  CHECK(read("two").chain.states.value(0, 0) == 2);
  CHECK(read("two").chain.rewards.size() == 1);
  CHECK_THAT(error_of([&] { read("three"); }), mentions("the file has no net 'three'; there is: 'one', 'two'"));
  CHECK_THAT(error_of([&] { read(""); }), mentions("the file has several nets: 'one', 'two'; --net NAME says which"));
  const auto pnml = [&](const std::string& name) {
    ReadOptions options;
    options.net = name;
    const std::string place = "<place id=\"p\"><initialMarking><text>3</text></initialMarking></place>";
    return petri::read_pnml(
        "net.pnml",
        "<pnml><net id=\"n1\"><name><text>first</text></name></net><net id=\"n2\">" + place + "</net></pnml>", options);
  };
  CHECK(pnml("n2").chain.states.value(0, 0) == 3);
  CHECK(pnml("first").chain.states.packing.variables().empty());
  CHECK(pnml("n1").chain.states.packing.variables().empty());
  CHECK_THAT(error_of([&] { pnml(""); }), mentions("the file has several nets: 'first', 'n2'"));
}

TEST_CASE("petri nets: an id goes before a name, and a name of several nets chooses none") {
  const auto tokens = [](const std::string& asked) {
    const auto net = [](const std::string& id, const std::string& name, int marking) {
      return "<net id=\"" + id + "\"><name><text>" + name + "</text></name><place id=\"p\"><initialMarking><text>" +
             std::to_string(marking) + "</text></initialMarking></place></net>";
    };
    ReadOptions options;
    options.net = asked;
    return petri::read_pnml("net.pnml", "<pnml>" + net("n1", "A", 1) + net("n2", "B", 2) + net("A", "B", 3) + "</pnml>",
                            options)
        .chain.states.value(0, 0);
  };
  CHECK(tokens("n1") == 1);
  CHECK(tokens("n2") == 2);
  CHECK(tokens("A") == 3);
  CHECK_THAT(error_of([&] { tokens("B"); }), mentions("the file has several nets 'B', with the ids 'n2', 'A'"));
}

TEST_CASE("petri nets: what a project can say and is not read is refused by name") {
  const auto node = [](const std::string& text) { return error_of_project(project_of(text)); };
  CHECK_THAT(node("<color-class definition=\"{a,b}\" name=\"C\"/>"), mentions("net.PNPRO:5:2: coloured nets"));
  CHECK_THAT(node("<place name=\"p\" domain=\"C\"/>"), mentions("coloured place"));
  CHECK_THAT(node("<place name=\"p\" type=\"CONTINUOUS\"/>"), mentions("a place of type CONTINUOUS is not read"));
  CHECK_THAT(node("<transition name=\"t\" type=\"GEN\" delay=\"I[1]\"/>"), mentions("a transition of type GEN"));
  CHECK_THAT(node("<transition name=\"t\" type=\"EXP\" delay=\"Sin[1]\"/>"),
             mentions("net.PNPRO:5:40: the function 'Sin' is not read"));
  CHECK_THAT(node("<clock name=\"x\"/>"), mentions("an element 'clock' of a net is not read"));
  CHECK_THAT(node("<place name=\"p\"/><place name=\"p\"/>"), mentions("the name 'p' is declared twice"));
  CHECK_THAT(node("<place name=\"p\" marking=\"1.5\"/>"), mentions("a marking must be an integer"));
  CHECK_THAT(node("<place name=\"p\" marking=\"q\"/>"), mentions("unknown name 'q'"));
  CHECK_THAT(node("<place/>"), mentions("an element 'place' without 'name'"));
  CHECK_THAT(node("<place name=\"p\"/><transition name=\"t\" type=\"EXP\" delay=\"p\"/>"),
             mentions("is written as #p"));
  CHECK_THAT(node("<transition name=\"t\" type=\"EXP\" nservers=\"0\"/>"), mentions("a number of servers must be"));
  CHECK_THAT(node("<transition name=\"t\" type=\"IMM\" priority=\"0\"/>"), mentions("a priority must be"));
  CHECK_THAT(error_of_project(project_of("<place name=\"p\"/>", "<arc head=\"t\" tail=\"p\" kind=\"INPUT\"/>")),
             mentions("there is no transition 't'"));
  CHECK_THAT(error_of_project("<project><gspn name=\"a\"/>\n<gspn name=\"b\"/></project>"),
             mentions("the file has several nets: 'a', 'b'; --net NAME says which"));
  CHECK_THAT(error_of_project("<project/>"), mentions("the file has no net"));
  CHECK_THAT(error_of_project("<net/>"), mentions("has the root 'project', not 'net'"));
  CHECK_THAT(error_of_project("<project>\n<gspn>"), mentions("net.PNPRO:2:") && mentions("this is no XML"));
  CHECK_THAT(error_of_project(project_of("", "",
                                         "<measures gspn-name=\"net\"><formulas><formula "
                                         "language=\"PERFORMANCE_INDEX\" expr=\"P{#x}\"/></formulas></measures>")),
             mentions("there is no place 'x'"));
  const Model noted = read_project(project_of("<place name=\"p\" marking=\"1\" odd=\"1\"/>", "",
                                              "<measures gspn-name=\"net\"><formulas><formula language=\"CTL\" "
                                              "expr=\"EF #p\"/></formulas></measures>"));
  REQUIRE(noted.notes.size() >= 2);
  CHECK_THAT(noted.notes[0], mentions("a measure of language CTL is not answered"));
  CHECK_THAT(noted.notes[1], mentions("the attribute 'odd' of 'place' is not known"));
}

TEST_CASE("petri nets: entities are not expanded, and depth does no harm") {
  std::string deep = "<project>";
  for (int k = 0; k < 100'000; ++k) deep += "<a>";
  CHECK_THAT(error_of_project(deep), mentions("this is no XML"));
  for (int k = 0; k < 100'000; ++k) deep += "</a>";
  CHECK_THAT(error_of_project(deep + "</project>"), mentions("the file has no net"));
  CHECK_THAT(error_of_project("<!DOCTYPE p [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n" +
                              project_of("<place name=\"p\" marking=\"&b;\"/>")),
             mentions("begins nothing that is known here"));
  std::string brackets = "1";
  for (int k = 0; k < 2'000; ++k) brackets = "(" + brackets + ")";
  CHECK_THAT(error_of_project(project_of("<place name=\"p\" marking=\"" + brackets + "\"/>")),
             mentions("nested too deeply"));
}

TEST_CASE("petri nets: damaged projects end in a message or in a chain") {
  std::ifstream file(std::string(STEADY_EXAMPLES) + "/workstations.PNPRO");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  REQUIRE(text.size() > 1000);
  std::mt19937 random(7);
  for (int round = 0; round < 150; ++round) {
    ReadOptions options;
    options.memory_limit = 64 << 20;
    options.progress = [](std::string_view) { throw Error("net.PNPRO: long enough"); };
    try {
      validate(detail::petri::read_pnpro("net.PNPRO", damaged(text, "<>=\"/ aeiou0123456789", random), options).chain);
    } catch (const Error& error) {
      CHECK_THAT(error.what(), mentions("net.PNPRO"));
    }
  }
}
