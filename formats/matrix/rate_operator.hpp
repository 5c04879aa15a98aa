// A chain's matrix as an operator on one device: the product and the fused sweeps that the methods' inner loops need.
//
// The chain is irreducible with at least two states. R: its rates without the diagonal; D: its exit rates, positive;
// Q = R - D: its generator. Vectors are rows: one entry a state. How the matrix is stored and multiplied is behind
// this interface, so that a method is compiled once for each kind of vector, not for each storage.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include <steady/csr.hpp>

#include "formats/chain/direction.hpp"

namespace steady::detail {

// What a fused sweep learns on its way, both for free.
struct Pass {
  double sum = 0;       // of the new vector's entries
  double residual = 0;  // ||x Q||_1 of the old vector

  Pass& operator+=(const Pass& other) {
    sum += other.sum;
    residual += other.residual;
    return *this;
  }
};

// Whether what is learnt is wanted; without it a GPU need not be waited for, and it is zero.
enum class Tally { no, yes };

template <class Vector>
class RateOperator {
 public:
  virtual ~RateOperator() = default;

  virtual std::string_view storage() const = 0;  // their names, as reports have them
  virtual std::string_view kernel() const = 0;
  virtual std::size_t size() const = 0;  // states
  virtual double max_exit_rate() const = 0;

  // The state at each position of a vector; empty where that is the state's own number.
  virtual std::span<const State> order() const = 0;

  // y = x R
  virtual void multiply(const Vector& x, Vector& y) const = 0;

  // r = x Q; returns ||r||_1 if that is wanted
  virtual double residual(const Vector& x, Vector& r, Tally tally = Tally::yes) const = 0;

  // y = x + w (x Q) D^-1
  virtual Pass jacobi_sweep(double w, const Vector& x, Vector& y, Tally tally = Tally::yes) const = 0;

  // y = x + (x Q) / rate: a step of the chain uniformised with `rate`, at least the largest exit rate
  virtual Pass power_step(double rate, const Vector& x, Vector& y, Tally tally = Tally::yes) const = 0;

  // The operations below take a direction that the operator was made for. L: the rates from states that a sweep in this
  // direction visits earlier; U = R - L.

  // x(i) = (1 - w) x(i) + w (sum over j of x(j) r(j,i)) / d(i), state after state, each reading what is new:
  // for w = 1 the solution y of y (D - L) = x U. The same bits as one thread going through the states in turn.
  virtual void gauss_seidel_sweep(Direction direction, double w, Vector& x) const = 0;

  // So many rounds of a sweep in each of the directions.
  virtual void gauss_seidel_sweeps(std::span<const Direction> directions, double w, std::size_t rounds,
                                   Vector& x) const {
    for (std::size_t round = 0; round < rounds; ++round)
      for (const Direction direction : directions) gauss_seidel_sweep(direction, w, x);
  }

  // Solves y (D - L) = b. Half a pass.
  virtual void triangular_solve(Direction direction, const Vector& b, Vector& y) const = 0;

  // The same approximately, each step half a pass over all rows at once: y = b D^-1, then so many Jacobi steps
  // y = (b + y L) D^-1. One step less than there are levels makes it exact.
  virtual void triangular_jacobi(Direction direction, std::size_t steps, const Vector& b, Vector& y) const = 0;

  // y = b + a x U. The other half. y is neither x nor b.
  virtual void add_later(Direction direction, double a, const Vector& x, const Vector& b, Vector& y) const = 0;

  // The same operator on vectors of floats, which shares the storage; null where there is none, or where a rate is no
  // normal float.
  virtual std::unique_ptr<RateOperator<typename Vector::Single>> in_single_precision() const { return nullptr; }
};

}  // namespace steady::detail
