// The preconditioners. To add one: its file, a line here, and its name in solver/names.hpp.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <steady/options.hpp>

#include "formats/matrix/arrangement.hpp"
#include "solver/preconditioners/gauss_seidel.hpp"
#include "solver/preconditioners/ilu0.hpp"
#include "solver/preconditioners/multilevel.hpp"
#include "solver/preconditioners/none.hpp"
#include "solver/preconditioners/symmetric_gauss_seidel.hpp"
#include "solver/preconditioners/two_stage.hpp"
#include "solver/structure/subchain.hpp"

namespace steady::detail {

// What a preconditioner is made from.
template <class Vector>
struct PreconditionerInput {
  const IrreducibleChain& chain;
  const RateOperator<Vector>& inflow;
  const std::vector<Direction>& directions;  // that the operator was made for
  const Vector& x;                           // where the method starts
  // Another matrix of the same pattern with its diagonal, as csr: an operator on the same vectors.
  std::function<std::unique_ptr<RateOperator<Vector>>(const Csr& matrix, const std::vector<double>& diagonal)>
      make_like;
};

template <class Vector>
struct PreconditionerEntry {
  Preconditioner preconditioner;
  std::size_t directions;  // that it sweeps in
  std::unique_ptr<PreconditionerOperator<Vector>> (*make)(const PreconditionerInput<Vector>& input);
  // The same on floats, from an operator on floats alone; null where there is none.
  std::unique_ptr<PreconditionerOperator<typename Vector::Single>> (*make_single)(
      const PreconditionerInput<typename Vector::Single>& input);
};

template <class Vector>
std::unique_ptr<PreconditionerOperator<Vector>> no_preconditioner(const PreconditionerInput<Vector>& input) {
  return std::make_unique<NoPreconditioner<Vector>>(input.inflow);
}

template <class Vector>
std::unique_ptr<PreconditionerOperator<Vector>> gauss_seidel_preconditioner(const PreconditionerInput<Vector>& input) {
  return std::make_unique<GaussSeidelPreconditioner<Vector>>(input.inflow, input.directions[0]);
}

template <class Vector>
std::unique_ptr<PreconditionerOperator<Vector>> two_stage_preconditioner(const PreconditionerInput<Vector>& input) {
  return std::make_unique<TwoStagePreconditioner<Vector>>(input.inflow, input.directions[0]);
}

template <class Vector>
std::unique_ptr<PreconditionerOperator<Vector>> symmetric_gauss_seidel_preconditioner(
    const PreconditionerInput<Vector>& input) {
  return std::make_unique<SymmetricGaussSeidelPreconditioner<Vector>>(
      input.inflow, input.directions[0], input.directions[1], arranged(input.inflow, input.chain.exit_rate));
}

template <class Vector>
std::unique_ptr<PreconditionerOperator<Vector>> ilu0_preconditioner(const PreconditionerInput<Vector>& input) {
  const IncompleteFactors factors = factorise(input.chain.inflow, input.chain.exit_rate, input.directions[0]);
  return std::make_unique<Ilu0Preconditioner<Vector>>(input.inflow, input.make_like(factors.matrix, factors.diagonal),
                                                      arranged(input.inflow, factors.diagonal), input.directions[0],
                                                      input.directions[1]);
}

template <class Vector>
std::unique_ptr<PreconditionerOperator<Vector>> multilevel_preconditioner(const PreconditionerInput<Vector>& input) {
  return std::make_unique<MultilevelPreconditioner<Vector>>(input.chain, input.inflow, input.directions[1],
                                                            input.directions[0], input.x);
}

template <class Vector>
inline constexpr PreconditionerEntry<Vector> preconditioners[] = {
    {Preconditioner::none, 0, no_preconditioner<Vector>, no_preconditioner<typename Vector::Single>},
    {Preconditioner::gauss_seidel, 1, gauss_seidel_preconditioner<Vector>,
     gauss_seidel_preconditioner<typename Vector::Single>},
    {Preconditioner::two_stage, 1, two_stage_preconditioner<Vector>, two_stage_preconditioner<typename Vector::Single>},
    {Preconditioner::symmetric_gauss_seidel, 2, symmetric_gauss_seidel_preconditioner<Vector>,
     symmetric_gauss_seidel_preconditioner<typename Vector::Single>},
    {Preconditioner::ilu0, 2, ilu0_preconditioner<Vector>, nullptr},
    {Preconditioner::multilevel, 2, multilevel_preconditioner<Vector>, nullptr},
};

}  // namespace steady::detail
