#include "formats/model/prism/language/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "formats/base/relative_error.hpp"
#include "formats/model/prism/language/emitter.hpp"

namespace steady::detail::prism {

namespace {

constexpr std::size_t recursion_limit = 1000;   // of the recursion, formulas written out
constexpr std::size_t visit_limit = 2'000'000;  // formulas written out grow exponentially at worst

bool number(Type type) { return type != Type::boolean; }

Type join(Type a, Type b) { return a == Type::real || b == Type::real ? Type::real : a; }

const char* with_article(Type type) {
  return type == Type::integer ? "an int" : type == Type::real ? "a double" : "a bool";
}

// Errors are made out of line, which keeps the recursion's frames small.
[[noreturn, gnu::noinline]] void fail_operand(Place place, std::string_view who, const char* needed, Type found) {
  fail(place, fmt::format("{} needs {}, not {}", who, needed, with_article(found)));
}
[[noreturn, gnu::noinline]] void fail_name(Place place, const char* format, std::string_view name) {
  fail(place, fmt::format(fmt::runtime(format), name));
}
[[noreturn, gnu::noinline]] void fail_pair(Place place, const char* format, const char* who, Type left, Type right) {
  fail(place, fmt::format(fmt::runtime(format), who, with_article(left), with_article(right)));
}

class Compiler {
 public:
  Compiler(Program& program, const Scope& scope) : emit_(program), scope_(scope), renaming_(scope.renaming) {}

  Type expression(const Expression& e) {
    if (++depth_ > recursion_limit) fail(e.place, "formulas are nested too deeply");
    if (++visits_ > visit_limit) fail(e.place, "the expression is too large once its formulas are written out");
    const Type type = dispatch(e);
    --depth_;
    return type;
  }
  void end() { emit_.end(); }

 private:
  Type dispatch(const Expression& e) {
    switch (e.op) {
      case Operator::literal:
        emit_.push(e.place, e.value, e.radius);
        return e.type;
      case Operator::identifier:
        return identifier(e);
      case Operator::label:
        return label(e);
      case Operator::call:
        return call(e);
      case Operator::conditional:
        return conditional(e);
      case Operator::implies:
        return implies(e);
      case Operator::iff:
        return compared(e, Opcode::equal, "<=>");
      case Operator::disjunction:
        return chain(e, true);
      case Operator::conjunction:
        return chain(e, false);
      case Operator::logical_not:
        boolean(*e.operands[0], "!");
        emit_.unary(e.place, Opcode::logical_not);
        return Type::boolean;
      case Operator::equal:
        return compared(e, Opcode::equal, "=");
      case Operator::not_equal:
        return compared(e, Opcode::not_equal, "!=");
      case Operator::less:
        return compared(e, Opcode::less, "<");
      case Operator::at_most:
        return compared(e, Opcode::at_most, "<=");
      case Operator::greater:
        return compared(e, Opcode::greater, ">");
      case Operator::at_least:
        return compared(e, Opcode::at_least, ">=");
      case Operator::sum:
        return sum(e);
      case Operator::times:
        return arithmetic(e, Opcode::multiply, "*");
      case Operator::divide:
        arithmetic(e, Opcode::divide, "/");
        return Type::real;
      case Operator::power:
        return power(e);
      case Operator::negation: {
        const Type type = numeric(*e.operands[0], "-");
        emit_.unary(e.place, Opcode::negate);
        return type;
      }
    }
    fail(e.place, "an expression of an unknown kind");
  }

  void boolean(const Expression& e, std::string_view who) {
    const Type type = expression(e);
    if (type != Type::boolean) fail_operand(e.place, who, "a bool", type);
  }
  Type numeric(const Expression& e, std::string_view who) {
    const Type type = expression(e);
    if (!number(type)) fail_operand(e.place, who, "a number", type);
    return type;
  }

  // A formula is written out first and then renamed, as the text around it. A name renamed to a formula means it.
  Type identifier(const Expression& e) {
    std::string_view name = e.name;
    const Renaming* renaming = renaming_;
    const auto renamed = renaming == nullptr ? Renaming::const_iterator() : renaming->find(name);
    const bool is_renamed = renaming != nullptr && renamed != renaming->end();
    if (is_renamed && scope_.vocabulary.formulas.contains(renamed->second)) {
      name = renamed->second;
      renaming_ = nullptr;
    } else if (is_renamed && !scope_.vocabulary.formulas.contains(name)) {
      name = renamed->second;
    }
    const Type type = meaning(name, e.place);
    renaming_ = renaming;
    return type;
  }

  Type meaning(std::string_view name, Place place) {
    const Vocabulary& known = scope_.vocabulary;
    if (const auto variable = known.variables.find(name); variable != known.variables.end()) {
      if (!scope_.variables) fail_name(place, "the variable '{}' in a constant expression", name);
      emit_.load(place, variable->second.slot, variable->second.type == Type::boolean);
      return variable->second.type;
    }
    if (const auto constant = known.constants.find(name); constant != known.constants.end()) {
      if (scope_.certain && constant->second.uncertain)
        fail_name(place, "--rates-within: the constant '{}' stands here in what is no rate", name);
      if (scope_.fixed && constant->second.varied)
        fail_name(place, "--sensitivity: the constant '{}' stands here in what is not differentiated", name);
      emit_.push(place, constant->second.value, constant->second.radius);
      return constant->second.type;
    }
    if (known.unset.contains(name)) fail_name(place, "the constant '{}' has no value; set it with --const", name);
    const auto formula = known.formulas.find(name);
    if (formula == known.formulas.end()) fail_name(place, "unknown name '{}'", name);
    if (std::find(formulas_.begin(), formulas_.end(), name) != formulas_.end())
      fail_name(place, "the formula '{}' is defined by itself", name);
    formulas_.push_back(formula->first);
    const Type type = expression(*formula->second);
    formulas_.pop_back();
    return type;
  }

  Type label(const Expression& e) {
    if (scope_.chain != nullptr) {
      const auto& labels = scope_.chain->labels;
      const auto found = std::find_if(labels.begin(), labels.end(), [&](const Label& l) { return l.name == e.name; });
      if (found != labels.end()) {
        const auto index = static_cast<std::size_t>(found - labels.begin());
        emit_.load(e.place, static_cast<std::uint32_t>(scope_.vocabulary.variables.size() + index), true);
        return Type::boolean;
      }
    }
    const auto found = scope_.vocabulary.labels.find(e.name);
    if (found == scope_.vocabulary.labels.end() && is_state(e)) return Type::boolean;
    if (found == scope_.vocabulary.labels.end()) fail_name(e.place, "unknown label \"{}\"", e.name);
    const std::string key = fmt::format("\"{}", found->first);  // apart from the formula of the same name
    if (std::find(formulas_.begin(), formulas_.end(), key) != formulas_.end())
      fail_name(e.place, "the label \"{}\" is defined by itself", e.name);
    formulas_.push_back(key);
    boolean(*found->second, "a label");
    formulas_.pop_back();
    return Type::boolean;
  }

  // Whether it is the name of a state of the chain: compared with the state's number, whose slot is behind the labels'.
  bool is_state(const Expression& e) {
    if (scope_.chain == nullptr) return false;
    const std::vector<std::string>& names = scope_.chain->states.names;
    const auto found = std::find(names.begin(), names.end(), e.name);
    if (found == names.end()) return false;
    const std::size_t slot = scope_.vocabulary.variables.size() + scope_.chain->labels.size();
    emit_.load(e.place, static_cast<std::uint32_t>(slot), false);
    emit_.push(e.place, static_cast<double>(found - names.begin()));
    emit_.compare(e.place, Opcode::equal);
    return true;
  }

  // Operands of & or | from left to right, leaving at the first that decides.
  Type chain(const Expression& e, bool disjunction) {
    const Emitter::Mark start = emit_.mark();
    std::vector<std::uint32_t> jumps;
    bool decided = false;  // by a constant operand
    for (std::size_t k = 0; k < e.operands.size(); ++k) {
      const Emitter::Mark before = emit_.mark();
      boolean(*e.operands[k], disjunction ? "|" : "&");
      const std::optional<double> constant = emit_.constant_since(before);
      const bool last = k + 1 == e.operands.size();
      if (constant && (*constant != 0) == disjunction) decided = true;
      if (constant && !last && !decided) {
        emit_.reset(before);  // true & x, false | x: x
      } else if (!last) {
        jumps.push_back(emit_.leave_if(disjunction));
      }
    }
    emit_.land(jumps);
    if (decided) {
      emit_.reset(start);
      emit_.push(e.place, disjunction ? 1 : 0);
    }
    return Type::boolean;
  }

  Type implies(const Expression& e) {  // !a | b
    const Emitter::Mark before = emit_.mark();
    boolean(*e.operands[0], "=>");
    const std::optional<double> premise = emit_.constant_since(before);
    if (premise) emit_.reset(before);
    if (!premise) emit_.unary(e.place, Opcode::logical_not);
    std::vector<std::uint32_t> jumps;
    if (!premise) jumps.push_back(emit_.leave_if(true));
    boolean(*e.operands[1], "=>");
    emit_.land(jumps);
    if (premise && *premise == 0) {
      emit_.reset(before);
      emit_.push(e.place, 1);
    }
    return Type::boolean;
  }

  Type conditional(const Expression& e) {
    const Emitter::Mark start = emit_.mark();
    boolean(*e.operands[0], "? :");
    const std::optional<double> condition = emit_.constant_since(start);
    if (condition) emit_.reset(start);
    std::uint32_t unless = 0;
    if (!condition) unless = emit_.jump_unless();
    const Type then = expression(*e.operands[1]);
    std::uint32_t over = 0;
    if (!condition) {
      over = emit_.jump_over();
      emit_.land({unless});
    } else if (*condition == 0) {
      emit_.reset(start);
    }
    const Emitter::Mark before_otherwise = emit_.mark();
    const Type otherwise = expression(*e.operands[2]);
    if (!condition) emit_.land({over});
    if (condition && *condition != 0) emit_.reset(before_otherwise);
    if (number(then) != number(otherwise)) fail(e.place, "the two sides of ? : are a number and a bool");
    return join(then, otherwise);
  }

  Type compared(const Expression& e, Opcode op, const char* who) {
    const bool any = e.op == Operator::equal || e.op == Operator::not_equal;
    const bool iff = e.op == Operator::iff;
    const Type left = expression(*e.operands[0]);
    const Type right = expression(*e.operands[1]);
    if (any && number(left) != number(right)) fail_pair(e.place, "{} compares {} with {}", who, left, right);
    if (!any && (number(left) == iff || number(right) == iff))
      fail_pair(e.place, iff ? "{} needs bools, not {} and {}" : "{} needs numbers, not {} and {}", who, left, right);
    emit_.compare(e.place, op);
    return Type::boolean;
  }

  Type sum(const Expression& e) {
    Type type = numeric(*e.operands[0], "+ or -");
    for (std::size_t k = 1; k < e.operands.size(); ++k) {
      const Expression& term = *e.operands[k];
      const bool minus = term.op == Operator::negation;
      type = join(type, numeric(minus ? *term.operands[0] : term, minus ? "-" : "+"));
      emit_.binary(e.place, minus ? Opcode::subtract : Opcode::add);
    }
    return type;
  }

  Type arithmetic(const Expression& e, Opcode op, const char* who) {
    const Type left = numeric(*e.operands[0], who);
    const Type right = numeric(*e.operands[1], who);
    emit_.binary(e.place, op);
    return join(left, right);
  }

  Type power(const Expression& e) {
    const Type left = numeric(*e.operands[0], "pow");
    const Type type = join(left, numeric(*e.operands[1], "pow"));
    emit_.binary(e.place, type == Type::integer ? Opcode::integer_power : Opcode::power);
    return type;
  }

  Type call(const Expression& e) {
    std::string_view name = e.name;
    if (renaming_ != nullptr)
      if (const auto found = renaming_->find(name); found != renaming_->end()) name = found->second;
    if (name == "min" || name == "max") return extremum(e, name);
    const bool rounds = name == "floor" || name == "ceil" || name == "round";
    if (!rounds && name != "pow" && name != "mod" && name != "log") fail_name(e.place, "unknown function '{}'", name);
    check_arity(e, name, rounds ? 1 : 2);
    if (name == "pow") return power(e);
    const Type left = numeric(*e.operands[0], name);
    if (rounds) {
      if (left == Type::real)
        emit_.unary(e.place, name == "floor" ? Opcode::floor : name == "ceil" ? Opcode::ceil : Opcode::round);
      return Type::integer;
    }
    const Type right = numeric(*e.operands[1], name);
    if (name == "mod" && join(left, right) == Type::real) fail(e.place, "mod needs ints, not a double");
    emit_.binary(e.place, name == "mod" ? Opcode::modulo : Opcode::logarithm);
    return name == "mod" ? Type::integer : Type::real;
  }

  Type extremum(const Expression& e, std::string_view name) {
    Type type = numeric(*e.operands[0], name);
    for (std::size_t k = 1; k < e.operands.size(); ++k) {
      type = join(type, numeric(*e.operands[k], name));
      emit_.binary(e.place, name == "min" ? Opcode::minimum : Opcode::maximum);
    }
    return type;
  }

  [[gnu::noinline]] static void check_arity(const Expression& e, std::string_view name, std::size_t n) {
    if (e.operands.size() != n)
      fail(e.place, fmt::format("{} takes {} argument{}, not {}", name, n, n == 1 ? "" : "s", e.operands.size()));
  }

  Emitter emit_;
  const Scope& scope_;
  const Renaming* renaming_;
  std::vector<std::string> formulas_;  // being written out
  std::size_t depth_ = 0;
  std::size_t visits_ = 0;
};

}  // namespace

Entry compile(const Expression& e, const Scope& scope, Expected expected, const char* what, Program& program,
              Type* type) {
  const Entry entry{static_cast<std::uint32_t>(program.code.size())};
  Compiler compiler(program, scope);
  const Type found = compiler.expression(e);
  compiler.end();
  const bool fits = expected == Expected::any || (expected == Expected::integer && found == Type::integer) ||
                    (expected == Expected::number && number(found)) ||
                    (expected == Expected::boolean && found == Type::boolean);
  if (!fits)
    fail(e.place, fmt::format("type mismatch: {} must be {}, not {}", what,
                              expected == Expected::integer  ? "an int"
                              : expected == Expected::number ? "a number"
                                                             : "a bool",
                              found == Type::integer ? "an int"
                              : found == Type::real  ? "a double"
                                                     : "a bool"));
  if (type != nullptr) *type = found;
  return entry;
}

ConstantValue evaluate_constant(const Expression& e, const Scope& scope, Expected expected, const char* what) {
  Program program;
  const Scope constants{scope.vocabulary, scope.renaming, false, nullptr, scope.certain, scope.fixed};
  ConstantValue result{};
  const Entry entry = compile(e, constants, expected, what, program, &result.type);
  try {
    result.value = program.evaluate(entry, nullptr);
    result.radius = radius(program.enclose(entry, nullptr), result.value);
  } catch (const Undefined& undefined) {
    fail(undefined.place, undefined.what);
  }
  return result;
}

}  // namespace steady::detail::prism
