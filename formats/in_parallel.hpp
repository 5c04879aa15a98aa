// Work shared out among threads where something may be thrown: no exception may leave a thread's part of a loop.
#pragma once

#include <cstddef>
#include <exception>
#include <vector>

namespace steady {

// Calls f(part) for each part, in parallel; then throws again what the first of them threw.
template <class Function>
void in_parallel(std::size_t parts, Function f) {
  std::vector<std::exception_ptr> thrown(parts);
#pragma omp parallel for schedule(dynamic, 1) if (parts > 1)
  for (std::size_t part = 0; part < parts; ++part) {
    try {
      f(part);
    } catch (...) {
      thrown[part] = std::current_exception();
    }
  }
  for (const std::exception_ptr& problem : thrown)
    if (problem) std::rethrow_exception(problem);
}

}  // namespace steady
