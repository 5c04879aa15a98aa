#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "formats/model/jani/automaton.hpp"

namespace steady::detail::jani {

using prism::Command;
using prism::fail;
using prism::make_expression;
using prism::make_literal;
using prism::Operator;
using prism::same;
using prism::Type;

namespace {

// What is assigned when an edge leads to a destination: the values in terms of the state before.
using Values = std::map<std::string_view, ExpressionPtr>;

struct ReadDestination {
  ExpressionPtr probability;  // null: 1
  Values values;
};

// The rate of a destination: R p, and N itself where p is N / R, as converters write it. A rate that is 0 has no
// destinations, and then p has no value.
ExpressionPtr rate_of(const ExpressionPtr& rate, const ExpressionPtr& p) {
  if (!p || (p->op == Operator::literal && p->value == 1)) return rate;
  const Place place = p->place;
  ExpressionPtr product = make_expression(Operator::times, place, {rate, p});
  if (p->op == Operator::literal) return product;
  if (p->op == Operator::divide && same(*p->operands[1], *rate)) {
    const ExpressionPtr& part = p->operands[0];
    const bool term = rate->op == Operator::sum && std::any_of(rate->operands.begin(), rate->operands.end(),
                                                               [&](const ExpressionPtr& t) { return same(*t, *part); });
    if (term || same(*part, *rate)) return part;
  }
  const ExpressionPtr positive = make_expression(Operator::greater, place, {rate, whole_number(place, 0)});
  return make_expression(Operator::conditional, place, {positive, std::move(product), rate});
}

template <class Use>
void for_each_name(const prism::Expression& expression, Use use) {
  if (expression.op == Operator::identifier) use(expression.name);
  for (const ExpressionPtr& operand : expression.operands)
    if (operand) for_each_name(*operand, use);
}

std::vector<ExpressionPtr> probabilities(const std::vector<ReadDestination>& destinations, Place place) {
  std::vector<ExpressionPtr> all;
  for (const ReadDestination& d : destinations) all.push_back(d.probability ? d.probability : whole_number(place, 1));
  return all;
}

// Of a value that differs between the destinations the average.
template <class ValueOf>
ExpressionPtr average(const std::vector<ReadDestination>& destinations, ValueOf value_of, Place place) {
  const ExpressionPtr first = value_of(destinations[0]);
  if (std::all_of(destinations.begin(), destinations.end(),
                  [&](const ReadDestination& d) { return same(*value_of(d), *first); }))
    return first;
  std::vector<ExpressionPtr> terms;
  for (const ReadDestination& d : destinations)
    terms.push_back(d.probability ? make_expression(Operator::times, place, {d.probability, value_of(d)})
                                  : value_of(d));
  return make_expression(Operator::sum, place, std::move(terms));
}

class EdgeReader {
 public:
  EdgeReader(const Json& edge, Automaton& automaton)
      : edge_(edge), automaton_(automaton), network_(automaton.network), command_{edge.place, {}, nullptr, {}} {
    if (has_action(edge)) command_.action = {edge.string_at("action", "an edge"), edge.find("action")->place};
  }

  Command read() {
    const Json& from = edge_.at("location", "an edge");
    ExpressionPtr guard = network_.expressions.read_if_any(edge_, "guard", automaton_.scope);
    if (!guard) guard = make_literal(edge_.place, Type::boolean, 1);
    automaton_.guards[{automaton_.location_of(from), command_.action.text}].push_back(guard);
    command_.guard = both(automaton_.in_location(from), std::move(guard));
    const ExpressionPtr rate = read_rate();
    std::vector<ReadDestination> destinations;
    for (const Json* destination : edge_.array_at("destinations", "an edge"))
      destinations.push_back(read_destination(*destination));
    if (destinations.empty()) fail(edge_.place, "an edge without a destination");
    for (const ReadDestination& destination : destinations) command_.updates.push_back(update(destination, rate));
    if (rate) require_sum(probabilities(destinations, command_.place), rate, command_, network_);
    require_ranges(destinations);
    add_rewards(destinations);
    return std::move(command_);
  }

 private:
  // Null in discrete time.
  ExpressionPtr read_rate() {
    ExpressionPtr rate = network_.expressions.read_if_any(edge_, "rate", automaton_.scope);
    if (network_.syntax.kind == Kind::dtmc) {
      if (rate) fail(rate->place, "the rate of an edge of a dtmc, a weight among the edges, is not read");
      return nullptr;
    }
    if (rate) return rate;
    if (command_.action.text.empty())
      fail(edge_.place, "an edge with neither a rate nor an action belongs to Markov automata, not to a ctmc");
    automaton_.unrated.insert(command_.action.text);
    network_.unrated.push_back(edge_.place);
    return whole_number(edge_.place, 1);
  }

  // Assignments of the lowest index come first; those of one index at once. Transient variables begin with their
  // initial values.
  ReadDestination read_destination(const Json& destination) {
    ReadDestination result{network_.expressions.read_if_any(destination, "probability", automaton_.scope), {}};
    std::map<double, std::vector<const Json*>> by_index;
    for (const Json* from : {&edge_, &destination})
      for (const Json* assignment : from->array_if_any("assignments", "a destination"))
        by_index[index_of(*assignment)].push_back(assignment);
    Values before;
    for (const Transient& t : network_.transients) before.emplace(t.name, t.initial);
    for (const auto& [index, assignments] : by_index) {
      Values now;
      for (const Json* assignment : assignments) assign(*assignment, before, now);
      for (auto& [name, value] : now) {
        before.insert_or_assign(name, value);
        result.values.insert_or_assign(name, std::move(value));
      }
    }
    const Json& to = destination.at("location", "a destination");
    const std::size_t number = automaton_.location_of(to);
    if (number != automaton_.location_of(edge_.at("location", "an edge")))
      result.values.insert_or_assign(automaton_.location.text, whole_number(to.place, static_cast<double>(number)));
    return result;
  }

  void assign(const Json& assignment, const Values& before, Values& now) {
    const Json& ref = assignment.at("ref", "an assignment");
    const std::string_view name = automaton_.variable(ref);
    ExpressionPtr value =
        network_.expressions.read_written_out(assignment.at("value", "an assignment"), automaton_.scope);
    if (has_action(edge_)) require_known(*value, assignment);
    value = network_.expressions.substitute(value, before);
    const auto [there, added] = now.emplace(name, value);
    if (!added && !same(*there->second, *value)) fail(ref.place, fmt::format("'{}' is assigned twice", ref.text));
  }

  // What another automaton has assigned by then, in the same step, is not known here.
  void require_known(const prism::Expression& value, const Json& assignment) {
    for_each_name(value, [&](std::string_view name) {
      const auto [first, last] = network_.shared_assignments.equal_range(name);
      for (auto shared = first; shared != last; ++shared)
        if (shared->second.automaton != automaton_.number && shared->second.index < index_of(assignment))
          fail(assignment.place,
               fmt::format("'{}' is read after another automaton may have assigned to it in the same step", name));
    });
  }

  prism::Update update(const ReadDestination& destination, const ExpressionPtr& rate) {
    prism::Update result{edge_.place, rate ? rate_of(rate, destination.probability) : destination.probability, {}};
    for (const auto& [name, value] : destination.values)
      if (network_.find_transient(name) == nullptr) result.assignments.push_back({{name, value->place}, value});
    return result;
  }

  // Transient variables that are assigned to stay in their ranges, wherever the edge is enabled.
  void require_ranges(const std::vector<ReadDestination>& destinations) {
    for (const ReadDestination& d : destinations)
      for (const Transient& t : network_.transients)
        if (const auto value = d.values.find(t.name); value != d.values.end())
          require_range(t, value->second, command_.guard, network_);
  }

  // What the edge assigns to a transient number is earned by a step: of several destinations the average, of one that
  // assigns nothing 0.
  void add_rewards(const std::vector<ReadDestination>& destinations) {
    std::size_t structure = 0;
    for (const Transient& t : network_.transients) {
      if (t.type == Type::boolean) continue;
      const auto value_of = [&](const ReadDestination& d) {
        const auto found = d.values.find(t.name);
        return found == d.values.end() ? whole_number(command_.place, 0) : found->second;
      };
      const bool assigned = std::any_of(destinations.begin(), destinations.end(),
                                        [&](const ReadDestination& d) { return d.values.contains(t.name); });
      if (assigned) command_.rewards.push_back({structure, average(destinations, value_of, command_.place)});
      ++structure;
    }
  }

  const Json& edge_;
  Automaton& automaton_;
  Network& network_;
  Command command_;
};

}  // namespace

bool has_action(const Json& edge) {
  const Json* action = edge.find("action");
  return action != nullptr && !action->is(Json::Kind::null);
}

double index_of(const Json& assignment) { return assignment.integer_if_any("index"); }

void add_edge(const Json& edge, Automaton& automaton) {
  automaton.module.commands.push_back(EdgeReader(edge, automaton).read());
}

}  // namespace steady::detail::jani
