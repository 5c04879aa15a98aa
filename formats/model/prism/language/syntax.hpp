// What a parser makes of a model's text: its syntax tree, names not yet looked up.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <steady/chain.hpp>

#include "formats/model/prism/language/source.hpp"

namespace steady::detail::prism {

enum class Type { integer, real, boolean };

const char* name(Type type);  // as the language calls it: int, double, bool

enum class Operator {
  literal,      // value, type
  identifier,   // name
  label,        // name, as in "up"
  call,         // name: min, max, floor, ceil, round, pow, mod, log
  conditional,  // c ? a : b
  implies,
  iff,
  disjunction,  // two operands or more, as have conjunction and sum
  conjunction,
  logical_not,
  equal,
  not_equal,
  less,
  at_most,
  greater,
  at_least,
  sum,  // a - b is the sum of a and the negation of b
  times,
  divide,
  negation,
  power
};

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

struct Expression {
  Operator op = Operator::literal;
  Place place = {};
  std::vector<ExpressionPtr> operands = {};
  std::string_view name = {};
  double value = 0;
  Type type = Type::integer;
  std::size_t depth = 1;  // levels of operands below, itself included
  double radius = 0;      // of a literal: the number in the text is within it of the value
};

// Throws Error for an expression of more levels than evaluation may take.
ExpressionPtr make_expression(Operator op, Place place, std::vector<ExpressionPtr> operands,
                              std::string_view name = {});
ExpressionPtr make_literal(Place place, Type type, double value, double radius = 0);
// The decimal in the text, with how far its double can be from it. Throws Error for one that no double is near to.
ExpressionPtr make_decimal(Place place, std::string_view text);

// Whether the two have the same text, but for blanks and brackets; false, too, where that takes long to find out.
bool same(const Expression& a, const Expression& b);

// A name where it is declared or used.
struct Name {
  std::string_view text = {};
  Place place = {};
};

struct ConstantDeclaration {
  Name name;
  Type type;
  ExpressionPtr value;  // null: to be set from outside
  bool needed = true;   // false: only properties use it, and it may stay without a value
};

struct FormulaDeclaration {  // of a formula or a label
  Name name;
  ExpressionPtr value;
};

struct VariableDeclaration {
  Name name;
  bool boolean;
  ExpressionPtr low, high;  // null for a bool, and for an int without a range
  ExpressionPtr initial;    // null: low, or 0, or false
};

struct Assignment {
  Name variable;
  ExpressionPtr value;
};

struct Update {
  Place place = {};
  ExpressionPtr rate;  // rate or probability; null: 1
  std::vector<Assignment> assignments;
};

// What a command earns when it is taken, as JANI has it.
struct CommandReward {
  std::size_t structure;  // number of the reward structure
  ExpressionPtr value;
};

struct Command {
  Place place = {};
  Name action;  // empty text: none
  ExpressionPtr guard;
  std::vector<Update> updates;
  std::vector<CommandReward> rewards = {};
  // Above 0, as Petri nets have it: it is taken at once, before all of a lower priority, and its rates are weights.
  // Such a command is taken alone.
  std::uint32_t priority = 0;
};

using Renaming = std::map<std::string_view, std::string_view>;

struct Module {
  Name name;
  Name base = {};  // of a renamed module; empty otherwise
  Renaming renaming = {};
  std::vector<VariableDeclaration> variables = {};
  std::vector<Command> commands = {};
};

struct RewardItem {
  Place place = {};
  bool transition = false;  // with brackets: earned by a transition
  Name action = {};         // of a transition; empty text: one without an action
  ExpressionPtr guard;
  ExpressionPtr value;
};

struct RewardStructure {
  Name name;
  std::vector<RewardItem> items;
};

// How modules are put together, in system ... endsystem.
struct Composition {
  enum class Operator {
    module,        // name
    reference,     // name, of another system: gone once the model is parsed
    parallel,      // A || B: together on the actions that both have
    interleaving,  // A ||| B: together on none
    interface,     // A |[a,b]| B: together on those named
    hiding,        // A / {a,b}
    renaming       // A {a<-b}: a becomes b
  };
  Operator op = Operator::module;
  Place place = {};
  Name name = {};
  std::vector<Composition> operands = {};
  std::vector<Name> actions = {};  // of an interface or hiding; of a renaming the old and the new in turn
};

struct SystemDefinition {
  Name name;  // empty text: none
  Composition composition;
};

// Modules that are taken together by one action of each, as JANI has it.
struct SynchronizationVector {
  Place place;
  Name action;                // of them together; empty text: none
  std::vector<Name> actions;  // of each module; empty text: it takes no part
};

struct ModelSyntax {
  Kind kind = Kind::ctmc;
  std::vector<ConstantDeclaration> constants;
  std::vector<FormulaDeclaration> formulas;
  std::vector<FormulaDeclaration> labels;
  std::vector<VariableDeclaration> globals;
  std::vector<Module> modules;
  std::vector<RewardStructure> rewards;
  std::optional<Composition> system;  // none: all modules in parallel, or
  // these and commands without an action; any command may then change any variable.
  std::optional<std::vector<SynchronizationVector>> vectors;
  ExpressionPtr initial;  // of init ... endinit; null: the variables' own initial values
};

}  // namespace steady::detail::prism
