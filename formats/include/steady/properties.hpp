// Steady-state properties in the PRISM language: S=? [ e ], S>=0.9 [ e ], R{"r"}=? [ S ], and Storm's LRA for S;
// boolean combinations of comparisons; filter(min, S=? [ e ], states) and the old form S=? [ e {states}{min} ].
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <steady/measures.hpp>

#include "formats/model/prism/language/vocabulary.hpp"

namespace steady::prism {

struct PropertyOptions {
  std::string constants;          // as in --const; those that the properties do not declare are left alone
  std::vector<std::string> pick;  // names of the properties to read, in this order; empty: all, in theirs
};

// One query a property that asks for the steady state. Any other kind is skipped, with a note; picking it is an error.
// The chain must outlive the queries; the vocabulary need not. Throws Error with line and column for a wrong property.
std::vector<Query> read_properties(const std::string& text, const std::string& source_name,
                                   const Vocabulary& vocabulary, const Chain& chain, const PropertyOptions& options,
                                   std::vector<std::string>& notes);

// The settings of a --const text in two: those of constants that the properties declare, and all others, which are
// the model's.
struct SplitSettings {
  std::string model;
  std::string properties;
};
SplitSettings split_settings(std::string_view settings, const std::string& text, const std::string& source_name);

}  // namespace steady::prism
