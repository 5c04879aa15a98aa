// Tables as people keep them, .csv and .tsv: a chain as a list of transitions, 'from,to,rate', or as a matrix, with the
// names of its states. docs/formats.md says what is what.
#pragma once

#include <string>
#include <vector>

#include <steady/model.hpp>

#include "formats/io/file.hpp"

namespace steady::detail::table {

// Numbers that states are called, where they are not 0, 1, 2, ..., and words are kept as their names. State 0 is
// initial. What the numbers mean is found as of a Matrix Market file, unless the header says it. Throws Error with line
// and cell: a cell that is no number, lines of several widths, a negative rate; and where a row sum does not fit.
Model read_csv(const std::string& path, std::string&& text, const ReadOptions& options);
Model read_tsv(const std::string& path, std::string&& text, const ReadOptions& options);

// A list of transitions with a header, in the order of the states: 'from,to,rate' or 'from,to,probability'. Reads back
// as the same chain. The notes name what a table cannot hold.
std::vector<std::string> write_csv(const std::string& path, const Model& model, const WriteOptions& options,
                                   ReplacedFiles& files);
std::vector<std::string> write_tsv(const std::string& path, const Model& model, const WriteOptions& options,
                                   ReplacedFiles& files);

}  // namespace steady::detail::table
