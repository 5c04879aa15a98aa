// What a shell needs to complete the program's command line.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "solver/cli/command.hpp"

namespace steady::cli {

// A script for `shell`: bash, zsh or fish. Throws Error for another.
std::string completion(std::string_view shell, std::span<const Command* const> commands);

}  // namespace steady::cli
