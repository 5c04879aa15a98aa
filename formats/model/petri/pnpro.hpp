// Projects of GreatSPN's editor (.PNPRO): nets drawn, with measures.
#pragma once

#include "formats/model/petri/net.hpp"
#include "formats/model/petri/xml.hpp"

namespace steady::detail::petri {

// Adds the net of this name of the project in the document; the name of an only net may be empty. Throws Error with
// line and column for what is no project, where there is no such net, and by name for what is not read.
void read_project(const Document& document, const std::string& name, Net& net);

}  // namespace steady::detail::petri
