#include "formats/model/prism/prism.hpp"

#include <algorithm>
#include <cstdint>

#include "formats/error.hpp"
#include "formats/file.hpp"
#include "formats/model/prism/network.hpp"
#include "formats/model/prism/parser.hpp"
#include "formats/model/prism/state_space.hpp"

namespace steady::prism {

namespace {

Constant constant(const Setting& setting, Type type) {
  if (type == Type::boolean) return {setting.name, setting.value.value != 0};
  if (type == Type::real) return {setting.name, setting.value.value};
  return {setting.name, static_cast<std::int64_t>(setting.value.value)};
}

}  // namespace

Model read_prism(const std::string& path, std::string&& text, const ReadOptions& options) {
  require_text(path, text);
  if (options.kind) throw Error(path + ": --kind is for matrix files; a PRISM model says its own");
  auto source = std::make_shared<Source>(Source{path, std::move(text)});
  const ModelSyntax syntax = parse_model(*source);
  const std::vector<Setting> settings = parse_settings(options.constants);
  Network network = build_network(source, syntax, {settings, options.constants_within});
  network.rate_errors = options.rate_errors || !options.constants_within.empty();
  network.memory_limit = options.memory_limit;
  network.note = options.note;

  Model model;
  model.notes = std::move(network.notes);
  model.chain = explore(network, options.progress, {path, options.memory_limit}, model.notes);
  for (const ConstantDeclaration& c : syntax.constants) {
    const auto set =
        std::find_if(settings.begin(), settings.end(), [&](const Setting& s) { return s.name == c.name.text; });
    if (set != settings.end()) model.constants.push_back(constant(*set, c.type));
  }
  model.vocabulary = network.vocabulary;
  return model;
}

}  // namespace steady::prism
