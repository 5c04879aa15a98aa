#include "formats/matrix/rate_codes.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <bit>

#include "formats/base/parallel.hpp"

namespace steady::detail {

RateCodes::RateCodes(const std::vector<double>& values) {
  constexpr std::size_t worth_a_thread = 1 << 16;
  const std::size_t parts =
      std::min(static_cast<std::size_t>(omp_get_max_threads()), values.size() / worth_a_thread + 1);
  std::vector<RateCodes> part(parts);
  in_parallel(parts, [&](std::size_t p) {
    const std::size_t first = values.size() * p / parts, last = values.size() * (p + 1) / parts;
    for (std::size_t k = first; k < last && !part[p].too_many(); ++k)
      if (k == first || values[k] != values[k - 1]) part[p].insert(values[k]);
  });
  for (const RateCodes& found : part)
    for (const double rate : found.rate_) insert(rate);
}

std::uint32_t RateCodes::insert(double value) {
  if (too_many()) return 0;
  std::uint32_t& code = codes_.find(hash(value), [&](std::uint32_t there) { return rate_[there] == value; });
  if (code != none) return code;
  const auto added = code = static_cast<std::uint32_t>(rate_.size());
  rate_.push_back(value);
  codes_.count_taken([this](std::uint32_t taken) { return hash(rate_[taken]); });
  return added;
}

std::string RateCodes::reason() const { return too_many() ? fmt::format("more than {} distinct rates", most) : ""; }

unsigned bits_for(std::size_t codes) { return codes < 2 ? 0 : static_cast<unsigned>(std::bit_width(codes - 1)); }

}  // namespace steady::detail
