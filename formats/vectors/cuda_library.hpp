// A shared library of the CUDA toolkit: never linked, loaded when it is first needed, so that programs run where it is
// not. No CUDA header is needed here.
#pragma once

#include <string>

namespace steady::detail {

// dlopen's handle of the library of this name, which stays loaded. Looked for on the loader's path, under CUDA_HOME and
// CUDA_PATH, in /usr/local/cuda, and in NVIDIA's packages for the Pythons on PATH, in PYTHONPATH and in the home
// folder. Throws Error of cause machine that says so where none of them has one that can be loaded.
void* load_cuda_library(const std::string& name);

}  // namespace steady::detail
