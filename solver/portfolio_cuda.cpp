#include "solver/portfolio_cuda.hpp"

#include "formats/base/memory.hpp"
#include "formats/vectors/cuda.hpp"
#include "solver/portfolio_runner.hpp"

namespace steady::detail {
namespace {

void require_room(std::uint64_t bytes) {
  const Gpus gpus = find_gpus();
  if (!gpus.reason.empty()) throw Error(gpus.reason, Error::Cause::machine);
  const Gpu& gpu = gpus.list.front();
  if (bytes > gpu.free_bytes)
    throw NoRoom(
        fmt::format("the GPU ({}) has too little memory: about {:.2f} GiB are needed, {:.2f} of {:.2f} GiB are "
                    "free; --device cpu, or a smaller --storage or --restart",
                    gpu.name, static_cast<double>(bytes) / gib, static_cast<double>(gpu.free_bytes) / gib,
                    static_cast<double>(gpu.total_bytes) / gib));
}

}  // namespace

Stationary find_stationary_on_cuda(const IrreducibleChain& chain, const Options& options, const Observer& observer,
                                   const InitialGuess& from) {
  require_room(0);
  const DeviceKernels<CudaVector> device{Device::cuda, cuda_kernels(), require_room};
  return Portfolio(device, chain, options, observer, from).run();
}

}  // namespace steady::detail
