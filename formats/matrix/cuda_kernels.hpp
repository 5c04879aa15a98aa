// The CUDA kernels: each is made by the function of its name, in its own file. No CUDA header is needed here. Of those
// of one storage, `auto` takes the first that is no baseline.
#pragma once

#include "formats/matrix/list.hpp"

// To add one: its file, and a line here.
// clang-format off
#define STEADY_CUDA_KERNELS(NAME) \
  NAME(csr_adaptive)              \
  NAME(csr_vector)                \
  NAME(csr_scalar)                \
  NAME(cusparse_csr_alg1)         \
  NAME(cusparse_csr_alg2)         \
  NAME(ell_thread)                \
  NAME(sell_thread)               \
  NAME(cusparse_sell)             \
  NAME(hyb_thread)                \
  NAME(packed_thread)             \
  NAME(mask_warp)
// clang-format on

namespace steady::detail {

#define STEADY_DECLARED(name) CudaKernel name();
STEADY_CUDA_KERNELS(STEADY_DECLARED)
#undef STEADY_DECLARED

}  // namespace steady::detail
