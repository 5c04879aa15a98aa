// Rewards of states, .srew, and of transitions, .trew.
#pragma once

#include <string>
#include <vector>

#include <steady/chain.hpp>

#include "formats/chain/rate_errors.hpp"
#include "formats/model/prism_explicit/transitions.hpp"

namespace steady::detail::prism_explicit {

// "0 1.5" and so on: one number for each of some states. The name is that of a line '# Reward structure "r"', if any.
// `errors` is told what is earned. Throws Error with file and line.
Reward read_state_rewards(const std::string& path, const std::string& text, std::size_t count, const Dialect& dialect,
                          RewardErrors& errors);

// "0 1 1.5" and so on, one number for each of some transitions; what each state earns by them: the sum over its
// transitions of reward times rate or probability. `outgoing` as in Transitions.
Reward read_transition_rewards(const std::string& path, const std::string& text, const Csr& outgoing,
                               const Dialect& dialect, RewardErrors& errors);

}  // namespace steady::detail::prism_explicit
