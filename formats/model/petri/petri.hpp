// Models that are generalized stochastic Petri nets.
#pragma once

#include <string>

#include <steady/model.hpp>

#include "formats/model/prism/prism.hpp"

namespace steady::detail::petri {

// A project of GreatSPN's editor. Throws Error with file, line and column for what is no net or is not read, and with
// the marking where the net itself goes wrong.
Model read_pnpro(const std::string& path, std::string&& text, const ReadOptions& options);

// GreatSPN's text files: of the path of either, the other one lies beside it. Throws likewise.
Model read_net_def(const std::string& path, std::string&& text, const ReadOptions& options);

// A PNML file as PIPE and pm4py write it, with rates. Throws likewise.
Model read_pnml(const std::string& path, std::string&& text, const ReadOptions& options);

// The same nets, not explored. Throw likewise, and for a net with immediate transitions.
prism::UnexploredModel compile_pnpro(const std::string& path, std::string&& text, const ReadOptions& options);
prism::UnexploredModel compile_net_def(const std::string& path, std::string&& text, const ReadOptions& options);
prism::UnexploredModel compile_pnml(const std::string& path, std::string&& text, const ReadOptions& options);

}  // namespace steady::detail::petri
