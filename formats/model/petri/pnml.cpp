#include "formats/model/petri/pnml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "formats/model/petri/expressions.hpp"

namespace steady::detail::petri {

using prism::fail;
using prism::make_literal;
using prism::Type;

namespace {

class PnmlReader {
 public:
  PnmlReader(const Document& document, const std::string& asked, Net& net)
      : document_(document), asked_(asked), net_(net) {}

  void read() {
    const pugi::xml_node root = document_.tree.document_element();
    if (std::string_view(root.name()) != "pnml")
      fail(place(document_, root), fmt::format("a PNML file has the root 'pnml', not '{}'", root.name()));
    const pugi::xml_node net = find_net(root);
    require_uncoloured(net);
    pages_.push_back(net);
    for (std::size_t k = 0; k < pages_.size(); ++k)
      for (const pugi::xml_node page : pages_[k].children("page")) pages_.push_back(page);
    each("place", [&](const pugi::xml_node& node) { add_place(node); });
    each("transition", [&](const pugi::xml_node& node) { add_transition(node); });
    each("arc", [&](const pugi::xml_node& node) { add_arc(node); });
    for (const char* other : {"referencePlace", "referenceTransition", "include", "variables", "stateGroup"})
      each(other, [&](const pugi::xml_node& node) {
        fail(place(document_, node), fmt::format("an element '{}' is not read", node.name()));
      });
  }

 private:
  template <class Use>
  void each(const char* name, Use use) {
    for (const pugi::xml_node& page : pages_)
      for (const pugi::xml_node node : page.children(name)) use(node);
  }

  // By its id, or by its name.
  pugi::xml_node find_net(const pugi::xml_node& root) const {
    std::vector<NamedNet> nets;
    for (const pugi::xml_node net : root.children("net")) {
      nets.push_back({net, labelled(net, "name").text, net.attribute("id").value()});
    }
    return find_named(nets, asked_, place(document_, root));
  }

  void require_uncoloured(const pugi::xml_node& net) const {
    const Text type = attribute(document_, net, "type");
    for (const std::string_view coloured : {"symmetricnet", "highlevelnet", "pt-hlpng"})
      if (type.text.find(coloured) != std::string_view::npos)
        fail(type.place, "coloured nets are not read: unfold the net in GreatSPN's editor first");
  }

  // <key><value>...</value></key> of PIPE, or <text> of others, or what stands in the element.
  Text labelled(const pugi::xml_node& node, const char* key) const {
    const pugi::xml_node label = node.child(key);
    for (const char* inner : {"value", "text"})
      if (const pugi::xml_node element = label.child(inner)) return content(document_, element);
    return label ? content(document_, label) : Text{{}, place(document_, node)};
  }

  // The name, or where there is none or it is taken, the id, by which arcs know the element.
  prism::Name name(const pugi::xml_node& node) {
    const Text id = required(document_, node, "id");
    const Text own = labelled(node, "name");
    const bool good = !own.text.empty() && !net_.meanings.contains(own.text);
    return good ? prism::Name{own.text, own.place} : prism::Name{id.text, id.place};
  }

  void remember(const pugi::xml_node& node, Meaning meaning) {
    const Text id = required(document_, node, "id");
    if (!by_id_.emplace(id.text, meaning).second) fail(id.place, fmt::format("the id '{}' is there twice", id.text));
  }

  void add_place(const pugi::xml_node& node) {
    if (node.child("type") || node.child("hlinitialMarking"))
      fail(place(document_, node), "coloured places are not read: unfold the net in GreatSPN's editor first");
    const std::size_t number = net_.places.size();
    ExpressionPtr capacity = amount(labelled(node, "capacity"), 0, "a capacity");
    if (capacity->value == 0) capacity = nullptr;
    net_.add_place(name(node), amount(labelled(node, "initialMarking"), 0, "a marking"), capacity);
    remember(node, {Meaning::Kind::place, {}, number});
  }

  // "2", or of PIPE "Default,2": a number for each colour, only one of which may be above 0.
  ExpressionPtr amount(const Text& text, double otherwise, const char* what) const {
    if (text.text.empty()) return make_literal(text.place, Type::integer, otherwise);
    ExpressionPtr found;
    std::string_view rest = text.text;
    for (std::size_t k = 0; !rest.empty(); ++k) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view part = rest.substr(0, comma);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      if (k % 2 == 0 && comma != text.text.size()) continue;  // the colour
      ExpressionPtr number = read_expression({part, text.place}, Asked::integer, what, net_);
      if (number->op != prism::Operator::literal || number->value < 0)
        fail(text.place, fmt::format("{} must be an integer from 0 on", what));
      if (found && found->value > 0 && number->value > 0) fail(text.place, "tokens of several colours are not read");
      if (!found || number->value > 0) found = std::move(number);
    }
    if (!found) fail(text.place, fmt::format("{} without a number", what));
    return found;
  }

  void add_transition(const pugi::xml_node& node) {
    if (node.child("condition")) fail(place(document_, node.child("condition")), "guards in PNML are not read");
    const std::size_t number = net_.transitions.size();
    Transition t{name(node), nullptr, nullptr, nullptr, nullptr};
    const pugi::xml_node stochastic = node.find_child_by_attribute("toolspecific", "tool", "StochasticPetriNet");
    if (stochastic)
      timing_of_properties(stochastic, t);
    else
      timing_of_pipe(node, t);
    net_.add_transition(std::move(t));
    remember(node, {Meaning::Kind::transition, {}, number});
  }

  ExpressionPtr one(prism::Place place) const { return make_literal(place, Type::integer, 1); }

  void timing_of_pipe(const pugi::xml_node& node, Transition& t) {
    const Text rate = labelled(node, "rate"), timed = labelled(node, "timed");
    if (rate.text.empty())
      fail(place(document_, node), fmt::format("the transition '{}' has no rate: those of PIPE have one, and of pm4py "
                                               "those with a distribution; PNML itself has none",
                                               t.name.text));
    t.rate = read_expression(rate, Asked::number, "a rate", net_);
    if (timed.text == "false") {
      const Text priority = labelled(node, "priority");
      t.priority =
          priority.text.empty() ? one(rate.place) : read_expression(priority, Asked::integer, "a priority", net_);
    } else if (labelled(node, "infiniteServer").text != "true") {
      t.servers = one(rate.place);
    }
  }

  // Properties by key, as ProM's stochastic nets have them.
  void timing_of_properties(const pugi::xml_node& stochastic, Transition& t) {
    const auto property = [&](const char* key) {
      const pugi::xml_node found = stochastic.find_child_by_attribute("property", "key", key);
      return found ? content(document_, found) : Text{{}, place(document_, stochastic)};
    };
    const Text type = property("distributionType");
    if (type.text == "IMMEDIATE") {
      const Text weight = property("weight"), priority = property("priority");
      t.rate = weight.text.empty() ? one(weight.place) : read_expression(weight, Asked::number, "a weight", net_);
      t.priority =
          priority.text.empty() ? one(priority.place) : read_expression(priority, Asked::integer, "a priority", net_);
    } else if (type.text == "EXPONENTIAL") {
      t.rate = read_expression(property("distributionParameters"), Asked::number, "a rate", net_);
      t.servers = one(type.place);
      note_rates();
    } else {
      fail(type.place, fmt::format("a distribution '{}' is not read: only EXPONENTIAL and IMMEDIATE", type.text));
    }
  }

  void note_rates() {
    if (!std::exchange(noted_, true))
      net_.notes.push_back(
          fmt::format("{}: the parameter of a distribution EXPONENTIAL is taken as its rate, as pm4py "
                      "writes it; ProM writes the mean",
                      document_.source.name));
  }

  void add_arc(const pugi::xml_node& node) {
    const Text source = required(document_, node, "source"), target = required(document_, node, "target");
    const Meaning& from = find(source);
    const Meaning& to = find(target);
    if (from.kind == to.kind) fail(source.place, "an arc leads from a place to a transition, or back");
    const bool output = to.kind == Meaning::Kind::place;
    if (node.child("hlinscription"))
      fail(place(document_, node), "coloured arcs are not read: unfold the net in GreatSPN's editor first");
    const Arc arc{output ? to.number : from.number, amount(labelled(node, "inscription"), 1, "a multiplicity")};
    Transition& t = net_.transitions[output ? from.number : to.number];
    const Text kind = arc_kind(node);
    const bool read = kind.text == "read" || kind.text == "test";
    const bool beside =
        std::any_of(t.inputs.begin(), t.inputs.end(), [&](const Arc& a) { return a.place == arc.place; });
    if (beside && (read || (!output && reads_.contains({to.number, from.number}))))
      fail(kind.place, "a read arc beside another arc from the same place is not read");
    if (kind.text == "inhibitor") {
      if (output) fail(kind.place, "an inhibitor arc leads from a place to a transition");
      t.inhibitors.push_back(arc);
    } else if (read) {
      if (output) fail(kind.place, "a read arc leads from a place to a transition");
      reads_.insert({to.number, from.number});
      t.inputs.push_back(arc);
      t.outputs.push_back(arc);
    } else if (kind.text == "normal") {
      (output ? t.outputs : t.inputs).push_back(arc);
    } else {
      fail(kind.place, fmt::format("an arc of type '{}' is not read", kind.text));
    }
  }

  // <type value="inhibitor"/> of PIPE and GreatSPN, <arctype><text>inhibitor</text></arctype> of pm4py.
  Text arc_kind(const pugi::xml_node& node) const {
    if (const pugi::xml_node type = node.child("type")) return attribute(document_, type, "value", "normal");
    const Text text = labelled(node, "arctype");
    return text.text.empty() ? Text{"normal", text.place} : text;
  }

  const Meaning& find(const Text& id) const {
    const auto found = by_id_.find(id.text);
    if (found == by_id_.end()) fail(id.place, fmt::format("there is no place or transition with the id '{}'", id.text));
    return found->second;
  }

  const Document& document_;
  const std::string& asked_;  // the net's id or name; empty: the only one
  Net& net_;
  std::vector<pugi::xml_node> pages_;          // the net itself, then its pages and theirs
  std::map<std::string_view, Meaning> by_id_;  // by number
  bool noted_ = false;
  std::set<std::pair<std::size_t, std::size_t>> reads_ = {};  // transition and place of each read arc
};

}  // namespace

void read_pnml(const Document& document, const std::string& name, Net& net) { PnmlReader(document, name, net).read(); }

}  // namespace steady::detail::petri
