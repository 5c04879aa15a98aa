// The kernels of a GPU, timed on one.
#include "bench/kernels.hpp"
#include "formats/vectors/cuda.hpp"

namespace steady::bench {

void register_cuda(const Case& c, Word word) {
  for (const CudaKernel& kernel : cuda_kernels()) register_one(kernel, c, word, omp_get_num_procs(), "cuda");
}

}  // namespace steady::bench
