// The block's dynamic shared memory as an array of T, from its beginning. For kernels only. One place for
// `extern __shared__`, whose name may have one type only in a translation unit; a stand-in of the same name serves
// the emulator (tests/emulator).
#pragma once

#include <cuda_runtime.h>

namespace steady::detail {

template <typename T>
__device__ T* dynamic_shared() {
  extern __shared__ uint4 dynamic_shared_memory[];  // 16 bytes: the alignment of the widest load
  return reinterpret_cast<T*>(dynamic_shared_memory);
}

}  // namespace steady::detail
