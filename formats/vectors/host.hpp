// The vector operations of methods (vector_operations.hpp) on the host, in parallel with OpenMP.
//
// Sums go over fixed blocks of `block` entries, each added up by one thread in one order, and the blocks' sums are
// added in order: the same bits for any number of threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "formats/base/block_sum.hpp"
#include "formats/base/parallel.hpp"
#include "formats/vectors/number.hpp"
#include "formats/vectors/vector_operations.hpp"

namespace steady::detail {

// `Real`: double, or float for what a method only refines with; numbers are doubles in any case.
template <class Real>
class HostVectorOf {
 public:
  using Number = double;
  using Single = HostVectorOf<float>;
  template <class T>
  using Array = std::vector<T>;
  static constexpr std::size_t block = summation_block;

  HostVectorOf() = default;
  explicit HostVectorOf(std::size_t size, Real value = 0) : entries_(size, value) {}
  explicit HostVectorOf(std::vector<Real> entries) : entries_(std::move(entries)) {}

  std::size_t size() const { return entries_.size(); }
  void resize(std::size_t size) { entries_.resize(size); }
  Real* data() { return entries_.data(); }
  const Real* data() const { return entries_.data(); }
  Real& operator[](std::size_t i) { return entries_[i]; }
  Real operator[](std::size_t i) const { return entries_[i]; }

 private:
  std::vector<Real> entries_;
};

using HostVector = HostVectorOf<double>;
using SingleVector = HostVectorOf<float>;

template <class Real>
std::vector<double> download(const HostVectorOf<Real>& x);
template <class Real>
void upload(const std::vector<double>& entries, HostVectorOf<Real>& x);

template <class Real>
void copy(const HostVectorOf<Real>& x, HostVectorOf<Real>& y);
template <class From, class Real>
void assign(double a, const HostVectorOf<From>& x, HostVectorOf<Real>& y);
template <class Real>
void fill(double a, HostVectorOf<Real>& x);
template <class Real>
void scale(double a, HostVectorOf<Real>& x);
template <class From, class Real>
void axpy(double a, const HostVectorOf<From>& x, HostVectorOf<Real>& y);
template <class Real>
void axpby(double a, const HostVectorOf<Real>& x, double b, HostVectorOf<Real>& y);
template <class Real>
void axpbypcz(double a, const HostVectorOf<Real>& x, double b, const HostVectorOf<Real>& y, double c,
              HostVectorOf<Real>& z);
template <class Real>
void multiply_entries(const HostVectorOf<Real>& x, HostVectorOf<Real>& y);
template <class Real>
double sum(const HostVectorOf<Real>& x);
template <class Real>
double dot(const HostVectorOf<Real>& x, const HostVectorOf<Real>& y);
template <class Real>
double norm2(const HostVectorOf<Real>& x);

template <class Real>
std::pair<double, double> dot_and_square(const HostVectorOf<Real>& x, const HostVectorOf<Real>& y);
template <class Real>
std::pair<double, double> axpy_dot_and_square(double a, const HostVectorOf<Real>& x, HostVectorOf<Real>& y,
                                              const HostVectorOf<Real>& z);

double raise_negatives(HostVector& x);

void dots(std::span<const HostVector> v, const HostVector& w, std::span<double> h);
double add_combination(std::span<const double> a, std::span<const HostVector> v, HostVector& w);

static_assert(VectorBackend<HostVector> && VectorOperations<SingleVector>);

// Whether each value keeps its 24 bits as a float, and so do products with what is not far from 1.
bool are_normal_floats(std::span<const double> values);

// While it lives, numbers too small to be normal are 0 in the operations of OpenMP's threads, where the processor has
// such a mode: a correction's smallest floats would cost a hundred times as much as the others, and mean nothing.
// Doubles under 2e-308 are 0 for so long, too.
class SubnormalsAsZero {
 public:
  SubnormalsAsZero();
  ~SubnormalsAsZero();
  SubnormalsAsZero(const SubnormalsAsZero&) = delete;
  SubnormalsAsZero& operator=(const SubnormalsAsZero&) = delete;

 private:
  std::vector<unsigned> before_;  // each thread's modes
};

}  // namespace steady::detail
