// The tests of the GPU part on a GPU; without one they are skipped (exit code 77).
#include <cstdio>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include "solver/device/gpus.hpp"

int main(int argc, char** argv) {
  const steady::Gpus gpus = steady::find_gpus();
  if (!gpus.reason.empty()) {
    std::fprintf(stderr, "skipped: %s\n", gpus.reason.c_str());
    return 77;
  }
  return Catch::Session().run(argc, argv);
}
