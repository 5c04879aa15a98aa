// How much memory a storage takes.
#pragma once

#include <cstdint>
#include <string>

namespace steady::detail {

struct Footprint {
  std::uint64_t bytes = 0;  // of the matrix, without the exit rates
  std::string reason;       // why it does not fit; empty: it fits
};

}  // namespace steady::detail
