#include "tests/ptx/device_memory.hpp"

#include <string>

#include "tests/ptx/violation.hpp"

namespace ptx {

Word DeviceMemory::allocate(std::uint64_t bytes) {
  if (bytes > total_bytes - allocated_) return 0;
  const Word base = next_;
  next_ += (bytes + 511) / 512 * 512 + 4096;  // what is next to it belongs to nobody
  allocated_ += bytes;
  live_[base] = {base, bytes, false, std::vector<std::byte>(bytes, std::byte{0xff}), {}};
  return base;
}

void* DeviceMemory::allocate_pinned(std::uint64_t bytes) {
  Allocation made{0, bytes, true, std::vector<std::byte>(bytes, std::byte{0xff}), {}};
  void* const data = made.contents.data();
  made.base = reinterpret_cast<Word>(data);
  live_[made.base] = std::move(made);
  return data;
}

bool DeviceMemory::release(Word address) {
  const auto found = live_.find(address);
  if (found == live_.end()) return false;
  if (!found->second.is_pinned) {
    allocated_ -= found->second.bytes;
    freed_[address] = found->second.bytes;
  }
  live_.erase(found);
  return true;
}

Allocation& DeviceMemory::find(Word address, std::uint64_t bytes) {
  auto next = live_.upper_bound(address);
  if (next != live_.begin()) {
    Allocation& a = std::prev(next)->second;
    if (address - a.base < a.bytes && bytes <= a.bytes - (address - a.base)) return a;
  }
  std::string what = "no memory of the device: " + std::to_string(bytes) + " bytes at " + std::to_string(address);
  if (next != live_.begin()) {
    const Allocation& a = std::prev(next)->second;
    what += ", " + std::to_string(address - a.base) + " behind the begin of " + std::to_string(a.bytes);
  }
  const auto freed = freed_.upper_bound(address);
  if (freed != freed_.begin() && address - std::prev(freed)->first < std::prev(freed)->second) what += ", freed";
  throw Violation(what);
}

std::byte* DeviceMemory::host(Word address, std::uint64_t bytes) {
  Allocation& a = find(address, bytes);
  return a.contents.data() + (address - a.base);
}

bool DeviceMemory::is_pinned(const void* address) const {
  const auto next = live_.upper_bound(reinterpret_cast<Word>(address));
  if (next == live_.begin()) return false;
  const Allocation& a = std::prev(next)->second;
  return a.is_pinned && reinterpret_cast<Word>(address) - a.base < a.bytes;
}

DeviceMemory& device_memory() {
  static DeviceMemory memory;
  return memory;
}

}  // namespace ptx
