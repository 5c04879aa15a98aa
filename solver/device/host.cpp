#include "solver/device/host.hpp"

#include <algorithm>
#include <cmath>

namespace steady {
namespace {

// Calls f(i) for every entry.
template <class EntryFunction>
void for_each_entry(std::size_t size, EntryFunction f) {
#pragma omp parallel for schedule(static) if (size > 4 * HostVector::block)
  for (std::size_t i = 0; i < size; ++i) f(i);
}

// Sum of f(i) over first .. last, in eight interleaved sums that the compiler may keep in one register.
template <class EntryFunction>
double sum_of_block(std::size_t first, std::size_t last, EntryFunction f) {
  double lane[8] = {};
  std::size_t i = first;
  for (; i + 8 <= last; i += 8)
    for (std::size_t l = 0; l < 8; ++l) lane[l] += f(i + l);
  for (std::size_t l = 0; i < last; ++i, ++l) lane[l] += f(i);
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

// Sum of f(i) over all entries.
template <class EntryFunction>
double sum_of(std::size_t size, EntryFunction f) {
  return sum_over_blocks<double>(size,
                                 [&](std::size_t first, std::size_t last) { return sum_of_block(first, last, f); });
}

}  // namespace

std::vector<double> download(const HostVector& x) { return {x.data(), x.data() + x.size()}; }

void upload(const std::vector<double>& entries, HostVector& x) { x = HostVector(entries); }

void copy(const HostVector& x, HostVector& y) {
  const double* from = x.data();
  double* to = y.data();
  for_each_entry(x.size(), [=](std::size_t i) { to[i] = from[i]; });
}

void fill(double a, HostVector& x) {
  double* to = x.data();
  for_each_entry(x.size(), [=](std::size_t i) { to[i] = a; });
}

void scale(double a, HostVector& x) {
  double* to = x.data();
  for_each_entry(x.size(), [=](std::size_t i) { to[i] *= a; });
}

void axpy(double a, const HostVector& x, HostVector& y) {
  const double* from = x.data();
  double* to = y.data();
  for_each_entry(x.size(), [=](std::size_t i) { to[i] += a * from[i]; });
}

void axpby(double a, const HostVector& x, double b, HostVector& y) {
  const double* from = x.data();
  double* to = y.data();
  for_each_entry(x.size(), [=](std::size_t i) { to[i] = a * from[i] + b * to[i]; });
}

void multiply_entries(const HostVector& x, HostVector& y) {
  const double* from = x.data();
  double* to = y.data();
  for_each_entry(x.size(), [=](std::size_t i) { to[i] *= from[i]; });
}

double sum(const HostVector& x) {
  const double* from = x.data();
  return sum_of(x.size(), [=](std::size_t i) { return from[i]; });
}

double dot(const HostVector& x, const HostVector& y) {
  const double* left = x.data();
  const double* right = y.data();
  return sum_of(x.size(), [=](std::size_t i) { return left[i] * right[i]; });
}

double norm2(const HostVector& x) { return std::sqrt(dot(x, x)); }

double raise_negatives(HostVector& x) {
  const double* from = x.data();
  const double cut = sum_of(x.size(), [=](std::size_t i) { return from[i] < 0 ? -from[i] : 0.0; });
  double* to = x.data();
  if (cut > 0) for_each_entry(x.size(), [=](std::size_t i) { to[i] = std::max(to[i], 0.0); });
  return cut;
}

void dots(std::span<const HostVector> v, const HostVector& w, std::span<double> h) {
  const std::size_t blocks = (w.size() + HostVector::block - 1) / HostVector::block;
  std::vector<double> partial(blocks * v.size());
#pragma omp parallel for schedule(static) if (blocks > 4)
  for (std::size_t b = 0; b < blocks; ++b) {
    const std::size_t first = b * HostVector::block, last = std::min(first + HostVector::block, w.size());
    for (std::size_t k = 0; k < v.size(); ++k)
      partial[b * v.size() + k] = sum_of_block(
          first, last, [left = v[k].data(), right = w.data()](std::size_t i) { return left[i] * right[i]; });
  }
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
    return sum_of_block(first, last, [=](std::size_t i) { return to[i] * to[i]; });
  }));
}

}  // namespace steady
