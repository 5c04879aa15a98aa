// A V-cycle over aggregated chains, weighted by the iterate that the method starts from (methods/hierarchy.hpp).
//
// Cycles run on the host, also for a method that runs on a GPU.
#pragma once

#include <vector>

#include "solver/device/arrangement.hpp"
#include "solver/methods/hierarchy.hpp"
#include "solver/preconditioners/preconditioner.hpp"

namespace steady {

template <class Vector>
class MultilevelPreconditioner final : public Preconditioner<Vector> {
 public:
  MultilevelPreconditioner(const Irreducible& chain, const Inflow<Vector>& inflow, const Vector& x)
      : inflow_(inflow), hierarchy_(chain, rearranged(inflow, x)), z_(inflow.size()) {
    std::vector<double> corrected = rearranged(inflow, x);
    hierarchy_.correct(corrected);
    passes_ = 5 + 5 * hierarchy_.coarse_entries() / chain.inflow.entries();
  }

  void apply(const Vector& b, Vector& z) const override {
    hierarchy_.cycle(rearranged(inflow_, b).data(), z_.data());
    z = arranged(inflow_, z_);
  }

  void apply_and_multiply(const Vector& b, Vector& z, Vector& w) const override {
    apply(b, z);
    inflow_.residual(z, w);
    scale(-1, w);  // w = z D - z R
  }

  std::size_t apply_passes() const override { return passes_; }
  std::size_t multiply_passes() const override { return passes_ + 1; }

 private:
  const Inflow<Vector>& inflow_;
  mutable Hierarchy hierarchy_;
  mutable std::vector<double> z_;
  std::size_t passes_;
};

}  // namespace steady
