// The entries of the list of CUDA kernels, each in the file of its name. No CUDA header is needed here.
#pragma once

#include "formats/matrix/list.hpp"

namespace steady {

CudaKernel csr_adaptive();
CudaKernel csr_scalar();
CudaKernel csr_vector();
CudaKernel cusparse_csr_alg1();
CudaKernel cusparse_csr_alg2();
CudaKernel cusparse_sell();
CudaKernel ell_thread();
CudaKernel hyb_thread();
CudaKernel mask_warp();
CudaKernel packed_thread();
CudaKernel sell_thread();

}  // namespace steady
