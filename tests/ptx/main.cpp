// The tests of the GPU part on the interpreter.
#include <cstdio>
#include <cstdlib>

#include "tests/catch_session.hpp"
#include "tests/ptx/faults.hpp"
#include "tests/ptx/runtime.hpp"

int main(int argc, char** argv) {
  const int status = run_tests(argc, argv);
  if (status != 0 || ptx::lasting_error() != cudaSuccess) return 1;
  if (std::getenv("STEADY_PTX_FAULT")) {
    std::fprintf(stderr, "ptx: no test found the fault, planted into %u functions\n", ptx::planted_faults());
    return 0;
  }
  if (argc > 1) return 0;  // all tests together launch every kernel
  const std::set<std::string> unused = ptx::unused_kernels();
  for (const std::string& kernel : unused) std::fprintf(stderr, "ptx: no test launches %s\n", kernel.c_str());
  return unused.empty() ? 0 : 1;
}
