// The PTX in what nvcc links into a program. The format is not documented: CUDA 12 and 13 write it like this.
#pragma once

#include <string>

namespace ptx {

// `wrapper`: what __cudaRegisterFatBinary is given. Throws Violation where it holds no PTX, or compressed PTX
// (nvcc --no-compress).
std::string ptx_of(const void* wrapper);

}  // namespace ptx
