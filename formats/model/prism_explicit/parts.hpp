// The parts of an explicit model, wherever they stand, and the model that they make.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <steady/model.hpp>

namespace steady::detail::prism_explicit {

struct Part {
  std::string path;                   // for messages; empty: there is no such part
  std::function<std::string()> text;  // read when it is needed; its lines count as those of the file

  bool there() const { return !path.empty(); }
};

struct RewardParts {
  Part states, transitions;  // either may be missing
};

struct Parts {
  Part transitions, states, labels;
  std::vector<RewardParts> rewards;  // one a structure
};

// As read_prism_explicit.
Model assemble(const Parts& parts, const ReadOptions& options);

}  // namespace steady::detail::prism_explicit
