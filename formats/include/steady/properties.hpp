/// @file
/// Steady-state properties in the PRISM language: S=? [ e ], S>=0.9 [ e ], R{"r"}=? [ S ], and Storm's LRA for S;
/// boolean combinations of comparisons; filter(min, S=? [ e ], states) and the old form S=? [ e {states}{min} ].
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <steady/measures.hpp>

namespace steady {

namespace detail::prism {
struct Vocabulary;
}

/// Which properties are read, and with which constants.
struct PropertyOptions {
  std::string constants;          ///< as in --const; those that the properties do not declare are left alone
  std::vector<std::string> pick;  ///< names of the properties to read, in this order; empty: all, in theirs
  bool note_wrong = false;        ///< where all are read, one that has no answer is noted and left out, not an error
};

/// One query a property that asks for the steady state; any other kind is skipped, and a line on it added to `notes`;
/// picking it is an error. `text`: as in a properties file, called `source_name` in messages. `vocabulary`: that of the
/// chain's Model; it need not outlive the queries, which the chain must. Throws Error with line and column for a wrong
/// property.
std::vector<Query> read_properties(const std::string& text, const std::string& source_name,
                                   const detail::prism::Vocabulary& vocabulary, const Chain& chain,
                                   const PropertyOptions& options, std::vector<std::string>& notes);

/// The settings of a --const text in two.
struct SplitSettings {
  std::string model;       ///< all others, which are the model's
  std::string properties;  ///< of the constants that the properties declare
};

/// Splits "n=5,m=2" by what the properties in `text`, called `source_name` in messages, declare. Throws Error with line
/// and column for a wrong property, and for a text that is no list of settings.
SplitSettings split_settings(std::string_view settings, const std::string& text, const std::string& source_name);

}  // namespace steady
