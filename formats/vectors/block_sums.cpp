#include "formats/vectors/block_sums.hpp"

#include <cstring>
#include <vector>

namespace steady::detail {
namespace {

constexpr std::size_t lanes = 8;
typedef double Lanes __attribute__((vector_size(lanes * sizeof(double))));

template <class Real>
struct Values {
  typedef Real Type __attribute__((vector_size(lanes * sizeof(Real))));
};

double total(const Lanes& s) { return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])); }

// Once for all registers: inlined into a function for each kind.
template <class Real>
struct Body {
  using Type = typename Values<Real>::Type;

  [[gnu::always_inline]] static void load(const Real* from, Lanes& to) {
    Type values;
    std::memcpy(&values, from, sizeof values);
    to = __builtin_convertvector(values, Lanes);
  }

  [[gnu::always_inline]] static double sum(const Real* x, std::size_t size) {
    Lanes s = {}, a;
    std::size_t i = 0;
    for (; i + lanes <= size; i += lanes) {
      load(x + i, a);
      s += a;
    }
    for (std::size_t l = 0; i < size; ++i, ++l) s[l] += x[i];
    return total(s);
  }

  [[gnu::always_inline]] static double dot(const Real* x, const Real* y, std::size_t size) {
    Lanes s = {}, a, b;
    std::size_t i = 0;
    for (; i + lanes <= size; i += lanes) {
      load(x + i, a);
      load(y + i, b);
      s += a * b;
    }
    for (std::size_t l = 0; i < size; ++i, ++l) s[l] += static_cast<double>(x[i]) * y[i];
    return total(s);
  }

  [[gnu::always_inline]] static TwoSums dot_and_square(const Real* x, const Real* y, std::size_t size) {
    Lanes s = {}, t = {}, a, b;
    std::size_t i = 0;
    for (; i + lanes <= size; i += lanes) {
      load(x + i, a);
      load(y + i, b);
      s += a * b;
      t += b * b;
    }
    for (std::size_t l = 0; i < size; ++i, ++l) {
      const double entry = y[i];
      s[l] += x[i] * entry;
      t[l] += entry * entry;
    }
    return {total(s), total(t)};
  }

  [[gnu::always_inline]] static TwoSums axpy_dot_and_square(Real factor, const Real* x, Real* y, const Real* z,
                                                            std::size_t size) {
    Lanes s = {}, t = {}, a, b;
    std::size_t i = 0;
    for (; i + lanes <= size; i += lanes) {
      Type from, to;
      std::memcpy(&from, x + i, sizeof from);
      std::memcpy(&to, y + i, sizeof to);
      to += factor * from;
      std::memcpy(y + i, &to, sizeof to);
      a = __builtin_convertvector(to, Lanes);
      load(z + i, b);
      s += a * b;
      t += a * a;
    }
    for (std::size_t l = 0; i < size; ++i, ++l) {
      const double entry = y[i] += factor * x[i];
      s[l] += entry * z[i];
      t[l] += entry * entry;
    }
    return {total(s), total(t)};
  }
};

template <class Real>
constexpr BlockSums<Real> plain = {"plain", Body<Real>::sum, Body<Real>::dot, Body<Real>::dot_and_square,
                                   Body<Real>::axpy_dot_and_square};

#if defined(__x86_64__)

template <class Real>
struct Avx2 {
  [[gnu::target("avx2")]] static double sum(const Real* x, std::size_t size) { return Body<Real>::sum(x, size); }
  [[gnu::target("avx2")]] static double dot(const Real* x, const Real* y, std::size_t size) {
    return Body<Real>::dot(x, y, size);
  }
  [[gnu::target("avx2")]] static TwoSums dot_and_square(const Real* x, const Real* y, std::size_t size) {
    return Body<Real>::dot_and_square(x, y, size);
  }
  [[gnu::target("avx2")]] static TwoSums axpy_dot_and_square(Real a, const Real* x, Real* y, const Real* z,
                                                             std::size_t size) {
    return Body<Real>::axpy_dot_and_square(a, x, y, z, size);
  }
  static constexpr BlockSums<Real> sums = {"avx2", sum, dot, dot_and_square, axpy_dot_and_square};
};

template <class Real>
struct Avx512 {
  [[gnu::target("avx512f")]] static double sum(const Real* x, std::size_t size) { return Body<Real>::sum(x, size); }
  [[gnu::target("avx512f")]] static double dot(const Real* x, const Real* y, std::size_t size) {
    return Body<Real>::dot(x, y, size);
  }
  [[gnu::target("avx512f")]] static TwoSums dot_and_square(const Real* x, const Real* y, std::size_t size) {
    return Body<Real>::dot_and_square(x, y, size);
  }
  [[gnu::target("avx512f")]] static TwoSums axpy_dot_and_square(Real a, const Real* x, Real* y, const Real* z,
                                                                std::size_t size) {
    return Body<Real>::axpy_dot_and_square(a, x, y, z, size);
  }
  static constexpr BlockSums<Real> sums = {"avx512", sum, dot, dot_and_square, axpy_dot_and_square};
};

#endif

}  // namespace

template <class Real>
std::span<const BlockSums<Real>> block_sum_variants() {
  static const std::vector<BlockSums<Real>> variants = [] {
    std::vector<BlockSums<Real>> found{plain<Real>};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) found.push_back(Avx2<Real>::sums);
    if (__builtin_cpu_supports("avx512f")) found.push_back(Avx512<Real>::sums);
#endif
    return found;
  }();
  return variants;
}

template std::span<const BlockSums<double>> block_sum_variants();
template std::span<const BlockSums<float>> block_sum_variants();

}  // namespace steady::detail
