#include "formats/model/prism/prism.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <steady/error.hpp>

#include "formats/io/file.hpp"
#include "formats/model/prism/explore/derivatives.hpp"
#include "formats/model/prism/explore/state_space.hpp"
#include "formats/model/prism/language/compiled_model.hpp"
#include "formats/model/prism/language/parser.hpp"

namespace steady::detail::prism {

namespace {

Constant constant(const Setting& setting, Type type) {
  if (type == Type::boolean) return {setting.name, setting.value.value != 0};
  if (type == Type::real) return {setting.name, setting.value.value};
  return {setting.name, static_cast<std::int64_t>(setting.value.value)};
}

// Of the syntax tree, those set from outside.
std::vector<Constant> constants_of(const ModelSyntax& syntax, const std::vector<Setting>& settings) {
  std::vector<Constant> constants;
  for (const ConstantDeclaration& c : syntax.constants) {
    const auto set =
        std::find_if(settings.begin(), settings.end(), [&](const Setting& s) { return s.name == c.name.text; });
    if (set != settings.end()) constants.push_back(constant(*set, c.type));
  }
  return constants;
}

CompiledModel compiled_model(std::shared_ptr<const Source> source, const ModelSyntax& syntax,
                             const std::vector<Setting>& settings, const ReadOptions& options) {
  CompiledModel compiled = compile_model(std::move(source), syntax, {settings, options.constants_within},
                                         {options.derivatives, options.throughputs});
  compiled.rate_errors = options.rate_errors || !options.constants_within.empty();
  compiled.memory_limit = options.memory_limit;
  compiled.note = options.note;
  return compiled;
}

std::shared_ptr<Source> source_of(const std::string& path, std::string&& text, const ReadOptions& options) {
  require_text(path, text);
  if (options.kind) throw Error(path + ": --kind is for matrix files; a PRISM model says its own");
  return std::make_shared<Source>(Source{path, std::move(text)});
}

}  // namespace

Model read_prism(const std::string& path, std::string&& text, const ReadOptions& options) {
  const auto source = source_of(path, std::move(text), options);
  return explored_model(path, source, parse_model(*source), options);
}

Model explored_model(const std::string& path, std::shared_ptr<const Source> source, const ModelSyntax& syntax,
                     const ReadOptions& options) {
  const std::vector<Setting> settings = parse_settings(options.constants);
  CompiledModel compiled = compiled_model(std::move(source), syntax, settings, options);

  Model model;
  model.notes = std::move(compiled.notes);
  model.chain = explore(compiled, options.progress, {path, options.memory_limit}, model.notes);
  if (!options.derivatives.empty()) {
    compiled.packing = model.chain.states.packing;  // ints without a range have one now
    compiled.unbounded.clear();
    model.derivatives = differentiate(compiled, options.derivatives, model.chain);
  }
  model.constants = constants_of(syntax, settings);
  model.vocabulary = compiled.vocabulary;
  return model;
}

ChainBlock read_prism_block(const std::string& path, std::string&& text, const ReadOptions& options, Share share) {
  const auto source = source_of(path, std::move(text), options);
  const ModelSyntax syntax = parse_model(*source);
  const std::vector<Setting> settings = parse_settings(options.constants);
  const CompiledModel compiled = compiled_model(source, syntax, settings, options);
  const NumberedStates states(compiled, options.progress);

  ChainBlock block = make_block(compiled, states, share.begin(states.count()), share.end(states.count()),
                                options.progress, {path, options.memory_limit});
  block.model.notes.insert(block.model.notes.begin(), compiled.notes.begin(), compiled.notes.end());
  block.model.constants = constants_of(syntax, settings);
  block.model.vocabulary = compiled.vocabulary;
  return block;
}

}  // namespace steady::detail::prism
