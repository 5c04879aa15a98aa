// What a build without nvcc has in place of the GPU part.
#include <steady/error.hpp>

#include "formats/matrix/list.hpp"
#include "solver/portfolio_cuda.hpp"

namespace steady::detail {

Gpus find_gpus() { return {"", "", {}, "no CUDA device: this build has no GPU part (nvcc was not found)"}; }

std::span<const CudaKernel> cuda_kernels() { return {}; }

Stationary find_stationary_on_cuda(const IrreducibleChain&, const Options&, const Observer&, const InitialGuess&) {
  throw Error(find_gpus().reason, Error::Cause::machine);
}

}  // namespace steady::detail
