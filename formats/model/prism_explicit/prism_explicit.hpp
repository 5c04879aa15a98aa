// PRISM's explicit files (https://www.prismmodelchecker.org/manual/Appendices/ExplicitModelFiles): the transitions in
// .tra, and beside them the variables' values (.sta), labels (.lab), rewards of states and transitions (.srew, .trew).
// Storm's variant (a first line "dtmc" or "ctmc", no sizes) and MRMC's (STATES, TRANSITIONS, counted from 1) are
// told by their first lines.
#pragma once

#include <string>

#include <steady/model.hpp>

#include "formats/io/file.hpp"

namespace steady::detail::prism_explicit {

// The states of the label "init" are initial, of equal weights; else state 0. A state that nothing leaves gets a
// self-loop of 1 and the label "deadlock". Throws Error with file and line; where neither the file nor options.kind
// says whether rows that sum to 1 are probabilities; and for nondeterministic, interval and partially observable
// models.
Model read_prism_explicit(const std::string& path, std::string&& text, const ReadOptions& options);

// The same in one file, .pexp: the parts one after the other, each headed by a comment: "# Transitions (CTMC)",
// "# States", "# Labels", and for each reward structure '# Reward structure "r"' with "# State rewards" or
// "# Transition rewards".
Model read_prism_combined(const std::string& path, std::string&& text, const ReadOptions& options);

// .tra, .lab, and where the model has them .sta and .srew: what each state earns by its transitions, too, is written as
// its own, which has the same long-run average. Throws Error where a file of an earlier model, which this one does not
// have, would be taken as part of it; and for initial states of different weights, which the format does not hold.
std::vector<std::string> write_prism_explicit(const std::string& path, const Model& model, const WriteOptions& options,
                                              ReplacedFiles& files);
std::vector<std::string> write_prism_combined(const std::string& path, const Model& model, const WriteOptions& options,
                                              ReplacedFiles& files);

}  // namespace steady::detail::prism_explicit
