// Petri nets: closed forms, nets beside models in the PRISM language, and random ones with immediate transitions beside
// the chain of all markings in exact fractions.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <steady/measures.hpp>
#include <steady/solve.hpp>

#include "tests/damage.hpp"
#include "tests/petri_nets.hpp"
#include "tests/prism_models.hpp"
#include "tests/scratch.hpp"

using namespace steady;
using namespace steady::tests;
using reference::Rational;

namespace {

double value_of(const Model& model, const std::string& reward) {
  const Solution solution = solve(model.chain);
  for (const Query& query : default_queries(model.chain))
    if (query.name == reward) return evaluate(query, solution.distribution).value.value();
  FAIL("no measure " << reward);
  return 0;
}

std::string error_of_project(const std::string& text, const std::string& constants = "") {
  return error_of([&] { read_project(text, constants); });
}

// Each rate that the whole chain has once its vanishing markings are censored, and no other.
void check_rates(const Chain& chain, const WholeChain& whole) {
  std::size_t entries = 0;
  std::map<Marking, State> number;
  for (std::size_t s = 0; s < chain.size(); ++s) number[marking_of(chain, s)] = static_cast<State>(s);
  for (const auto& [ends, exact] : whole.tangible_rates()) {
    if (ends.first == ends.second) continue;
    // Markings that only vanishing ones lead to from the initial one are there in both.
    if (!number.contains(ends.first)) continue;
    REQUIRE(number.contains(ends.second));
    CHECK(rate(chain, number[ends.first], number[ends.second]) == Approx(exact.convert_to<double>()).epsilon(1e-13));
    ++entries;
  }
  CHECK(entries == chain.inflow.entries());
}

// The tangible marking a, b, c of a net in which immediate transitions part the tokens of `from`.
PlainNet with_retry(double stay, double leave) {
  return {{{"idle", 1}, {"a", 0}, {"b", 0}, {"done", 0}},
          {{"start", false, 3, 0, 1, {{0}}, {{1}}},
           {"again", true, stay, 1, 1, {{1}}, {{2}}},
           {"back", true, 1, 1, 1, {{2}}, {{1}}},
           {"leave", true, leave, 1, 1, {{1}}, {{3}}},
           {"reset", false, 2, 0, 1, {{3}}, {{0}}}}};
}

}  // namespace

TEST_CASE("petri nets: a queue with an inhibitor arc is M/M/1/K") {
  PlainNet net{{{"queue", 0}},
               {{"arrive", false, 0.75, 0, 0, {}, {{0}}, {{0, 6}}}, {"serve", false, 1, 0, 1, {{0}}, {}}}};
  const Chain chain = read_project(project(net)).chain;
  REQUIRE(chain.size() == 7);
  const std::vector<double> exact =
      reference::birth_death_solution(std::vector<double>(6, 0.75), std::vector<double>(6, 1.0));
  CHECK(reference::largest_difference(solve(chain).distribution, exact) < 1e-14);
}

TEST_CASE("petri nets: machines that fail each on its own and wait for two repairers") {
  PlainNet net{{{"up", 5}, {"down", 0}},
               {{"fail", false, 0.3, 0, 0, {{0}}, {{1}}}, {"repair", false, 2, 0, 2, {{1}}, {{0}}}}};
  const Chain chain = read_project(project(net)).chain;
  // State k: k machines are up.
  std::vector<double> births, deaths;
  for (int up = 0; up < 5; ++up) {
    births.push_back(2.0 * std::min(5 - up, 2));
    deaths.push_back(0.3 * (up + 1));
  }
  REQUIRE(chain.size() == 6);
  const std::vector<double> exact = reference::birth_death_solution(births, deaths);
  CHECK(reference::largest_difference(solve(chain).distribution, exact) < 1e-14);
}

TEST_CASE("petri nets: servers are busy as often as their tokens are there") {
  PlainNet net{{{"parts", 7}, {"made", 0}},
               {{"make", false, 0.5, 0, 0, {{0, 3}}, {{1}}}, {"use", false, 1, 0, 2, {{1}}, {{0, 3}}}}};
  const Chain chain = read_project(project(net)).chain;
  REQUIRE(chain.size() == 3);  // parts 1, 4, 7
  CHECK(rate(chain, 2, 1) == 1.0);
  CHECK(rate(chain, 1, 0) == 0.5);
  CHECK(rate(chain, 0, 1) == 2.0);
}

TEST_CASE("petri nets: immediate transitions route the customers of a closed network") {
  const std::vector<double> service = {1, 0.4, 2.5};
  const std::vector<std::vector<double>> routing = {{0.125, 0.5, 0.375}, {0.75, 0, 0.25}, {0.25, 0.75, 0}};
  PlainNet net{{{"q0", 4}, {"q1", 0}, {"q2", 0}, {"r0", 0}, {"r1", 0}, {"r2", 0}}};
  for (std::size_t i = 0; i < 3; ++i) {
    net.transitions.push_back({"serve" + std::to_string(i), false, service[i], 0, 1, {{i}}, {{3 + i}}});
    for (std::size_t j = 0; j < 3; ++j)
      if (routing[i][j] > 0)
        net.transitions.push_back(
            {"go" + std::to_string(i) + std::to_string(j), true, 8 * routing[i][j], 1, 1, {{3 + i}}, {{j}}});
  }
  const Model model = read_project(
      project(net, "", "<measures gspn-name=\"net\"><formulas><formula language=\"ALL\"/></formulas></measures>\n"));
  const reference::ClosedNetwork network = reference::closed_network(service, routing, 4);
  REQUIRE(model.chain.size() == network.chain.size());
  const Solution solution = solve(model.chain);
  CHECK(reference::largest_difference(solution.distribution, network.solution) < 1e-13);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string number = std::to_string(i);
    const double served = value_of(model, "X{serve" + number + "}");
    for (std::size_t j = 0; j < 3; ++j)
      if (routing[i][j] > 0)
        CHECK(value_of(model, "X{go" + number + std::to_string(j) + "}") ==
              Approx(served * routing[i][j]).epsilon(1e-12));
    double busy = 0, customers = 0;
    for (std::size_t s = 0; s < model.chain.size(); ++s) {
      const int here = marking_of(model.chain, s)[i];
      busy += here > 0 ? network.solution[s] : 0;
      customers += here * network.solution[s];
    }
    CHECK(served == Approx(busy * service[i]).epsilon(1e-12));
    CHECK(value_of(model, "E{#q" + number + "}") == Approx(customers).epsilon(1e-12));
  }
}

TEST_CASE("petri nets: fork and join beside the same in the PRISM language") {
  PlainNet net{{{"jobs", 3}, {"left", 0}, {"right", 0}, {"l", 0}, {"r", 0}},
               {{"fork", false, 1.5, 0, 1, {{0}}, {{1}, {2}}},
                {"work_left", false, 2, 0, 0, {{1}}, {{3}}},
                {"work_right", false, 0.5, 0, 1, {{2}}, {{4}}},
                {"join", true, 1, 1, 1, {{3}, {4}}, {{0}}}}};
  const Chain chain = read_project(project(net)).chain;
  const Chain same =
      read_text(
          "ctmc\nmodule m\n jobs : [0..3] init 3;\n left : [0..3];\n right : [0..3];\n l : [0..3];\n r : "
          "[0..3];\n"
          " [] jobs>0 -> 1.5 : (jobs'=jobs-1)&(left'=left+1)&(right'=right+1);\n"
          " [] left>0 & r=0 -> 2*left : (left'=left-1)&(l'=l+1);\n"
          " [] left>0 & r>0 -> 2*left : (left'=left-1)&(r'=r-1)&(jobs'=jobs+1);\n"
          " [] right>0 & l=0 -> 0.5 : (right'=right-1)&(r'=r+1);\n"
          " [] right>0 & l>0 -> 0.5 : (right'=right-1)&(l'=l-1)&(jobs'=jobs+1);\n"
          "endmodule\n")
          .chain;
  CHECK(chain.inflow.row_start == same.inflow.row_start);
  CHECK(chain.inflow.column == same.inflow.column);
  CHECK(chain.inflow.value == same.inflow.value);
  CHECK(chain.initial[0].state == same.initial[0].state);
}

TEST_CASE("petri nets: immediate transitions that go round, as often as it comes") {
  // From `a` one leaves in the end, after 1 / (1 - p) visits on average, with p = 7 / 8.
  const Model model =
      read_project(project(with_retry(7, 1), "",
                           "<measures gspn-name=\"net\"><formulas>"
                           "<formula language=\"PERFORMANCE_INDEX\" expr=\"X{again}\"/>"
                           "<formula language=\"PERFORMANCE_INDEX\" expr=\"X{leave}\"/>"
                           "<formula language=\"PERFORMANCE_INDEX\" expr=\"2 P{#idle == 1} - E{#done}\"/>"
                           "</formulas></measures>\n"));
  REQUIRE(model.chain.size() == 2);
  CHECK(value_of(model, "X{leave}") == Approx(1.2).epsilon(1e-14));
  CHECK(value_of(model, "X{again}") == Approx(7 * 1.2).epsilon(1e-13));
  CHECK(value_of(model, "2 P{#idle == 1} - E{#done}") == Approx(2 * 0.4 - 0.6).epsilon(1e-14));
}

TEST_CASE("petri nets: rare ways out of a cycle of immediate transitions keep their digits") {
  const Chain chain = read_project(project(with_retry(1, 1e-12))).chain;
  REQUIRE(chain.size() == 2);
  CHECK(rate(chain, 1, 0) == 3.0);  // idle = 1 is the last
}

TEST_CASE("petri nets: the highest priority goes first, and weights decide among equals") {
  PlainNet net{{{"start", 1}, {"choice", 0}, {"a", 0}, {"b", 0}, {"c", 0}},
               {{"go", false, 8, 0, 1, {{0}}, {{1}}},
                {"low", true, 1000, 1, 1, {{1}}, {{2}}},
                {"high", true, 1, 2, 1, {{1}}, {{3}}},
                {"higher", true, 3, 2, 1, {{1}}, {{4}}},
                {"a_back", false, 1, 0, 1, {{2}}, {{0}}},
                {"b_back", false, 1, 0, 1, {{3}}, {{0}}},
                {"c_back", false, 1, 0, 1, {{4}}, {{0}}}}};
  const Chain chain = read_project(project(net)).chain;
  REQUIRE(chain.size() == 3);  // c, b, start
  CHECK(rate(chain, 2, 1) == 2.0);
  CHECK(rate(chain, 2, 0) == 6.0);
}

TEST_CASE("petri nets: a vanishing initial marking begins in several states") {
  PlainNet net{{{"start", 1}, {"a", 0}, {"b", 0}},
               {{"to_a", true, 1, 1, 1, {{0}}, {{1}}},
                {"to_b", true, 3, 1, 1, {{0}}, {{2}}},
                {"stay", false, 1, 0, 1, {{1}}, {{1}}}}};
  const Model model = read_project(project(net));
  REQUIRE(model.chain.initial.size() == 2);
  CHECK(model.chain.initial[0].probability == 0.75);  // b
  CHECK(model.chain.initial[1].probability == 0.25);
  const Solution solution = solve(model.chain);
  CHECK(solution.distribution[0] == Approx(0.75));
  CHECK(solution.distribution[1] == Approx(0.25));
}

// The mean number of tokens in some places.
double mean_tokens(const Model& model, const std::string& name) {
  const std::vector<double> distribution = solve(model.chain).distribution;
  const std::vector<Variable>& places = model.chain.states.packing.variables();
  double mean = 0;
  for (std::size_t p = 0; p < places.size(); ++p)
    if (places[p].name.starts_with(name))
      for (std::size_t s = 0; s < distribution.size(); ++s)
        mean += distribution[s] * static_cast<double>(model.chain.states.value(s, p));
  return mean;
}

TEST_CASE("petri nets: four processors with memories of their own, beside what GreatSPN computed") {
  // The net Multiprocessor that comes with GreatSPN's editor, unfolded: its file has the results, to seven digits.
  PlainNet net{{{"bus", 1}}};
  const auto place = [&](const std::string& name, int marking) {
    net.places.emplace_back(name, marking);
    return net.places.size() - 1;
  };
  std::vector<std::size_t> own, active, queue, memory;
  for (int i = 0; i < 4; ++i) {
    const std::string number = std::to_string(i);
    own.push_back(place("own" + number, 0));
    active.push_back(place("active" + number, 1));
    queue.push_back(place("queue" + number, 0));
    memory.push_back(place("memory" + number, 1));
  }
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string number = std::to_string(i);
    net.transitions.push_back({"request" + number, false, 2, 0, 1, {{active[i]}}, {{queue[i]}}});
    net.transitions.push_back({"begin" + number, false, 2, 0, 1, {{active[i]}}, {{own[i]}}});
    net.transitions.push_back({"end" + number, false, 5, 0, 1, {{memory[i]}, {own[i]}}, {{memory[i]}, {active[i]}}});
    for (std::size_t j = 0; j < 4; ++j) {
      if (i == j) continue;
      const std::size_t external = place("external" + number + std::to_string(j), 0);
      net.transitions.push_back(
          {"take" + number + std::to_string(j), true, 1, 1, 1, {{0}, {memory[j]}, {queue[i]}}, {{external}}});
      net.transitions.push_back(
          {"leave" + number + std::to_string(j), false, 5, 0, 1, {{external}}, {{active[i]}, {0}, {memory[j]}}});
    }
  }
  const Model model = read_project(project(net));
  CHECK(model.chain.size() == 340);
  CHECK(mean_tokens(model, "active") == Approx(1.7596452623118979).epsilon(1e-6));
  CHECK(mean_tokens(model, "bus") == Approx(0.2961418136722841).epsilon(1e-6));
  CHECK(mean_tokens(model, "own") == Approx(0.9962660312009762).epsilon(1e-6));
  CHECK(mean_tokens(model, "queue") == Approx(0.5402305201594114).epsilon(1e-6));
}

TEST_CASE("petri nets: a polling system beside what GreatSPN computed") {
  // The net cycpoll of the Polling System that comes with GreatSPN's editor, unfolded.
  PlainNet net{{{"in0", 0},
                {"in1", 0},
                {"thinking0", 1},
                {"thinking1", 1},
                {"waiting0", 0},
                {"waiting1", 0},
                {"sending0", 0},
                {"sending1", 0},
                {"out0", 1},
                {"out1", 1}}};
  for (std::size_t l = 0; l < 2; ++l) {
    const std::string number = std::to_string(l);
    net.transitions.push_back({"next" + number, false, 1, 0, 0, {{8 + l}}, {{1 - l}}});
    net.transitions.push_back({"produce" + number, false, 1, 0, 1, {{2 + l}}, {{4 + l}}});
    net.transitions.push_back({"send" + number, false, 2, 0, 1, {{6 + l}}, {{2 + l}, {8 + l}}});
    net.transitions.push_back({"bypass" + number, true, 1, 1, 1, {{l}}, {{8 + l}}, {{4 + l}}});
    net.transitions.push_back({"get" + number, true, 1, 1, 1, {{4 + l}, {l}}, {{6 + l}}});
  }
  const Model model =
      read_project(project(net, "",
                           "<measures gspn-name=\"net\"><formulas><formula language=\"PERFORMANCE_INDEX\" "
                           "expr=\"X{bypass0} + X{bypass1}\"/></formulas></measures>"));
  CHECK(model.chain.size() == 21);
  CHECK(mean_tokens(model, "sending") == Approx(0.4041515530232798).epsilon(1e-6));
  CHECK(mean_tokens(model, "waiting") == Approx(0.7875453404941102).epsilon(1e-6));
  CHECK(mean_tokens(model, "out") == Approx(1.5958484469767198).epsilon(1e-6));
  CHECK(mean_tokens(model, "in") == 0);
  CHECK(value_of(model, "X{bypass0} + X{bypass1}") == Approx(0.787545338365423).epsilon(1e-6));
}

TEST_CASE("petri nets: random ones with immediate transitions, beside all markings in exact fractions") {
  std::mt19937 random(20);
  const auto pick = [&](std::size_t n) { return random() % n; };
  std::size_t compared = 0, traps = 0;
  for (int round = 0; round < 150; ++round) {
    const std::size_t places = 3 + pick(3);
    PlainNet net;
    for (std::size_t p = 0; p < places; ++p) net.places.push_back({"p" + std::to_string(p), pick(3) == 0 ? 2 : 0});
    net.places[0].second = 1;
    for (std::size_t t = 0; t < 4 + pick(5); ++t) {
      NetTransition transition{"t" + std::to_string(t), pick(2) == 0,
                               std::ldexp(1.0 + pick(7), -static_cast<int>(pick(4)))};
      transition.priority = 1 + static_cast<int>(pick(2));
      transition.servers = static_cast<int>(pick(3));
      const std::size_t tokens = 1 + pick(2);
      const std::size_t from = pick(places), to = (from + 1 + pick(places - 1)) % places;
      transition.inputs.push_back({from, static_cast<int>(tokens)});
      transition.outputs.push_back({to, static_cast<int>(tokens)});
      if (pick(4) == 0) transition.inhibitors.push_back({pick(places), 1 + static_cast<int>(pick(2))});
      net.transitions.push_back(transition);
    }
    const WholeChain whole(net);
    Model model;
    const std::string error = error_of([&] { model = read_project(project(net)); });
    REQUIRE(error.empty() == !whole.has_trap());
    if (!error.empty()) {
      CHECK_THAT(error, mentions("time trap"));
      ++traps;
      continue;
    }
    check_rates(model.chain, whole);
    ++compared;
  }
  CHECK(compared > 80);
  CHECK(traps > 3);
}

TEST_CASE("petri nets: expressions of markings and constants") {
  const auto tokens = [](const std::string& marking) {
    const Model model = read_project(
        project_of("<constant consttype=\"INTEGER\" name=\"n\" value=\"7\"/><constant consttype=\"REAL\" name=\"r\" "
                   "value=\"2.5\"/><place name=\"p\" marking=\"" +
                   marking + "\"/>"));
    return marking_of(model.chain, 0)[0];
  };
  CHECK(tokens("3+2*n") == 17);
  CHECK(tokens("n/2") == 3);        // between integers
  CHECK(tokens("(1-n)/4+5") == 4);  // towards 0
  CHECK(tokens("Floor[n/2+0.9]") == 4);
  CHECK(tokens("Round[r*n]") == 18);
  CHECK(tokens("Min[n,3]+Max[n,3]*10+Mod[n,4]*100") == 373);
  CHECK(tokens("Pow[2,3]+Abs[2-n]") == 13);
  CHECK(tokens("If[n/2==3 &amp;&amp; !(r&gt;3), 1, 2]") == 1);
  CHECK(tokens("If[n&lt;7 || n&gt;7 -&gt; False, 1, 2]") == 1);
  CHECK(tokens("when n&gt;=8 : 4; ever 5;") == 5);
}

TEST_CASE("petri nets: rates, weights and arcs that depend on the marking") {
  // The delay is the rate of the whole transition; `flush` takes all that is there.
  const Chain chain = read_project(project_of("<place name=\"a\" marking=\"2\"/><place name=\"b\"/><place name=\"v\"/>"
                                              "<transition name=\"go\" type=\"EXP\" delay=\"3*#a\"/>"
                                              "<transition name=\"flush\" type=\"EXP\" nservers=\"1\"/>"
                                              "<transition name=\"stay\" type=\"IMM\" weight=\"#a+1\"/>"
                                              "<transition name=\"back\" type=\"IMM\"/>",
                                              "<arc head=\"go\" tail=\"a\" kind=\"INPUT\"/>"
                                              "<arc head=\"v\" tail=\"go\" kind=\"OUTPUT\"/>"
                                              "<arc head=\"stay\" tail=\"v\" kind=\"INPUT\"/>"
                                              "<arc head=\"b\" tail=\"stay\" kind=\"OUTPUT\"/>"
                                              "<arc head=\"back\" tail=\"v\" kind=\"INPUT\"/>"
                                              "<arc head=\"a\" tail=\"back\" kind=\"OUTPUT\"/>"
                                              "<arc head=\"flush\" tail=\"b\" kind=\"INPUT\" mult=\"Max[#b,1]\"/>"
                                              "<arc head=\"a\" tail=\"flush\" kind=\"OUTPUT\" mult=\"Max[#b,1]\"/>"))
                          .chain;
  REQUIRE(chain.size() == 3);       // a = 0, 1, 2
  CHECK(rate(chain, 2, 1) == 4.0);  // 6 * 2/3
  CHECK(rate(chain, 2, 2) == Approx(2.0));
  CHECK(rate(chain, 1, 0) == 1.5);
  CHECK(rate(chain, 0, 2) == 1.0);
  CHECK(rate(chain, 1, 2) == 1.0);
}

TEST_CASE("petri nets: input arcs from one place take tokens together") {
  // Two at a time leave, also by two arcs of one token.
  const auto net = [](std::vector<NetArc> inputs) {
    return PlainNet{{{"p", 0}}, {{"come", false, 1, 0, 1, {}, {{0}}, {{0, 4}}}, {"leave", false, 2, 0, 0, inputs, {}}}};
  };
  const Chain two = read_project(project(net({{0, 2}}))).chain, apart = read_project(project(net({{0}, {0}}))).chain;
  REQUIRE(apart.size() == 5);
  CHECK(apart.inflow.column == two.inflow.column);
  CHECK(apart.inflow.value == two.inflow.value);
}

TEST_CASE("petri nets: a constant that is varied stands in rates alone") {
  const std::string text = project_of(
      "<constant consttype=\"REAL\" name=\"k\" value=\"2\"/><place name=\"p\" marking=\"Floor[k]\"/>"
      "<transition name=\"t\" type=\"EXP\" delay=\"k\" nservers=\"1\"/>",
      "<arc head=\"t\" tail=\"p\" kind=\"INPUT\"/><arc head=\"p\" tail=\"t\" kind=\"OUTPUT\"/>");
  CHECK(read_project(text).chain.size() == 1);
  for (const bool within : {true, false}) {
    ReadOptions options;
    if (within)
      options.constants_within = {{"k", 0.01}};
    else
      options.derivatives = {"k"};
    CHECK_THAT(error_of([&] { petri::read_pnpro("net.PNPRO", std::string(text), options); }),
               mentions(within ? "the constant 'k' stands here in what is no rate"
                               : "the constant 'k' stands here in what is not differentiated"));
  }
}

TEST_CASE("petri nets: constants and parameters are set from outside") {
  const std::string text = project_of(
      "<constant consttype=\"REAL\" name=\"mu\" value=\"2\"/>"
      "<template type=\"INTEGER\" name=\"N\" last-binding=\"3\"/>"
      "<place name=\"p\" marking=\"N\"/><transition name=\"t\" type=\"EXP\" delay=\"mu\" "
      "nservers=\"1\"/>",
      "<arc head=\"t\" tail=\"p\" kind=\"INPUT\"/>");
  CHECK(error_of_project(text) == "net.PNPRO: constant without a value: N; set it with --const N=...");
  const Chain chain = read_project(text, "N=4,mu=0.5").chain;
  REQUIRE(chain.size() == 5);
  CHECK(rate(chain, 1, 0) == 0.5);
  CHECK_THAT(error_of_project(text, "N=-1"), mentions("net.PNPRO:5:"));
  CHECK_THAT(error_of_project(text, "N=4,K=1"), mentions("the model has no constant 'K'"));
}

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
  CHECK_THAT(error_of_project(project(queue)),
             mentions("net.PNPRO:6:") && mentions("the place 'queue' has no bound") && mentions("(1,0) to (1,1)"));
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
             mentions("2 nets") && mentions("'a', 'b'"));
  CHECK_THAT(error_of_project("<project/>"), mentions("the project has no net"));
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
  CHECK_THAT(error_of_project(deep + "</project>"), mentions("the project has no net"));
  CHECK_THAT(error_of_project("<!DOCTYPE p [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n" +
                              project_of("<place name=\"p\" marking=\"&b;\"/>")),
             mentions("begins nothing that is known here"));
  std::string brackets = "1";
  for (int k = 0; k < 2'000; ++k) brackets = "(" + brackets + ")";
  CHECK_THAT(error_of_project(project_of("<place name=\"p\" marking=\"" + brackets + "\"/>")),
             mentions("nested too deeply"));
}

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

TEST_CASE("petri nets: the rates of interval arithmetic hold what the decimals mean") {
  PlainNet net{{{"start", 1}, {"choice", 0}, {"a", 0}, {"b", 0}},
               {{"go", false, 0.3, 0, 1, {{0}}, {{1}}},
                {"to_a", true, 0.1, 1, 1, {{1}}, {{2}}},
                {"to_b", true, 0.7, 1, 1, {{1}}, {{3}}},
                {"a_back", false, 1, 0, 1, {{2}}, {{0}}},
                {"b_back", false, 1, 0, 1, {{3}}, {{0}}}}};
  std::string text =
      project(net, "", "<measures gspn-name=\"net\"><formulas><formula language=\"ALL\"/></formulas></measures>\n");
  for (const std::string decimal : {"0.3", "0.1", "0.7"}) {  // instead of 17 digits
    const std::size_t place = text.find("\"" + decimal + "0000") == std::string::npos
                                  ? text.find("\"0." + std::to_string(decimal[2] - '0' - 1) + "9999")
                                  : text.find("\"" + decimal + "0000");
    REQUIRE(place != std::string::npos);
    text.replace(place + 1, text.find('"', place + 1) - place - 1, decimal);
  }
  ReadOptions options;
  options.rate_errors = true;
  const Chain chain = detail::petri::read_pnpro("net.PNPRO", std::move(text), options).chain;
  REQUIRE(chain.size() == 3);
  const Rational exact = Rational(3, 10) * Rational(1, 8);
  const Rational stored(rate(chain, 2, 1));
  const double error = chain.rate_error[2];
  CHECK(error > 0);
  CHECK(error < 1e-14);
  CHECK(abs(exact - stored) <= stored * Rational(error));
  // So do the throughputs of transitions that take no time.
  const auto taken = std::find_if(chain.rewards.begin(), chain.rewards.end(),
                                  [](const Reward& reward) { return reward.name == "X{to_a}"; });
  REQUIRE(taken != chain.rewards.end());
  REQUIRE(taken->error.size() == 3);
  CHECK(taken->error[2] > 0);
  CHECK(taken->error[2] < 1e-14);
  CHECK(abs(exact - Rational(taken->rate[2])) <= Rational(taken->error[2]));
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
