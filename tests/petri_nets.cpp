#include "tests/petri_nets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace steady::tests {

using reference::Rational;

namespace {

bool enabled(const NetTransition& t, const Marking& marking) {
  const auto has = [&](const NetArc& arc) { return marking[arc.place] >= arc.multiplicity; };
  return std::all_of(t.inputs.begin(), t.inputs.end(), has) &&
         std::none_of(t.inhibitors.begin(), t.inhibitors.end(), has);
}

Marking fired(const NetTransition& t, Marking marking) {
  for (const NetArc& arc : t.inputs) marking[arc.place] -= arc.multiplicity;
  for (const NetArc& arc : t.outputs) marking[arc.place] += arc.multiplicity;
  return marking;
}

// Of a transition that takes time, enabled.
Rational rate_in(const NetTransition& t, const Marking& marking) {
  int busy = t.servers == 0 ? 1'000'000 : t.servers;
  for (const NetArc& arc : t.inputs) busy = std::min(busy, marking[arc.place] / arc.multiplicity);
  return Rational(t.rate) * (busy == 1'000'000 ? 1 : busy);
}

}  // namespace

std::string project_of(const std::string& nodes, const std::string& edges, const std::string& pages) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<project name=\"p\" version=\"121\">\n"
         "<gspn name=\"net\">\n<nodes>\n" +
         nodes + "</nodes>\n<edges>\n" + edges + "</edges>\n</gspn>\n" + pages + "</project>\n";
}

std::string project(const PlainNet& net, const std::string& nodes, const std::string& pages) {
  std::string all = nodes, edges;
  for (const auto& [name, marking] : net.places)
    all += fmt::format("<place name=\"{}\" marking=\"{}\" x=\"1.0\" y=\"2.0\"/>\n", name, marking);
  for (const NetTransition& t : net.transitions) {
    if (t.immediate)
      all += fmt::format("<transition name=\"{}\" type=\"IMM\" weight=\"{:.17g}\" priority=\"{}\" x=\"0.0\"/>\n",
                         t.name, t.rate, t.priority);
    else
      all += fmt::format("<transition name=\"{}\" type=\"EXP\" delay=\"{:.17g}\" nservers=\"{}\" rotation=\"1.57\"/>\n",
                         t.name, t.rate, t.servers == 0 ? "Infinite" : std::to_string(t.servers));
    const auto arcs = [&](const std::vector<NetArc>& list, const char* kind) {
      for (const NetArc& arc : list) {
        const std::string& place = net.places[arc.place].first;
        const bool output = std::string(kind) == "OUTPUT";
        edges += fmt::format("<arc head=\"{}\" tail=\"{}\" kind=\"{}\" mult=\"{}\" mult-k=\"0.5\"/>\n",
                             output ? place : t.name, output ? t.name : place, kind, arc.multiplicity);
      }
    };
    arcs(t.inputs, "INPUT");
    arcs(t.outputs, "OUTPUT");
    arcs(t.inhibitors, "INHIBITOR");
  }
  return project_of(all, edges, pages);
}

Model read_project(const std::string& text, const std::string& constants) {
  ReadOptions options;
  options.constants = constants;
  return detail::petri::read_pnpro("net.PNPRO", std::string(text), options);
}

WholeChain::WholeChain(const PlainNet& net) {
  std::map<Marking, std::size_t> numbers;
  const auto number = [&](const Marking& marking) {
    const auto [there, added] = numbers.emplace(marking, markings.size());
    if (added) markings.push_back(marking);
    return there->second;
  };
  Marking initial;
  for (const auto& [name, tokens] : net.places) initial.push_back(tokens);
  number(initial);
  std::vector<std::map<std::size_t, Rational>> rows;
  for (std::size_t m = 0; m < markings.size(); ++m) {
    const Marking marking = markings[m];
    int highest = 0;
    for (const NetTransition& t : net.transitions)
      if (t.immediate && enabled(t, marking)) highest = std::max(highest, t.priority);
    vanishing.push_back(highest > 0);
    rows.emplace_back();
    for (const NetTransition& t : net.transitions)
      if ((t.immediate ? t.priority : 0) == highest && enabled(t, marking))
        rows[m][number(fired(t, marking))] += t.immediate ? Rational(t.rate) : rate_in(t, marking);
  }
  rate.assign(markings.size(), std::vector<Rational>(markings.size()));
  for (std::size_t m = 0; m < rows.size(); ++m)
    for (const auto& [to, r] : rows[m]) rate[m][to] = r;
}

bool WholeChain::has_trap() const {
  std::vector<bool> leaves(markings.size());
  for (std::size_t m = 0; m < markings.size(); ++m) leaves[m] = !vanishing[m];
  for (std::size_t round = 0; round < markings.size(); ++round)
    for (std::size_t i = 0; i < markings.size(); ++i)
      for (std::size_t j = 0; j < markings.size(); ++j)
        if (rate[i][j] != 0 && leaves[j]) leaves[i] = true;
  return std::find(leaves.begin(), leaves.end(), false) != leaves.end();
}

std::map<std::pair<Marking, Marking>, Rational> WholeChain::tangible_rates() const {
  std::vector<std::size_t> gone;
  for (std::size_t m = 0; m < markings.size(); ++m)
    if (vanishing[m]) gone.push_back(m);
  std::vector<std::vector<Rational>> left = rate;
  for (const std::size_t m : gone) left[m][m] = 0;  // what leads back at once changes nothing
  censor(left, gone);
  std::map<std::pair<Marking, Marking>, Rational> result;
  for (std::size_t i = 0; i < markings.size(); ++i)
    for (std::size_t j = 0; j < markings.size(); ++j)
      if (!vanishing[i] && !vanishing[j] && left[i][j] != 0) result[{markings[i], markings[j]}] = left[i][j];
  return result;
}

PlainNet with_retry(double stay, double leave) {
  return {{{"idle", 1}, {"a", 0}, {"b", 0}, {"done", 0}},
          {{"start", false, 3, 0, 1, {{0}}, {{1}}},
           {"again", true, stay, 1, 1, {{1}}, {{2}}},
           {"back", true, 1, 1, 1, {{2}}, {{1}}},
           {"leave", true, leave, 1, 1, {{1}}, {{3}}},
           {"reset", false, 2, 0, 1, {{3}}, {{0}}}}};
}

Marking marking_of(const Chain& chain, std::size_t state) {
  Marking marking;
  for (std::size_t p = 0; p < chain.states.packing.variables().size(); ++p)
    marking.push_back(static_cast<int>(chain.states.value(state, p)));
  return marking;
}

}  // namespace steady::tests
