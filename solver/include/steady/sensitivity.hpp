/// @file
/// How a long-run value changes with a constant of the model: by one adjoint solve a reward or label, whatever the
/// number of constants (Cao and Chen 1997, perturbation realization; docs/certificate.md has the proof of the bounds).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <steady/certify.hpp>
#include <steady/chain.hpp>
#include <steady/measures.hpp>
#include <steady/model.hpp>
#include <steady/solve.hpp>

namespace steady {

/// A number, and between which ones the exact one lies where that is proven.
struct ProvenNumber {
  double value;  ///< as computed; not a number where that failed
  double lower;  ///< proven: the exact number is at least this; minus infinity where nothing is proven
  double upper;  ///< likewise: at most this; infinity where nothing is proven
};

/// How a value changes with one constant.
struct Sensitivity {
  std::string constant;     ///< its name
  ProvenNumber derivative;  ///< d value / d constant, of the rates and derivatives as stored
  ProvenNumber elasticity;  ///< that times constant / value: the relative change of the value over that of the constant
};

/// Throws Error, naming the property, for a query that has no sensitivities: one with a filter or a connective.
void require_differentiable(const Query& query);

/// The sensitivities of a query's value before it is compared, by each of model.derivatives; totals until a target are
/// from the initial distribution. `solution`: of the model's chain; bounds of long-run averages are proven where
/// `certificate` is. Throws Error as require_differentiable() and require_whole(), and where a rate that is 0 would
/// lead out of a bottom component, or from where the target is reached for certain to where it may not be.
std::vector<Sensitivity> sensitivities(const Model& model, const Query& query, const Solution& solution,
                                       const std::optional<Certificate>& certificate = std::nullopt,
                                       const Options& options = {}, const Observer& observer = {});

}  // namespace steady
