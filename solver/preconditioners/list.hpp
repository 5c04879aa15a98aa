// The preconditioners. To add one: its file, and a line here.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "solver/device/arrangement.hpp"
#include "solver/preconditioners/gauss_seidel.hpp"
#include "solver/preconditioners/ilu0.hpp"
#include "solver/preconditioners/multilevel.hpp"
#include "solver/preconditioners/none.hpp"
#include "solver/preconditioners/symmetric_gauss_seidel.hpp"
#include "solver/preconditioners/two_stage.hpp"
#include "solver/restriction.hpp"

namespace steady {

// What a preconditioner is made from.
template <class Vector>
struct Ground {
  const Irreducible& chain;
  const Inflow<Vector>& inflow;
  const std::vector<Direction>& directions;  // that the operator was made for
  const Vector& x;                           // where the method starts
  // Another matrix of the same pattern with its diagonal, as csr: an operator on the same vectors.
  std::function<std::unique_ptr<Inflow<Vector>>(const Csr& matrix, const std::vector<double>& diagonal)> make_like;
};

template <class Vector>
struct PreconditionerEntry {
  std::string_view name;
  std::size_t directions;  // that it sweeps in
  std::unique_ptr<Preconditioner<Vector>> (*make)(const Ground<Vector>& ground);
  // The same on floats, from an operator on floats alone; null where there is none.
  std::unique_ptr<Preconditioner<typename Vector::Single>> (*make_single)(
      const Ground<typename Vector::Single>& ground);
};

template <class Vector>
std::unique_ptr<Preconditioner<Vector>> no_preconditioner(const Ground<Vector>& ground) {
  return std::make_unique<NoPreconditioner<Vector>>(ground.inflow);
}

template <class Vector>
std::unique_ptr<Preconditioner<Vector>> gauss_seidel_preconditioner(const Ground<Vector>& ground) {
  return std::make_unique<GaussSeidelPreconditioner<Vector>>(ground.inflow, ground.directions[0]);
}

template <class Vector>
std::unique_ptr<Preconditioner<Vector>> two_stage_preconditioner(const Ground<Vector>& ground) {
  return std::make_unique<TwoStagePreconditioner<Vector>>(ground.inflow, ground.directions[0]);
}

template <class Vector>
std::unique_ptr<Preconditioner<Vector>> symmetric_gauss_seidel_preconditioner(const Ground<Vector>& ground) {
  return std::make_unique<SymmetricGaussSeidelPreconditioner<Vector>>(
      ground.inflow, ground.directions[0], ground.directions[1], arranged(ground.inflow, ground.chain.exit_rate));
}

template <class Vector>
std::unique_ptr<Preconditioner<Vector>> ilu0_preconditioner(const Ground<Vector>& ground) {
  const IncompleteFactors factors = factorise(ground.chain.inflow, ground.chain.exit_rate, ground.directions[0]);
  return std::make_unique<Ilu0Preconditioner<Vector>>(ground.inflow, ground.make_like(factors.matrix, factors.diagonal),
                                                      arranged(ground.inflow, factors.diagonal), ground.directions[0],
                                                      ground.directions[1]);
}

template <class Vector>
std::unique_ptr<Preconditioner<Vector>> multilevel_preconditioner(const Ground<Vector>& ground) {
  return std::make_unique<MultilevelPreconditioner<Vector>>(ground.chain, ground.inflow, ground.directions[1],
                                                            ground.directions[0], ground.x);
}

template <class Vector>
inline constexpr PreconditionerEntry<Vector> preconditioners[] = {
    {"none", 0, no_preconditioner<Vector>, no_preconditioner<typename Vector::Single>},
    {"gauss-seidel", 1, gauss_seidel_preconditioner<Vector>, gauss_seidel_preconditioner<typename Vector::Single>},
    {"two-stage", 1, two_stage_preconditioner<Vector>, two_stage_preconditioner<typename Vector::Single>},
    {"symmetric-gauss-seidel", 2, symmetric_gauss_seidel_preconditioner<Vector>,
     symmetric_gauss_seidel_preconditioner<typename Vector::Single>},
    {"ilu0", 2, ilu0_preconditioner<Vector>, nullptr},
    {"multilevel", 2, multilevel_preconditioner<Vector>, nullptr},
};

}  // namespace steady
