// The storages and kernels. To add one: its file, and a line in list.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <steady/csr.hpp>

#include "formats/chain/levels.hpp"
#include "formats/matrix/footprint.hpp"
#include "formats/matrix/rate_operator.hpp"
#include "formats/matrix/slices.hpp"
#include "formats/vectors/cuda.hpp"
#include "formats/vectors/host.hpp"

namespace steady::detail {

template <class Vector>
struct Kernel {
  Storage storage;
  std::string_view kernel;  // its name
  // What the storage would take for a matrix with its rows in these slices.
  Footprint (*footprint)(const Csr& matrix, const Slices& slices);
  // `orders`: of the sweeps that will be asked for, none, one or both directions; vectors are in the first one's order.
  // Throws Error where the storage does not fit the matrix in such an order.
  std::unique_ptr<RateOperator<Vector>> (*make)(const Csr& inflow, const std::vector<double>& exit_rate,
                                                const LevelOrders& orders);
  bool baseline =
      false;  // another's kernel, to measure ours against: used only where it is asked for, and without sweeps
};

using HostKernel = Kernel<HostVector>;
using CudaKernel = Kernel<CudaVector>;

std::span<const HostKernel> host_kernels();

// Empty in a build without nvcc.
std::span<const CudaKernel> cuda_kernels();

}  // namespace steady::detail
