#include "formats/solution/npy.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include <steady/error.hpp>

#include "formats/io/npy.hpp"

namespace steady::detail {

static_assert(std::endian::native == std::endian::little, "the numbers are written as they lie in memory");

void write_npy_solution(ReplacedFile& file, const Chain&, const std::vector<double>& distribution,
                        const SolutionMark&) {
  file.write(npy_header(distribution.size()));
  file.write({reinterpret_cast<const char*>(distribution.data()), distribution.size() * sizeof(double)});
}

std::vector<double> read_npy_solution(const std::string& path, const std::string& content, const Chain& chain) {
  const NpyArray array = read_npy(path, content);
  const bool matrix = array.shape.size() == 2 && (array.shape[0] == 1 || array.shape[1] == 1);  // of one row or column
  const NpyNumbers numbers(path, array, matrix ? 2 : 1);
  if (numbers.size() != chain.size())
    throw Error(fmt::format("{}: shape ({}) and not ({},): one number a state", path, fmt::join(array.shape, ", "),
                            chain.size()));
  std::vector<double> distribution(chain.size());
  for (std::size_t i = 0; i < distribution.size(); ++i) {
    distribution[i] = numbers.real(i);
    if (!std::isfinite(distribution[i]))
      throw Error(fmt::format("{}: state {}: {} is not a finite number", path, i, distribution[i]));
  }
  return distribution;
}

}  // namespace steady::detail
