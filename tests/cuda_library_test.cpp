// Where a library of the CUDA toolkit is looked for.
#include "formats/vectors/cuda_library.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

#include <steady/error.hpp>

#include "tests/catch.hpp"
#include "tests/scratch.hpp"

using namespace steady;
using namespace steady::detail;

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

TEST_CASE("a library of CUDA is found under CUDA_HOME, and one that cannot be loaded is named") {
  const Scratch scratch;
  std::filesystem::create_directory(scratch.path("lib"));
  // Any library will do, under a name that no loader knows.
  Dl_info somewhere;
  REQUIRE(dladdr(reinterpret_cast<void*>(&dladdr), &somewhere) != 0);
  std::filesystem::create_symlink(std::filesystem::canonical(somewhere.dli_fname),
                                  scratch.path("lib/libsteady-here.so.1"));
  scratch.put("lib/libsteady-broken.so.1", "not a library");
  REQUIRE(setenv("CUDA_HOME", scratch.path("").c_str(), 1) == 0);
  CHECK(load_cuda_library("libsteady-here.so.1") != nullptr);
  CHECK_THROWS_WITH(load_cuda_library("libsteady-broken.so.1"), ContainsSubstring("cannot be loaded"));
  unsetenv("CUDA_HOME");
  CHECK_THROWS_AS(load_cuda_library("libsteady-broken.so.1"), Error);
}
