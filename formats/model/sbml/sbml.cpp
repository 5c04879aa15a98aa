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

}  // namespace

ExpressionPtr Network::math(const ::SBase& element, const ::ASTNode* node, const Meanings& scope) {
  const Place place = document.place(element);
  if (node == nullptr) prism::fail(place, "no mathematics in it");
  return expressions.read(*node, place, scope);
}

Model read_sbml(const std::string& path, std::string&& text, const ReadOptions& options) {
  require_text(path, text);
  const auto document = std::make_shared<Document>();
  document->source = {path, std::move(text)};
  parse(*document);
  Network network(*document);
  declare(network);
  add_reactions(network);
  const std::shared_ptr<const Source> source(document, &document->source);
  Model model = prism::explored_model(path, source, network.syntax, options);
  require_whole(network.initial_amounts, *model.vocabulary);
  model.notes.insert(model.notes.begin(), network.notes.begin(), network.notes.end());
  return model;
}

}  // namespace steady::detail::sbml
