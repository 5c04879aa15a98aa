// What the phases of a distributed solve share: the options, the clock, the words on the way.
#pragma once

#include <optional>
#include <vector>

#include <steady/iteration.hpp>

#include "formats/base/deadline.hpp"
#include "formats/model/prism/explore/chain_block.hpp"
#include "solver/answer/answer.hpp"
#include "solver/cli/progress.hpp"
#include "solver/distributed/arguments.hpp"
#include "solver/distributed/bottom.hpp"
#include "solver/distributed/generator.hpp"
#include "solver/distributed/ranks.hpp"

namespace steady::cli {

struct Run {
  const Ranks& ranks;
  SolveArguments arguments;
  std::vector<PropertyText> texts;
  ProgressLine progress;
  const Deadline deadline;

  Run(const Ranks& all, SolveArguments given, std::vector<PropertyText> asked);

  // Why to stop, as the first rank's clock and any rank's signal have it. Asked by all ranks together.
  std::optional<Stop> spent() const;
};

// The rank's block of the model. Throws AgreedError, and Unsolved where the time limit was reached meanwhile.
prism::ChainBlock read_block(Run& run);

// Throws AgreedError where they are too many, or some states may not be reachable; and Unsolved.
BottomComponents bottom_components(Run& run, const Generator& q, const prism::ChainBlock& block);

}  // namespace steady::cli
