#include "formats/matrix/packed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <steady/error.hpp>

#include "formats/matrix/rate_codes.hpp"
#include "formats/matrix/sell.hpp"

namespace steady::detail {
namespace {

// What a matrix needs: everything but its entries.
struct Plan {
  RateCodes codes;
  Packed packed;
  std::string reason;  // empty: it fits
};

Plan make_plan(const Csr& matrix, const Slices& slices) {
  Plan plan{RateCodes(matrix.value), {}, {}};
  plan.reason = plan.codes.reason();
  if (!plan.reason.empty()) return plan;
  Packed& packed = plan.packed;
  packed.rate = {0.0};
  packed.rate.insert(packed.rate.end(), plan.codes.rates().begin(), plan.codes.rates().end());
  packed.code_bits = bits_for(packed.rate.size());
  const std::uint64_t columns = std::uint64_t{1} << (32 - packed.code_bits);  // that an entry can tell apart
  packed.start = sell_starts(matrix.row_start, slices);
  packed.base_shift = matrix.rows() <= columns ? 32 : 0;
  packed.base.assign(packed.base_shift == 0 ? slices.count() : 1, 0);
  if (packed.base_shift != 0) return plan;

  for (std::size_t slice = 0; slice < slices.count(); ++slice) {
    const auto first = matrix.column.begin() + static_cast<std::ptrdiff_t>(matrix.row_start[slices.row[slice]]);
    const auto last = matrix.column.begin() + static_cast<std::ptrdiff_t>(matrix.row_start[slices.row[slice + 1]]);
    if (first == last) continue;
    const auto [lowest, highest] = std::minmax_element(first, last);
    packed.base[slice] = *lowest;
    if (*highest - *lowest < columns) continue;
    plan.reason = fmt::format("{} distinct rates take {} of 32 bits, and the columns of a slice spread over {}",
                              packed.rate.size() - 1, packed.code_bits, *highest - *lowest);
    return plan;
  }
  return plan;
}

}  // namespace

Packed to_packed(const Csr& matrix, const Slices& slices) {
  Plan plan = make_plan(matrix, slices);
  if (!plan.reason.empty()) throw Error(fmt::format("storage packed does not fit: {}", plan.reason));
  Packed& packed = plan.packed;
  packed.bits.assign(packed.start.back(), 0);
#pragma omp parallel for schedule(static)
  for (std::size_t slice = 0; slice < slices.count(); ++slice) {
    const State base = packed.base[slice >> packed.base_shift];
    for (std::size_t i = slices.row[slice], r = 0; i < slices.row[slice + 1]; ++i, ++r) {
      std::uint64_t k = matrix.row_start[i];
      const std::uint64_t last = matrix.row_start[i + 1];
      if (k == last) continue;
      for (std::uint64_t place = packed.start[slice] + r; place < packed.start[slice + 1];
           place += Slices::height, ++k) {
        const std::uint32_t code = k < last ? plan.codes.code(matrix.value[k]) + 1 : 0;
        packed.bits[place] = (matrix.column[std::min(k, last - 1)] - base) << packed.code_bits | code;
      }
    }
  }
  return std::move(packed);
}

Footprint packed_footprint(const Csr& matrix, const Slices& slices) {
  const Plan plan = make_plan(matrix, slices);
  if (!plan.reason.empty()) return {0, plan.reason};
  const Packed& packed = plan.packed;
  return {packed.start.size() * sizeof(std::uint64_t) + packed.start.back() * sizeof(std::uint32_t) +
              packed.base.size() * sizeof(State) + packed.rate.size() * sizeof(double),
          ""};
}

}  // namespace steady::detail
