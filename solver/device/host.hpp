// The vector vocabulary on the host: every word that a method may say, in parallel with OpenMP.
//
// Sums go over fixed blocks of `block` entries, each added up by one thread in one order, and the blocks' sums are
// added in order: the same bits for any number of threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "solver/device/number.hpp"

namespace steady {

class HostVector {
 public:
  using Number = double;
  template <class T>
  using Array = std::vector<T>;
  static constexpr std::size_t block = 4096;

  HostVector() = default;
  explicit HostVector(std::size_t size, double value = 0.0) : entries_(size, value) {}
  explicit HostVector(std::vector<double> entries) : entries_(std::move(entries)) {}

  std::size_t size() const { return entries_.size(); }
  void resize(std::size_t size) { entries_.resize(size); }
  double* data() { return entries_.data(); }
  const double* data() const { return entries_.data(); }
  double& operator[](std::size_t i) { return entries_[i]; }
  double operator[](std::size_t i) const { return entries_[i]; }

 private:
  std::vector<double> entries_;
};

// Calls f(first, last) for each block of 0..size and returns the blocks' results added in order.
template <class Result, class BlockFunction>
Result sum_over_blocks(std::size_t size, std::size_t block, BlockFunction f) {
  const std::size_t blocks = (size + block - 1) / block;
  std::vector<Result> partial(blocks);
#pragma omp parallel for schedule(static) if (blocks > 4)
  for (std::size_t b = 0; b < blocks; ++b) partial[b] = f(b * block, std::min((b + 1) * block, size));
  Result total{};
  for (const Result& p : partial) total += p;
  return total;
}

template <class Result, class BlockFunction>
Result sum_over_blocks(std::size_t size, BlockFunction f) {
  return sum_over_blocks<Result>(size, HostVector::block, f);
}

std::vector<double> download(const HostVector& x);
void upload(const std::vector<double>& entries, HostVector& x);

void copy(const HostVector& x, HostVector& y);                       // y = x
void fill(double a, HostVector& x);                                  // x = a
void scale(double a, HostVector& x);                                 // x = a x
void axpy(double a, const HostVector& x, HostVector& y);             // y = a x + y
void axpby(double a, const HostVector& x, double b, HostVector& y);  // y = a x + b y
void multiply_entries(const HostVector& x, HostVector& y);           // y(i) = x(i) y(i)
double sum(const HostVector& x);                                     // x . 1
double dot(const HostVector& x, const HostVector& y);                // x . y
double norm2(const HostVector& x);                                   // sqrt(x . x)
double raise_negatives(HostVector& x);  // x = max(x, 0); returns the sum of what was cut off

// h(i) = v(i) . w: one pass over w for all of them.
void dots(std::span<const HostVector> v, const HostVector& w, std::span<double> h);
// w = w + sum of a(i) v(i); returns its norm2.
double add_combination(std::span<const double> a, std::span<const HostVector> v, HostVector& w);

}  // namespace steady
