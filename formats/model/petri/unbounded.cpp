#include "formats/model/petri/unbounded.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include <steady/error.hpp>

#include "formats/model/prism/explore/local_states.hpp"
#include "formats/model/prism/explore/state_space.hpp"
#include "formats/model/prism/explore/successors.hpp"

namespace steady::detail::petri {

namespace {

constexpr std::size_t most_markings = 5000;
constexpr std::size_t most_comparisons = 5'000'000;
constexpr std::size_t markings_between = 256;  // two calls of progress
constexpr std::int64_t most_tokens = 4095;     // in a place, while this is looked for

void add_names(const prism::Expression& e, std::set<std::string_view>& names) {
  if (e.op == prism::Operator::identifier) names.insert(e.name);
  for (const ExpressionPtr& operand : e.operands) add_names(*operand, names);
}

// Of each place whether more tokens there can hinder a transition: by an inhibitor arc, by an expression that reads the
// place, by the room that is left, and by an immediate transition that goes first.
std::vector<bool> hindering(const Net& net) {
  std::set<std::string_view> read;
  std::vector<bool> hinders(net.places.size());
  for (const Transition& t : net.transitions) {
    for (const ExpressionPtr* e : {&t.rate, &t.servers, &t.guard})
      if (*e) add_names(**e, read);
    for (const std::vector<Arc>* arcs : {&t.inputs, &t.outputs, &t.inhibitors})
      for (const Arc& arc : *arcs) add_names(*arc.multiplicity, read);
    for (const Arc& arc : t.inhibitors) hinders[arc.place] = true;
    if (t.priority)
      for (const Arc& arc : t.inputs) hinders[arc.place] = true;
  }
  for (std::size_t p = 0; p < hinders.size(); ++p)
    if (net.places[p].capacity || read.contains(net.places[p].name.text)) hinders[p] = true;
  return hinders;
}

class GrowthSearch {
 public:
  GrowthSearch(const Net& net, prism::CompiledModel& model) : net_(net), model_(model), hinders_(hindering(net)) {
    std::vector<steady::Variable> variables = model.packing.variables();
    for (const std::uint32_t v : model.unbounded) variables[v].high = std::max(variables[v].high, most_tokens);
    for (const std::uint32_t v : model.unbounded) variables[v].low = 0;
    model.packing = steady::Packing(std::move(variables));
    model.unbounded.clear();
    known_ = prism::LocalStates(model_.all_bits());
  }

  // Breadth-first. What goes wrong is left to the search for all states.
  void run(const Progress& progress) {
    if (!attempt([&] { begin(); })) return;
    prism::Successors successors(model_);
    for (std::size_t m = 0; m < parents_.size() && parents_.size() < most_markings && !enough_; ++m) {
      if ((m + 1) % markings_between == 0) progress("looking for a place without a bound");
      if (!attempt([&] { expand(m, successors); })) return;
    }
  }

  void require_none() const {
    if (!grown_) return;
    const Place& place = net_.places[grown_->place];
    prism::fail(place.name.place,
                fmt::format("the place '{}' has no bound: what leads from the marking {} to {} can happen again and "
                            "again; solve --truncate 1e-9 keeps the markings where the probability is",
                            place.name.text, describe(grown_->from), describe(grown_->to)));
  }

 private:
  struct Grown {
    std::size_t place, from, to;
  };

  // Whether nothing went wrong.
  template <class Work>
  static bool attempt(Work work) try {
    work();
    return true;
  } catch (const Error&) {
    return false;
  }

  void begin() {
    const std::vector<std::uint64_t> initial = prism::initial_states(model_);
    known_.number(initial.data());
    add(initial.data(), 0);
  }

  void expand(std::size_t marking, prism::Successors& successors) {
    successors.expand(&words_[marking * model_.words()]);
    for (std::size_t k = 0; k < successors.count() && !enough_; ++k) {
      if (!(successors.rate(k) > 0) || !known_.number(successors.target(k)).second) continue;
      add(successors.target(k), marking);
      enough_ = !compare(parents_.size() - 1);
    }
  }

  void add(const std::uint64_t* marking, std::size_t parent) {
    words_.insert(words_.end(), marking, marking + model_.words());
    parents_.push_back(parent);
  }

  std::int64_t tokens(std::size_t marking, std::size_t place) const {
    return model_.packing.value(&words_[marking * model_.words()], place);
  }

  // Compares a marking with those that led to it. False: enough was seen.
  bool compare(std::size_t marking) {
    for (std::size_t before = marking; before != 0;) {
      before = parents_[before];
      if (++comparisons_ > most_comparisons) return false;
      if (const std::optional<std::size_t> place = growth(before, marking)) {
        grown_ = {*place, before, marking};
        return false;
      }
    }
    return true;
  }

  // A place that has more tokens in `to` than in `from`, where that can be repeated.
  std::optional<std::size_t> growth(std::size_t from, std::size_t to) const {
    std::optional<std::size_t> place;
    for (std::size_t p = 0; p < net_.places.size(); ++p) {
      const std::int64_t added = tokens(to, p) - tokens(from, p);
      if (added < 0 || (added > 0 && hinders_[p])) return std::nullopt;
      if (added > 0 && !place) place = p;
    }
    return place;
  }

  std::string describe(std::size_t marking) const {
    std::string text;
    for (std::size_t p = 0; p < net_.places.size(); ++p)
      text += fmt::format("{}{}", p == 0 ? "(" : ",", tokens(marking, p));
    return text + ")";
  }

  const Net& net_;
  prism::CompiledModel& model_;
  std::vector<bool> hinders_;
  prism::LocalStates known_{{}};
  std::vector<std::uint64_t> words_;  // of the markings found
  std::vector<std::size_t> parents_;  // the marking that led to each
  std::size_t comparisons_ = 0;
  bool enough_ = false;  // was seen
  std::optional<Grown> grown_;
};

}  // namespace

void require_no_growth(const std::shared_ptr<const prism::Source>& source, const Net& net,
                       const prism::ModelSyntax& syntax, const ReadOptions& options) {
  const bool bounded = std::all_of(syntax.globals.begin(), syntax.globals.end(),
                                   [](const prism::VariableDeclaration& v) { return v.high != nullptr; });
  if (bounded) return;
  prism::CompiledModel model =
      prism::compile_model(source, syntax, {prism::parse_settings(options.constants), options.constants_within});
  GrowthSearch search(net, model);
  search.run(options.progress);
  search.require_none();
}

}  // namespace steady::detail::petri
