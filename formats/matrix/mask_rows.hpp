// Mask on the host: no gathers. The rows of an entry read consecutive columns, so that an entry is a few masked loads,
// multiplied and added with AVX-512 or AVX2 where the processor has them, found out once. Multiplication and addition
// are separate (no fused multiply-add), so that the result has the same bits everywhere.
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/matrix/mask.hpp"
#include "formats/vectors/host.hpp"

namespace steady::detail {

// `rate`: by code, in the precision of the vectors. sum has 32 entries; those of rows that the slice does not have stay
// as they are, or have +0 added.
template <class Real>
using MaskAdd = void (*)(const Mask& matrix, const Real* rate, std::size_t slice, const Real* x, Real* sum);

// Whether sums begin at 0, whatever is in memory, or with what is there.
enum class Begin { at_zero, with_sums };

template <class Real>
struct MaskAdds {
  MaskAdd<Real> begun, continued;
};

struct MaskVariant {
  std::string_view name;
  MaskAdds<double> add;
  MaskAdds<float> add_single;
};

// What this processor can run, the best last.
std::span<const MaskVariant> mask_variants();

class MaskRows {
 public:
  static constexpr Storage storage = Storage::mask;
  static constexpr std::string_view kernel = "mask-rows";

  static Footprint footprint(const Csr& matrix, const Slices& slices) { return mask_footprint(matrix, slices); }

  MaskRows(const Csr& matrix, const Slices& slices) : MaskRows(to_mask(matrix, slices)) {}
  explicit MaskRows(Mask matrix) : matrix_(std::move(matrix)) {
    if (rates_are_normal_floats()) single_rate_.assign(matrix_.rate.begin(), matrix_.rate.end());
  }

  bool rates_are_normal_floats() const { return are_normal_floats(matrix_.rate); }

  void add(std::size_t slice, const double* x, double* sum) const {
    variant_.add.continued(matrix_, matrix_.rate.data(), slice, x, sum);
  }
  void add(std::size_t slice, const float* x, float* sum) const {
    variant_.add_single.continued(matrix_, single_rate_.data(), slice, x, sum);
  }
  void begin(std::size_t slice, const double* x, double* sum) const {
    variant_.add.begun(matrix_, matrix_.rate.data(), slice, x, sum);
  }
  void begin(std::size_t slice, const float* x, float* sum) const {
    variant_.add_single.begun(matrix_, single_rate_.data(), slice, x, sum);
  }

 private:
  Mask matrix_;
  std::vector<float> single_rate_;  // where they are normal floats
  MaskVariant variant_ = mask_variants().back();
};

}  // namespace steady::detail
