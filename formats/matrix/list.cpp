#include "formats/matrix/list.hpp"

#include "formats/matrix/csr_rows.hpp"

namespace steady {
namespace {

constexpr HostKernel kernels[] = {
    {"csr", "csr-rows", csr_footprint, csr_rows},
};

}  // namespace

std::span<const HostKernel> host_kernels() { return kernels; }

}  // namespace steady
