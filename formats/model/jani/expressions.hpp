// JANI's expressions as those of the PRISM language.
#pragma once

#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "formats/model/jani/json.hpp"
#include "formats/model/prism/language/syntax.hpp"

namespace steady::detail::jani {

using prism::ExpressionPtr;

// What an identifier stands for.
struct Meaning {
  std::string_view name = {};  // a variable, a constant or a formula, as the compiled model calls it
  ExpressionPtr value = {};    // of a parameter of a function: what it is called with
};

// The names that an expression may use: of the model, an automaton or a function.
struct Scope {
  struct Function {
    Place place;
    std::vector<std::string_view> parameters;
    const Json* body;
    const Scope* scope;             // where it is declared
    std::string_view formula = {};  // the compiled model's formula that it is; empty: none
  };

  const Scope* outer = nullptr;
  std::map<std::string_view, Meaning> names = {};
  std::map<std::string_view, Function> functions = {};

  const Meaning* find_name(std::string_view name) const;
  const Function* find_function(std::string_view name) const;
};

// Makes expressions; calls of functions are written out.
class ExpressionReader {
 public:
  // Throws Error for an unknown name or operator, for a function that calls itself, and for an expression that is too
  // large or nested too deeply.
  ExpressionPtr read(const Json& json, const Scope& scope);
  // Without formulas: what it depends on stands in it.
  ExpressionPtr read_written_out(const Json& json, const Scope& scope);
  // Of { "exp": ..., "comment": ... } under the key; null where that is not there.
  ExpressionPtr read_if_any(const Json& object, std::string_view key, const Scope& scope);

  // The expression with these in place of the names.
  ExpressionPtr substitute(const ExpressionPtr& expression, const std::map<std::string_view, ExpressionPtr>& values);

  std::set<std::string_view> used = {};  // the names that expressions read so far have in them

 private:
  ExpressionPtr read_object(const Json& json, const Scope& scope);
  ExpressionPtr name(const Json& json, const Scope& scope);
  ExpressionPtr constant(const Json& json);
  ExpressionPtr connected(prism::Operator op, std::string_view symbol, const Json& json, const Scope& scope);
  ExpressionPtr sum(const Json& json, const Scope& scope);
  ExpressionPtr conditional(const Json& json, const Scope& scope);
  ExpressionPtr unary(std::string_view op, const Json& json, const Scope& scope);
  ExpressionPtr remainder(Place place, const ExpressionPtr& left, const ExpressionPtr& right);
  ExpressionPtr call(const Json& json, const Scope& scope);
  ExpressionPtr make(prism::Operator op, Place place, std::vector<ExpressionPtr> operands, std::string_view name = {});

  void count(Place place);

  bool write_out_ = false;                         // also functions that are formulas
  std::size_t depth_ = 0;                          // of the recursion
  std::size_t count_ = 0;                          // of expressions made and looked at
  std::vector<const Scope::Function*> functions_;  // being written out
};

}  // namespace steady::detail::jani
