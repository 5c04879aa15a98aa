#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include <steady/error.hpp>
#include <steady/properties.hpp>

#include "formats/io/file.hpp"
#include "formats/model/prism/language/compile.hpp"
#include "formats/model/prism/language/derivative.hpp"
#include "formats/model/prism/properties/property_parser.hpp"

namespace steady {

using namespace detail;

using namespace detail::prism;

namespace {

// The value of an expression in a state of a chain.
struct StateFunction {
  std::shared_ptr<const Source> model, properties;  // kept for the program's places
  const Chain* chain;
  Program program;
  Entry entry;
  std::vector<std::uint32_t> variables;  // slots that the program reads
  std::vector<std::uint32_t> labels;     // labels that it reads; their slots follow the variables', the state's number

  double operator()(State state) const {
    thread_local std::vector<double> values;
    const std::size_t first_label = chain->states.packing.variables().size();
    values.resize(std::max(values.size(), first_label + chain->labels.size() + 1));
    for (const std::uint32_t v : variables) values[v] = static_cast<double>(chain->states.value(state, v));
    for (const std::uint32_t l : labels)
      values[first_label + l] = l == chain->labels.size() ? state : chain->labels[l].holds[state] ? 1 : 0;
    return program.evaluate(entry, values.data());
  }
};

class PropertyReader {
 public:
  PropertyReader(const std::string& text, const std::string& source_name, const Vocabulary& vocabulary,
                 const Chain& chain, const PropertyOptions& options)
      : source_(std::make_shared<Source>(Source{source_name, text})),
        syntax_(parse_properties(*source_)),
        vocabulary_(vocabulary),
        chain_(chain) {
    define(options);
  }

  const PropertiesSyntax& syntax() const { return syntax_; }

  Query query(const PropertySyntax& p) const {
    Query q = formula(p.formula);
    q.property = std::string(p.text);
    if (p.filter) q.filter = Filter{p.filter->kind, filter_states(p)};
    const bool named = !p.name.text.empty();
    if (!named && !q.name.empty() && !p.filter) return q;
    q.name = named ? std::string(p.name.text) : q.property;
    q.kind = "property";
    return q;
  }

 private:
  // A formula's query; its name and kind are of the label or reward whose long run it asks for, if any.
  Query formula(const FormulaSyntax& f) const {
    Query q;
    q.connective = f.connective;
    q.arithmetic = f.arithmetic;
    for (const FormulaSyntax& operand : f.operands) q.operands.push_back(formula(operand));
    if (f.relation) {
      const double bound = evaluate_constant(*f.bound, {vocabulary_}, Expected::number, "a threshold").value;
      q.threshold = Threshold{*f.relation, bound};
    }
    if (!f.operands.empty()) return q;
    if (f.constant) {
      q.constant = evaluate_constant(*f.constant, {vocabulary_}, Expected::number, "a number in a property").value;
      q.constant_derivatives = derivatives(f.constant);
      return q;
    }
    if (f.target) q.target = predicate(*f.target, "what F asks for");
    if (f.states)
      ask_for_states(*f.states, q);
    else if (f.time)
      q.value = [](State) { return 1.0; };
    else
      ask_for_reward(f, q);
    return q;
  }

  // By each of the constants that derivatives are wanted by.
  std::vector<double> derivatives(const ExpressionPtr& constant) const {
    std::vector<double> all;
    for (const std::string& name : vocabulary_.varied) {
      const ExpressionPtr found = Differentiator(name, vocabulary_).derivative(constant, nullptr);
      all.push_back(found ? evaluate_constant(*found, {vocabulary_}, Expected::number, "a derivative").value : 0);
      if (!std::isfinite(all.back()))
        fail(constant->place, fmt::format("--sensitivity: its derivative by {} is {}", name, all.back()));
    }
    return all;
  }

  void ask_for_states(const Expression& states, Query& q) const {
    q.value = state_function(states, "what S asks for");
    q.probability = !q.target;
    if (states.op == Operator::label) q.name = std::string(states.name);
    q.kind = "label";
  }

  void ask_for_reward(const FormulaSyntax& f, Query& q) const {
    const std::size_t r = reward_index(f);
    q.value = [rate = &chain_.rewards[r].rate](State s) { return (*rate)[s]; };
    q.reward = r;
    if (!chain_.rewards[r].error.empty()) q.error = [error = &chain_.rewards[r].error](State s) { return (*error)[s]; };
    if (f.target) return;
    q.name = chain_.rewards[r].name.empty() ? fmt::format("reward {}", r + 1) : chain_.rewards[r].name;
    q.kind = "reward";
  }

  std::function<bool(State)> predicate(const Expression& e, const char* what) const {
    return [holds = state_function(e, what)](State s) { return holds(s) != 0; };
  }

  // The starting states of a filter.
  std::vector<State> filter_states(const PropertySyntax& p) const {
    std::vector<State> states(chain_.size());
    std::iota(states.begin(), states.end(), State{0});
    if (p.filter->states) {
      const std::function<double(State)> holds = state_function(*p.filter->states, "the states of a filter");
      std::erase_if(states, [&](State s) { return holds(s) == 0; });
    }
    if (states.empty()) fail(p.place, "the filter's states hold nowhere");
    if (p.filter->kind == Filter::Kind::state && states.size() > 1)
      fail(p.place, fmt::format("the filter asks for one state, but its states hold in {}", states.size()));
    return states;
  }

  // The properties' own constants, formulas and labels join the model's.
  void define(const PropertyOptions& options) {
    std::set<std::string_view> names;
    const auto declare = [&](const Name& name) {
      const bool taken = vocabulary_.constants.contains(name.text) || vocabulary_.formulas.contains(name.text) ||
                         vocabulary_.variables.contains(name.text);
      if (taken) fail(name.place, fmt::format("the model already has the name '{}'", name.text));
      if (!names.insert(name.text).second) fail(name.place, fmt::format("the name '{}' is declared twice", name.text));
    };
    for (const ConstantDeclaration& c : syntax_.constants) declare(c.name);
    for (const FormulaDeclaration& f : syntax_.formulas) declare(f.name);
    for (const FormulaDeclaration& f : syntax_.formulas) vocabulary_.formulas.emplace(f.name.text, f.value);
    std::vector<std::string> missing;  // matters only to a property that uses one
    define_constants(syntax_.constants, {parse_settings(options.constants)}, vocabulary_, missing);
    for (const FormulaDeclaration& l : syntax_.labels) {
      const bool taken = std::any_of(chain_.labels.begin(), chain_.labels.end(),
                                     [&](const Label& other) { return other.name == l.name.text; });
      if (taken || !vocabulary_.labels.emplace(l.name.text, l.value).second)
        fail(l.name.place, fmt::format("the label \"{}\" is declared twice", l.name.text));
    }
  }

  std::function<double(State)> state_function(const Expression& e, const char* what) const {
    StateFunction f{vocabulary_.source, source_, &chain_, {}, {}, {}, {}};
    const Scope scope{.vocabulary = vocabulary_, .chain = &chain_, .fixed = true};
    f.entry = compile(e, scope, Expected::boolean, what, f.program);
    const std::size_t first_label = vocabulary_.variables.size();
    for (const Instruction& i : f.program.code) {
      if (i.op < Opcode::load || i.op > Opcode::within_or) continue;
      auto& used = i.slot < first_label ? f.variables : f.labels;
      const auto index = static_cast<std::uint32_t>(i.slot < first_label ? i.slot : i.slot - first_label);
      if (std::find(used.begin(), used.end(), index) == used.end()) used.push_back(index);
    }
    if (!f.program.places.empty()) try_everywhere(f);
    return f;
  }

  // An expression that can fail is tried in every state now, so that no thread meets the failure later.
  void try_everywhere(const StateFunction& f) const {
    for (std::size_t s = 0; s < chain_.size(); ++s) {
      try {
        f(static_cast<State>(s));
      } catch (const Undefined& undefined) {
        fail(undefined.place, fmt::format("{} in state {}", undefined.what, chain_.states.describe(s)));
      }
    }
  }

  // Of the model's own rewards: throughputs are none.
  std::size_t reward_index(const FormulaSyntax& p) const {
    std::vector<std::size_t> own;
    for (std::size_t r = 0; r < chain_.rewards.size(); ++r)
      if (!chain_.rewards[r].throughput) own.push_back(r);
    if (own.empty()) fail(p.place, "the model has no rewards");
    if (!p.reward.empty()) return reward_named(p, own);
    if (!p.reward_index) return own.front();
    const double index =
        evaluate_constant(*p.reward_index, {vocabulary_}, Expected::integer, "the number of a reward").value;
    if (!(index >= 1 && index <= static_cast<double>(own.size())))
      fail(p.place, fmt::format("there is no reward {}; the model has {}", index, own.size()));
    return own[static_cast<std::size_t>(index) - 1];
  }

  std::size_t reward_named(const FormulaSyntax& p, const std::vector<std::size_t>& own) const {
    std::string known;
    for (const std::size_t r : own) {
      const std::string& name = chain_.rewards[r].name;
      if (name == p.reward) return r;
      known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", name);
    }
    fail(p.place, fmt::format("the model has no reward \"{}\"; it has {}", p.reward, known));
  }

  std::shared_ptr<const Source> source_;
  PropertiesSyntax syntax_;
  Vocabulary vocabulary_;
  const Chain& chain_;
};

std::vector<Query> all_queries(const PropertyReader& reader, bool note_wrong, std::vector<std::string>& notes) {
  std::vector<Query> queries;
  for (const PropertySyntax& p : reader.syntax().properties) {
    if (!p.skipped.empty()) {
      notes.push_back(fmt::format("{}: {}, skipped: {}{}", location(p.place), p.skipped, p.text.substr(0, 80),
                                  p.text.size() > 80 ? "..." : ""));
      continue;
    }
    try {
      queries.push_back(reader.query(p));
    } catch (const Error& error) {
      if (!note_wrong || error.cause != Error::Cause::input) throw;
      notes.push_back(fmt::format("\"{}\" is not answered: {}", p.name.text, error.what()));
    }
  }
  return queries;
}

const PropertySyntax& find_property(const std::vector<PropertySyntax>& properties, const std::string& name,
                                    const std::string& source_name) {
  const auto found =
      std::find_if(properties.begin(), properties.end(), [&](const PropertySyntax& p) { return p.name.text == name; });
  if (found != properties.end()) return *found;
  std::string known;
  for (const PropertySyntax& p : properties)
    if (!p.name.text.empty()) known += fmt::format("{}{}", known.empty() ? "; it has " : ", ", p.name.text);
  throw Error(fmt::format("{}: there is no property '{}'{}", source_name, name, known));
}

}  // namespace

std::vector<Query> read_properties(const std::string& text, const std::string& source_name,
                                   const Vocabulary& vocabulary, const Chain& chain, const PropertyOptions& options,
                                   std::vector<std::string>& notes) {
  require_text(source_name, text);
  const PropertyReader reader(text, source_name, vocabulary, chain, options);
  const std::vector<PropertySyntax>& properties = reader.syntax().properties;
  if (properties.empty()) throw Error(fmt::format("{}: there is no property", source_name));
  if (options.pick.empty()) return all_queries(reader, options.note_wrong, notes);
  std::vector<Query> queries;
  for (const std::string& name : options.pick) {
    const PropertySyntax& property = find_property(properties, name, source_name);
    if (!property.skipped.empty()) fail(property.place, property.skipped);
    queries.push_back(reader.query(property));
  }
  return queries;
}

SplitSettings split_settings(std::string_view settings, const std::string& text, const std::string& source_name) {
  const Source source{source_name, text};
  const PropertiesSyntax syntax = parse_properties(source);
  SplitSettings split;
  for (std::size_t begin = 0; begin < settings.size();) {
    const std::size_t end = std::min(settings.find(',', begin), settings.size());
    const std::string_view setting = settings.substr(begin, end - begin);
    const std::vector<Setting> parsed = parse_settings(setting);
    const bool ours = !parsed.empty() && std::any_of(syntax.constants.begin(), syntax.constants.end(),
                                                     [&](const auto& c) { return c.name.text == parsed[0].name; });
    std::string& part = ours ? split.properties : split.model;
    part += fmt::format("{}{}", part.empty() ? "" : ",", setting);
    begin = end + 1;
  }
  return split;
}

}  // namespace steady
