// What a build without nvcc has in place of kernels_cuda.cpp.
#include "bench/kernels.hpp"

namespace steady::bench {

void register_cuda(const Case&, Operation) {}

std::string cusparse_here() { return "this build has no GPU part"; }

}  // namespace steady::bench
