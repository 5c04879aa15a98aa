// Mask on the host: no gathers. The rows of an entry read consecutive columns, so that an entry is a few masked loads,
// multiplied and added with AVX-512 or AVX2 where the processor has them, found out once. Multiplication and addition
// are separate (no fused multiply-add), so that the result has the same bits everywhere.
#pragma once

#include <span>
#include <string_view>

#include "formats/matrix/mask.hpp"

namespace steady {

// sum has 32 entries; those of rows that the slice does not have stay as they are, or have +0 added.
using MaskAdd = void (*)(const Mask& matrix, std::size_t slice, const double* x, double* sum);

struct MaskVariant {
  std::string_view name;
  MaskAdd add;
};

// What this processor can run, the best last.
std::span<const MaskVariant> mask_variants();

class MaskRows {
 public:
  static constexpr std::string_view storage = "mask";
  static constexpr std::string_view kernel = "mask-rows";

  static Footprint footprint(const Csr& matrix, const Slices& slices) { return mask_footprint(matrix, slices); }

  MaskRows(const Csr& matrix, const Slices& slices) : matrix_(to_mask(matrix, slices)) {}

  void add(std::size_t slice, const double* x, double* sum) const { add_(matrix_, slice, x, sum); }

 private:
  Mask matrix_;
  MaskAdd add_ = mask_variants().back().add;
};

}  // namespace steady
