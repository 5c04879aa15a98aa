// The vector vocabulary on a CUDA device: the words of solver/device/host.hpp. No CUDA header is needed here, so that
// methods are compiled by the C++ compiler.
//
// Words are queued on the default stream; those that return a number wait for it. Sums are the same bits on every run
// and on every device (sums.cuh).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "solver/device/cuda_array.hpp"

namespace steady {

class CudaVector {
 public:
  CudaVector() = default;
  explicit CudaVector(std::size_t size);  // zeros
  explicit CudaVector(const std::vector<double>& entries) : entries_(entries) {}

  std::size_t size() const { return entries_.size(); }
  double* data() { return entries_.data(); }
  const double* data() const { return entries_.data(); }

 private:
  CudaArray<double> entries_;
};

std::vector<double> download(const CudaVector& x);
void upload(const std::vector<double>& entries, CudaVector& x);

void copy(const CudaVector& x, CudaVector& y);                       // y = x
void fill(double a, CudaVector& x);                                  // x = a
void scale(double a, CudaVector& x);                                 // x = a x
void axpy(double a, const CudaVector& x, CudaVector& y);             // y = a x + y
void axpby(double a, const CudaVector& x, double b, CudaVector& y);  // y = a x + b y
void multiply_entries(const CudaVector& x, CudaVector& y);                   // y(i) = x(i) y(i)
double sum(const CudaVector& x);                                     // x . 1
double dot(const CudaVector& x, const CudaVector& y);                // x . y
double norm2(const CudaVector& x);                                   // sqrt(x . x)
double raise_negatives(CudaVector& x);  // x = max(x, 0); returns the sum of what was cut off

// h(i) = v(i) . w: one pass over w for all of them.
void dots(std::span<const CudaVector> v, const CudaVector& w, std::span<double> h);
// w = w + sum of a(i) v(i); returns its norm2.
double add_combination(std::span<const double> a, std::span<const CudaVector> v, CudaVector& w);

// Between two orders of the entries. Not for methods: CudaOperator's.
void gather(const CudaArray<std::uint32_t>& position, const CudaVector& x, CudaVector& y);   // y(p) = x(position(p))
void scatter(const CudaArray<std::uint32_t>& position, const CudaVector& x, CudaVector& y);  // y(position(p)) = x(p)

}  // namespace steady
