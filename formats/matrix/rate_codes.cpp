#include "formats/matrix/rate_codes.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <bit>

#include "formats/in_parallel.hpp"

namespace steady {

RateCodes::RateCodes(const std::vector<double>& values) {
  constexpr std::size_t worth_a_thread = 1 << 16;
  const std::size_t parts =
      std::min(static_cast<std::size_t>(omp_get_max_threads()), values.size() / worth_a_thread + 1);
  if (parts == 1) {
    add(values);
    return;
  }
  std::vector<RateCodes> part(parts);
  in_parallel(parts, [&](std::size_t p) {
    const std::size_t first = values.size() * p / parts, last = values.size() * (p + 1) / parts;
    part[p].add({values.data() + first, last - first});
  });
  for (const RateCodes& found : part) add(found.rate_);
}

void RateCodes::add(std::span<const double> values) {
  for (const double value : values) {
    if (too_many()) return;
    if (!rate_.empty() && value == rate_.back()) continue;
    std::uint32_t& slot = slots_[find(value)];
    if (slot != none) continue;
    slot = static_cast<std::uint32_t>(rate_.size());
    rate_.push_back(value);
  }
}

std::string RateCodes::reason() const { return too_many() ? fmt::format("more than {} distinct rates", most) : ""; }

std::size_t RateCodes::find(double value) const {
  std::size_t place = std::bit_cast<std::uint64_t>(value) * 0x9E3779B97F4A7C15u >> 50;
  static_assert(4 * most == std::size_t{1} << 14);
  while (slots_[place] != none && rate_[slots_[place]] != value) place = (place + 1) % slots_.size();
  return place;
}

unsigned bits_for(std::size_t codes) { return codes < 2 ? 0 : static_cast<unsigned>(std::bit_width(codes - 1)); }

}  // namespace steady
