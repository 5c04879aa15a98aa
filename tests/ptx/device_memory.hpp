// The memory of the device, and pinned memory of the host, which the device may touch, too. Device addresses are none
// of the host's, and are given once only.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "tests/ptx/races.hpp"

namespace ptx {

struct Allocation {
  Word base = 0;
  std::uint64_t bytes = 0;
  bool is_pinned = false;
  std::vector<std::byte> contents;  // 0xff at first: not-a-number
  Cells cells;
};

class DeviceMemory {
 public:
  static constexpr std::uint64_t total_bytes = std::uint64_t{2} << 30;

  Word allocate(std::uint64_t bytes);  // 0: there is no room
  void* allocate_pinned(std::uint64_t bytes);
  bool release(Word address);  // false: nothing begins there

  std::uint64_t allocated_bytes() const { return allocated_; }
  // Where these bytes lie; throws Violation where not all of them are allocated.
  Allocation& find(Word address, std::uint64_t bytes);
  std::byte* host(Word address, std::uint64_t bytes);
  bool is_pinned(const void* address) const;

 private:
  std::map<Word, Allocation> live_;
  std::map<Word, std::uint64_t> freed_;  // bytes
  Word next_ = 0x7000'0000'0000'0000;    // no process has such addresses
  std::uint64_t allocated_ = 0;
};

DeviceMemory& device_memory();

}  // namespace ptx
