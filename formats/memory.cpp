#include "formats/memory.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "formats/error.hpp"
#include "formats/in_parallel.hpp"

namespace steady {

std::uint64_t machine_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || page <= 0) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
}

void require_memory(std::string_view path, std::string_view what, double bytes, std::uint64_t limit) {
  if (bytes <= static_cast<double>(limit)) return;
  constexpr double gib = 1 << 30;
  throw Error(fmt::format("{}: {} takes {:.3g} GiB, and the limit on memory is {:.3g} GiB", path, what, bytes / gib,
                          static_cast<double>(limit) / gib),
              Error::Cause::machine);
}

void return_freed_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

void provide([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) {
#ifdef MADV_POPULATE_WRITE
  constexpr std::size_t large = 1 << 23;  // bytes
  constexpr std::size_t part = 1 << 23;   // a multiple of a large page
  if (bytes < large) return;
  // Whole pages, from the first that begins in it. That a kernel refuses costs time, and nothing else.
  const auto begin = (reinterpret_cast<std::uintptr_t>(memory) + 4095) / 4096 * 4096;
  const auto end = (reinterpret_cast<std::uintptr_t>(memory) + bytes) / 4096 * 4096;
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
  in_parallel(end / part - begin / part + 1, [&](std::size_t k) {
    const std::uintptr_t from = std::max(begin, (begin / part + k) * part);
    const std::uintptr_t to = std::min(end, (begin / part + k + 1) * part);
    if (from < to) madvise(reinterpret_cast<void*>(from), to - from, MADV_POPULATE_WRITE);
  });
#endif
}

}  // namespace steady
