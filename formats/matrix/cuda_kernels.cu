// The list of CUDA kernels. To add one: its file, and a line here. Of those of one storage, `auto` takes the first.
#include "formats/matrix/cuda_kernels.hpp"

namespace steady {

std::span<const CudaKernel> cuda_kernels() {
  static const CudaKernel kernels[] = {
      csr_adaptive(), csr_vector(), csr_scalar(),    ell_thread(),
      sell_thread(),  hyb_thread(), packed_thread(), mask_warp(),
  };
  return kernels;
}

}  // namespace steady
