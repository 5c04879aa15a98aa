#include "formats/model/prism/language/compiled_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include <steady/error.hpp>

#include "formats/model/prism/language/compile.hpp"
#include "formats/model/prism/language/composition.hpp"
#include "formats/model/prism/language/derivative.hpp"
#include "formats/model/prism/language/module_text.hpp"

namespace steady::detail::prism {

namespace {

// Nothing but rates and what rewards earn may change with a constant that derivatives are wanted by.
void require_rates_alone(Differentiator& by, const ModelSyntax& model, const std::vector<ModuleText>& modules) {
  const auto variables = [&](const std::vector<VariableDeclaration>& list, const Renaming* renaming) {
    for (const VariableDeclaration& v : list) {
      by.require_unchanged(v.low, renaming, "the range of a variable");
      by.require_unchanged(v.high, renaming, "the range of a variable");
      by.require_unchanged(v.initial, renaming, "an initial value");
    }
  };
  variables(model.globals, nullptr);
  for (const ModuleText& m : modules) {
    variables(m.module->variables, &m.renaming);
    for (const Command& c : m.module->commands) {
      by.require_unchanged(c.guard, &m.renaming, "a guard");
      for (const Update& u : c.updates) {
        if (c.priority > 0) by.require_unchanged(u.rate, &m.renaming, "the weight of an immediate transition");
        for (const Assignment& a : u.assignments) by.require_unchanged(a.value, &m.renaming, "what is assigned");
      }
    }
  }
  for (const RewardStructure& r : model.rewards)
    for (const RewardItem& item : r.items) by.require_unchanged(item.guard, nullptr, "the guard of a reward");
  for (const FormulaDeclaration& l : model.labels) by.require_unchanged(l.value, nullptr, "a label");
  by.require_unchanged(model.initial, nullptr, "the set of initial states");
}

// Marks the rates that read more than their module does: their values are kept apart from those of its commands.
void find_shared_rates(CompiledModel& model, std::size_t modules) {
  if (model.kind == Kind::dtmc) return;  // where a command's probabilities are looked at together
  std::vector<std::set<std::uint32_t>> read(modules);
  const auto module = [&](const CompiledCommand& c) { return model.parts[c.part].module; };
  const auto add = [&](const CompiledCommand& c, Entry entry) {
    for (const std::uint32_t v : model.program.reads(entry)) read[module(c)].insert(v);
  };
  for (const CompiledCommand& c : model.commands) {
    add(c, c.guard);
    for (const CompiledUpdate& u : c.updates)
      for (const CompiledAssignment& a : u.assignments) {
        add(c, a.value);
        read[module(c)].insert(a.variable);
      }
  }
  for (CompiledCommand& c : model.commands)
    for (CompiledUpdate& u : c.updates)
      for (const std::uint32_t v : model.program.reads(u.rate))
        if (!read[module(c)].contains(v)) u.rate_is_shared = true;
}

class ModelCompiler {
 public:
  ModelCompiler(std::shared_ptr<const Source> source, const ModelSyntax& model, const Wanted& wanted)
      : model_(model), wanted_(wanted) {
    compiled_.kind = model.kind;
    compiled_.vocabulary = std::make_shared<Vocabulary>();
    compiled_.vocabulary->source = std::move(source);
  }

  CompiledModel build(const OutsideConstants& outside) {
    formulas_and_labels();
    constants(outside);
    modules_ = module_texts(model_, source());
    variables();
    check_formulas();
    for (const std::string& constant : wanted_.derivatives)
      differentiators_.emplace_back(constant, *compiled_.vocabulary);
    for (std::size_t m = 0; m < modules_.size(); ++m) commands(m);
    synchronizations();
    find_shared_rates(compiled_, modules_.size());
    rewards();
    if (wanted_.throughputs) throughputs();
    for (const FormulaDeclaration& l : model_.labels)
      compiled_.labels.push_back(
          {std::string(l.name.text), compile(*l.value, scope(), Expected::boolean, "a label", program())});
    initial_states();
    for (Differentiator& by : differentiators_) require_rates_alone(by, model_, modules_);
    return std::move(compiled_);
  }

 private:
  Scope scope(const Renaming* renaming = nullptr) const {
    return {.vocabulary = *compiled_.vocabulary, .renaming = renaming, .certain = true};
  }
  Scope scope_of_rates(const Renaming* renaming) const { return {*compiled_.vocabulary, renaming}; }
  Program& program() { return compiled_.program; }

  void declare(const Name& name, std::string_view text) {
    if (!declared_.insert(std::string(text)).second)
      fail(name.place, fmt::format("the name '{}' is declared twice", text));
  }

  void formulas_and_labels() {
    for (const FormulaDeclaration& f : model_.formulas) {
      declare(f.name, f.name.text);
      compiled_.vocabulary->formulas.emplace(f.name.text, f.value);
    }
    for (const FormulaDeclaration& l : model_.labels) {
      if (l.name.text == "init" || l.name.text == "deadlock")
        fail(l.name.place, fmt::format("the label \"{}\" is built in", l.name.text));
      if (!compiled_.vocabulary->labels.emplace(l.name.text, l.value).second)
        fail(l.name.place, fmt::format("the label \"{}\" is declared twice", l.name.text));
    }
  }

  const ConstantDeclaration& require_constant(const std::string& constant) const {
    const auto found = std::find_if(model_.constants.begin(), model_.constants.end(),
                                    [&](const ConstantDeclaration& c) { return c.name.text == constant; });
    if (found == model_.constants.end())
      throw Error(fmt::format("{}: the model has no constant '{}'", source().name, constant));
    return *found;
  }

  void require_double(const std::string& constant) const {
    const ConstantDeclaration& c = require_constant(constant);
    if (c.type != Type::real)
      fail(c.name.place, fmt::format("--sensitivity: {} is of type {}, and only a double has derivatives by it",
                                     constant, name(c.type)));
  }

  void constants(const OutsideConstants& outside) {
    for (const ConstantDeclaration& c : model_.constants) declare(c.name, c.name.text);
    for (const Setting& s : outside.settings) require_constant(s.name);
    for (const ConstantError& e : outside.errors) require_constant(e.name);
    for (const std::string& constant : wanted_.derivatives) require_double(constant);
    compiled_.vocabulary->varied = wanted_.derivatives;
    std::vector<std::string> missing;
    define_constants(model_.constants, outside, *compiled_.vocabulary, missing);
    std::erase_if(missing, [&](const std::string& name) {
      return std::any_of(model_.constants.begin(), model_.constants.end(),
                         [&](const ConstantDeclaration& c) { return c.name.text == name && !c.needed; });
    });
    require_none_missing(source().name, missing);
  }

  void variables() {
    std::vector<Variable> all;
    for (const VariableDeclaration& v : model_.globals) all.push_back(variable(v, v.name.text, nullptr));
    global_count_ = all.size();
    for (const ModuleText& m : modules_)
      for (const VariableDeclaration& v : m.module->variables)
        all.push_back(variable(v, m.renamed(v.name.text), &m.renaming));
    for (std::size_t k = 0; k < all.size(); ++k)
      compiled_.vocabulary->variables.emplace(
          all[k].name, VariableMeaning{static_cast<std::uint32_t>(k), all[k].boolean ? Type::boolean : Type::integer});
    compiled_.packing = Packing(std::move(all));
  }

  Variable variable(const VariableDeclaration& v, std::string_view name, const Renaming* renaming) {
    declare(v.name, name);
    if (model_.initial && v.initial)
      fail(v.initial->place, "an initial value beside init ... endinit: only one of the two may be given");
    Variable result{std::string(name), v.boolean, 0, 1};
    const auto bound = [&](const Expression& e, const char* what) {
      const double value = evaluate_constant(e, scope(renaming), Expected::integer, what).value;
      if (!(value >= -9007199254740992.0 && value <= 9007199254740992.0)) fail(e.place, "a bound beyond 2^53");
      return static_cast<std::int64_t>(value);
    };
    const bool unbounded = !v.boolean && !v.low;
    if (unbounded) {
      if (model_.initial) fail(v.name.place, "a condition on initial states needs a range for every int variable");
      compiled_.unbounded.push_back(static_cast<std::uint32_t>(compiled_.initial.size()));
      result.low = smallest_int;
      result.high = largest_int;
    } else if (!v.boolean) {
      result.low = bound(*v.low, "the lower bound of a variable");
      result.high = bound(*v.high, "the upper bound of a variable");
      if (result.low > result.high)
        fail(v.low->place, fmt::format("the range [{}..{}] of '{}' is empty", result.low, result.high, name));
    }
    std::int64_t start = unbounded ? 0 : result.low;
    if (v.initial) {
      const Expected expected = v.boolean ? Expected::boolean : Expected::integer;
      const double value = evaluate_constant(*v.initial, scope(renaming), expected, "an initial value").value;
      if (!(value >= static_cast<double>(result.low) && value <= static_cast<double>(result.high)))
        fail(v.initial->place,
             fmt::format("the initial value {} of '{}' is outside [{}..{}]", value, name, result.low, result.high));
      start = static_cast<std::int64_t>(value);
    }
    if (unbounded) result.low = result.high = start;
    compiled_.initial.push_back(start);
    return result;
  }

  void check_formulas() {
    Program unused;
    for (const FormulaDeclaration& f : model_.formulas) {
      compile(*f.value, scope_of_rates(nullptr), Expected::any, "a formula", unused);
      unused.code.clear();
    }
  }

  void commands(std::size_t module) {
    const ModuleText& m = modules_[module];
    std::map<std::string_view, std::vector<std::pair<const Command*, std::uint32_t>>> own;  // parts and their first
    for (const Command& c : m.module->commands) {
      const std::string_view action = m.renamed(c.action.text);
      auto& parts = own[action];
      auto part = std::find_if(parts.begin(), parts.end(), [&](const auto& p) { return earn_the_same(*p.first, c); });
      if (part == parts.end()) {
        part = parts.insert(part, {&c, static_cast<std::uint32_t>(compiled_.parts.size())});
        compiled_.parts.push_back({module, std::string(action), earnings(c)});
      }
      compiled_.commands.push_back(compiled(c, m));
      compiled_.commands.back().part = part->second;
    }
  }

  static bool earn_the_same(const Command& a, const Command& b) {
    return std::equal(a.rewards.begin(), a.rewards.end(), b.rewards.begin(), b.rewards.end(),
                      [](const CommandReward& x, const CommandReward& y) {
                        return x.structure == y.structure && same(*x.value, *y.value);
                      });
  }

  std::vector<CompiledEarning> earnings(const Command& c) {
    std::vector<CompiledEarning> result;
    for (const CommandReward& r : c.rewards)
      result.push_back({r.structure, compile(*r.value, scope(), Expected::number, "a reward", program()), c.place,
                        derivatives(r.value, nullptr)});
    return result;
  }

  void synchronizations() {
    std::map<std::string_view, std::size_t> numbers;
    for (std::size_t m = 0; m < modules_.size(); ++m) numbers.emplace(modules_[m].name.text, m);
    if (model_.vectors)
      synchronize(compiled_, *model_.vectors);
    else
      compose(compiled_, model_.system, numbers);
    std::vector<std::size_t> taken(compiled_.parts.size());
    for (const Synchronization& synchronization : compiled_.synchronizations)
      for (const std::uint32_t p : synchronization.parts) taken[p] += synchronization.parts.size() == 1 ? 1 : 2;
    for (std::size_t p = 0; p < taken.size(); ++p) compiled_.parts[p].alone = taken[p] == 1;
  }

  CompiledCommand compiled(const Command& c, const ModuleText& m) {
    const Scope s = scope(&m.renaming);
    CompiledCommand command{
        compile(*c.guard, s, Expected::boolean, "a guard", program()), {}, c.place, 0, {}, c.priority};
    add_conditions(*c.guard, s, command.conditions);
    for (const Update& u : c.updates) {
      CompiledUpdate update{{}, u.rate ? u.rate->place : u.place, {}};
      static const Expression one{.op = Operator::literal, .value = 1};
      update.what = c.priority > 0 ? "weight" : model_.kind == Kind::ctmc ? "rate" : "probability";
      update.rate = compile(u.rate ? *u.rate : one, scope_of_rates(&m.renaming), Expected::number,
                            fmt::format("a {}", update.what).c_str(), program());
      if (u.rate) update.derivatives = derivatives(u.rate, &m.renaming);
      for (const Assignment& a : u.assignments) update.assignments.push_back(compiled(a, c, m, update));
      command.updates.push_back(std::move(update));
    }
    return command;
  }

  CompiledDerivatives derivatives(const ExpressionPtr& e, const Renaming* renaming) {
    CompiledDerivatives all;
    for (Differentiator& by : differentiators_) {
      const ExpressionPtr derivative = by.derivative(e, renaming);
      all.push_back(derivative ? std::optional(compile(*derivative, scope_of_rates(nullptr), Expected::number,
                                                       "a derivative", program()))
                               : std::nullopt);
    }
    return all;
  }

  // The operands of a conjunction, one by one.
  void add_conditions(const Expression& e, const Scope& s, std::vector<Entry>& conditions) {
    if (e.op != Operator::conjunction)
      conditions.push_back(compile(e, s, Expected::boolean, "a guard", program()));
    else
      for (const ExpressionPtr& operand : e.operands) add_conditions(*operand, s, conditions);
  }

  CompiledAssignment compiled(const Assignment& a, const Command& c, const ModuleText& m,
                              const CompiledUpdate& update) {
    const std::string_view name = m.renamed(a.variable.text);
    const auto& variables = compiled_.vocabulary->variables;
    const auto found = variables.find(name);
    if (found == variables.end()) fail(a.variable.place, fmt::format("there is no variable '{}' to assign to", name));
    const std::uint32_t slot = found->second.slot;
    const bool own = std::any_of(m.module->variables.begin(), m.module->variables.end(),
                                 [&](const VariableDeclaration& v) { return m.renamed(v.name.text) == name; });
    const bool global = slot < global_count_;
    if (!own && !global)
      fail(a.variable.place, fmt::format("module '{}' changes '{}', a variable of another module", m.name.text, name));
    if (global && !c.action.text.empty() && !model_.vectors)
      fail(a.variable.place,
           fmt::format("a command with an action ([{}]) changes the global variable '{}'", c.action.text, name));
    for (const CompiledAssignment& other : update.assignments)
      if (other.variable == slot) fail(a.variable.place, fmt::format("'{}' is assigned twice in one update", name));
    const bool boolean = found->second.type == Type::boolean;
    const std::string what = fmt::format("what is assigned to '{}'", name);
    return {
        slot,
        compile(*a.value, scope(&m.renaming), boolean ? Expected::boolean : Expected::integer, what.c_str(), program()),
        a.variable.place};
  }

  void rewards() {
    for (const RewardStructure& r : model_.rewards) {
      for (const CompiledReward& other : compiled_.rewards)
        if (!other.name.empty() && other.name == r.name.text)
          fail(r.name.place, fmt::format("the reward \"{}\" is declared twice", r.name.text));
      CompiledReward reward{std::string(r.name.text), {}};
      for (const RewardItem& item : r.items) {
        CompiledRewardItem compiled_item{compile(*item.guard, scope(), Expected::boolean, "a guard", program()),
                                         compile(*item.value, scope(), Expected::number, "a reward", program()),
                                         item.place,
                                         item.transition,
                                         no_action,
                                         derivatives(item.value, nullptr)};
        if (!item.action.text.empty()) {
          const std::vector<std::string>& actions = compiled_.actions;
          const auto action = std::find(actions.begin(), actions.end(), item.action.text);
          if (action == actions.end()) {
            compiled_.notes.push_back(fmt::format("{}: no command has the action '{}', so its reward is never earned",
                                                  location(item.action.place), item.action.text));
            continue;
          }
          compiled_item.action = static_cast<std::size_t>(action - actions.begin());
        }
        reward.items.push_back(compiled_item);
      }
      compiled_.rewards.push_back(std::move(reward));
    }
    earnings_of_commands();
  }

  void earnings_of_commands() {
    static const Expression truth{.op = Operator::literal, .value = 1, .type = Type::boolean};
    const Entry always = compile(truth, scope(), Expected::boolean, "a guard", program());
    for (const Synchronization& s : compiled_.synchronizations)
      for (const std::uint32_t p : s.parts)
        for (const CompiledEarning& e : compiled_.parts[p].earnings)
          compiled_.rewards[e.structure].items.push_back({always, e.value, e.place, true, s.action, e.derivatives});
  }

  // How often each action happens: a reward of 1 for it, however many of one name there are.
  void throughputs() {
    static const Expression one{.op = Operator::literal, .value = 1},
        yes{.op = Operator::literal, .value = 1, .type = Type::boolean};
    const Entry guard = compile(yes, scope(), Expected::boolean, "a guard", program());
    const Entry value = compile(one, scope(), Expected::number, "a reward", program());
    std::map<std::string_view, std::size_t> found;
    for (std::size_t a = 0; a < compiled_.actions.size(); ++a) {
      const std::string& name = compiled_.actions[a];
      if (name.empty()) continue;  // it earns something, and has no name
      const auto [number, added] = found.emplace(name, compiled_.rewards.size());
      if (added) compiled_.rewards.push_back({name, {}, true});
      compiled_.rewards[number->second].items.push_back(
          {guard, value, {}, true, a, CompiledDerivatives(differentiators_.size())});
    }
  }

  void initial_states() {
    compiled_.initial_states = model_.initial;
    Program unused;
    if (model_.initial) compile(*model_.initial, scope(), Expected::boolean, "the initial states", unused);
  }

  const Source& source() const { return *compiled_.vocabulary->source; }

  const ModelSyntax& model_;
  const Wanted& wanted_;
  std::vector<Differentiator> differentiators_;
  CompiledModel compiled_{};
  std::set<std::string> declared_;
  std::vector<ModuleText> modules_;
  std::size_t global_count_ = 0;
};

}  // namespace

double combinations(const CompiledModel& compiled, const Synchronization& synchronization) {
  double product = 1;
  for (const std::uint32_t part : synchronization.parts) {
    std::size_t alternatives = 0;
    for (const CompiledCommand& command : compiled.commands)
      if (command.part == part) alternatives += command.updates.size();
    product *= static_cast<double>(alternatives);
  }
  return product;
}

CompiledModel compile_model(std::shared_ptr<const Source> source, const ModelSyntax& model,
                            const OutsideConstants& outside, const Wanted& wanted) {
  return ModelCompiler(std::move(source), model, wanted).build(outside);
}

}  // namespace steady::detail::prism
