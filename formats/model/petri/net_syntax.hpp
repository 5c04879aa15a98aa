// A net as the syntax tree that the PRISM language has, too: places are variables, transitions commands.
#pragma once

#include <vector>

#include "formats/model/petri/bounds.hpp"
#include "formats/model/petri/net.hpp"
#include "formats/model/prism/language/vocabulary.hpp"

namespace steady::detail::petri {

// `constants` has the values of the net's constants. Throws Error for a number that is to be an integer of at least 0,
// and is not, and for servers of a transition whose arcs change with the marking.
prism::ModelSyntax make_syntax(const Net& net, const prism::Vocabulary& constants);

}  // namespace steady::detail::petri
