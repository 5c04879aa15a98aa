#include "formats/model/sbml/sbml.hpp"

#include <fmt/format.h>

#include <cmath>

#include "formats/io/file.hpp"
#include "formats/model/prism/language/compile.hpp"
#include "formats/model/prism/language/compiled_model.hpp"
#include "formats/model/prism/prism.hpp"
#include "formats/model/sbml/network.hpp"

namespace steady::detail::sbml {

namespace {

// Throws Error for an initial amount that is no number of molecules.
void require_whole(const std::vector<ExpressionPtr>& amounts, const prism::Vocabulary& vocabulary) {
  for (const ExpressionPtr& amount : amounts) {
    const double value =
        prism::evaluate_constant(*amount, {vocabulary}, prism::Expected::number, "an initial amount").value;
    if (!(value >= 0 && value == std::floor(value)))
      prism::fail(amount->place, fmt::format("the initial amount is {}, which is no number of molecules", value));
  }
}

std::shared_ptr<Document> document_of(const std::string& path, std::string&& text) {
  require_text(path, text);
  auto document = std::make_shared<Document>();
  document->source = {path, std::move(text)};
  parse(*document);
  return document;
}

Network network_of(Document& document) {
  Network network(document);
  declare(network);
  add_reactions(network);
  return network;
}

void finish(const Network& network, const prism::Vocabulary& vocabulary, std::vector<std::string>& notes) {
  require_whole(network.initial_amounts, vocabulary);
  notes.insert(notes.begin(), network.notes.begin(), network.notes.end());
}

}  // namespace

ExpressionPtr Network::math(const ::SBase& element, const ::ASTNode* node, const Meanings& scope) {
  const Place place = document.place(element);
  if (node == nullptr) prism::fail(place, "no mathematics in it");
  return expressions.read(*node, place, scope);
}

prism::UnexploredModel compile_sbml(const std::string& path, std::string&& text, const ReadOptions& options) {
  const std::shared_ptr<Document> document = document_of(path, std::move(text));
  const Network network = network_of(*document);
  prism::UnexploredModel model = prism::compiled_syntax({document, &document->source}, network.syntax, options);
  finish(network, *model.compiled.vocabulary, model.compiled.notes);
  return model;
}

Model read_sbml(const std::string& path, std::string&& text, const ReadOptions& options) {
  const std::shared_ptr<Document> document = document_of(path, std::move(text));
  const Network network = network_of(*document);
  Model model = prism::explored_model(path, {document, &document->source}, network.syntax, options);
  finish(network, *model.vocabulary, model.notes);
  return model;
}

}  // namespace steady::detail::sbml
