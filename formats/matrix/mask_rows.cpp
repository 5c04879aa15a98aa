#include "formats/matrix/mask_rows.hpp"

#include <algorithm>
#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace steady::detail {
namespace {

// Where lane 0 of an entry would read x. It may lie outside x: an integer until a lane that is set is added.
std::int64_t column_of(const Mask& matrix, std::int64_t base, Mask::Entry entry) {
  return base + (entry.bits >> matrix.code_bits);
}

std::uint32_t code_mask(const Mask& matrix) { return (std::uint32_t{1} << matrix.code_bits) - 1; }

template <Begin begin, class Real>
void add_plain(const Mask& matrix, const Real* rates, std::size_t slice, const Real* x, Real* sum) {
  if (begin == Begin::at_zero) std::fill_n(sum, Slices::height, Real{0});
  const std::int64_t base = matrix.base[slice >> matrix.base_shift];
  const std::uint32_t codes = code_mask(matrix);
  for (std::uint64_t k = matrix.start[slice]; k < matrix.start[slice + 1]; ++k) {
    const Mask::Entry entry = matrix.entry[k];
    const Real rate = rates[entry.bits & codes];
    const std::int64_t column = column_of(matrix, base, entry);
    if (~entry.lanes == 0) {
      for (std::size_t r = 0; r < Slices::height; ++r) sum[r] += rate * x[column + static_cast<std::int64_t>(r)];
      continue;
    }
    for (std::uint32_t lanes = entry.lanes; lanes != 0; lanes &= lanes - 1) {
      const int r = std::countr_zero(lanes);
      sum[r] += rate * x[column + r];
    }
  }
}

#if defined(__x86_64__)

// Address of x[column], which need not exist.
template <class Real>
const Real* at(const Real* x, std::int64_t column) {
  return reinterpret_cast<const Real*>(reinterpret_cast<std::uintptr_t>(x) +
                                       static_cast<std::uintptr_t>(column) * sizeof(Real));
}

// For each four bits, lanes with all bits set where the bit is.
struct NibbleLanes {
  alignas(32) std::int64_t lane[16][4] = {};
  constexpr NibbleLanes() {
    for (int nibble = 0; nibble < 16; ++nibble)
      for (int l = 0; l < 4; ++l) lane[nibble][l] = (nibble >> l & 1) != 0 ? -1 : 0;
  }
};
constexpr NibbleLanes nibble_lanes;

template <Begin begin>
__attribute__((target("avx2"))) void add_avx2(const Mask& matrix, const double* rates, std::size_t slice,
                                              const double* x, double* sum) {
  const std::int64_t base = matrix.base[slice >> matrix.base_shift];
  const std::uint32_t codes = code_mask(matrix);
  __m256d total[8];
  for (int q = 0; q < 8; ++q) total[q] = begin == Begin::at_zero ? _mm256_setzero_pd() : _mm256_loadu_pd(sum + 4 * q);
  for (std::uint64_t k = matrix.start[slice]; k < matrix.start[slice + 1]; ++k) {
    const Mask::Entry entry = matrix.entry[k];
    const __m256d rate = _mm256_set1_pd(rates[entry.bits & codes]);
    const double* const from = at(x, column_of(matrix, base, entry));
#pragma GCC unroll 8
    for (int q = 0; q < 8; ++q) {
      const __m256i chosen =
          _mm256_load_si256(reinterpret_cast<const __m256i*>(nibble_lanes.lane[entry.lanes >> 4 * q & 15]));
      total[q] = _mm256_add_pd(total[q], _mm256_mul_pd(rate, _mm256_maskload_pd(from + 4 * q, chosen)));
    }
  }
  for (int q = 0; q < 8; ++q) _mm256_storeu_pd(sum + 4 * q, total[q]);
}

template <Begin begin>
__attribute__((target("avx2"))) void add_avx2_single(const Mask& matrix, const float* rates, std::size_t slice,
                                                     const float* x, float* sum) {
  const std::int64_t base = matrix.base[slice >> matrix.base_shift];
  const std::uint32_t codes = code_mask(matrix);
  const __m256i bits = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
  __m256 total[4];
  for (int q = 0; q < 4; ++q) total[q] = begin == Begin::at_zero ? _mm256_setzero_ps() : _mm256_loadu_ps(sum + 8 * q);
  for (std::uint64_t k = matrix.start[slice]; k < matrix.start[slice + 1]; ++k) {
    const Mask::Entry entry = matrix.entry[k];
    const __m256 rate = _mm256_set1_ps(rates[entry.bits & codes]);
    const float* const from = at(x, column_of(matrix, base, entry));
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) {
      const __m256i lanes = _mm256_set1_epi32(static_cast<int>(entry.lanes >> 8 * q));
      const __m256i chosen = _mm256_cmpeq_epi32(_mm256_and_si256(lanes, bits), bits);
      total[q] = _mm256_add_ps(total[q], _mm256_mul_ps(rate, _mm256_maskload_ps(from + 8 * q, chosen)));
    }
  }
  for (int q = 0; q < 4; ++q) _mm256_storeu_ps(sum + 8 * q, total[q]);
}

template <Begin begin>
__attribute__((target("avx512f,avx512dq"))) void add_avx512(const Mask& matrix, const double* rates, std::size_t slice,
                                                            const double* x, double* sum) {
  const std::int64_t base = matrix.base[slice >> matrix.base_shift];
  const std::uint32_t codes = code_mask(matrix);
  __m512d total[4];
  for (int q = 0; q < 4; ++q) total[q] = begin == Begin::at_zero ? _mm512_setzero_pd() : _mm512_loadu_pd(sum + 8 * q);
  for (std::uint64_t k = matrix.start[slice]; k < matrix.start[slice + 1]; ++k) {
    const Mask::Entry entry = matrix.entry[k];
    const __m512d rate = _mm512_set1_pd(rates[entry.bits & codes]);
    const double* const from = at(x, column_of(matrix, base, entry));
#pragma GCC unroll 4
    for (int q = 0; q < 4; ++q) {
      const auto lanes = static_cast<__mmask8>(entry.lanes >> 8 * q);
      total[q] = _mm512_add_pd(total[q], _mm512_mul_pd(rate, _mm512_maskz_loadu_pd(lanes, from + 8 * q)));
    }
  }
  for (int q = 0; q < 4; ++q) _mm512_storeu_pd(sum + 8 * q, total[q]);
}

template <Begin begin>
__attribute__((target("avx512f,avx512dq"))) void add_avx512_single(const Mask& matrix, const float* rates,
                                                                   std::size_t slice, const float* x, float* sum) {
  const std::int64_t base = matrix.base[slice >> matrix.base_shift];
  const std::uint32_t codes = code_mask(matrix);
  __m512 total[2];
  for (int q = 0; q < 2; ++q) total[q] = begin == Begin::at_zero ? _mm512_setzero_ps() : _mm512_loadu_ps(sum + 16 * q);
  for (std::uint64_t k = matrix.start[slice]; k < matrix.start[slice + 1]; ++k) {
    const Mask::Entry entry = matrix.entry[k];
    const __m512 rate = _mm512_set1_ps(rates[entry.bits & codes]);
    const float* const from = at(x, column_of(matrix, base, entry));
#pragma GCC unroll 2
    for (int q = 0; q < 2; ++q) {
      const auto lanes = static_cast<__mmask16>(entry.lanes >> 16 * q);
      total[q] = _mm512_add_ps(total[q], _mm512_mul_ps(rate, _mm512_maskz_loadu_ps(lanes, from + 16 * q)));
    }
  }
  for (int q = 0; q < 2; ++q) _mm512_storeu_ps(sum + 16 * q, total[q]);
}

#endif

std::span<const MaskVariant> find_variants() {
  constexpr Begin begun = Begin::at_zero, continued = Begin::with_sums;
  static MaskVariant variants[3] = {{"plain",
                                     {add_plain<begun, double>, add_plain<continued, double>},
                                     {add_plain<begun, float>, add_plain<continued, float>}}};
  std::size_t count = 1;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    variants[count++] = {
        "avx2", {add_avx2<begun>, add_avx2<continued>}, {add_avx2_single<begun>, add_avx2_single<continued>}};
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
    variants[count++] = {
        "avx512", {add_avx512<begun>, add_avx512<continued>}, {add_avx512_single<begun>, add_avx512_single<continued>}};
#endif
  return {variants, count};
}

}  // namespace

std::span<const MaskVariant> mask_variants() {
  static const std::span<const MaskVariant> variants = find_variants();
  return variants;
}

}  // namespace steady::detail
