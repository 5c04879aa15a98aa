// The vector operations of methods (vector_operations.hpp) on a CUDA device. No CUDA header is needed here, so that
// methods are compiled by the C++ compiler.
//
// They are queued on the library's stream, and none but download and raise_negatives waits for it: numbers stay on the
// device (cuda_number.hpp). Inside an IterationLoop they are recorded (cuda_iteration_loop.hpp). Sums are the same bits
// on every run and on every device (sums.cuh).
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "formats/vectors/cuda_array.hpp"
#include "formats/vectors/cuda_iteration_loop.hpp"
#include "formats/vectors/cuda_number.hpp"
#include "formats/vectors/vector_operations.hpp"

namespace steady::detail {

class CudaVector {
 public:
  using Number = CudaNumber;
  using Single = CudaVector;  // no method refines with floats here
  template <class T>
  using Array = CudaArray<T>;

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

void copy(const CudaVector& x, CudaVector& y);
void assign(const CudaNumber& a, const CudaVector& x, CudaVector& y);
void fill(const CudaNumber& a, CudaVector& x);
void scale(const CudaNumber& a, CudaVector& x);
void multiply_entries(const CudaVector& x, CudaVector& y);
void axpy(const CudaNumber& a, const CudaVector& x, CudaVector& y);
void axpby(const CudaNumber& a, const CudaVector& x, const CudaNumber& b, CudaVector& y);
void axpbypcz(const CudaNumber& a, const CudaVector& x, const CudaNumber& b, const CudaVector& y, const CudaNumber& c,
              CudaVector& z);
CudaNumber sum(const CudaVector& x);
CudaNumber dot(const CudaVector& x, const CudaVector& y);
CudaNumber norm2(const CudaVector& x);
std::pair<CudaNumber, CudaNumber> dot_and_square(const CudaVector& x, const CudaVector& y);
std::pair<CudaNumber, CudaNumber> axpy_dot_and_square(const CudaNumber& a, const CudaVector& x, CudaVector& y,
                                                      const CudaVector& z);
double raise_negatives(CudaVector& x);

void dots(std::span<const CudaVector> v, const CudaVector& w, std::span<CudaNumber> h);
CudaNumber add_combination(std::span<const CudaNumber> a, std::span<const CudaVector> v, CudaVector& w);

static_assert(VectorBackend<CudaVector>);

// Between two orders of the entries. Not for methods: CudaOperator's.
void gather(const CudaArray<std::uint32_t>& position, const CudaVector& x, CudaVector& y);   // y(p) = x(position(p))
void scatter(const CudaArray<std::uint32_t>& position, const CudaVector& x, CudaVector& y);  // y(position(p)) = x(p)

}  // namespace steady::detail
