#include "formats/model/prism/language/module_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include <steady/error.hpp>

namespace steady::detail::prism {

namespace {

ModuleText resolve(const ModelSyntax& model, const Module& m, std::size_t depth) {
  if (m.base.text.empty()) return {&m, m.name, {}};
  const auto base = std::find_if(model.modules.begin(), model.modules.end(),
                                 [&](const Module& other) { return other.name.text == m.base.text; });
  if (base == model.modules.end()) fail(m.base.place, fmt::format("there is no module '{}'", m.base.text));
  if (depth > 100) fail(m.base.place, "modules that rename one another");
  ModuleText text = resolve(model, *base, depth + 1);
  Renaming both = m.renaming;
  for (const auto& [from, to] : text.renaming) {
    const auto again = m.renaming.find(to);
    both.insert_or_assign(from, again == m.renaming.end() ? to : again->second);
  }
  for (const VariableDeclaration& v : text.module->variables)
    if (!both.contains(v.name.text))
      fail(m.name.place,
           fmt::format("module '{}' does not rename the variable '{}' of '{}'", m.name.text, v.name.text, m.base.text));
  return {text.module, m.name, std::move(both)};
}

}  // namespace

std::vector<ModuleText> module_texts(const ModelSyntax& model, const Source& source) {
  std::set<std::string_view> names;
  for (const Module& m : model.modules)
    if (!names.insert(m.name.text).second)
      fail(m.name.place, fmt::format("the module '{}' is declared twice", m.name.text));
  if (model.modules.empty()) throw Error(fmt::format("{}: the model has no modules", source.name));
  std::vector<ModuleText> texts;
  for (const Module& m : model.modules) texts.push_back(resolve(model, m, 0));
  return texts;
}

}  // namespace steady::detail::prism
