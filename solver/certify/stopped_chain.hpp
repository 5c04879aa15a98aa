// Linear systems of a chain that stops in given states, for chains that are too large to eliminate.
//
// A x = b with A = minus the generator restricted to the other states, or x A = b: which, is a matter of the rows that
// it is made from. BiCGStab (van der Vorst 1992), preconditioned from the right by a Gauss-Seidel sweep, and plain
// sweeps where it fails. A is a nonsingular M-matrix, on which sweeps always converge, if slowly.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "formats/matrix/direction.hpp"
#include "formats/matrix/inflow.hpp"
#include "solver/device/host.hpp"

namespace steady {

class StoppedChain {
 public:
  // `rows`: the inflow matrix for x A = b, the rates from each state for A x = b. Exit rates may be 0 where `stopped`.
  StoppedChain(const Csr& rows, const std::vector<double>& exit_rate, const std::vector<bool>& stopped,
               Direction direction);

  // Improves x, 0 in the stopped states, until `enough` says so of the residual (in an order of its own, entries of
  // stopped states 0) or the passes over the matrix are used up, and takes what it used from them. b is 0 in the
  // stopped states. Returns whether it was enough.
  bool solve(const std::vector<double>& b, std::vector<double>& x, const std::function<bool(const HostVector&)>& enough,
             std::size_t& passes) const;

 private:
  bool bicgstab(const HostVector& b, HostVector& x, const std::function<bool(const HostVector&)>& enough,
                std::size_t& passes) const;
  bool sweep(const HostVector& b, HostVector& x, const std::function<bool(const HostVector&)>& enough,
             std::size_t& passes) const;
  void residual(const HostVector& b, const HostVector& x, HostVector& r) const;  // r = b - A x
  void step(const HostVector& v, HostVector& z, HostVector& w) const;            // z M = v, w = A z

  Direction direction_;
  std::unique_ptr<Inflow<HostVector>> rows_;
};

}  // namespace steady
