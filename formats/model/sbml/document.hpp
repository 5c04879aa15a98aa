// An SBML file as libsbml has read it, and places in it.
#pragma once

#include <sbml/SBMLTypes.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "formats/model/prism/language/source.hpp"

namespace steady::detail::sbml {

using prism::Place;
using prism::Source;

struct Document {
  Source source;
  std::deque<std::string> texts;        // names that the compiled model refers to
  std::vector<std::size_t> lines = {};  // where each begins
  std::unique_ptr<::SBMLDocument> sbml = {};

  const ::Model& model() const { return *sbml->getModel(); }
  // Where the element's tag begins.
  Place place(const ::SBase& element) const { return place(element.getLine(), element.getColumn()); }
  Place place(unsigned line, unsigned end_of_tag) const;
};

// Reads document.source. Throws Error for what is no SBML or breaks its rules, as libsbml checks them, and by name for
// a package that the model needs.
void parse(Document& document);

}  // namespace steady::detail::sbml
