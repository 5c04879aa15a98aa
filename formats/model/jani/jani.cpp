#include "formats/model/jani/jani.hpp"

#include <fmt/format.h>

#include <memory>

#include <steady/error.hpp>
#include <steady/properties.hpp>

#include "formats/io/file.hpp"
#include "formats/model/jani/network.hpp"
#include "formats/model/prism/language/compile.hpp"
#include "formats/model/prism/language/print.hpp"
#include "formats/model/prism/prism.hpp"

namespace steady::detail::jani {

namespace {

// Throws Error for a constant outside of its bounded type.
void require_in_range(const std::vector<ConstantRange>& ranges, const prism::Vocabulary& vocabulary) {
  for (const ConstantRange& range : ranges) {
    const auto constant = vocabulary.constants.find(range.name.text);
    if (constant == vocabulary.constants.end()) continue;
    const double value = constant->second.value;
    const auto bound = [&](const ExpressionPtr& e, double otherwise) {
      return e ? prism::evaluate_constant(*e, {vocabulary}, prism::Expected::number, "a bound").value : otherwise;
    };
    const double low = bound(range.low, -INFINITY), high = bound(range.high, INFINITY);
    if (!(value >= low && value <= high))
      prism::fail(range.name.place,
                  fmt::format("the constant '{}' is {}, outside of [{}..{}]", range.name.text, value, low, high));
  }
}

// Throws Error for an edge of a ctmc whose probabilities do not sum to 1 in some state.
void require_sums(const std::vector<EdgeSum>& sums, const std::string& path, const Model& model) {
  std::vector<std::string> notes;
  for (const EdgeSum& edge : sums) {
    const std::string property = fmt::format("S=? [ {} ]", prism::print(*edge.holds));
    const Query holds = read_properties(property, path, *model.vocabulary, model.chain, {}, notes).at(0);
    for (State s = 0; s < model.chain.size(); ++s)
      if (holds.value(s) == 0)
        prism::fail(edge.place, fmt::format("the probabilities of this edge do not sum to 1 in state {}",
                                            model.chain.states.describe(s)));
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
  if (!network.sums.empty())
    prism::fail(network.sums.front().place, "--truncate takes no edge whose probabilities change with the state");
  return model;
}

Model read_jani(const std::string& path, std::string&& text, const ReadOptions& options) {
  auto [source, network] = network_of(path, std::move(text), options);
  Model model = prism::explored_model(path, source, network.syntax, options);
  finish(network, *model.vocabulary, model.notes, model.properties);
  require_sums(network.sums, path, model);
  return model;
}

}  // namespace steady::detail::jani
