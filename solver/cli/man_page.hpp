// The manual page, steady(1), in the macros of man(7).
#pragma once

#include <span>
#include <string>

#include "solver/cli/command.hpp"

namespace steady::cli {

std::string man_page(std::span<const Command* const> commands);

}  // namespace steady::cli
