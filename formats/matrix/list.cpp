#include "formats/matrix/list.hpp"

#include "formats/matrix/csr_rows.hpp"
#include "formats/matrix/ell_rows.hpp"
#include "formats/matrix/host_operator.hpp"
#include "formats/matrix/hyb_rows.hpp"
#include "formats/matrix/mask_rows.hpp"
#include "formats/matrix/packed_rows.hpp"
#include "formats/matrix/sell_rows.hpp"

namespace steady::detail {
namespace {

// A storage's names stand in its own file.
template <HostStorage Rows>
std::unique_ptr<RateOperator<HostVector>> make(const Csr& inflow, const std::vector<double>& exit_rate,
                                               const LevelOrders& orders) {
  return std::make_unique<HostOperator<Rows>>(inflow, exit_rate, orders);
}

template <HostStorage Rows>
constexpr HostKernel entry = {Rows::storage, Rows::kernel, Rows::footprint, make<Rows>};

constexpr HostKernel kernels[] = {
    entry<CsrRows>, entry<EllRows>, entry<SellRows>, entry<HybRows>, entry<PackedRows>, entry<MaskRows>,
};

}  // namespace

std::span<const HostKernel> host_kernels() { return kernels; }

}  // namespace steady::detail
