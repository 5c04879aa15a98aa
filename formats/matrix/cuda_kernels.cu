#include "formats/matrix/cuda_kernels.hpp"

namespace steady::detail {

std::span<const CudaKernel> cuda_kernels() {
#define STEADY_MADE(name) name(),
  static const CudaKernel kernels[] = {STEADY_CUDA_KERNELS(STEADY_MADE)};
#undef STEADY_MADE
  return kernels;
}

}  // namespace steady::detail
