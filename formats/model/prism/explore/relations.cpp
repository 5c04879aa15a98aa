#include "formats/model/prism/explore/relations.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace steady::detail::prism {

namespace {

constexpr std::size_t most_values = 4096;                     // of a variable
constexpr std::size_t most_tabulated = std::size_t{1} << 20;  // combinations of values, all in all
constexpr std::size_t most_choices = 1 << 14;

struct TooMuch {};

// The part of a relation that is about some variables, which nothing ties to the others.
struct Component {
  std::vector<std::uint32_t> variables;  // ascending
  std::vector<Entry> conditions;
  std::vector<const CompiledAssignment*> assignments;
  std::vector<Entry> rates;  // that must be positive

  void add(Component&& other) {
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    for (const std::uint32_t v : other.variables)
      if (std::find(variables.begin(), variables.end(), v) == variables.end()) variables.push_back(v);
    append(conditions, other.conditions);
    append(assignments, other.assignments);
    append(rates, other.rates);
  }
};

}  // namespace

class RelationMaker {
 public:
  explicit RelationMaker(const CompiledModel& model)
      : model_(model), variables_(model.packing.variables()), values_(variables_.size() + 1) {
    for (const Variable& v : variables_)
      if (v.high - v.low >= static_cast<std::int64_t>(most_values)) throw TooMuch();
    made_.nodes_.push_back({static_cast<std::uint32_t>(variables_.size()), 0, 0});
    commands_.resize(model.parts.size());
    for (const CompiledCommand& command : model.commands) commands_[command.part].push_back(&command);
  }

  Relations run() {
    std::vector<const Synchronization*> synchronizations;  // first those of one part alone, part by part
    for (const Synchronization& synchronization : model_.synchronizations) {
      if (combinations(model_, synchronization) > most_choices) throw TooMuch();
      synchronizations.push_back(&synchronization);
    }
    std::stable_sort(
        synchronizations.begin(), synchronizations.end(), [&](const Synchronization* a, const Synchronization* b) {
          const auto rank = [&](const Synchronization& e) { return alone(e) ? e.parts[0] : model_.parts.size(); };
          return rank(*a) < rank(*b);
        });
    for (const Synchronization* synchronization : synchronizations) choose(*synchronization, 0);
    for (const Relations::Choice& choice : made_.choices_)
      if (choice.relation != Relations::unchanged) made_.all_.push_back(choice.relation);
    for (std::vector<Id>* ids : {&made_.all_, &made_.faults_}) {
      std::sort(ids->begin(), ids->end());
      ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
    }
    return std::move(made_);
  }

 private:
  using Id = Relations::Id;
  using Edge = Relations::Edge;
  static constexpr Id impossible = 0xFFFFFFFF;

  // Of one component: its relation where all is well; and from the states to themselves, where a rate or an assignment
  // is wrong; where the conditions hold; and where one has no value.
  struct Tables {
    Id well, wrong, enabled, undefined;
  };

  bool alone(const Synchronization& synchronization) const { return model_.parts[synchronization.parts[0]].alone; }

  // Every combination of commands and updates of the parts from `part` on.
  void choose(const Synchronization& synchronization, std::size_t part) {
    if (part == synchronization.parts.size()) return add_choice(synchronization);
    for (const CompiledCommand* command : commands_[synchronization.parts[part]])
      for (const CompiledUpdate& update : command->updates) {
        chosen_.emplace_back(command, &update);
        choose(synchronization, part + 1);
        chosen_.pop_back();
      }
  }

  void add_choice(const Synchronization& synchronization) {
    if (++combinations_ > most_choices) throw TooMuch();
    std::vector<Tables> tables;
    for (const Component& component : components()) tables.push_back(tabulate(component));
    Id whole = Relations::unchanged;
    for (std::size_t k = 0; k < tables.size(); ++k) {
      whole = product(whole, tables[k].well);
      Id wrong = tables[k].wrong;
      for (std::size_t other = 0; other < tables.size() && wrong != impossible; ++other)
        if (other != k) wrong = product(wrong, tables[other].enabled);
      if (wrong != impossible) made_.faults_.push_back(wrong);
      if (tables[k].undefined != impossible) made_.faults_.push_back(tables[k].undefined);
    }
    if (whole == impossible) return;
    made_.choices_.push_back({whole, synchronization.action, {}});
    for (const auto& chosen : chosen_) made_.choices_.back().updates.push_back(chosen.second);
  }

  std::vector<Component> components() const {
    std::vector<Component> found;
    for (const auto& [command, update] : chosen_) {
      for (const Entry condition : command->conditions)
        join(found, {model_.program.reads(condition), {condition}, {}, {}});
      for (const CompiledAssignment& a : update->assignments) {
        std::vector<std::uint32_t> variables = model_.program.reads(a.value);
        variables.push_back(a.variable);
        join(found, {std::move(variables), {}, {&a}, {}});
      }
      if (!update->rate_is_shared) join(found, {model_.program.reads(update->rate), {}, {}, {update->rate}});
    }
    for (Component& c : found) {
      std::sort(c.variables.begin(), c.variables.end());
      c.variables.erase(std::unique(c.variables.begin(), c.variables.end()), c.variables.end());
    }
    return found;
  }

  // Adds the component, joined with those that it has a variable in common with.
  static void join(std::vector<Component>& found, Component&& added) {
    const std::vector<std::uint32_t> tied = added.variables;
    const auto apart = std::partition(found.begin(), found.end(), [&](const Component& c) {
      return std::find_first_of(c.variables.begin(), c.variables.end(), tied.begin(), tied.end()) == c.variables.end();
    });
    Component joined;
    if (apart != found.end()) std::swap(joined, *apart);  // a copy for each condition would be quadratic in them
    for (auto c = apart; c != found.end(); ++c) joined.add(std::move(*c));
    joined.add(std::move(added));
    found.erase(apart, found.end());
    found.push_back(std::move(joined));
  }

  Tables tabulate(const Component& component) {
    std::size_t combinations = 1;
    for (const std::uint32_t v : component.variables) {
      combinations *= static_cast<std::size_t>(variables_[v].high - variables_[v].low) + 1;
      if (combinations > most_tabulated) throw TooMuch();
      values_[v] = static_cast<double>(variables_[v].low);
    }
    tabulated_ += combinations;
    if (tabulated_ > most_tabulated) throw TooMuch();
    Rows rows;
    for (std::size_t k = 0; k < combinations; ++k, step(component.variables)) add_row(component, rows);
    const auto sorted = [&](std::vector<Row>& table) {
      if (table.empty()) return impossible;
      std::sort(table.begin(), table.end());
      return relation(component.variables, 0, table);
    };
    return {sorted(rows.well), sorted(rows.wrong), sorted(rows.enabled), sorted(rows.undefined)};
  }

  // To the next combination of values.
  void step(const std::vector<std::uint32_t>& variables) {
    for (const std::uint32_t v : variables) {
      if (values_[v] < static_cast<double>(variables_[v].high)) {
        ++values_[v];
        return;
      }
      values_[v] = static_cast<double>(variables_[v].low);
    }
  }

  using Row = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // of each variable: from, to
  struct Rows {
    std::vector<Row> well, wrong, enabled, undefined;
  };

  // A row for the values that the variables have now, unless a condition does not hold or a rate is 0. All is evaluated
  // to the end: what comes first in this order is not what the model asks for first.
  void add_row(const Component& component, Rows& rows) const {
    Row row;
    for (const std::uint32_t v : component.variables) {
      const auto from = static_cast<std::uint32_t>(static_cast<std::int64_t>(values_[v]) - variables_[v].low);
      row.emplace_back(from, from);
    }
    const Row stays = row;
    bool holds = true, positive = true, well = true;
    try {
      for (const Entry condition : component.conditions) holds = evaluate(condition) != 0 && holds;
    } catch (const Undefined&) {
      rows.undefined.push_back(stays);
      return;
    }
    if (!holds) return;
    rows.enabled.push_back(stays);
    try {
      for (const Entry entry : component.rates) {
        const double rate = evaluate(entry);
        positive = positive && rate != 0;
        well = well && rate >= 0 && rate <= std::numeric_limits<double>::max();
      }
      for (const CompiledAssignment* a : component.assignments) well = assign(component, *a, row) && well;
    } catch (const Undefined&) {
      well = false;
    }
    if (!well)
      rows.wrong.push_back(stays);
    else if (positive)
      rows.well.push_back(row);
  }

  double evaluate(Entry entry) const { return model_.program.evaluate(entry, values_.data()); }

  // Whether the variable can have the value that it gets.
  bool assign(const Component& component, const CompiledAssignment& a, Row& row) const {
    const Variable& variable = variables_[a.variable];
    const double value = evaluate(a.value);
    if (!(value >= static_cast<double>(variable.low) && value <= static_cast<double>(variable.high))) return false;
    const auto at = std::lower_bound(component.variables.begin(), component.variables.end(), a.variable);
    row[static_cast<std::size_t>(at - component.variables.begin())].second =
        static_cast<std::uint32_t>(static_cast<std::int64_t>(value) - variable.low);
    return true;
  }

  // Of rows in ascending order that agree before the variable number k.
  Id relation(const std::vector<std::uint32_t>& variables, std::size_t k, std::span<const Row> rows) {
    if (k == variables.size()) return Relations::unchanged;
    std::vector<Edge> edges;
    for (std::size_t first = 0, last = 0; first < rows.size(); first = last) {
      while (last < rows.size() && rows[last][k] == rows[first][k]) ++last;
      edges.push_back(
          {rows[first][k].first, rows[first][k].second, relation(variables, k + 1, rows.subspan(first, last - first))});
    }
    return node(variables[k], edges);
  }

  // Both relations at once: they are about different variables.
  Id product(Id a, Id b) {
    if (a == impossible || b == impossible) return impossible;
    if (a == Relations::unchanged) return b;
    if (b == Relations::unchanged) return a;
    if (made_[a].variable > made_[b].variable) std::swap(a, b);
    if (const auto known = products_.find({a, b}); known != products_.end()) return known->second;
    std::vector<Edge> edges(made_.edges(a).begin(), made_.edges(a).end());
    for (Edge& edge : edges) edge.next = product(edge.next, b);
    return products_[{a, b}] = node(made_[a].variable, edges);
  }

  // The one node with these edges.
  Id node(std::uint32_t variable, const std::vector<Edge>& edges) {
    const auto [known, added] = known_.emplace(std::pair(variable, edges), static_cast<Id>(made_.nodes_.size()));
    if (!added) return known->second;
    const auto first = static_cast<std::uint32_t>(made_.edges_.size());
    made_.edges_.insert(made_.edges_.end(), edges.begin(), edges.end());
    made_.nodes_.push_back({variable, first, static_cast<std::uint32_t>(made_.edges_.size())});
    if (made_.edges_.size() > most_tabulated) throw TooMuch();
    return known->second;
  }

  const CompiledModel& model_;
  const std::vector<Variable>& variables_;
  std::vector<std::vector<const CompiledCommand*>> commands_;  // of each part
  std::vector<std::pair<const CompiledCommand*, const CompiledUpdate*>> chosen_;
  std::vector<double> values_;  // of the variables that are being tabulated
  std::size_t tabulated_ = 0, combinations_ = 0;
  Relations made_;
  std::map<std::pair<std::uint32_t, std::vector<Edge>>, Id> known_;
  std::map<std::pair<Id, Id>, Id> products_;
};

bool Relations::meet(Id a, Id b, PairTable& known) const {
  if (a == unchanged && b == unchanged) return true;
  if (nodes_[a].variable > nodes_[b].variable) std::swap(a, b);
  if (const std::uint32_t* result = known.find(a, b)) return *result != 0;
  bool met = false;
  if (nodes_[a].variable < nodes_[b].variable) {  // b leaves the variable as it is
    for (const Edge& e : edges(a)) met = met || (e.from == e.to && meet(e.next, b, known));
  } else {
    auto other = edges(b).begin();
    for (const Edge& e : edges(a)) {
      const auto pair = [](const Edge& edge) { return std::pair(edge.from, edge.to); };
      while (other != edges(b).end() && pair(*other) < pair(e)) ++other;
      met = met || (other != edges(b).end() && pair(*other) == pair(e) && meet(e.next, other->next, known));
    }
  }
  known.add(a, b, met ? 1 : 0);
  return met;
}

std::vector<double> Relations::breadths() const {
  std::vector<double> breadth(nodes_.size(), 1);
  for (Id id = 1; id < nodes_.size(); ++id) {  // nodes are made after those that follow them
    double one = 0;                            // of edges from one value
    for (std::uint32_t k = nodes_[id].first; k < nodes_[id].last; ++k) {
      if (k == nodes_[id].first || edges_[k].from != edges_[k - 1].from) one = 0;
      one += breadth[edges_[k].next];
      breadth[id] = std::max(breadth[id], one);
    }
  }
  return breadth;
}

std::optional<Relations> find_relations(const CompiledModel& model) try {
  if (!model.unbounded.empty() || model.packing.words() == 0) return std::nullopt;
  return RelationMaker(model).run();
} catch (const TooMuch&) {
  return std::nullopt;
}

}  // namespace steady::detail::prism
