#include "formats/model/prism/language/unique_names.hpp"

#include <fmt/format.h>

#include "formats/model/prism/language/lexer.hpp"

namespace steady::detail::prism {

std::string_view UniqueNames::unique(std::string_view wanted, std::string_view prefix) {
  std::string name(wanted);
  for (char& c : name)
    if (!is_name(fmt::format("_{}", c))) c = '_';
  if (name.empty() || !is_name(fmt::format("{}_", name))) name = "_" + name;
  if (!prefix.empty() && taken_.contains(name)) return unique(fmt::format("{}_{}", prefix, wanted), {});
  while (!is_name(name) || taken_.contains(name)) name += '_';
  const std::string& kept = texts_.emplace_back(std::move(name));
  taken_.insert(kept);
  return kept;
}

}  // namespace steady::detail::prism
