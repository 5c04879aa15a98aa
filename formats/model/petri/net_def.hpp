// GreatSPN's pair of text files: .net has the net, .def its marking-dependent rates. (The editor's GreatSpnFormat.java,
// https://github.com/greatspn/SOURCES.)
#pragma once

#include "formats/model/petri/net.hpp"
#include "formats/model/prism/language/source.hpp"

namespace steady::detail::petri {

// Adds the net of the two texts; `def` may be empty where no rate needs it. Throws Error with the line for what is no
// such text, and by name for what is not read.
void read_net_def(const prism::Source& net_text, const prism::Source& def_text, Net& net);

}  // namespace steady::detail::petri
