// Where a library of the CUDA toolkit is looked for.
#include "solver/device/cuda_library.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "formats/error.hpp"
#include "tests/catch.hpp"
#include "tests/scratch.hpp"

using namespace steady;

TEST_CASE("a library of CUDA that is nowhere is named, with the places") {
  try {
    load_cuda_library("libsteady-nowhere.so.1");
    FAIL("it was found");
  } catch (const Error& error) {
    CHECK(error.cause == Error::Cause::machine);
    CHECK_THAT(error.what(), ContainsSubstring("libsteady-nowhere.so.1") && ContainsSubstring("CUDA_HOME") &&
                                 ContainsSubstring("nvidia packages"));
  }
}
