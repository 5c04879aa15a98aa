// The initial distribution, as a user names it.
#pragma once

#include <string>

#include <steady/chain.hpp>

namespace steady::detail {

// "17", "uniform", or a file with a distribution. Throws Error for what is none of these, and as validate() of the
// chain.
void set_initial(const std::string& choice, Chain& chain);

}  // namespace steady::detail
