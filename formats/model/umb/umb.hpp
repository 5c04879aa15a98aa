// The unified Markov binary format of PRISM, Storm and Modest, .umb: a tar with index.json and arrays of numbers, plain
// or compressed by gzip or xz. The specification: https://github.com/pmc-tools/umb (spec.md, format version 0 and 1).
//
// It is the format for large chains: nothing is parsed, and the arrays of a plain tar are read where they lie.
#pragma once

#include <string>
#include <string_view>

#include <steady/model.hpp>

#include "formats/io/file.hpp"

namespace steady::detail::umb {

// Models with at most one choice a state. Rates are exit rates times probabilities; branches to one target are added;
// rewards of choices and branches become rates of their states. A state that nothing leaves gets a self-loop of rate 1
// and the label "deadlock"; several initial states weigh equally; without any, state 0 is initial. `content` is a plain
// tar. Throws Error, naming the file and the index or the array, for a model of another kind, for probabilities that
// are rational or intervals, and where sizes, offsets, targets, probabilities or values are wrong: sizes before
// anything is allocated. A content that changes meanwhile makes a wrong chain, which validate() refuses, or an Error,
// and nothing worse.
Model read_umb(const std::string& path, std::string_view content, const ReadOptions& options);

// Labels, rewards, variables and initial states are kept; "init" is not written as a label, and "deadlock" only where
// it holds. In a ctmc a rate is exit rate times probability: where no probability gives the same bits again, the rate
// changes in its last one. Throws Error where the initial states do not weigh equally.
std::vector<std::string> write_umb(const std::string& path, const Model& model, const WriteOptions& options,
                                   ReplacedFiles& files);

}  // namespace steady::detail::umb
