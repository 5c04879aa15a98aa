// Projects of GreatSPN's editor (.PNPRO): nets drawn, with measures.
#pragma once

#include "formats/model/petri/net.hpp"
#include "formats/model/petri/xml.hpp"

namespace steady::detail::petri {

// Adds the net of the project in the document. Throws Error with line and column for what is no project, for one that
// has not one net, and by name for what is not read.
void read_project(const Document& document, Net& net);

}  // namespace steady::detail::petri
