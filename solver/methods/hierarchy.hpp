// A chain and its aggregated chains, ever coarser, for multilevel methods.
//
// Two uses. correct() is the coarse part of a cycle of multiplicative aggregation and disaggregation (Horton and
// Leutenegger 1994): every aggregate gets the weight that the aggregated chain's own solution gives it, recursively
// down to elimination. It is right also where the chain is nearly decomposable, and only adds and multiplies positive
// numbers. cycle() is an additive V-cycle for d (D - R) = b, a preconditioner.
//
// On the host, in the states' own order.
#pragma once

#include <optional>
#include <vector>

#include "solver/methods/aggregation.hpp"
#include "solver/methods/elimination.hpp"
#include "solver/restriction.hpp"

namespace steady {

class Hierarchy {
 public:
  // Chooses the aggregates by the flows that x, one weight a state, tells of. The chain must outlive the hierarchy.
  Hierarchy(const Irreducible& chain, std::vector<double> x);

  // x = x with the aggregates' weights corrected; returns how much of it was to be moved, as a share of all.
  double correct(std::vector<double>& x) { return correct(0, x); }

  // Of each coarse level in one correction: 1, a V-cycle, unless told; 2, a W-cycle, costs more and corrects more.
  void visit_coarse_levels(int times) { visits_ = times; }

  // d: an approximate solution of d (D - R) = b, b summing to 0, with the weights that correct() was last given.
  void cycle(const double* b, double* d) { cycle(0, b, d); }

  std::size_t levels() const { return coarser_.size() + 1; }
  std::uint64_t coarse_entries() const;  // of all levels but the finest

 private:
  struct Coarser {
    AggregatedChain chain;
    std::vector<double> x;           // that it was last refreshed with
    std::vector<double> rest, b, d;  // work space of cycle()
  };

  const Csr& inflow(std::size_t l) const { return l == 0 ? chain_.inflow : coarser_[l - 1].chain.inflow(); }
  const std::vector<double>& exit_rate(std::size_t l) const {
    return l == 0 ? chain_.exit_rate : coarser_[l - 1].chain.exit_rate();
  }
  double correct(std::size_t l, std::vector<double>& x);
  void cycle(std::size_t l, const double* b, double* d);

  Irreducible chain_;
  std::vector<Coarser> coarser_;
  std::optional<Elimination> coarsest_;
  int visits_ = 1;
};

}  // namespace steady
