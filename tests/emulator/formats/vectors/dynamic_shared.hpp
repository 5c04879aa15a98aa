// The stand-in for formats/vectors/dynamic_shared.hpp, which `extern __shared__` keeps g++ from compiling.
#pragma once

#include <cuda_runtime.h>

namespace steady::detail {

template <typename T>
T* dynamic_shared() {
  return static_cast<T*>(simt::dynamic_shared(alignof(T)));
}

}  // namespace steady::detail
