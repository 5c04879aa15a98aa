// The kernels of a GPU, timed on one.
#include "bench/kernels.hpp"
#include "formats/matrix/cusparse.hpp"
#include "formats/vectors/cuda.hpp"

namespace steady::bench {

using namespace detail;

void register_cuda(const Case& c, Operation operation) {
  for (const CudaKernel& kernel : cuda_kernels()) register_one(kernel, c, operation, omp_get_num_procs(), "cuda");
}

std::string cusparse_here() {
  try {
    return cusparse_version();
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace steady::bench
