#include "formats/vectors/host.hpp"

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "formats/vectors/block_sums.hpp"

namespace steady::detail {
template <class Real>
std::vector<double> download(const HostVectorOf<Real>& x) {
  return {x.data(), x.data() + x.size()};
}

template <class Real>
void upload(const std::vector<double>& entries, HostVectorOf<Real>& x) {
  x = HostVectorOf<Real>(std::vector<Real>(entries.begin(), entries.end()));
}

template <class Real>
void copy(const HostVectorOf<Real>& x, HostVectorOf<Real>& y) {
  const Real* from = x.data();
  Real* to = y.data();
  for_each_entry(x.size(), [=](std::size_t i) { to[i] = from[i]; });
}

// Between two kinds of vectors the arithmetic is that of doubles.
template <class From, class Real>
void assign(double a, const HostVectorOf<From>& x, HostVectorOf<Real>& y) {
  const From* from = x.data();
  Real* to = y.data();
  for_each_entry(x.size(), [=, factor = static_cast<std::common_type_t<From, Real>>(a)](std::size_t i) {
    to[i] = static_cast<Real>(factor * from[i]);
  });
}

template <class Real>
void fill(double a, HostVectorOf<Real>& x) {
  Real* to = x.data();
  for_each_entry(x.size(), [=, value = static_cast<Real>(a)](std::size_t i) { to[i] = value; });
}

template <class Real>
void scale(double a, HostVectorOf<Real>& x) {
  Real* to = x.data();
  for_each_entry(x.size(), [=, factor = static_cast<Real>(a)](std::size_t i) { to[i] *= factor; });
}

template <class From, class Real>
void axpy(double a, const HostVectorOf<From>& x, HostVectorOf<Real>& y) {
  const From* from = x.data();
  Real* to = y.data();
  for_each_entry(x.size(), [=, factor = static_cast<std::common_type_t<From, Real>>(a)](std::size_t i) {
    to[i] = static_cast<Real>(to[i] + factor * from[i]);
  });
}

template <class Real>
void axpby(double a, const HostVectorOf<Real>& x, double b, HostVectorOf<Real>& y) {
  const Real* from = x.data();
  Real* to = y.data();
  const auto left = static_cast<Real>(a), right = static_cast<Real>(b);
  for_each_entry(x.size(), [=](std::size_t i) { to[i] = left * from[i] + right * to[i]; });
}

template <class Real>
void axpbypcz(double a, const HostVectorOf<Real>& x, double b, const HostVectorOf<Real>& y, double c,
              HostVectorOf<Real>& z) {
  const Real *first = x.data(), *second = y.data();
  Real* to = z.data();
  const auto p = static_cast<Real>(a), q = static_cast<Real>(b), r = static_cast<Real>(c);
  for_each_entry(x.size(), [=](std::size_t i) { to[i] = p * first[i] + (q * second[i] + r * to[i]); });
}

template <class Real>
void multiply_entries(const HostVectorOf<Real>& x, HostVectorOf<Real>& y) {
  const Real* from = x.data();
  Real* to = y.data();
  for_each_entry(x.size(), [=](std::size_t i) { to[i] *= from[i]; });
}

template <class Real>
double sum(const HostVectorOf<Real>& x) {
  return sum_over_blocks<double>(x.size(), [from = x.data()](std::size_t first, std::size_t last) {
    return block_sums<Real>().sum(from + first, last - first);
  });
}

template <class Real>
double dot(const HostVectorOf<Real>& x, const HostVectorOf<Real>& y) {
  return sum_over_blocks<double>(x.size(), [left = x.data(), right = y.data()](std::size_t first, std::size_t last) {
    return block_sums<Real>().dot(left + first, right + first, last - first);
  });
}

template <class Real>
double norm2(const HostVectorOf<Real>& x) {
  return std::sqrt(dot(x, x));
}

template <class Real>
std::pair<double, double> dot_and_square(const HostVectorOf<Real>& x, const HostVectorOf<Real>& y) {
  const TwoSums sums =
      sum_over_blocks<TwoSums>(x.size(), [left = x.data(), right = y.data()](std::size_t first, std::size_t last) {
        return block_sums<Real>().dot_and_square(left + first, right + first, last - first);
      });
  return {sums.first, sums.second};
}

template <class Real>
std::pair<double, double> axpy_dot_and_square(double a, const HostVectorOf<Real>& x, HostVectorOf<Real>& y,
                                              const HostVectorOf<Real>& z) {
  const TwoSums sums =
      sum_over_blocks<TwoSums>(x.size(), [from = x.data(), to = y.data(), other = z.data(),
                                          factor = static_cast<Real>(a)](std::size_t first, std::size_t last) {
        return block_sums<Real>().axpy_dot_and_square(factor, from + first, to + first, other + first, last - first);
      });
  return {sums.first, sums.second};
}

double raise_negatives(HostVector& x) {
  const double cut = sum_over_blocks<double>(x.size(), [from = x.data()](std::size_t first, std::size_t last) {
    double below = 0;
    for (std::size_t i = first; i < last; ++i) below += from[i] < 0 ? -from[i] : 0.0;
    return below;
  });
  double* to = x.data();
  if (cut > 0) for_each_entry(x.size(), [=](std::size_t i) { to[i] = std::max(to[i], 0.0); });
  return cut;
}

void dots(std::span<const HostVector> v, const HostVector& w, std::span<double> h) {
  const std::size_t blocks = (w.size() + HostVector::block - 1) / HostVector::block;
  std::vector<double> partial(blocks * v.size());
  share_out(blocks, blocks > 4, [&](std::size_t b) {
    const std::size_t first = b * HostVector::block, last = std::min(first + HostVector::block, w.size());
    for (std::size_t k = 0; k < v.size(); ++k)
      partial[b * v.size() + k] = block_sums<double>().dot(v[k].data() + first, w.data() + first, last - first);
  });
  std::fill(h.begin(), h.end(), 0.0);
  for (std::size_t b = 0; b < blocks; ++b)
    for (std::size_t k = 0; k < v.size(); ++k) h[k] += partial[b * v.size() + k];
}

double add_combination(std::span<const double> a, std::span<const HostVector> v, HostVector& w) {
  double* to = w.data();
  return std::sqrt(sum_over_blocks<double>(w.size(), [&](std::size_t first, std::size_t last) {
    for (std::size_t k = 0; k < v.size(); ++k) {
      const double* from = v[k].data();
      const double factor = a[k];
      for (std::size_t i = first; i < last; ++i) to[i] += factor * from[i];
    }
    return block_sums<double>().dot(to + first, to + first, last - first);
  }));
}

bool are_normal_floats(std::span<const double> values) {
  constexpr double least = 1e-25, most = 1e25;
  return std::all_of(values.begin(), values.end(), [](double value) { return value >= least && value <= most; });
}

#if defined(__x86_64__)

SubnormalsAsZero::SubnormalsAsZero() : before_(static_cast<std::size_t>(omp_get_max_threads()), _mm_getcsr()) {
  constexpr unsigned results = 0x8000, operands = 0x0040;
#pragma omp parallel
  {
    unsigned& before = before_[static_cast<std::size_t>(omp_get_thread_num())];
    before = _mm_getcsr();
    _mm_setcsr(before | results | operands);
  }
}

SubnormalsAsZero::~SubnormalsAsZero() {
#pragma omp parallel num_threads(static_cast <int>(before_.size()))
  _mm_setcsr(before_[static_cast<std::size_t>(omp_get_thread_num())]);
}

#else

SubnormalsAsZero::SubnormalsAsZero() = default;
SubnormalsAsZero::~SubnormalsAsZero() = default;

#endif

// The operations for each kind of vector.
template void axpy(double, const HostVector&, HostVector&);
template void axpy(double, const SingleVector&, SingleVector&);
template void axpy(double, const SingleVector&, HostVector&);
template void assign(double, const HostVector&, HostVector&);
template void assign(double, const SingleVector&, SingleVector&);
template void assign(double, const HostVector&, SingleVector&);

template std::vector<double> download(const HostVector&);
template void upload(const std::vector<double>&, HostVector&);
template void copy(const HostVector&, HostVector&);
template void fill(double, HostVector&);
template void scale(double, HostVector&);
template void axpby(double, const HostVector&, double, HostVector&);
template void axpbypcz(double, const HostVector&, double, const HostVector&, double, HostVector&);
template void multiply_entries(const HostVector&, HostVector&);
template double sum(const HostVector&);
template double dot(const HostVector&, const HostVector&);
template double norm2(const HostVector&);
template std::pair<double, double> dot_and_square(const HostVector&, const HostVector&);
template std::pair<double, double> axpy_dot_and_square(double, const HostVector&, HostVector&, const HostVector&);

template std::vector<double> download(const SingleVector&);
template void upload(const std::vector<double>&, SingleVector&);
template void copy(const SingleVector&, SingleVector&);
template void fill(double, SingleVector&);
template void scale(double, SingleVector&);
template void axpby(double, const SingleVector&, double, SingleVector&);
template void axpbypcz(double, const SingleVector&, double, const SingleVector&, double, SingleVector&);
template void multiply_entries(const SingleVector&, SingleVector&);
template double sum(const SingleVector&);
template double dot(const SingleVector&, const SingleVector&);
template double norm2(const SingleVector&);
template std::pair<double, double> dot_and_square(const SingleVector&, const SingleVector&);
template std::pair<double, double> axpy_dot_and_square(double, const SingleVector&, SingleVector&, const SingleVector&);

}  // namespace steady::detail
