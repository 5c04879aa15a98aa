#include "formats/model/petri/net_syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "formats/model/petri/expressions.hpp"
#include "formats/model/prism/language/compile.hpp"
#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::petri {

using prism::fail;
using prism::make_expression;
using prism::make_literal;
using prism::Operator;
using prism::Type;

namespace {

ExpressionPtr integer(prism::Place place, std::int64_t value) {
  return make_literal(place, Type::integer, static_cast<double>(value));
}

bool is_literal(const ExpressionPtr& e, double value) { return e->op == Operator::literal && e->value == value; }

class SyntaxMaker {
 public:
  SyntaxMaker(const Net& net, const prism::Vocabulary& constants, const Progress& progress)
      : net_(net), constants_(constants), progress_(progress) {}

  prism::ModelSyntax make() {
    syntax_.constants = net_.constants;
    syntax_.rewards = net_.rewards;
    fold_multiplicities();
    add_places();
    add_transitions();
    return std::move(syntax_);
  }

 private:
  // Of an expression without a marking, which is to be an integer of at least `least`.
  std::int64_t value(const ExpressionPtr& e, const char* what, std::int64_t least) const {
    const prism::Scope scope{.vocabulary = constants_, .certain = true, .fixed = true};
    const double value = prism::evaluate_constant(*e, scope, prism::Expected::integer, what).value;
    if (!(value >= static_cast<double>(least) && value <= static_cast<double>(prism::largest_int)))
      fail(e->place, fmt::format("{} must be an integer of {} to {}, not {}", what, least, prism::largest_int, value));
    return static_cast<std::int64_t>(value);
  }

  // Multiplicities as numbers, unless they read a marking; one input arc from a place, which takes what all of them do.
  void fold_multiplicities() {
    transitions_ = net_.transitions;
    for (Transition& t : transitions_) {
      for (std::vector<Arc>* arcs : {&t.inputs, &t.outputs, &t.inhibitors})
        for (Arc& arc : *arcs)
          if (!reads_marking(*arc.multiplicity, net_))
            arc.multiplicity = integer(arc.multiplicity->place, value(arc.multiplicity, "a multiplicity", 0));
      join_inputs(t);
    }
  }

  static void join_inputs(Transition& t) {
    std::vector<Arc> joined;
    for (const Arc& arc : t.inputs) {
      const auto same = std::find_if(joined.begin(), joined.end(), [&](const Arc& a) { return a.place == arc.place; });
      if (same == joined.end())
        joined.push_back(arc);
      else if (const ExpressionPtr& sum = same->multiplicity, &own = arc.multiplicity;
               sum->op == Operator::literal && own->op == Operator::literal)
        same->multiplicity = make_literal(sum->place, Type::integer, sum->value + own->value);
      else
        same->multiplicity = make_expression(Operator::sum, sum->place, {sum, own});
    }
    t.inputs = std::move(joined);
  }

  void add_places() {
    Incidence incidence;
    for (const Place& p : net_.places) incidence.marking.push_back(value(p.marking, "a marking", 0));
    std::vector<bool> known(net_.places.size(), true);  // what arcs do to it is the same in every marking
    for (const Transition& t : transitions_) incidence.changes.push_back(changes(t, known));
    for (std::vector<std::int64_t>& change : incidence.changes)
      for (std::size_t p = 0; p < change.size(); ++p)
        if (!known[p]) change[p] = 0;
    std::vector<std::int64_t> marking = incidence.marking;
    drop_unknown(incidence, known);
    const std::vector<std::optional<std::int64_t>> bounds = invariant_bounds(incidence, progress_);
    std::size_t next = 0;
    for (std::size_t p = 0; p < net_.places.size(); ++p) {
      const Place& place = net_.places[p];
      constexpr std::int64_t none = prism::largest_int + 1;
      std::int64_t bound = known[p] ? bounds[next++].value_or(none) : none;
      if (place.capacity) bound = std::min(bound, value(place.capacity, "a capacity", 0));
      prism::VariableDeclaration variable{place.name, false, nullptr, nullptr, integer(place.name.place, marking[p])};
      if (bound < none) {
        variable.low = integer(place.name.place, 0);
        variable.high = integer(place.name.place, bound);
      }
      syntax_.globals.push_back(std::move(variable));
    }
  }

  // What the transition adds to each place; places of arcs whose multiplicity reads a marking are not known.
  std::vector<std::int64_t> changes(const Transition& t, std::vector<bool>& known) const {
    std::vector<std::int64_t> change(net_.places.size());
    const auto add = [&](const Arc& arc, std::int64_t sign) {
      if (arc.multiplicity->op == Operator::literal)
        change[arc.place] += sign * static_cast<std::int64_t>(arc.multiplicity->value);
      else
        known[arc.place] = false;
    };
    for (const Arc& arc : t.inputs) add(arc, -1);
    for (const Arc& arc : t.outputs) add(arc, 1);
    return change;
  }

  static void drop_unknown(Incidence& incidence, const std::vector<bool>& known) {
    const auto drop = [&](std::vector<std::int64_t>& numbers) {
      std::size_t p = 0;
      std::erase_if(numbers, [&](std::int64_t) { return !known[p++]; });
    };
    drop(incidence.marking);
    for (std::vector<std::int64_t>& change : incidence.changes) drop(change);
  }

  void add_transitions() {
    prism::Module module{{"net", net_.places.empty() ? prism::Place{} : net_.places[0].name.place}};
    syntax_.vectors.emplace();
    for (const Transition& t : transitions_) {
      module.commands.push_back(command(t));
      syntax_.vectors->push_back({t.name.place, t.name, {t.name}});
    }
    std::stable_sort(module.commands.begin(), module.commands.end(),
                     [](const prism::Command& a, const prism::Command& b) { return a.priority > b.priority; });
    syntax_.modules.push_back(std::move(module));
  }

  prism::Command command(const Transition& t) const {
    prism::Command command{t.name.place, t.name, guard(t), {}};
    if (t.priority) command.priority = static_cast<std::uint32_t>(value(t.priority, "a priority", 1));
    prism::Update update{t.rate->place, t.priority ? t.rate : rate(t), {}};
    for (const auto& [place, added] : additions(t)) {
      if (is_literal(added, 0)) continue;
      const prism::Name& name = net_.places[place].name;
      update.assignments.push_back(
          {{name.text, added->place},
           make_expression(Operator::sum, added->place, {tokens(place, added->place), added})});
    }
    command.updates.push_back(std::move(update));
    return command;
  }

  ExpressionPtr tokens(std::size_t place, prism::Place here) const {
    return make_expression(Operator::identifier, here, {}, net_.places[place].name.text);
  }

  // What the transition adds to each of its input and output places.
  std::map<std::size_t, ExpressionPtr> additions(const Transition& t) const {
    std::map<std::size_t, ExpressionPtr> added;
    const auto add = [&](const Arc& arc, bool minus) {
      ExpressionPtr& sum = added[arc.place];
      const prism::Place place = arc.multiplicity->place;
      const bool literal = arc.multiplicity->op == Operator::literal && (!sum || sum->op == Operator::literal);
      if (literal) {
        const double own = minus ? -arc.multiplicity->value : arc.multiplicity->value;
        sum = make_literal(place, Type::integer, (sum ? sum->value : 0) + own);
        return;
      }
      ExpressionPtr own = minus ? make_expression(Operator::negation, place, {arc.multiplicity}) : arc.multiplicity;
      sum = sum ? make_expression(Operator::sum, place, {sum, own}) : own;
    };
    for (const Arc& arc : t.inputs) add(arc, true);
    for (const Arc& arc : t.outputs) add(arc, false);
    return added;
  }

  ExpressionPtr guard(const Transition& t) const {
    std::vector<ExpressionPtr> conditions;
    const auto require = [&](Operator op, const ExpressionPtr& left, const ExpressionPtr& right) {
      conditions.push_back(make_expression(op, right->place, {left, right}));
    };
    for (const Arc& arc : t.inputs)
      require(Operator::at_least, tokens(arc.place, arc.multiplicity->place), arc.multiplicity);
    for (const std::vector<Arc>* arcs : {&t.inputs, &t.outputs})
      for (const Arc& arc : *arcs)
        if (arc.multiplicity->op != Operator::literal)
          require(Operator::at_least, arc.multiplicity, integer(arc.multiplicity->place, 0));
    for (const Arc& arc : t.inhibitors)
      require(Operator::less, tokens(arc.place, arc.multiplicity->place), arc.multiplicity);
    for (const auto& [place, added] : additions(t)) {
      const ExpressionPtr& capacity = net_.places[place].capacity;
      if (!capacity || (added->op == Operator::literal && added->value <= 0)) continue;
      const ExpressionPtr after = make_expression(Operator::sum, added->place, {tokens(place, added->place), added});
      require(Operator::at_most, after, capacity);
    }
    if (t.guard) conditions.push_back(t.guard);
    if (conditions.empty()) return make_literal(t.name.place, Type::boolean, 1);
    return conditions.size() == 1 ? conditions[0]
                                  : make_expression(Operator::conjunction, t.name.place, std::move(conditions));
  }

  // The delay's rate for each server that is busy. A rate that reads a marking is that of the whole transition.
  ExpressionPtr rate(const Transition& t) const {
    if (reads_marking(*t.rate, net_)) return t.rate;
    const ExpressionPtr degree = busy(t);
    return degree ? make_expression(Operator::times, t.rate->place, {t.rate, degree}) : t.rate;
  }

  // How many servers are busy where the transition is enabled. Null: one.
  ExpressionPtr busy(const Transition& t) const {
    std::vector<ExpressionPtr> limits;
    if (t.servers && reads_marking(*t.servers, net_)) {
      limits.push_back(t.servers);
    } else if (t.servers) {
      const std::int64_t servers = value(t.servers, "a number of servers", 1);
      if (servers == 1) return nullptr;
      limits.push_back(integer(t.servers->place, servers));
    }
    bool limited = false;  // by an input place
    for (const Arc& arc : t.inputs) {
      if (arc.multiplicity->op != Operator::literal)
        fail(arc.multiplicity->place, fmt::format("the multiplicity changes with the marking, and '{}' has several "
                                                  "servers: that is not read; with one server it is",
                                                  t.name.text));
      if (arc.multiplicity->value == 0) continue;
      limited = true;
      limits.push_back(batches(arc));
    }
    if (!limited && !t.servers) return nullptr;
    if (!limited) return limits[0];
    return limits.size() == 1 ? limits[0] : make_expression(Operator::call, t.name.place, std::move(limits), "min");
  }

  // How often the arc's tokens are there.
  ExpressionPtr batches(const Arc& arc) const {
    const prism::Place place = arc.multiplicity->place;
    const ExpressionPtr all = tokens(arc.place, place);
    if (is_literal(arc.multiplicity, 1)) return all;
    return make_expression(Operator::call, place, {make_expression(Operator::divide, place, {all, arc.multiplicity})},
                           "floor");
  }

  const Net& net_;
  const prism::Vocabulary& constants_;
  const Progress& progress_;
  std::vector<Transition> transitions_;
  prism::ModelSyntax syntax_;
};

}  // namespace

prism::ModelSyntax make_syntax(const Net& net, const prism::Vocabulary& constants, const Progress& progress) {
  return SyntaxMaker(net, constants, progress).make();
}

}  // namespace steady::detail::petri
