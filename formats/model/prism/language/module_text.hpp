// Modules as their texts are meant: module ... = other [x=y] endmodule is the other's text under a renaming.
#pragma once

#include <string_view>
#include <vector>

#include "formats/model/prism/language/source.hpp"
#include "formats/model/prism/language/syntax.hpp"
#include "formats/model/prism/language/vocabulary.hpp"

namespace steady::detail::prism {

// A module whose renaming, if any, leads to the text of a module that is none.
struct ModuleText {
  const Module* module;  // has variables and commands
  Name name;
  Renaming renaming;

  std::string_view renamed(std::string_view name_in_text) const {
    const auto found = renaming.find(name_in_text);
    return found == renaming.end() ? name_in_text : found->second;
  }
};

// Of all modules of the model, which must outlive them. Throws Error where there is none, for a name that two have, and
// for a renaming of no module or that leaves a variable its name.
std::vector<ModuleText> module_texts(const ModelSyntax& model, const Source& source);

}  // namespace steady::detail::prism
