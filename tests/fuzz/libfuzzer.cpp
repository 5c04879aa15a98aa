// One target for libFuzzer, which clang brings: -DSTEADY_FUZZ=ON makes one program of each.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const steady::fuzz::Target target = [] {
    for (steady::fuzz::Target& one : steady::fuzz::targets())
      if (one.name == STEADY_FUZZ_TARGET) return one;
    std::abort();
  }();
  target.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
