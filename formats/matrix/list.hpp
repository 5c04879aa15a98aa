// The storages and kernels. To add one: its file, and a line in list.cpp.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/matrix/csr.hpp"
#include "formats/matrix/footprint.hpp"
#include "formats/matrix/inflow.hpp"
#include "solver/device/host.hpp"

namespace steady {

struct HostKernel {
  std::string_view storage;
  std::string_view kernel;
  Footprint (*footprint)(const Csr& inflow);
  std::unique_ptr<Inflow<HostVector>> (*make)(const Csr& inflow, const std::vector<double>& exit_rate);
};

std::span<const HostKernel> host_kernels();

}  // namespace steady
