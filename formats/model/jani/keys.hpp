// Which keys the objects of a JANI model may have.
#pragma once

#include "formats/model/jani/json.hpp"

namespace steady::detail::jani {

// Throws Error for a key that JANI has not where it stands, such as a misspelt one, and for two automata, properties or
// actions of one name.
void require_known_keys(const Json& model);

}  // namespace steady::detail::jani
