// How much memory there is, and that nothing is allocated on a file's mere promise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <steady/version.hpp>

namespace steady::detail {

constexpr double gib = 1 << 30;  // bytes

// A limit in GiB, in whole bytes; at most 2^63.
std::uint64_t bytes_in(double limit);

// Which of its three limits machine_memory() (version.hpp) is: "90 % of the machine's 15.6 GiB".
const std::string& machine_memory_source();

// The least memory limit of a control group and those above it; 2^64 - 1 where there is none. `membership`: the content
// of /proc/self/cgroup; `mount`: where the groups are, /sys/fs/cgroup. Versions 1 and 2.
std::uint64_t cgroup_memory(const std::string& mount, std::string_view membership);

// "0.2 GiB", and what set a limit where that is the machine.
std::string describe_memory_limit(std::uint64_t limit);

// Throws Error, cause machine, where `bytes` for `what` are more than `limit`. In double, where no count overflows.
void require_memory(std::string_view path, std::string_view what, double bytes, std::uint64_t limit);

// The bytes that the process is held to, as whoever does that says; 0: it is not.
extern std::uint64_t held_memory;

// What to say of a std::bad_alloc.
std::string out_of_memory();

// Gives the system back what was freed. An allocator keeps freed pieces of some megabytes for itself, and what is
// allocated next is one large piece that comes from the system in any case.
void return_freed_memory();

// Small where the system takes longer to find large ones than they save (papers/measured, of state spaces).
enum class Pages { large, small };

// Has the system provide memory that was allocated and is still to be written: by all threads, and in large pages where
// it can and these are asked for. Else the first write to every page would be most of the time that a large array takes
// to be filled.
void provide(void* memory, std::size_t bytes, Pages pages = Pages::large);

// Of a std::vector or a std::string.
template <class Vector>
void resize_large(Vector& vector, std::size_t size, Pages pages = Pages::large) {
  vector.reserve(size);
  provide(vector.data(), size * sizeof(typename Vector::value_type), pages);
  vector.resize(size);
}

}  // namespace steady::detail
