// Large numbers for people.
#pragma once

#include <cstddef>
#include <string>

namespace steady::detail {

// 1234567 as 1,234,567.
std::string with_commas(std::size_t number);

}  // namespace steady::detail
