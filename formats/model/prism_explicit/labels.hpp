// Labels, .lab: PRISM's, whose first line numbers their names, and those of Storm and MRMC, with #DECLARATION and #END.
#pragma once

#include <string>
#include <vector>

#include <steady/chain.hpp>

#include "formats/model/prism_explicit/transitions.hpp"

namespace steady::detail::prism_explicit {

// In the order of the file, but "init" and "deadlock" last. Throws Error with file and line.
std::vector<Label> read_labels(const std::string& path, const std::string& text, std::size_t count,
                               const Dialect& dialect);

}  // namespace steady::detail::prism_explicit
