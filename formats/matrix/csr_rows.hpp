// The host's kernel for Csr: a row a state, row after row. Memory: 12 bytes a transition and 16 a state read in each
// pass, 8 a state written. Sweeps in an order are serial here.
#pragma once

#include <memory>
#include <vector>

#include "formats/matrix/csr.hpp"
#include "formats/matrix/footprint.hpp"
#include "formats/matrix/inflow.hpp"
#include "solver/device/host.hpp"

namespace steady {

Footprint csr_footprint(const Csr& inflow);

// The matrix and the exit rates must outlive the operator.
std::unique_ptr<Inflow<HostVector>> csr_rows(const Csr& inflow, const std::vector<double>& exit_rate);

}  // namespace steady
