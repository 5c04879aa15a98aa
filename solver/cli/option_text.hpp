// A command's options as plain text, for those who show them: completions and the manual page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "solver/cli/command.hpp"

namespace steady::cli {

struct OptionText {
  std::string name;                  // with its dashes
  std::string letter;                // likewise; empty where there is none
  std::string value;                 // what stands for its value: "FILE"; empty where it takes none
  std::string usual;                 // its default; empty where there is none
  std::string help;                  // may be empty
  std::vector<std::string> choices;  // words that the value may be, as far as they are known
  bool file = false;                 // the value may be the name of a file or a folder
};

// In the order in which help shows them, --help last.
std::vector<OptionText> option_texts(const Command& command);

}  // namespace steady::cli
