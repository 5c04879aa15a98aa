// The tests of the GPU part on a GPU; without one they are skipped (exit code 77).
#include <cstdio>

#include "catch_session.hpp"
#include "formats/vectors/gpus.hpp"

namespace steady {
using namespace detail;
}

int main(int argc, char** argv) {
  const steady::detail::Gpus gpus = steady::detail::find_gpus();
  if (!gpus.reason.empty()) {
    std::fprintf(stderr, "skipped: %s\n", gpus.reason.c_str());
    return 77;
  }
  return run_tests(argc, argv);
}
