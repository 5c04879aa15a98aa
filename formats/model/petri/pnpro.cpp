#include "formats/model/petri/pnpro.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "formats/model/petri/expressions.hpp"

namespace steady::detail::petri {

using prism::fail;
using prism::make_literal;

namespace {

// Attributes of the drawing end with one of these, or are one of the others.
bool is_drawn(std::string_view attribute) {
  static const std::set<std::string_view> drawn = {"x",      "y",         "rotation",          "height",
                                                   "width",  "magnets",   "head-magnet",       "tail-magnet",
                                                   "broken", "partition", "superposition-tags"};
  const std::string_view end = attribute.substr(attribute.size() - std::min<std::size_t>(attribute.size(), 2));
  return drawn.contains(attribute) || end == "-x" || end == "-y" || end == "-k";
}

class ProjectReader {
 public:
  ProjectReader(const Document& document, Net& net) : document_(document), net_(net) {}

  void read() {
    const pugi::xml_node project = document_.tree.document_element();
    if (std::string_view(project.name()) != "project")
      fail(place(document_, project),
           fmt::format("a project of GreatSPN has the root 'project', not '{}'", project.name()));
    const pugi::xml_node page = find_net(project);
    const std::string_view name = page.attribute("name").value();
    nodes(page.child("nodes"));
    for (const pugi::xml_node arc : page.child("edges").children()) add_arc(arc);
    for (const pugi::xml_node other : project.children("measures"))
      if (other.attribute("gspn-name").value() == name) measures(other);
    for (const std::string& attribute : unknown_)
      net_.notes.push_back(
          fmt::format("{}: the attribute {} is not known, and was not looked at", document_.source.name, attribute));
  }

 private:
  pugi::xml_node find_net(const pugi::xml_node& project) const {
    std::string names;
    std::size_t count = 0;
    for (const pugi::xml_node page : project.children("gspn")) {
      names += fmt::format("{}'{}'", count++ == 0 ? "" : ", ", page.attribute("name").value());
    }
    if (count == 1) return project.child("gspn");
    if (count == 0) fail(place(document_, project), "the project has no net");
    fail(place(document_, project),
         fmt::format("the project has {} nets, and one is read: {}; keep it alone in a project", count, names));
  }

  void nodes(const pugi::xml_node& list) {
    for (const pugi::xml_node node : list.children()) {  // what expressions may use
      const std::string_view kind = node.name();
      if (kind == "constant") declare(node, "consttype");
      if (kind == "template") declare(node, "type");
      if (kind == "place") add_place(node);
    }
    set_values(list);
    for (const pugi::xml_node node : list.children("transition")) add_transition(node);
    for (const pugi::xml_node node : list.children()) {
      const std::string_view kind = node.name();
      if (kind == "color-class" || kind == "color-var")
        fail(place(document_, node), "coloured nets are not read: unfold the net in GreatSPN's editor first");
      if (kind != "constant" && kind != "template" && kind != "place" && kind != "transition" && kind != "text-box")
        fail(place(document_, node), fmt::format("an element '{}' of a net is not read", kind));
    }
  }

  void declare(const pugi::xml_node& node, const char* type_attribute) {
    const Text type = required(document_, node, type_attribute);
    if (type.text != "INTEGER" && type.text != "REAL")
      fail(type.place, fmt::format("a constant of type {} is not read", type.text));
    if (!attribute(document_, node, "domain").text.empty())
      fail(place(document_, node), "a coloured constant is not read: unfold the net in GreatSPN's editor first");
    net_.add_constant(name(node), type.text == "REAL" ? prism::Type::real : prism::Type::integer, nullptr);
  }

  void add_place(const pugi::xml_node& node) {
    const Text type = attribute(document_, node, "type", "DISCRETE");
    if (type.text != "DISCRETE") fail(type.place, fmt::format("a place of type {} is not read", type.text));
    const Text domain = attribute(document_, node, "domain");
    if (!domain.text.empty())
      fail(domain.place, "a coloured place is not read: unfold the net in GreatSPN's editor first");
    require_known(node, {"name", "type", "domain", "marking"});
    net_.add_place(name(node), nullptr);
  }

  // Of constants and markings, which may use constants that are declared later.
  void set_values(const pugi::xml_node& list) {
    std::size_t constant = 0, place_number = 0;
    for (const pugi::xml_node node : list.children()) {
      const std::string_view kind = node.name();
      if (kind == "template") ++constant;
      if (kind == "constant") {
        prism::ConstantDeclaration& declared = net_.constants[constant++];
        const bool integer = declared.type == prism::Type::integer;
        declared.value = read_expression(required(document_, node, "value"), integer ? Asked::integer : Asked::number,
                                         "the value of a constant", net_);
      }
      if (kind == "place")
        net_.places[place_number++].marking = expression(node, "marking", "0", Asked::integer, "a marking");
    }
  }

  void add_transition(const pugi::xml_node& node) {
    const Text type = required(document_, node, "type");
    require_known(node, {"name", "type", "delay", "nservers", "priority", "weight", "guard"});
    Transition t{name(node), nullptr, nullptr, nullptr, nullptr};
    if (type.text == "EXP") {
      t.rate = expression(node, "delay", "1.0", Asked::number, "a delay");
      if (const Text servers = attribute(document_, node, "nservers", "Infinite"); servers.text != "Infinite")
        t.servers = expression(node, "nservers", "", Asked::integer, "a number of servers");
    } else if (type.text == "IMM") {
      t.rate = expression(node, "weight", "1.0", Asked::number, "a weight");
      t.priority = expression(node, "priority", "1", Asked::integer, "a priority");
    } else {
      fail(type.place,
           fmt::format("a transition of type {} is not read: only exponential (EXP) and immediate (IMM) ones",
                       type.text));
    }
    if (const Text guard = attribute(document_, node, "guard", "True"); guard.text != "True")
      t.guard = read_expression(guard, Asked::boolean, "a guard", net_);
    net_.add_transition(std::move(t));
  }

  void add_arc(const pugi::xml_node& node) {
    if (std::string_view(node.name()) != "arc")
      fail(place(document_, node), fmt::format("an element '{}' among the edges is not read", node.name()));
    require_known(node, {"head", "tail", "kind", "mult", "type", "multiplicity"});
    const bool old = !node.attribute("kind");  // as older editors write it
    const Text kind = required(document_, node, old ? "type" : "kind");
    const Text tail = required(document_, node, "tail"), head = required(document_, node, "head");
    if (kind.text != "INPUT" && kind.text != "OUTPUT" && kind.text != "INHIBITOR")
      fail(kind.place, fmt::format("an arc of kind {} is not read", kind.text));
    const bool output = kind.text == "OUTPUT";
    const Meaning& from = find(output ? head : tail, Meaning::Kind::place, "place");
    Transition& t = net_.transitions[find(output ? tail : head, Meaning::Kind::transition, "transition").number];
    const Arc arc{from.number, expression(node, old ? "multiplicity" : "mult", "1", Asked::integer, "a multiplicity")};
    (output ? t.outputs : kind.text == "INPUT" ? t.inputs : t.inhibitors).push_back(arc);
  }

  const Meaning& find(const Text& name, Meaning::Kind kind, const char* what) const {
    const auto found = net_.meanings.find(name.text);
    if (found == net_.meanings.end() || found->second.kind != kind)
      fail(name.place, fmt::format("there is no {} '{}'", what, name.text));
    return found->second;
  }

  // Performance indices become rewards, called as they are written; other formulas are noted.
  void measures(const pugi::xml_node& page) {
    for (const pugi::xml_node formula : page.child("formulas").children("formula")) {
      const std::string_view language = formula.attribute("language").value();
      if (language == "PERFORMANCE_INDEX") {
        Text text = attribute(document_, formula, "expr");
        if (text.text.empty()) text = content(document_, formula);
        net_.add_measure(text.text, text.place, read_measure(text, net_));
      } else if (language == "ALL") {
        net_.add_basic_measures(place(document_, formula));
      } else {
        net_.notes.push_back(fmt::format("{}: a measure of language {} is not answered here",
                                         prism::location(place(document_, formula)), language));
      }
    }
  }

  prism::Name name(const pugi::xml_node& node) const {
    const Text text = required(document_, node, "name");
    return {text.text, text.place};
  }

  ExpressionPtr expression(const pugi::xml_node& node, const char* key, std::string_view otherwise, Asked asked,
                           const char* what) const {
    Text text = attribute(document_, node, key, otherwise);
    if (text.text.empty()) text.text = otherwise;
    return read_expression(text, asked, what, net_);
  }

  void require_known(const pugi::xml_node& node, std::initializer_list<std::string_view> known) {
    for (const pugi::xml_attribute a : node.attributes())
      if (!is_drawn(a.name()) && std::find(known.begin(), known.end(), a.name()) == known.end())
        unknown_.insert(fmt::format("'{}' of '{}'", a.name(), node.name()));
  }

  const Document& document_;
  Net& net_;
  std::set<std::string> unknown_;
};

}  // namespace

void read_project(const Document& document, Net& net) { ProjectReader(document, net).read(); }

}  // namespace steady::detail::petri
