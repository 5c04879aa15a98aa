// Models in JANI (https://jani-spec.org): networks of automata of type ctmc and dtmc.
#pragma once

#include <string>

#include <steady/model.hpp>

#include "formats/model/prism/prism.hpp"

namespace steady::detail::jani {

// Throws Error with file, line and column for a text that is not such a model, by name for what of JANI is not read,
// and with the state where the model itself goes wrong.
Model read_jani(const std::string& path, std::string&& text, const ReadOptions& options);

// The same, not explored. Throws Error as read_jani() for a text that is not such a model.
prism::UnexploredModel compile_jani(const std::string& path, std::string&& text, const ReadOptions& options);

}  // namespace steady::detail::jani
