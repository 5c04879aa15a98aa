#include "formats/model/prism/language/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include <steady/error.hpp>

#include "formats/base/decimal.hpp"
#include "formats/base/relative_error.hpp"
#include "formats/base/split.hpp"
#include "formats/model/prism/language/compile.hpp"

namespace steady::detail::prism {

std::shared_ptr<const Vocabulary> make_vocabulary(const Chain& chain) {
  auto vocabulary = std::make_shared<Vocabulary>();
  const std::vector<Variable>& variables = chain.states.packing.variables();
  for (std::size_t v = 0; v < variables.size(); ++v)
    vocabulary->variables.emplace(
        variables[v].name,
        VariableMeaning{static_cast<std::uint32_t>(v), variables[v].boolean ? Type::boolean : Type::integer});
  return vocabulary;
}

namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

Setting parse_setting(std::string_view text) {
  const std::size_t equal = text.find('=');
  const std::string name(trimmed(text.substr(0, equal)));
  if (equal == std::string_view::npos || name.empty())
    throw Error(fmt::format("constants: '{}' is not of the form name=value", text.substr(0, 60)));
  const std::string value(trimmed(text.substr(equal + 1)));
  if (value == "true" || value == "false") return {name, {Type::boolean, value == "true" ? 1.0 : 0.0}};
  if (value.find(':') != std::string::npos)
    throw Error(fmt::format("constants: {}={} is a range, which only steady solve takes; give one value", name, value));
  const std::optional<double> number = parse_double(value);
  if (!number || value.find_first_not_of("0123456789+-.eE") != std::string::npos)
    throw Error(fmt::format("constants: {}={} is neither a number nor true or false", name, value));
  const bool integer = value.find_first_of(".eE") == std::string::npos;
  if (!std::isfinite(*number) || (integer && std::abs(*number) > 9007199254740992.0))
    throw Error(fmt::format("constants: {}={} is too large", name, value));
  if (*number == 0 && !parse_decimal(value).digits.empty())
    throw Error(fmt::format("constants: {}={} is too small for a double", name, value));
  return {name, {integer ? Type::integer : Type::real, *number, radius(*number, decimal_error(value, *number))}};
}

// Gives constants their values in the order in which they need each other.
class ConstantResolver {
 public:
  ConstantResolver(const std::vector<ConstantDeclaration>& declarations, const OutsideConstants& outside,
                   Vocabulary& vocabulary)
      : outside_(outside), vocabulary_(vocabulary) {
    for (const ConstantDeclaration& d : declarations) declarations_.emplace(d.name.text, &d);
  }

  // False: it, or one that it needs, has no value.
  bool resolve(const ConstantDeclaration& d) {
    if (vocabulary_.constants.contains(d.name.text)) return true;
    if (unset_.contains(d.name.text)) return false;
    if (!in_progress_.insert(d.name.text).second)
      fail(d.name.place, fmt::format("the constant '{}' is defined by itself", d.name.text));
    if (in_progress_.size() > 300) fail(d.name.place, "constants are nested too deeply");
    const bool known = set_from_outside(d) || set_from_expression(d);
    if (!known) unset_.insert(d.name.text);
    in_progress_.erase(d.name.text);
    return known;
  }

 private:
  bool set_from_outside(const ConstantDeclaration& d) {
    const auto& settings = outside_.settings;
    const auto found =
        std::find_if(settings.begin(), settings.end(), [&](const Setting& s) { return s.name == d.name.text; });
    if (found == settings.end()) return false;
    const bool fits = found->value.type == d.type || (d.type == Type::real && found->value.type == Type::integer);
    if (!fits)
      throw Error(fmt::format("constants: {} is of type {}, and cannot be set to a value of type {} ({})", found->name,
                              name(d.type), name(found->value.type), location(d.name.place)));
    define(d, found->value);
    return true;
  }

  bool set_from_expression(const ConstantDeclaration& d) {
    if (!d.value) return false;
    Names names;
    if (!resolve_names(*d.value, names)) return false;
    ConstantValue value = evaluate_constant(*d.value, {vocabulary_},
                                            d.type == Type::integer ? Expected::integer
                                            : d.type == Type::real  ? Expected::number
                                                                    : Expected::boolean,
                                            "the value of a constant");
    value.uncertain = names.uncertain;
    value.varied = names.varied;
    value.definition = d.value;
    define(d, value);
    return true;
  }

  void define(const ConstantDeclaration& d, ConstantValue value) {
    value.type = d.type;
    const auto& varied = vocabulary_.varied;
    value.varied = value.varied || std::find(varied.begin(), varied.end(), d.name.text) != varied.end();
    for (const ConstantError& known : outside_.errors) {
      if (known.name != d.name.text) continue;
      if (d.type == Type::boolean) throw Error(fmt::format("--rates-within: {} is a bool, no number", known.name));
      value.uncertain = true;
      value.radius = add_up(value.radius, radius(value.value, known.error));
    }
    vocabulary_.constants.emplace(d.name.text, value);
  }

  // Met in a constant's expression.
  struct Names {
    std::set<std::string_view> formulas;
    bool uncertain = false, varied = false;
  };

  bool resolve_names(const Expression& e, Names& names) {
    if (depth_ > 3000) fail(e.place, "constants are nested too deeply");
    ++depth_;
    const bool known = resolve_names_below(e, names);
    --depth_;
    return known;
  }

  bool resolve_names_below(const Expression& e, Names& names) {
    bool known = true;
    for (const ExpressionPtr& operand : e.operands) known = resolve_names(*operand, names) && known;
    if (e.op != Operator::identifier) return known;
    if (const auto d = declarations_.find(e.name); d != declarations_.end() && !resolve(*d->second)) return false;
    if (const auto constant = vocabulary_.constants.find(e.name); constant != vocabulary_.constants.end()) {
      names.uncertain = names.uncertain || constant->second.uncertain;
      names.varied = names.varied || constant->second.varied;
      return known;
    }
    const auto formula = vocabulary_.formulas.find(e.name);
    if (formula == vocabulary_.formulas.end() || !names.formulas.insert(formula->first).second) return known;
    return resolve_names(*formula->second, names) && known;
  }

  const OutsideConstants& outside_;
  Vocabulary& vocabulary_;
  std::map<std::string_view, const ConstantDeclaration*> declarations_;
  std::set<std::string_view> in_progress_;
  std::set<std::string_view> unset_;
  std::size_t depth_ = 0;  // of the recursion
};

}  // namespace

std::vector<Setting> parse_settings(std::string_view text) {
  std::vector<Setting> settings;
  if (trimmed(text).empty()) return settings;
  for (const std::string_view part : split(text, ',')) {
    Setting setting = parse_setting(trimmed(part));
    for (const Setting& s : settings)
      if (s.name == setting.name) throw Error(fmt::format("constants: {} is set twice", s.name));
    settings.push_back(std::move(setting));
  }
  return settings;
}

void define_constants(const std::vector<ConstantDeclaration>& declarations, const OutsideConstants& outside,
                      Vocabulary& vocabulary, std::vector<std::string>& missing) {
  ConstantResolver resolver(declarations, outside, vocabulary);
  for (const ConstantDeclaration& d : declarations) {
    if (resolver.resolve(d)) continue;
    vocabulary.unset.emplace(d.name.text);
    if (!d.value) missing.emplace_back(d.name.text);
  }
}

void require_none_missing(const std::string& path, const std::vector<std::string>& missing) {
  if (missing.empty()) return;
  std::string settings_needed;
  for (const std::string& c : missing) settings_needed += (settings_needed.empty() ? "" : ",") + c + "=...";
  throw Error(fmt::format("{}: constant{} without a value: {}; set {} with --const {}", path,
                          missing.size() == 1 ? "" : "s", fmt::join(missing, ", "), missing.size() == 1 ? "it" : "them",
                          settings_needed));
}

}  // namespace steady::detail::prism
