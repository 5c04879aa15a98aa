// Immediate transitions of Petri nets: closed forms, what GreatSPN computed, and random nets beside the chain of all
// markings in exact fractions.
#include <steady/measures.hpp>
#include <steady/sensitivity.hpp>
#include <steady/solve.hpp>

#include "tests/damage.hpp"
#include "tests/petri_nets.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using namespace steady::tests;

namespace {

double value_of(const Model& model, const std::string& reward) {
  const Solution solution = solve(model.chain);
  for (const Query& query : default_queries(model.chain))
    if (query.name == reward) return evaluate(query, solution.distribution).value.value();
  FAIL("no measure " << reward);
  return 0;
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

}  // namespace

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

namespace {

// From idle at rate c, at once to a by weight 1 or b by `weight`, and back at rates 2 and 3.
std::string with_choice(const std::string& weight) {
  const auto arc = [](const std::string& kind, const std::string& place, const std::string& transition) {
    const bool output = kind == "OUTPUT";
    return "<arc kind=\"" + kind + "\" head=\"" + (output ? place : transition) + "\" tail=\"" +
           (output ? transition : place) + "\"/>";
  };
  const auto from_to = [&](const std::string& transition, const std::string& from, const std::string& to) {
    return arc("INPUT", from, transition) + arc("OUTPUT", to, transition);
  };
  return project_of(
      "<constant consttype=\"REAL\" name=\"c\" value=\"1.5\"/><place name=\"idle\" marking=\"1\"/>"
      "<place name=\"choice\"/><place name=\"a\"/><place name=\"b\"/>"
      "<transition name=\"start\" type=\"EXP\" delay=\"c\"/><transition name=\"to_a\" type=\"IMM\"/>"
      "<transition name=\"to_b\" type=\"IMM\" weight=\"" +
          weight +
          "\"/><transition name=\"from_a\" type=\"EXP\" delay=\"2\"/>"
          "<transition name=\"from_b\" type=\"EXP\" delay=\"3\"/>",
      from_to("start", "idle", "choice") + from_to("to_a", "choice", "a") + from_to("to_b", "choice", "b") +
          from_to("from_a", "a", "idle") + from_to("from_b", "b", "idle"),
      "<measures gspn-name=\"net\"><formulas><formula language=\"PERFORMANCE_INDEX\" expr=\"E{#a}\"/>"
      "<formula language=\"PERFORMANCE_INDEX\" expr=\"X{to_a}\"/></formulas></measures>");
}

}  // namespace

TEST_CASE("petri nets: sensitivities where immediate transitions have weights that stay") {
  ReadOptions options;
  options.derivatives = {"c"};
  const Model model = detail::petri::read_pnpro("net.PNPRO", with_choice("3"), options);
  REQUIRE(model.chain.size() == 3);
  // idle : a : b = 1 : c / 8 : c / 4
  const double c = 1.5, all = 1 + 3 * c / 8;
  const Solution solution = solve(model.chain);
  const std::vector<Query> queries = default_queries(model.chain);
  REQUIRE(queries.size() == 2);
  const double values[] = {c / 8 / all, c / 4 / all}, slopes[] = {1 / (8 * all * all), 1 / (4 * all * all)};
  for (std::size_t k = 0; k < 2; ++k) {
    CHECK(evaluate(queries[k], solution.distribution).value.value() == Approx(values[k]));
    CHECK(sensitivities(model, queries[k], solution).at(0).derivative.value == Approx(slopes[k]).epsilon(1e-9));
  }
  CHECK_THAT(error_of([&] { detail::petri::read_pnpro("net.PNPRO", with_choice("c"), options); }),
             mentions("the weight of an immediate transition changes with the constant 'c'"));
}

TEST_CASE("petri nets: immediate transitions that follow one another for certain, and for long") {
  std::string nodes = "<place name=\"p0\" marking=\"1\"/>", edges;
  const int length = 20;
  for (int k = 0; k <= length; ++k) {
    const std::string t = std::to_string(k), next = std::to_string((k + 1) % (length + 1));
    if (k > 0) nodes += "<place name=\"p" + t + "\"/>";
    nodes += "<transition name=\"t" + t + "\" type=\"" + (k % length == 0 ? "EXP" : "IMM") + "\"/>";
    edges += "<arc kind=\"INPUT\" head=\"t" + t + "\" tail=\"p" + t + "\"/><arc kind=\"OUTPUT\" head=\"p" + next +
             "\" tail=\"t" + t + "\"/>";
  }
  const Model model = read_project(project_of(nodes, edges));
  REQUIRE(model.chain.size() == 2);
  CHECK(rate(model.chain, 0, 1) == 1);
  CHECK(rate(model.chain, 1, 0) == 1);
}
