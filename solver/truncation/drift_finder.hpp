// Finds drift functions of models without a largest state: polynomials whose drift is negative in samples of the states
// that are not kept. What it finds is a guess, which drift_checker.hpp proves or refutes.
#pragma once

#include <string>

#include "formats/model/prism/explore/growing_states.hpp"

namespace steady::detail {

// A polynomial of this degree in the variables, in the PRISM language, as --drift takes it. Empty where none was found.
std::string find_drift(const prism::GrowingStates& states, unsigned degree);

}  // namespace steady::detail
