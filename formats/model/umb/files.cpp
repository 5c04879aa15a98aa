#include "formats/model/umb/files.hpp"

#include <fmt/format.h>

#include <steady/error.hpp>

#include "formats/base/parallel.hpp"

namespace steady::detail::umb {

const std::string_view* Files::find(const std::string& name, std::uint64_t count, std::uint64_t bytes) const {
  const std::string_view* file = archive_.find(name);
  if (file == nullptr) return nullptr;
  if (bytes == 0 ? !file->empty() : file->size() % bytes != 0 || file->size() / bytes != count)
    throw Error(fmt::format("{}: {} has {} bytes, and not {} for each of {}", path_, name, file->size(), bytes, count));
  return file;
}

Bits Files::bits(const std::string& name, std::uint64_t n) const {
  const std::string_view* file = find(name, n / 64 + (n % 64 != 0), 8);
  return file == nullptr ? Bits() : Bits(*file);
}

Intervals Files::intervals(const std::string& name, std::uint64_t n, std::uint64_t m) const {
  const std::string_view* file = find(name, n + 1, sizeof(std::uint64_t));
  if (file == nullptr) {
    if (n != m) throw Error(fmt::format("{}: no {}, so that {} should be {}", path_, name, m, n));
    return {};
  }
  const Intervals intervals(*file);
  if (intervals.begin(0) != 0) throw Error(fmt::format("{}: {} starts with {}", path_, name, intervals.begin(0)));
  for_blocks(n, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i)
      if (intervals.begin(i) > intervals.end(i))
        throw Error(fmt::format("{}: {}: {} at {} after {}", path_, name, intervals.end(i), i + 1, intervals.begin(i)));
  });
  if (intervals.begin(n) != m)
    throw Error(fmt::format("{}: {} ends with {} and not {}", path_, name, intervals.begin(n), m));
  return intervals;
}

std::string_view Files::records(const std::string& name, std::uint64_t n, std::uint64_t bytes) const {
  const std::string_view* file = find(name, n, bytes);
  if (file == nullptr) throw Error(fmt::format("{}: no {}", path_, name));
  return *file;
}

}  // namespace steady::detail::umb
