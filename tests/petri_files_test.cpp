// Files of Petri nets other than GreatSPN's projects: its text files, and PNML.
#include <steady/solve.hpp>

#include "tests/petri_nets.hpp"
#include "tests/prism_models.hpp"
#include "tests/scratch.hpp"

using namespace steady;
using namespace steady::tests;

TEST_CASE("petri nets: GreatSPN's text files are the same net as its project") {
  // As the editor writes them: a marking parameter, a rate parameter, a group of a priority, an inhibitor arc, a point
  // of a drawn arc, a rate of the .def.
  const std::string net =
      "|0|\n|\nf 1 3 1 4 1 0 0\nN 3 0.3 0.2 0\nidle -1 1.0 1.0 1.0 0.8 0\nbusy  0 2.0 1.0 2.0 0.8 0\nwait|tag 0 3.0 "
      "1.0 "
      "3.0 0.8 0\nmu 2.5 0.3 0.4 0\nG1 0.0 0.0 2\nask -5.100000e+02 1 0 1 1 1.0 1.0 1.0 1.0 1.0 1.0 0\n   1 1 0 0\n   "
      "1\n   1 "
      "3 1 0\n1.5 1.5\n   0\nserve -1 2 0 1 1 1.0 1.0 1.0 1.0 1.0 1.0 0\n   1 2 0 0\n   1\n   1 1 0 0\n   0\ngive_up "
      "0.25 0 "
      "0 1 1 1.0 1.0 1.0 1.0 1.0 1.0 0\n   1 3 0 0\n   1\n   1 1 0 0\n   0\nbegin 1.0 1 1 1 1 1.0 1.0 1.0 1.0 1.0 1.0 "
      "0\n   1 3 0 0\n   1\n   1 2 0 0\n   1\n   2 2 0 0\n";
  const Scratch scratch;
  const std::string path = scratch.put("model.net", net);
  CHECK_THAT(error_of([&] { read_model(path); }),
             mentions("model.net:10: the .def file has no rate of transition number 1"));
  const std::string def = scratch.put("model.def", "|1\n0.5*#idle+1\n|256\n%\n|\n");
  const std::string same = project_of(
      "<constant consttype=\"INTEGER\" name=\"N\" value=\"3\"/><constant consttype=\"REAL\" name=\"mu\" value=\"2.5\"/>"
      "<place name=\"idle\" marking=\"N\"/><place name=\"busy\"/><place name=\"wait\"/>"
      "<transition name=\"ask\" type=\"EXP\" delay=\"0.5*#idle+1\"/><transition name=\"serve\" type=\"EXP\" "
      "delay=\"mu\" "
      "nservers=\"2\"/><transition name=\"give_up\" type=\"EXP\" delay=\"0.25\"/><transition name=\"begin\" "
      "type=\"IMM\" "
      "priority=\"2\"/>",
      "<arc head=\"ask\" tail=\"idle\" kind=\"INPUT\"/><arc head=\"wait\" tail=\"ask\" kind=\"OUTPUT\"/>"
      "<arc head=\"serve\" tail=\"busy\" kind=\"INPUT\"/><arc head=\"idle\" tail=\"serve\" kind=\"OUTPUT\"/>"
      "<arc head=\"give_up\" tail=\"wait\" kind=\"INPUT\"/><arc head=\"idle\" tail=\"give_up\" kind=\"OUTPUT\"/>"
      "<arc head=\"begin\" tail=\"wait\" kind=\"INPUT\"/><arc head=\"busy\" tail=\"begin\" kind=\"OUTPUT\"/>"
      "<arc head=\"begin\" tail=\"busy\" kind=\"INHIBITOR\" mult=\"2\"/>");
  for (const std::string constants : {"", "N=5,mu=1"}) {
    ReadOptions options;
    options.constants = constants;
    const Chain expected = read_project(same, constants).chain;
    for (const std::string& file : {path, def}) {
      const Chain chain = read_model(file, options).chain;
      CHECK(chain.inflow.row_start == expected.inflow.row_start);
      CHECK(chain.inflow.column == expected.inflow.column);
      CHECK(chain.inflow.value == expected.inflow.value);
      CHECK(chain.initial[0].state == expected.initial[0].state);
    }
  }
}

TEST_CASE("petri nets: damaged text files of GreatSPN are refused with the line") {
  const auto error = [](const std::string& text) {
    return error_of([&] { detail::petri::read_net_def("no.net", std::string(text), {}); });
  };
  CHECK_THAT(error("f 1"), mentions("no.net:1: a .net file of GreatSPN begins with |0|"));
  CHECK_THAT(error("|0|\n|\n"), mentions("the file ends too early"));
  CHECK_THAT(error("|0|\n|\nf 0 1 0 0 0\np -3 0 0 0 0 0\n"), mentions("no.net:4: there is no parameter number 3"));
  CHECK_THAT(error("|0|\n|\nf 0 1 0 0 0\np -10001 0 0 0 0 0 1 1 C\n"), mentions("coloured place"));
  CHECK_THAT(error("|0|\n|\nf 0 0 0 1 0\nt 1.0 0 127 0 1 0 0 0 0 0 0 0\n"), mentions("general distribution"));
  CHECK_THAT(error("|0|\n|\nf 0 0 0 1 0\nt 1.0 1 3 0 1 0 0 0 0 0 0 0\n"), mentions("no group number 3"));
  CHECK_THAT(error("|0|\n|\nf 0 1 0 1 0\np 0 0 0 0 0 0\nt 1.0 1 0 1 1 0 0 0 0 0 0 0\n 1 2 0 0\n"),
             mentions("no.net:6: there is no place number 2"));
  CHECK_THAT(error_of([&] { detail::petri::read_net_def("alone.def", "|256\n", {}); }),
             mentions("no .net file beside it"));
}

namespace {

std::string pipe_transition(const std::string& id, const std::string& rate, const std::string& timed,
                            const std::string& more = "") {
  return "<transition id=\"" + id + "\"><name><value>" + id + "</value></name><rate><value>" + rate +
         "</value></rate><timed><value>" + timed + "</value></timed>" + more + "</transition>\n";
}

std::string pipe_arc(const std::string& from, const std::string& to, const std::string& weight,
                     const std::string& type) {
  return "<arc id=\"" + from + " to " + to + "\" source=\"" + from + "\" target=\"" + to + "\"><inscription><value>" +
         weight + "</value></inscription><type value=\"" + type + "\"/></arc>\n";
}

Model read_pnml_text(const std::string& text) { return detail::petri::read_pnml("net.pnml", std::string(text), {}); }

std::string error_of_pnml(const std::string& text) {
  return error_of([&] { read_pnml_text("<pnml>\n<net>\n" + text + "</net>\n</pnml>\n"); });
}

}  // namespace

TEST_CASE("petri nets: PNML as PIPE writes it") {
  const std::string head =
      "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<pnml>\n<net id=\"Net-One\" type=\"P/T net\">"
      "<token id=\"Default\" enabled=\"true\" red=\"0\"/>\n";
  const Model model = read_pnml_text(
      head +
      "<place id=\"P0\"><name><value>idle</value></name><initialMarking><value>Default,4</value></initialMarking>"
      "</place><place id=\"P1\"><name><value>queue</value></name><capacity><value>3</value></capacity></place>"
      "<place id=\"P2\"><initialMarking><value>0</value></initialMarking></place>\n" +
      pipe_transition("T0", "0.5", "true", "<infiniteServer><value>true</value></infiniteServer>") +
      pipe_transition("T1", "3", "true", "<infiniteServer><value>false</value></infiniteServer>") +
      pipe_transition("T2", "1", "false", "<priority><value>1</value></priority>") +
      pipe_transition("T3", "2", "false", "<priority><value>1</value></priority>") +
      pipe_arc("P0", "T0", "Default,1", "normal") + pipe_arc("T0", "P1", "Default,1", "normal") +
      pipe_arc("P1", "T1", "1", "normal") + pipe_arc("T1", "P2", "1", "normal") + pipe_arc("P2", "T2", "1", "normal") +
      pipe_arc("T2", "P0", "1", "normal") + pipe_arc("P2", "T3", "1", "normal") + pipe_arc("T3", "P1", "1", "normal") +
      "</net></pnml>");
  // Two of three return to the queue; at most three are there.
  REQUIRE(model.chain.size() == 4);
  std::vector<double> births = {0.5 * 4, 0.5 * 3, 0.5 * 2}, deaths(3, 1.0);
  const std::vector<double> queue = reference::birth_death_solution(births, deaths);  // by customers in the queue
  const Solution solution = solve(model.chain);
  for (std::size_t s = 0; s < 4; ++s) CHECK(solution.distribution[s] == Approx(queue[marking_of(model.chain, s)[1]]));
}

TEST_CASE("petri nets: PNML as pm4py writes it, with pages, and what it lacks") {
  const auto timing = [](const std::string& type, const std::string& key, const std::string& value) {
    return "<toolspecific tool=\"StochasticPetriNet\" version=\"0.2\"><property key=\"distributionType\">" + type +
           "</property><property key=\"" + key + "\">" + value + "</property></toolspecific>";
  };
  const auto net = [](const std::string& t, const std::string& u) {
    return "<pnml><net id=\"n\" type=\"http://www.pnml.org/version-2009/grammar/pnmlcoremodel\"><page id=\"n0\">"
           "<place id=\"p\"><name><text>source</text></name><initialMarking><text>2</text></initialMarking></place>"
           "<page id=\"n1\"><place id=\"q\"><name><text>source</text></name></place></page>"
           "<transition id=\"t\"><name><text>register</text></name>" +
           t +
           "</transition><transition id=\"u\"><name><text>"
           "register</text></name>" +
           u +
           "</transition><arc id=\"1\" source=\"p\" target=\"t\"/><arc id=\"2\" source=\"t\" "
           "target=\"q\"/><arc id=\"3\" source=\"q\" target=\"u\"/><arc id=\"4\" source=\"u\" "
           "target=\"p\"/></page></net></pnml>";
  };
  const Model model = read_pnml_text(net(timing("EXPONENTIAL", "distributionParameters", "0.25"),
                                         timing("EXPONENTIAL", "distributionParameters", "4")));
  REQUIRE(model.chain.size() == 3);
  CHECK(rate(model.chain, 2, 1) == 0.25);
  CHECK(rate(model.chain, 1, 2) == 4.0);
  CHECK_THAT(model.notes[0], mentions("taken as its rate"));
  CHECK_THAT(error_of([&] { read_pnml_text(net(timing("NORMAL", "distributionParameters", "1;2"), "")); }),
             mentions("a distribution 'NORMAL' is not read"));
  CHECK_THAT(error_of([&] { read_pnml_text(net("", "")); }), mentions("the transition 'register' has no rate"));
}

TEST_CASE("petri nets: what PNML can say and is not read is refused by name") {
  CHECK_THAT(error_of([] { read_pnml_text("<net/>"); }), mentions("has the root 'pnml', not 'net'"));
  CHECK_THAT(error_of([] { read_pnml_text("<pnml><net type=\"x/symmetricnet\"/></pnml>"); }),
             mentions("coloured nets"));
  CHECK_THAT(error_of([] { read_pnml_text("<pnml><net/><net/></pnml>"); }), mentions("several nets"));
  CHECK_THAT(error_of_pnml("<place id=\"p\"><initialMarking><value>Red,1,Green,2</value></initialMarking></place>"),
             mentions("net.pnml:3:") && mentions("several colours"));
  CHECK_THAT(error_of_pnml("<place id=\"p\"><initialMarking><value>many</value></initialMarking></place>"),
             mentions("unknown name 'many'"));
  CHECK_THAT(error_of_pnml("<place id=\"p\"/><place id=\"p\"/>"), mentions("declared twice"));
  CHECK_THAT(error_of_pnml("<referencePlace id=\"r\"/>"), mentions("an element 'referencePlace' is not read"));
  const std::string ends = "<place id=\"p\"/>" + pipe_transition("t", "1", "true");
  CHECK_THAT(error_of_pnml(ends + pipe_arc("p", "x", "1", "normal")),
             mentions("no place or transition with the id 'x'"));
  CHECK_THAT(error_of_pnml(ends + pipe_arc("p", "p", "1", "normal")),
             mentions("from a place to a transition, or back"));
  CHECK_THAT(error_of_pnml(ends + pipe_arc("t", "p", "1", "inhibitor")),
             mentions("an inhibitor arc leads from a place"));
  CHECK_THAT(error_of_pnml(ends + pipe_arc("p", "t", "1", "reset")), mentions("an arc of type 'reset' is not read"));
  for (const auto& [first, second] : {std::pair("read", "normal"), std::pair("normal", "read")})
    CHECK_THAT(error_of_pnml(ends + pipe_arc("p", "t", "1", first) + pipe_arc("p", "t", "1", second)),
               mentions("a read arc beside another arc from the same place is not read"));
}
