#include "solver/portfolio.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "solver/option_ranges.hpp"
#include "solver/portfolio_cuda.hpp"
#include "solver/portfolio_runner.hpp"

namespace steady {
namespace {

// Of a chain that `auto` takes to a GPU: what is smaller is solved before the GPU has been woken up.
constexpr std::size_t fewest_gpu_states = 10000;

void require_known(std::string_view option, const std::string& value) {
  const std::vector<std::string_view> known = option_values(option);
  if (std::find(known.begin(), known.end(), value) != known.end()) return;
  throw Error(fmt::format("{} \"{}\" is not built; there is: {}", option, value, fmt::join(known, ", ")));
}

bool auto_takes_cuda(const IrreducibleChain& chain, const Options& options) {
  if (chain.inflow.rows() < fewest_gpu_states || options.method == "gth" || options.precision == "mixed") return false;
  const auto multiplies = [&](const CudaKernel& kernel) {
    return (options.storage == "auto" || options.storage == kernel.storage) &&
           (options.kernel == "auto" || options.kernel == kernel.kernel);
  };
  const std::span<const CudaKernel> kernels = cuda_kernels();
  return std::any_of(kernels.begin(), kernels.end(), multiplies) && find_gpus().reason.empty();
}

}  // namespace

std::vector<std::string_view> option_values(std::string_view option) {
  std::vector<std::string_view> values{"auto"};
  const auto add = [&values](const auto& list, auto name) {
    for (const auto& entry : list) values.push_back(entry.*name);
  };
  if (option == "method") add(methods<HostVector>, &Method<HostVector>::name);
  if (option == "preconditioner") add(preconditioners<HostVector>, &PreconditionerEntry<HostVector>::name);
  if (option == "direction") values.insert(values.end(), {"forward", "backward", "symmetric"});
  if (option == "storage") add(host_kernels(), &HostKernel::storage);
  if (option == "kernel") add(host_kernels(), &HostKernel::kernel), add(cuda_kernels(), &CudaKernel::kernel);
  if (option == "device") values.insert(values.end(), {"cpu", "cuda"});
  if (option == "precision") values.insert(values.end(), {"double", "mixed"});
  return values;
}

void check_options(const Options& options) {
  require_known("method", options.method);
  require_known("preconditioner", options.preconditioner);
  require_known("direction", options.direction);
  require_known("storage", options.storage);
  require_known("kernel", options.kernel);
  require_known("device", options.device);
  require_known("precision", options.precision);
  require_in_range("tolerance", options.tolerance);
  require_in_range("restart", static_cast<double>(options.restart));
  require_in_range("threads", options.threads);
  require_in_range("time-limit", options.time_limit);
  require_in_range("memory-limit", options.memory_limit);
  require_in_range("relaxation", options.relaxation.value_or(1));
}

Stationary find_stationary(const IrreducibleChain& chain, const Options& options, const Observer& observer,
                           const InitialGuess& from) {
  if (options.device == "cuda") return find_stationary_on_cuda(chain, options, observer, from);
  if (options.device == "auto" && auto_takes_cuda(chain, options)) {
    try {
      return find_stationary_on_cuda(chain, options, observer, from);
    } catch (const NoRoom&) {  // then the host, whose memory is larger
    }
  }
  const Device<HostVector> device{"cpu", host_kernels(), [](std::uint64_t) {}};
  return Portfolio(device, chain, options, observer, from).run();
}

}  // namespace steady
