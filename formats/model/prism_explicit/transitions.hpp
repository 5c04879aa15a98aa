// Lists of transitions, .tra: PRISM's (also in rows), Storm's and MRMC's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <steady/model.hpp>

#include "formats/chain/rate_errors.hpp"

namespace steady::detail::prism_explicit {

// What the files of a model have in common.
struct Dialect {
  bool counts = true;     // files start with their sizes: PRISM, MRMC
  State first_state = 0;  // its number in the files: MRMC counts from 1
};

struct Transitions {
  Dialect dialect;
  std::optional<Kind> kind;  // where the file says it
  Csr outgoing;              // row i: what leaves state i; transitions between the same states added
  RateErrors errors;
};

// Throws Error with file and line for anything else, for other kinds of models by their names, and where they take more
// memory than the limit of the options.
Transitions read_transitions(const std::string& path, const std::string& text, const ReadOptions& options,
                             std::vector<std::string>& notes);

}  // namespace steady::detail::prism_explicit
