#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "formats/model/jani/network.hpp"

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
  const ExpressionPtr positive =
      make_expression(Operator::greater, place, {rate, make_literal(place, Type::integer, 0)});
  return make_expression(Operator::conditional, place, {positive, std::move(product), rate});
}

bool has_action(const Json& edge) {
  const Json* action = edge.find("action");
  return action != nullptr && !action->is(Json::Kind::null);
}

double index_of(const Json& assignment) {
  const Json* index = assignment.find("index");
  return index == nullptr ? 0 : index->number;
}

template <class Use>
void for_each_name(const prism::Expression& expression, Use use) {
  if (expression.op == Operator::identifier) use(expression.name);
  for (const ExpressionPtr& operand : expression.operands)
    if (operand) for_each_name(*operand, use);
}

class AutomatonReader {
 public:
  AutomatonReader(const Json& automaton, Network& network)
      : automaton_(automaton), network_(network), scope_{&network.scope}, number_(network.syntax.modules.size()) {}

  std::set<std::string_view> read(const Json& element) {
    const std::string_view name = automaton_.string_at("name", "an automaton");
    module_.name = {network_.names.unique(name), automaton_.place};
    declare_functions(automaton_, scope_);
    locations();
    declare_variables(automaton_, name, scope_, network_);
    initial_states();
    for (const Json* location : automaton_.array_at("locations", "an automaton")) transient_values(*location);
    for (const Json* edge : automaton_.array_at("edges", "an automaton")) add_edge(*edge);
    for (const Json* action : element.array_if_any("input-enable", "an element")) input_enable(*action);
    network_.syntax.modules.push_back(std::move(module_));
    return std::move(unrated_);
  }

 private:
  // An automaton with several locations is in one of them by an int variable.
  void locations() {
    for (const Json* location : automaton_.array_at("locations", "an automaton")) {
      const std::string_view name = location->string_at("name", "a location");
      if (!locations_.emplace(name, locations_.size()).second)
        fail(location->place, fmt::format("the location '{}' is declared twice", name));
      if (location->find("time-progress") != nullptr)
        fail(location->place, "time-progress conditions belong to timed automata, which are not Markov chains");
    }
    if (locations_.empty()) fail(automaton_.place, "an automaton without locations");
    if (locations_.size() == 1) return;
    const std::string_view name = network_.names.unique(fmt::format("{}_location", module_.name.text));
    location_ = {name, automaton_.place};
    network_.syntax.globals.push_back({location_, false, number(automaton_.place, 0),
                                       number(automaton_.place, static_cast<double>(locations_.size() - 1)), nullptr});
  }

  void initial_states() {
    std::vector<ExpressionPtr> starts;
    const std::vector<const Json*>& names = automaton_.array_at("initial-locations", "an automaton");
    for (const Json* name : names)
      if (ExpressionPtr here = in_location(*name)) starts.push_back(std::move(here));
    if (names.empty()) fail(automaton_.place, "an automaton without an initial location");
    if (starts.size() == 1)
      network_.syntax.globals[location_variable_].initial = starts[0]->operands[1];
    else if (!starts.empty())
      network_.initial.push_back(make_expression(Operator::disjunction, automaton_.place, starts));
    if (const Json* restricted = automaton_.find("restrict-initial"))
      network_.initial.push_back(network_.expressions.read(restricted->at("exp", "restrict-initial"), scope_));
  }

  std::size_t location(const Json& name) const {
    const auto found = locations_.find(name.text);
    if (!name.is(Json::Kind::string) || found == locations_.end())
      fail(name.place, fmt::format("the automaton has no location '{}'", name.text));
    return found->second;
  }

  // Null where the automaton has only this one.
  ExpressionPtr in_location(const Json& name) const {
    const std::size_t index = location(name);
    if (locations_.size() == 1) return nullptr;
    return make_expression(Operator::equal, name.place,
                           {make_expression(Operator::identifier, name.place, {}, location_.text),
                            number(name.place, static_cast<double>(index))});
  }

  void transient_values(const Json& location) {
    for (const Json* json : location.array_if_any("transient-values", "a location")) {
      const Json& ref = json->at("ref", "a transient value");
      Transient& transient = transient_of(ref);
      transient.in_locations.push_back({number_, in_location(location.at("name", "a location")),
                                        network_.expressions.read(json->at("value", "a transient value"), scope_)});
    }
  }

  Transient& transient_of(const Json& ref) {
    Transient* transient = network_.find_transient(variable(ref));
    if (transient == nullptr) fail(ref.place, fmt::format("'{}' is no transient variable", ref.text));
    return *transient;
  }

  std::string_view variable(const Json& ref) const {
    if (!ref.is(Json::Kind::string)) fail(ref.place, "assignments to parts of a variable are not read");
    const Meaning* meaning = scope_.find_name(ref.text);
    if (meaning == nullptr) fail(ref.place, fmt::format("unknown name '{}'", ref.text));
    return meaning->name;
  }

  void add_edge(const Json& edge) {
    Command command{edge.place, {}, nullptr, {}};
    if (has_action(edge)) command.action = {edge.string_at("action", "an edge"), edge.find("action")->place};
    const Json& from = edge.at("location", "an edge");
    ExpressionPtr guard = network_.expressions.read_if_any(edge, "guard", scope_);
    if (!guard) guard = make_literal(edge.place, Type::boolean, 1);
    guards_[{location(from), command.action.text}].push_back(guard);
    command.guard = both(in_location(from), std::move(guard));
    const ExpressionPtr rate = read_rate(edge, command);
    std::vector<ReadDestination> destinations;
    for (const Json* destination : edge.array_at("destinations", "an edge"))
      destinations.push_back(read_destination(edge, *destination));
    if (destinations.empty()) fail(edge.place, "an edge without a destination");
    for (const ReadDestination& destination : destinations) command.updates.push_back(update(destination, rate, edge));
    if (rate) require_sum(probabilities(destinations, command.place), rate, command, network_);
    add_rewards(destinations, command);
    module_.commands.push_back(std::move(command));
  }

  // Null in discrete time.
  ExpressionPtr read_rate(const Json& edge, const Command& command) {
    ExpressionPtr rate = network_.expressions.read_if_any(edge, "rate", scope_);
    if (network_.syntax.kind == Kind::dtmc) {
      if (rate) fail(rate->place, "an edge of a dtmc has no rate");
      return nullptr;
    }
    if (rate) return rate;
    if (command.action.text.empty())
      fail(edge.place, "an edge with neither a rate nor an action belongs to Markov automata, not to a ctmc");
    unrated_.insert(command.action.text);
    return number(edge.place, 1);
  }

  // Assignments of the lowest index come first; those of one index at once. Transient variables begin with their
  // initial values.
  ReadDestination read_destination(const Json& edge, const Json& destination) {
    ReadDestination result{network_.expressions.read_if_any(destination, "probability", scope_), {}};
    std::map<double, std::vector<const Json*>> by_index;
    for (const Json* from : {&edge, &destination})
      for (const Json* assignment : from->array_if_any("assignments", "a destination")) {
        by_index[index_of(*assignment)].push_back(assignment);
      }
    Values before;
    for (const Transient& t : network_.transients) before.emplace(t.name, t.initial);
    for (const auto& [index, assignments] : by_index) {
      Values now;
      for (const Json* assignment : assignments) assign(*assignment, has_action(edge), before, now);
      for (auto& [name, value] : now) {
        before.insert_or_assign(name, value);
        result.values.insert_or_assign(name, std::move(value));
      }
    }
    const Json& to = destination.at("location", "a destination");
    if (in_location(to) && location(to) != location(edge.at("location", "an edge")))
      result.values.insert_or_assign(location_.text, number(to.place, static_cast<double>(location(to))));
    return result;
  }

  // `shared`: the edge may be taken together with those of other automata.
  void assign(const Json& assignment, bool shared, const Values& before, Values& now) {
    const Json& ref = assignment.at("ref", "an assignment");
    const std::string_view name = variable(ref);
    ExpressionPtr value = network_.expressions.read_written_out(assignment.at("value", "an assignment"), scope_);
    if (shared) require_known(*value, assignment);
    value = network_.expressions.substitute(value, before);
    const auto [there, added] = now.emplace(name, value);
    if (!added && !same(*there->second, *value)) fail(ref.place, fmt::format("'{}' is assigned twice", ref.text));
  }

  // What another automaton has assigned by then, in the same step, is not known here.
  void require_known(const prism::Expression& value, const Json& assignment) {
    for_each_name(value, [&](std::string_view name) {
      const auto [first, last] = network_.shared_assignments.equal_range(name);
      for (auto shared = first; shared != last; ++shared)
        if (shared->second.automaton != number_ && shared->second.index < index_of(assignment))
          fail(assignment.place,
               fmt::format("'{}' is read after another automaton may have assigned to it in the same step", name));
    });
  }

  prism::Update update(const ReadDestination& destination, const ExpressionPtr& rate, const Json& edge) {
    prism::Update result{edge.place, rate ? rate_of(rate, destination.probability) : destination.probability, {}};
    for (const auto& [name, value] : destination.values)
      if (network_.find_transient(name) == nullptr) result.assignments.push_back({{name, value->place}, value});
    return result;
  }

  static std::vector<ExpressionPtr> probabilities(const std::vector<ReadDestination>& destinations, Place place) {
    std::vector<ExpressionPtr> all;
    for (const ReadDestination& d : destinations) all.push_back(d.probability ? d.probability : number(place, 1));
    return all;
  }

  // What the edge assigns to a transient number is earned by a step: of several destinations the average, of one that
  // assigns nothing 0.
  void add_rewards(const std::vector<ReadDestination>& destinations, Command& command) {
    std::size_t structure = 0;
    for (const Transient& t : network_.transients) {
      if (t.type == Type::boolean) continue;
      const auto value_of = [&](const ReadDestination& d) {
        const auto found = d.values.find(t.name);
        return found == d.values.end() ? number(command.place, 0) : found->second;
      };
      const bool assigned = std::any_of(destinations.begin(), destinations.end(),
                                        [&](const ReadDestination& d) { return d.values.contains(t.name); });
      if (assigned) command.rewards.push_back({structure, average(destinations, value_of, command.place)});
      ++structure;
    }
  }

  template <class ValueOf>
  static ExpressionPtr average(const std::vector<ReadDestination>& destinations, ValueOf value_of, Place place) {
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

  // Wherever no edge takes the action, one now does, and nothing changes.
  void input_enable(const Json& action) {
    for (const Json* json : automaton_.array_at("locations", "an automaton")) {
      const Json& name = json->at("name", "a location");
      ExpressionPtr guard = make_literal(action.place, Type::boolean, 1);
      const auto own = guards_.find({location(name), action.text});
      if (own != guards_.end()) {
        guard = own->second[0];
        if (own->second.size() > 1) guard = make_expression(Operator::disjunction, action.place, own->second);
        guard = make_expression(Operator::logical_not, action.place, {guard});
      }
      const prism::Update stay{action.place, number(action.place, 1), {}};
      module_.commands.push_back({action.place, {action.text, action.place}, both(in_location(name), guard), {stay}});
    }
    unrated_.insert(action.text);
  }

  static ExpressionPtr number(Place place, double value) { return make_literal(place, Type::integer, value); }

  // `location` may be null.
  static ExpressionPtr both(const ExpressionPtr& location, ExpressionPtr guard) {
    if (!location) return guard;
    std::vector<ExpressionPtr> operands{location};
    if (guard->op == Operator::conjunction)
      operands.insert(operands.end(), guard->operands.begin(), guard->operands.end());
    else
      operands.push_back(std::move(guard));
    return make_expression(Operator::conjunction, location->place, std::move(operands));
  }

  const Json& automaton_;
  Network& network_;
  Scope scope_;
  std::size_t number_;  // of the automaton in the composition
  prism::Module module_ = {};
  std::map<std::string_view, std::size_t> locations_ = {};
  prism::Name location_ = {};  // the variable
  std::size_t location_variable_ = network_.syntax.globals.size();
  std::map<std::pair<std::size_t, std::string_view>, std::vector<ExpressionPtr>> guards_ =
      {};  // by location and action
  std::set<std::string_view> unrated_ = {};
};

}  // namespace

void find_shared_assignments(const Json& automaton, std::size_t number, Network& network) {
  const auto add = [&](const Json& from) {
    for (const Json* assignment : from.array_if_any("assignments", "a destination"))
      if (const Meaning* global = network.scope.find_name(assignment->at("ref", "an assignment").text))
        network.shared_assignments.emplace(global->name, SharedAssignment{number, index_of(*assignment)});
  };
  for (const Json* edge : automaton.array_at("edges", "an automaton")) {
    if (!has_action(*edge)) continue;
    add(*edge);
    for (const Json* destination : edge->array_at("destinations", "an edge")) add(*destination);
  }
}

std::set<std::string_view> add_automaton(const Json& automaton, const Json& element, Network& network) {
  return AutomatonReader(automaton, network).read(element);
}

}  // namespace steady::detail::jani
