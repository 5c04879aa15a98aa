// Aldebaran's .aut (CADP): a labelled transition system, a chain where every label has a rate or every one a
// probability.
#pragma once

#include <string>
#include <vector>

#include <steady/model.hpp>

#include "formats/io/file.hpp"

namespace steady::detail {

// Labels "rate 2.5" and "ACTION; rate 2.5" make a ctmc, "prob 0.3" and "ACTION; prob 0.3" a dtmc; transitions between
// the same states are added. With options.throughputs each action is a reward. A state that nothing leaves gets a
// self-loop. Throws Error with line and label: no first line `des (initial, transitions, states)`, other counts than
// that promises, a label of another kind, rates beside probabilities, numbers that are not positive.
Model read_aldebaran(const std::string& path, std::string&& text, const ReadOptions& options);

// One initial state is needed. The notes name what the format cannot hold.
std::vector<std::string> write_aldebaran(const std::string& path, const Model& model, const WriteOptions& options,
                                         ReplacedFiles& files);

}  // namespace steady::detail
