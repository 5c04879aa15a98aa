// What the names in an expression mean.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <steady/chain.hpp>
#include <steady/model.hpp>

#include "formats/model/prism/language/syntax.hpp"

namespace steady::detail::prism {

struct ConstantValue {
  Type type;
  double value;                   // of a bool: 0 or 1
  double radius = 0;              // the exact value is within it
  bool uncertain = false;         // the user says that it is known so far only, or it is made of such a constant
  bool varied = false;            // derivatives are wanted by it, or it is made of such a constant
  ExpressionPtr definition = {};  // null: it is set from outside
};

struct VariableMeaning {
  std::uint32_t slot;  // its number in the order of the model
  Type type;           // integer or boolean
};

struct Vocabulary {
  std::map<std::string, ConstantValue, std::less<>> constants = {};
  std::map<std::string, ExpressionPtr, std::less<>> formulas = {};
  std::map<std::string, ExpressionPtr, std::less<>> labels = {};
  std::map<std::string, VariableMeaning, std::less<>> variables = {};
  std::set<std::string, std::less<>> unset = {};  // constants without a value
  std::vector<std::string> varied = {};           // constants that derivatives are wanted by
  std::shared_ptr<const Source> source = {};      // of the formulas and labels
};

// The vocabulary of a chain that no PRISM model describes: its states' variables. Its labels are found in the chain.
std::shared_ptr<const Vocabulary> make_vocabulary(const Chain& chain);

// One setting of "n=5,m=2.5,b=true".
struct Setting {
  std::string name;
  ConstantValue value;
};

// Throws Error where the text is not a list of settings, or sets a constant twice.
std::vector<Setting> parse_settings(std::string_view text);

// What is known of constants from outside.
struct OutsideConstants {
  std::vector<Setting> settings;
  std::vector<ConstantError> errors = {};
};

// Gives every declared constant its value, the settings' first, and puts them into the vocabulary, whose formulas and
// varied constants are already there. A constant without a value is
// put into vocabulary.unset, and named in `missing` if it is to be set from outside. Throws Error for a cycle, a
// setting of another type or an error of a bool. Names that are not declared are left to the caller.
void define_constants(const std::vector<ConstantDeclaration>& declarations, const OutsideConstants& outside,
                      Vocabulary& vocabulary, std::vector<std::string>& missing);

// Throws the Error that these constants of the model in `path` have no value, unless there are none.
void require_none_missing(const std::string& path, const std::vector<std::string>& missing);

}  // namespace steady::detail::prism
