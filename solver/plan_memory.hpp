// What memory a plan takes, and that it is within the limit.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include <steady/error.hpp>
#include <steady/options.hpp>

#include "formats/base/memory.hpp"
#include "solver/kernel_choice.hpp"
#include "solver/plan.hpp"
#include "solver/structure/subchain.hpp"

namespace steady::detail {

inline double bytes_of(const IrreducibleChain& chain) {
  return 12.0 * static_cast<double>(chain.inflow.entries()) +
         static_cast<double>((sizeof(std::uint64_t) + sizeof(double)) * chain.inflow.rows());
}

// What an elimination may keep in what memory the chain leaves.
inline std::uint64_t entries_within_limit(const IrreducibleChain& chain, const Options& options) {
  if (options.memory_limit <= 0) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(
      std::max(0.0, 0.7 * (options.memory_limit * gib - bytes_of(chain)) / sizeof(double)));
}

inline void require_within_limit(const IrreducibleChain& chain, const Options& options, std::uint64_t bytes) {
  const double needed = (bytes_of(chain) + static_cast<double>(bytes)) / gib;
  if (options.memory_limit > 0 && needed > options.memory_limit)
    throw Error(fmt::format("about {:.3g} GiB of memory are needed, more than --memory-limit {:.3g}", needed,
                            options.memory_limit),
                Error::Cause::machine);
}

// What the operator and the method's vectors take, about.
template <class Vector>
std::uint64_t bytes_for(const FittingKernel<Vector>& fitting, const Plan<Vector>& plan, const IrreducibleChain& chain,
                        const Options& options) {
  const std::uint64_t orders = std::max<std::size_t>(plan.directions.size(), 1);
  const std::uint64_t work_space = orders > 1 ? 4 : 2;
  const std::uint64_t vectors = 1 + plan.method->vectors(options.restart) + orders + work_space;  // x; exit rates
  const MethodConfig config = config_of(plan);
  const bool multilevel = config.method == Method::multilevel || config.preconditioner == Preconditioner::multilevel;
  const std::uint64_t bytes_a_transition = multilevel ? 24 : config.preconditioner == Preconditioner::ilu0 ? 36 : 0;
  return orders * fitting.bytes + vectors * sizeof(double) * chain.inflow.rows() +
         bytes_a_transition * chain.inflow.entries();
}

}  // namespace steady::detail
