// The tests of the GPU part on the interpreter.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/catch_session.hpp"
#include "tests/ptx/faults.hpp"
#include "tests/ptx/runtime.hpp"

extern "C" {

void* __real_dlopen(const char* file, int mode);

// NVIDIA's libraries would look for a device: they are not here.
void* __wrap_dlopen(const char* file, int mode) {
  return __real_dlopen(file && std::strstr(file, "libcusparse") ? "no libcusparse on the interpreter" : file, mode);
}

}  // extern "C"

int main(int argc, char** argv) {
  const int status = run_tests(argc, argv);
  if (status != 0 || ptx::lasting_error() != cudaSuccess) return 1;
  if (std::getenv("STEADY_PTX_FAULT")) {
    std::fprintf(stderr, "ptx: no test found the fault, planted into %u functions\n", ptx::planted_faults());
    return 0;
  }
  if (argc > 1) return 0;  // all tests together launch every kernel
  const std::vector<std::string> unlaunched = ptx::kernels_without_launch();
  for (const std::string& kernel : unlaunched) std::fprintf(stderr, "ptx: no test launches %s\n", kernel.c_str());
  return unlaunched.empty() ? 0 : 1;
}
