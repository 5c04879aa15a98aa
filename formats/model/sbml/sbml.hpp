// SBML (Level 3 core and Level 2), read by libsbml: reactions between counted molecules as a ctmc.
#pragma once

#include <string>

#include <steady/model.hpp>

#include "formats/model/prism/prism.hpp"

namespace steady::detail::sbml {

// The reachable chain: species that reactions change are variables, reactions are actions. docs/formats.md says what is
// read and how. Throws Error with line and column for whatever is no SBML or cannot be a chain, by name for what is not
// read; cause machine where this program was built without libsbml.
Model read_sbml(const std::string& path, std::string&& text, const ReadOptions& options);

// The same, not explored. Throws Error as read_sbml() for a text that is not such a model.
prism::UnexploredModel compile_sbml(const std::string& path, std::string&& text, const ReadOptions& options);

}  // namespace steady::detail::sbml
