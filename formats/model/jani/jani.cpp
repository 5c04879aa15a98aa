#include "formats/model/jani/jani.hpp"

#include <fmt/format.h>

#include <memory>

#include <steady/error.hpp>
#include <steady/properties.hpp>

#include "formats/io/file.hpp"
#include "formats/model/jani/network.hpp"
#include "formats/model/prism/language/compile.hpp"
#include "formats/model/prism/language/derivative.hpp"
#include "formats/model/prism/language/print.hpp"
#include "formats/model/prism/prism.hpp"

namespace steady::detail::jani {

namespace {

// Throws Error for a constant, or another number that no state changes, outside of its bounded type.
void require_in_range(const std::vector<FixedRange>& ranges, const prism::Vocabulary& vocabulary) {
  const prism::Scope scope{vocabulary};
  const auto number = [&](const ExpressionPtr& e, double otherwise) {
    return e ? prism::evaluate_constant(*e, scope, prism::Expected::number, "a bound").value : otherwise;
  };
  for (const FixedRange& range : ranges) {
    const bool unset =
        range.value->op == prism::Operator::identifier && !vocabulary.constants.contains(range.value->name);
    if (unset) continue;  // only a property uses it
    const double value = number(range.value, 0), low = number(range.low, -INFINITY),
                 high = number(range.high, INFINITY);
    if (!(value >= low && value <= high))
      prism::fail(range.place, fmt::format("{} is {}, outside of [{}..{}]", range.what, value, low, high));
  }
}

// Throws Error where one of these does not hold in some state.
void require_everywhere(const std::vector<Requirement>& requirements, const std::string& path, const Model& model) {
  if (requirements.empty()) return;
  std::vector<std::string> notes;
  prism::Vocabulary vocabulary = *model.vocabulary;
  for (auto& [name, constant] : vocabulary.constants) constant.varied = false;  // as it is now
  for (const Requirement& requirement : requirements) {
    const std::string property = fmt::format("S=? [ {} ]", prism::print(*requirement.holds));
    const Query holds = read_properties(property, path, vocabulary, model.chain, {}, notes).at(0);
    for (State s = 0; s < model.chain.size(); ++s)
      if (holds.value(s) == 0)
        prism::fail(requirement.place,
                    fmt::format("{} in state {}", requirement.otherwise, model.chain.states.describe(s)));
  }
}

// Throws Error where an edge's probabilities would sum to 1 no longer if one of the constants that derivatives are
// wanted by changed.
void require_fixed_sums(const Network& network, const std::string& path, const Model& model,
                        const ReadOptions& options) {
  for (const std::string& constant : options.derivatives) {
    prism::Differentiator by(constant, *model.vocabulary);
    const auto derivative = [&](const ExpressionPtr& e) { return by.derivative(e, nullptr); };
    require_everywhere(requirements_of_sums(network.sums, constant, derivative), path, model);
  }
}

// A document as it was read, with the source of its names.
struct ReadNetwork {
  std::shared_ptr<const Source> source;
  Network network;
};

ReadNetwork network_of(const std::string& path, std::string&& text, const ReadOptions& options) {
  require_text(path, text);
  const auto document = std::make_shared<Document>();
  document->source = {path, std::move(text)};
  parse_json(*document, options.memory_limit);
  ReadNetwork read{{document, &document->source}, {*document}};
  read_network(read.network);
  return read;
}

void finish(Network& network, const prism::Vocabulary& vocabulary, std::vector<std::string>& notes,
            std::string& properties) {
  require_in_range(network.ranges, vocabulary);
  notes.insert(notes.begin(), network.notes.begin(), network.notes.end());
  properties = std::move(network.properties);
}

}  // namespace

prism::UnexploredModel compile_jani(const std::string& path, std::string&& text, const ReadOptions& options) {
  auto [source, network] = network_of(path, std::move(text), options);
  prism::UnexploredModel model = prism::compiled_syntax(source, network.syntax, options);
  finish(network, *model.compiled.vocabulary, model.compiled.notes, model.properties);
  if (!network.requirements.empty())
    prism::fail(network.requirements.front().place,
                "--truncate takes no edge whose probabilities change with the state, nor a bounded transient variable "
                "whose value does");
  return model;
}

Model read_jani(const std::string& path, std::string&& text, const ReadOptions& options) {
  auto [source, network] = network_of(path, std::move(text), options);
  Model model = prism::explored_model(path, source, network.syntax, options);
  finish(network, *model.vocabulary, model.notes, model.properties);
  require_everywhere(network.requirements, path, model);
  require_fixed_sums(network, path, model, options);
  return model;
}

}  // namespace steady::detail::jani
