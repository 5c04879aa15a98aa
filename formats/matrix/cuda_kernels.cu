// The list of CUDA kernels. To add one: its file, and a line here. Of those of one storage, `auto` takes the first that
// is no baseline.
#include "formats/matrix/cuda_kernels.hpp"

namespace steady {

std::span<const CudaKernel> cuda_kernels() {
  static const CudaKernel kernels[] = {
      csr_adaptive(), csr_vector(),    csr_scalar(), cusparse_csr_alg1(), cusparse_csr_alg2(), ell_thread(),
      sell_thread(),  cusparse_sell(), hyb_thread(), packed_thread(),     mask_warp(),
  };
  return kernels;
}

}  // namespace steady
