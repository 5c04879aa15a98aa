// The transitions that leave the states of a whole box, enclosed. Part of what a proof rests on.
#pragma once

#include <vector>

#include "formats/model/prism/language/box_polynomial.hpp"
#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::prism {

struct BoxTransition {
  BoxPolynomial rate;                 // from 0 on where it is open whether a guard holds
  std::vector<BoxPolynomial> target;  // value of each variable
};

// Of a ctmc, every transition that a state of the box may have, once for each way in which commands are taken.
std::vector<BoxTransition> transitions_from(const CompiledModel& model, const Box& box);

}  // namespace steady::detail::prism
