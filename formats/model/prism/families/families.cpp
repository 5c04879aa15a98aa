#include "formats/model/prism/families/families.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

#include <steady/error.hpp>

#include "formats/io/scanner.hpp"
#include "formats/model/prism/families/polling.hpp"

namespace steady::detail {

namespace {

constexpr FamilyConstant polling_constants[] = {{"N", 1, 60}};

constexpr Family list[] = {
    {"polling", "one server visits N stations in turn (Ibe and Trivedi 1990)", polling_constants,
     [](std::span<const int> values) { return polling(values[0]); }},
};

const Family& find(std::string_view name) {
  std::string known;
  for (const Family& family : list) {
    if (family.name == name) return family;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", family.name);
  }
  throw Error(fmt::format("family {} is not known: {}", in_quotes(name), known));
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

int value_of(const FamilyConstant& constant, std::string_view text) {
  int value = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc::invalid_argument || stop != text.data() + text.size())
    throw Error(fmt::format("constant {}: {} is not a whole number", constant.name, in_quotes(text)));
  if (problem != std::errc() || value < constant.low || value > constant.high)
    throw Error(fmt::format("constant {}: {} is not in {}..{}", constant.name, text, constant.low, constant.high));
  return value;
}

}  // namespace

std::span<const Family> families() { return list; }

std::string generate(std::string_view name, std::string_view constants) {
  const Family& family = find(name);
  std::vector<std::optional<int>> given(family.constants.size());
  while (!constants.empty()) {
    const std::size_t comma = constants.find(',');
    const std::string_view assignment = constants.substr(0, comma);
    constants.remove_prefix(comma == std::string_view::npos ? constants.size() : comma + 1);

    const std::size_t equals = assignment.find('=');
    if (equals == std::string_view::npos) throw Error(fmt::format("{} is not NAME=VALUE", in_quotes(assignment)));
    const std::string_view constant = trimmed(assignment.substr(0, equals));
    std::size_t k = 0;
    while (k < given.size() && family.constants[k].name != constant) ++k;
    if (k == given.size()) throw Error(fmt::format("family {} has no constant {}", family.name, in_quotes(constant)));
    if (given[k]) throw Error(fmt::format("constant {} is given twice", constant));
    given[k] = value_of(family.constants[k], trimmed(assignment.substr(equals + 1)));
  }
  std::vector<int> values;
  for (std::size_t k = 0; k < given.size(); ++k) {
    const auto& [constant, low, high] = family.constants[k];
    if (!given[k])
      throw Error(fmt::format("family {} needs a value of {} in {}..{}", family.name, constant, low, high));
    values.push_back(*given[k]);
  }
  return family.text(values);
}

}  // namespace steady::detail
