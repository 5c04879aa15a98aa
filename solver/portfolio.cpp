#include "solver/portfolio.hpp"

#include <algorithm>

#include "solver/names.hpp"
#include "solver/option_ranges.hpp"
#include "solver/portfolio_cuda.hpp"
#include "solver/portfolio_runner.hpp"

namespace steady::detail {
namespace {

// Of a chain that `auto` takes to a GPU: what is smaller is solved before the GPU has been woken up.
constexpr std::size_t fewest_gpu_states = 10000;

// "auto" and what is in the lists.
std::vector<std::string_view> kernel_names() {
  std::vector<std::string_view> names{"auto"};
  for (const HostKernel& kernel : host_kernels()) names.push_back(kernel.kernel);
  for (const CudaKernel& kernel : cuda_kernels()) names.push_back(kernel.kernel);
  return names;
}

bool auto_takes_cuda(const IrreducibleChain& chain, const Options& options) {
  if (chain.inflow.rows() < fewest_gpu_states || options.method == Method::gth || options.precision == Precision::mixed)
    return false;
  const auto multiplies = [&](const CudaKernel& kernel) {
    return (options.storage == Storage::automatic || options.storage == kernel.storage) &&
           (options.kernel == "auto" || options.kernel == kernel.kernel);
  };
  const std::span<const CudaKernel> kernels = cuda_kernels();
  return std::any_of(kernels.begin(), kernels.end(), multiplies) && find_gpus().reason.empty();
}

}  // namespace

Stationary find_stationary(const IrreducibleChain& chain, const Options& options, const Observer& observer,
                           const InitialGuess& from) {
  if (options.device == Device::cuda) return find_stationary_on_cuda(chain, options, observer, from);
  if (options.device == Device::automatic && auto_takes_cuda(chain, options)) {
    try {
      return find_stationary_on_cuda(chain, options, observer, from);
    } catch (const NoRoom&) {  // then the host, whose memory is larger
    }
  }
  const DeviceKernels<HostVector> device{Device::cpu, host_kernels(), [](std::uint64_t) {}};
  return Portfolio(device, chain, options, observer, from).run();
}

}  // namespace steady::detail

void steady::check_options(const Options& options) {
  using namespace detail;
  name(options.method);  // throws where there is none
  name(options.preconditioner);
  name(options.direction);
  name(options.storage);
  name(options.device);
  name(options.precision);
  require_known("kernel", options.kernel, kernel_names());
  require_in_range("tolerance", options.tolerance);
  require_in_range("restart", static_cast<double>(options.restart));
  require_in_range("threads", options.threads);
  require_in_range("time-limit", options.time_limit);
  require_in_range("memory-limit", options.memory_limit);
  require_in_range("relaxation", options.relaxation.value_or(1));
}
