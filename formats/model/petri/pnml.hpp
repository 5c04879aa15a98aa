// PNML with rates, as PIPE and pm4py write it. (PNML: ISO/IEC 15909-2; it has no rates itself.)
#pragma once

#include "formats/model/petri/net.hpp"
#include "formats/model/petri/xml.hpp"

namespace steady::detail::petri {

// Adds the net in the document: of PIPE rates, weights, priorities, servers, capacities and inhibitor arcs; of pm4py
// and ProM what stands in toolspecific elements of StochasticPetriNet. Throws Error with line and column for what is no
// net of places and transitions, for a transition without a rate, and by name for what is not read.
void read_pnml(const Document& document, Net& net);

}  // namespace steady::detail::petri
