// What a program must not do: in a kernel, or in a call of the CUDA runtime.
#pragma once

#include <stdexcept>

namespace ptx {

struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace ptx
