#include "tests/ptx/fat_binary.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "tests/ptx/violation.hpp"

namespace ptx {
namespace {

struct Wrapper {
  std::int32_t magic, version;
  const char* data;
  const void* more;
};

struct Header {
  std::uint32_t magic;
  std::uint16_t version, header_bytes;
  std::uint64_t bytes;  // of all parts
};

struct Part {
  std::uint16_t kind, version;
  std::uint32_t header_bytes;
  std::uint64_t bytes;
  std::uint32_t compressed_bytes;  // 0: not compressed
};

constexpr std::int32_t wrapper_magic = 0x466243b1;
constexpr std::uint32_t header_magic = 0xba55ed50;
constexpr std::uint16_t ptx_kind = 1;

template <class T>
T read(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

}  // namespace

std::string ptx_of(const void* wrapper) {
  const auto outer = read<Wrapper>(static_cast<const char*>(wrapper));
  if (outer.magic != wrapper_magic) throw Violation("a fat binary of a kind that is not known");
  const auto header = read<Header>(outer.data);
  if (header.magic != header_magic) throw Violation("a fat binary of a kind that is not known");
  const char* at = outer.data + header.header_bytes;
  const char* const end = at + header.bytes;
  while (at < end) {
    const auto part = read<Part>(at);
    if (part.kind == ptx_kind) {
      if (part.compressed_bytes != 0) throw Violation("compressed PTX: compile with --no-compress");
      std::string text(at + part.header_bytes, part.bytes);
      text.resize(std::min(text.find('\0'), text.size()));
      return text;
    }
    at += part.header_bytes + part.bytes;
  }
  throw Violation("a fat binary without PTX: compile for a virtual architecture, too");
}

}  // namespace ptx
