// Models in the PRISM language: ctmc and dtmc.
//
// The language is that of the PRISM manual (https://www.prismmodelchecker.org/manual/ThePRISMLanguage/); the tests
// say what of it is read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <steady/model.hpp>

#include "formats/model/prism/explore/chain_block.hpp"
#include "formats/model/prism/language/compiled_model.hpp"
#include "formats/model/prism/language/syntax.hpp"

namespace steady::detail::prism {

// A model that is compiled and not explored.
struct UnexploredModel {
  CompiledModel compiled;
  std::vector<Constant> constants;  // as Model::constants
  std::string properties = {};      // as Model::properties
};

// Throws Error with file, line and column for a text that is not a model.
UnexploredModel compile_prism(const std::string& path, std::string&& text, const ReadOptions& options);

// Throws Error as compile_prism(), and with the state where the model itself goes wrong.
Model read_prism(const std::string& path, std::string&& text, const ReadOptions& options);

// The model that a syntax tree describes. Its names lie in what the source keeps alive. Throws as compile_prism().
UnexploredModel compiled_syntax(std::shared_ptr<const Source> source, const ModelSyntax& syntax,
                                const ReadOptions& options);

// The same, explored. Throws as read_prism().
Model explored_model(const std::string& path, std::shared_ptr<const Source> source, const ModelSyntax& syntax,
                     const ReadOptions& options);

// One of the blocks of consecutive states into which the processes share out a chain, as evenly as can be.
struct Share {
  std::uint64_t number, of;

  std::uint64_t begin(std::uint64_t states) const { return states / of * number + std::min(states % of, number); }
  std::uint64_t end(std::uint64_t states) const { return Share{number + 1, of}.begin(states); }
};

// A block of the chain alone. Throws as read_prism(), and where an MDD does not suit the model.
ChainBlock read_prism_block(const std::string& path, std::string&& text, const ReadOptions& options, Share share);

}  // namespace steady::detail::prism
