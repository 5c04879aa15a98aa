// Storm's DRN files (direct encoding, https://www.stormchecker.org/documentation/background/languages.html): a chain,
// its labels and its rewards, state by state, .drn. Compressed, as .drn.gz or .drn.xz, Storm wants a tar with one such
// file in it.
#pragma once

#include <string>

#include <steady/model.hpp>

#include "formats/io/file.hpp"

namespace steady::detail {

// CTMC (the numbers of its transitions are rates; the exit rate must agree with their sum), DTMC, and an MDP of one
// choice in each state; the text itself or a tar that holds it. Sums must agree as far as the digits of the file go. A
// reward of an
// action is earned at every transition. The states of the label "init" are initial, of equal weights; else state 0. A
// state that nothing leaves gets a self-loop of 1 and the label "deadlock". Throws Error with file and line, and for
// other kinds of models and values by their names.
Model read_drn(const std::string& path, std::string&& text, const ReadOptions& options);

// A tar where the path ends in .gz or .xz. The notes name what the format does not hold. Throws Error for a name that
// it cannot hold, and for initial states of different weights.
std::vector<std::string> write_drn(const std::string& path, const Model& model, const WriteOptions& options,
                                   ReplacedFiles& files);

}  // namespace steady::detail
