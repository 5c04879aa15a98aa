// Kernels written by hand, and what they leave in memory.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "tests/ptx/block.hpp"
#include "tests/ptx/reader.hpp"
#include "tests/ptx/violation.hpp"

namespace ptx::by_hand {

// A kernel of this body. %rd1 is the address of the array that it is given, and there are 256 bytes of shared memory,
// `part`, and as many of dynamic shared memory, `dynamic`.
inline std::string module_with(const std::string& body, const std::string& functions = "") {
  return ".version 9.0\n.target sm_90\n.address_size 64\n" + functions +
         ".shared .align 8 .b8 part[256];\n.extern .shared .align 16 .b8 dynamic[];\n"
         ".visible .entry k(\n .param .u64 k_param_0\n)\n.maxntid 128, 1, 1\n{\n.reg .b64 %rd<9>;\n"
         "ld.param.u64 %rd1, [k_param_0];\n" +
         body + "\nret;\n}\n";
}

struct Shape {
  std::uint32_t blocks = 1, threads = 1;
};

// The array after the kernel. Throws Violation.
inline std::vector<Word> run(const std::string& body, std::vector<Word> array, Shape shape = {},
                             const std::string& functions = "", const std::string& order = "forward") {
  const Functions all = read_module(module_with(body, functions));
  const std::size_t bytes = array.size() * sizeof(Word);
  const Word address = device_memory().allocate(bytes);
  std::memcpy(device_memory().host(address, bytes), array.data(), bytes);
  Launch launch{all.at("k").get(), shape.blocks, shape.threads, 256, std::vector<std::byte>(sizeof address)};
  std::memcpy(launch.parameters.data(), &address, sizeof address);
  static Races races;
  races.begin_launch();
  Order turns(order);
  Block block(launch, races, turns);
  for (const std::uint32_t number : turns.turn(shape.blocks)) block.run(number);
  std::memcpy(array.data(), device_memory().host(address, bytes), bytes);
  device_memory().release(address);
  return array;
}

// So many zeros.
inline std::vector<Word> zeros(std::size_t size) { return std::vector<Word>(size, 0); }

}  // namespace ptx::by_hand
