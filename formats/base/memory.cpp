#include "formats/base/memory.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include <steady/error.hpp>

#include "formats/base/parallel.hpp"

namespace steady::detail {

namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

std::string first_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Of a control group and those above it, the least number in the file of that name; "max" is none.
std::uint64_t least_limit(const std::filesystem::path& mount, std::string_view group, const char* name) {
  std::uint64_t least = unlimited;
  std::filesystem::path below = std::filesystem::path(group).relative_path();
  for (bool more = true; more; below = below.parent_path()) {
    more = !below.empty();
    const std::string line = first_line(mount / below / name);
    std::uint64_t bytes = 0;
    const auto [end, problem] = std::from_chars(line.data(), line.data() + line.size(), bytes);
    if (problem == std::errc()) least = std::min(least, bytes);
  }
  return least;
}

struct Bound {
  std::uint64_t bytes;
  std::string source;
};

Bound find_bound() {
  Bound bound{unlimited, "no limit"};
  const auto limit = [&](std::uint64_t bytes, std::string_view whose) {
    const auto usable = static_cast<std::uint64_t>(0.9 * static_cast<double>(bytes));
    if (bytes == unlimited || usable >= bound.bytes) return;
    bound = {usable, fmt::format("90 % of {} {:.3g} GiB", whose, static_cast<double>(bytes) / gib)};
  };
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGE_SIZE);
  if (pages > 0 && page > 0)
    limit(static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page), "the machine's");
  std::ifstream membership("/proc/self/cgroup");
  const std::string groups{std::istreambuf_iterator<char>(membership), {}};
  limit(cgroup_memory("/sys/fs/cgroup", groups), "the control group's");
  rlimit space{};
  if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY)
    limit(space.rlim_cur, "the address space's (ulimit -v)");
  return bound;
}

const Bound& bound() {
  static const Bound found = find_bound();
  return found;
}

}  // namespace

std::uint64_t bytes_in(double limit) { return static_cast<std::uint64_t>(std::min(limit * gib, 0x1p63)); }

const std::string& machine_memory_source() { return bound().source; }

// A line a hierarchy: "0::/group" of version 2, "4:memory:/group" of version 1.
std::uint64_t cgroup_memory(const std::string& mount, std::string_view membership) {
  std::uint64_t least = unlimited;
  while (!membership.empty()) {
    const std::string_view line = membership.substr(0, membership.find('\n'));
    membership.remove_prefix(std::min(line.size() + 1, membership.size()));
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);  // npos + 1 is 0
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    const std::string controllers = fmt::format(",{},", line.substr(first + 1, second - first - 1));
    const std::string_view group = line.substr(second + 1);
    if (controllers == ",,")
      least = std::min(least, least_limit(mount, group, "memory.max"));
    else if (controllers.find(",memory,") != std::string::npos)
      least = std::min(least, least_limit(mount + "/memory", group, "memory.limit_in_bytes"));
  }
  return least;
}

std::string describe_memory_limit(std::uint64_t limit) {
  return fmt::format("{:.3g} GiB{}", static_cast<double>(limit) / gib,
                     limit == machine_memory() ? fmt::format(" ({})", machine_memory_source()) : "");
}

void require_memory(std::string_view path, std::string_view what, double bytes, std::uint64_t limit) {
  if (bytes <= static_cast<double>(limit)) return;
  throw Error(fmt::format("{}: {} takes {:.3g} GiB, and the limit on memory is {}", path, what, bytes / gib,
                          describe_memory_limit(limit)),
              Error::Cause::machine);
}

std::uint64_t held_memory = 0;

std::string out_of_memory() {
  if (held_memory == 0) return "out of memory";
  return fmt::format("out of memory: the limit on memory is {}{}", describe_memory_limit(held_memory),
                     held_memory == machine_memory() ? "" : " (--memory-limit)");
}

void return_freed_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

void provide([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes, [[maybe_unused]] Pages pages) {
#ifdef MADV_POPULATE_WRITE
  constexpr std::size_t large = 1 << 23;  // bytes
  constexpr std::size_t part = 1 << 23;   // a multiple of a large page
  if (bytes < large) return;
  // Whole pages, from the first that begins in it. That a kernel refuses costs time, and nothing else.
  const auto begin = (reinterpret_cast<std::uintptr_t>(memory) + 4095) / 4096 * 4096;
  const auto end = (reinterpret_cast<std::uintptr_t>(memory) + bytes) / 4096 * 4096;
  if (pages == Pages::large) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
  in_parallel(end / part - begin / part + 1, [&](std::size_t k) {
    const std::uintptr_t from = std::max(begin, (begin / part + k) * part);
    const std::uintptr_t to = std::min(end, (begin / part + k + 1) * part);
    if (from < to) madvise(reinterpret_cast<void*>(from), to - from, MADV_POPULATE_WRITE);
  });
#endif
}

}  // namespace steady::detail

std::uint64_t steady::machine_memory() { return detail::bound().bytes; }
