// The cyclic polling system of Ibe and Trivedi, "Stochastic Petri net models of polling systems" (1990).
#pragma once

#include <string>

namespace steady::detail {

// The model in the PRISM language for `stations` >= 1; the number of modules varies, so that no constant could set it.
// Its chain has 3 stations 2^(stations-1) states.
std::string polling(int stations);

}  // namespace steady::detail
