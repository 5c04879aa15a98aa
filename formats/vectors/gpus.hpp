// The CUDA devices of this machine. No CUDA header is needed here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace steady::detail {

struct Gpu {
  std::string name;
  int major = 0, minor = 0;  // compute capability
  std::uint64_t total_bytes = 0;
  std::uint64_t free_bytes = 0;  // 0 where it cannot be used
  std::string reason;            // why not; empty: it can
};

struct Gpus {
  std::string driver;     // the CUDA version that the driver serves; empty without a driver
  std::string runtime;    // the CUDA version that this build has; empty without a GPU part
  std::vector<Gpu> list;  // the first one is used
  std::string reason;     // why there is none that can be used; empty: there is
};

// Never throws. In a build without nvcc: that there is no GPU part.
Gpus find_gpus();

}  // namespace steady::detail
