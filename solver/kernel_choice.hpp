// Which storages fit a chain, and how much memory each would take.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <steady/error.hpp>
#include <steady/options.hpp>

#include "formats/chain/row_sample.hpp"
#include "formats/matrix/list.hpp"

namespace steady::detail {

template <class Vector>
struct FittingKernel {
  const Kernel<Vector>* kernel;
  std::uint64_t bytes;
};

// The kernels that the options allow and whose storage fits, the smallest first. Bytes are counted in the states' own
// order and of a large chain for a sample of its rows, as counting all of them or in level order would cost as much as
// the conversion: a few more bytes in two parts do not turn the order of storages that differ by factors.
template <class Vector>
std::vector<FittingKernel<Vector>> choose_kernels(std::span<const Kernel<Vector>> kernels, const Csr& matrix,
                                                  const Options& options) {
  const std::optional<Csr> sample = sample_of_rows(matrix);
  const Csr& rows = sample ? *sample : matrix;
  const double share = static_cast<double>(rows.rows()) / static_cast<double>(matrix.rows());
  const State start[] = {0, static_cast<State>(rows.rows())};
  const Slices slices = make_slices(start);
  std::vector<FittingKernel<Vector>> fitting;
  std::string reasons;
  std::optional<Storage> counted;
  Footprint footprint;
  for (const Kernel<Vector>& kernel : kernels) {
    if (options.storage != Storage::automatic && options.storage != kernel.storage) continue;
    if (options.kernel != kernel.kernel && (options.kernel != "auto" || kernel.baseline)) continue;
    if (counted != kernel.storage) {
      counted = kernel.storage;
      footprint = kernel.footprint(rows, slices);
      footprint.bytes = static_cast<std::uint64_t>(static_cast<double>(footprint.bytes) / share);
      if (!footprint.reason.empty())
        reasons += fmt::format("storage {} does not fit this chain: {}", name(kernel.storage), footprint.reason);
    }
    if (footprint.reason.empty()) fitting.push_back({&kernel, footprint.bytes});
  }
  if (fitting.empty() && !reasons.empty()) throw Error(reasons);
  if (fitting.empty())
    throw Error(fmt::format("kernel {} does not multiply storage {}", options.kernel, name(options.storage)));
  std::stable_sort(fitting.begin(), fitting.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  return fitting;
}

// The one that multiplies csr, which fits every matrix.
template <class Vector>
const Kernel<Vector>& csr_kernel(std::span<const Kernel<Vector>> kernels) {
  return *std::find_if(kernels.begin(), kernels.end(),
                       [](const Kernel<Vector>& kernel) { return kernel.storage == Storage::csr && !kernel.baseline; });
}

// make(fitting kernel), an operator, for the first whose storage fits as it is wanted there, too; those before it are
// dropped. Throws what make() throws for the last one, or for want of memory.
template <class Vector, class Make>
std::unique_ptr<RateOperator<Vector>> first_that_fits(std::vector<FittingKernel<Vector>>& fitting, Make make) {
  while (true) {
    try {
      return make(fitting.front());
    } catch (const Error& error) {
      if (error.cause == Error::Cause::machine || fitting.size() == 1) throw;
      fitting.erase(fitting.begin());
    }
  }
}

// The host's operator in the storage that takes the fewest bytes.
inline std::unique_ptr<RateOperator<HostVector>> smallest_operator(const Csr& matrix,
                                                                   const std::vector<double>& exit_rate,
                                                                   const LevelOrders& orders) {
  auto fitting = choose_kernels(host_kernels(), matrix, {});
  return first_that_fits(fitting, [&](const auto& one) { return one.kernel->make(matrix, exit_rate, orders); });
}

}  // namespace steady::detail
