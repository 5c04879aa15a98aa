#include "formats/memory.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <limits>

#include "formats/error.hpp"

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

}  // namespace steady
