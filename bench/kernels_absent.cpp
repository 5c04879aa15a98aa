// What a build without nvcc has in place of kernels_cuda.cpp.
#include "bench/kernels.hpp"

namespace steady::bench {

void register_cuda(const Case&, Operation) {}

}  // namespace steady::bench
