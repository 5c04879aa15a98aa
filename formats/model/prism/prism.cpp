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

std::shared_ptr<const Source> prism_source(const std::string& path, std::string&& text, const ReadOptions& options) {
  require_text(path, text);
  if (options.kind) throw Error(path + ": --kind is for matrix files; a PRISM model says its own");
  return std::make_shared<Source>(Source{path, std::move(text)});
}

}  // namespace

UnexploredModel compiled_syntax(std::shared_ptr<const Source> source, const ModelSyntax& syntax,
                                const ReadOptions& options) {
  const std::vector<Setting> settings = parse_settings(options.constants);
  UnexploredModel model{compile_model(std::move(source), syntax, {settings, options.constants_within},
                                      {options.derivatives, options.throughputs}),
                        {}};
  CompiledModel& compiled = model.compiled;
  compiled.rate_errors = options.rate_errors || !options.constants_within.empty();
  compiled.rates_within = options.rates_within;
  compiled.memory_limit = options.memory_limit;
  compiled.note = options.note;
  for (const ConstantDeclaration& c : syntax.constants) {
    const auto set =
        std::find_if(settings.begin(), settings.end(), [&](const Setting& s) { return s.name == c.name.text; });
    if (set != settings.end()) model.constants.push_back(constant(*set, c.type));
  }
  return model;
}

UnexploredModel compile_prism(const std::string& path, std::string&& text, const ReadOptions& options) {
  const auto source = prism_source(path, std::move(text), options);
  return compiled_syntax(source, parse_model(*source), options);
}

Model read_prism(const std::string& path, std::string&& text, const ReadOptions& options) {
  const auto source = prism_source(path, std::move(text), options);
  return explored_model(path, source, parse_model(*source), options);
}

Model explored_model(const std::string& path, std::shared_ptr<const Source> source, const ModelSyntax& syntax,
                     const ReadOptions& options) {
  UnexploredModel unexplored = compiled_syntax(std::move(source), syntax, options);
  CompiledModel& compiled = unexplored.compiled;
  Model model;
  model.notes = std::move(compiled.notes);
  model.chain = explore(compiled, options.progress, {path, options.memory_limit}, model.notes);
  if (!options.derivatives.empty()) {
    compiled.packing = model.chain.states.packing;  // ints without a range have one now
    compiled.unbounded.clear();
    model.derivatives = differentiate(compiled, options.derivatives, model.chain);
  }
  model.constants = std::move(unexplored.constants);
  model.vocabulary = compiled.vocabulary;
  return model;
}

ChainBlock read_prism_block(const std::string& path, std::string&& text, const ReadOptions& options, Share share) {
  UnexploredModel unexplored = compile_prism(path, std::move(text), options);
  const CompiledModel& compiled = unexplored.compiled;
  const NumberedStates states(compiled, options.progress);

  ChainBlock block = make_block(compiled, states, share.begin(states.count()), share.end(states.count()),
                                options.progress, {path, options.memory_limit});
  block.model.notes.insert(block.model.notes.begin(), compiled.notes.begin(), compiled.notes.end());
  block.model.constants = std::move(unexplored.constants);
  block.model.vocabulary = compiled.vocabulary;
  return block;
}

}  // namespace steady::detail::prism
