// How the rates of an explored model change with its constants.
#pragma once

#include <vector>

#include <steady/model.hpp>

#include "formats/model/prism/language/compiled_model.hpp"

namespace steady::detail::prism {

// By each of `constants`, for which the model was compiled: the derivatives of the rates and rewards in the states of
// `chain`, which is what the model was explored to. Throws Error with line, column and state where a derivative is no
// number, where those of a command's probabilities do not sum to 0, and where a rate that is 0 is to become one to a
// state that is not reached.
std::vector<Derivative> differentiate(const CompiledModel& model, const std::vector<std::string>& constants,
                                      const Chain& chain);

}  // namespace steady::detail::prism
