// Modules, kernels and their launches.
#include <cstring>
#include <set>
#include <unordered_map>

#include "tests/ptx/block.hpp"
#include "tests/ptx/fat_binary.hpp"
#include "tests/ptx/reader.hpp"
#include "tests/ptx/runtime.hpp"
#include "tests/ptx/violation.hpp"

namespace ptx {
namespace {

constexpr std::size_t shared_per_block = 48 << 10, shared_per_block_opted = 227 << 10;

// Read when its first kernel is launched.
class Module {
 public:
  explicit Module(const void* wrapper) : wrapper_(wrapper) {}

  const Function& kernel(const std::string& name) {
    if (functions_.empty()) functions_ = read_module(ptx_of(wrapper_));
    const auto found = functions_.find(name);
    if (found == functions_.end() || !found->second->is_kernel) throw Violation("no PTX for kernel " + name);
    return *found->second;
  }

 private:
  const void* wrapper_;
  Functions functions_;
};

struct Kernel {
  Module* module = nullptr;
  std::string name;
  bool is_used = false;
  std::size_t dynamic_shared_limit = 0;  // 0: what is left of the usual

  const Function& function() const { return module->kernel(name); }
};

std::unordered_map<const void*, Kernel>& kernels() {  // registered before main
  static std::unordered_map<const void*, Kernel> all;
  return all;
}

Races& races() {
  static Races all;
  return all;
}

void run(const Launch& launch) {
  races().begin_launch();
  Block block(launch, races(), schedule());
  for (const std::uint32_t number : schedule().turn(launch.blocks)) block.run(number);
}

std::size_t shared_limit(const Kernel& kernel) {
  return kernel.dynamic_shared_limit > 0 ? kernel.dynamic_shared_limit
                                         : shared_per_block - kernel.function().static_shared_bytes;
}

cudaError_t launch(const void* host_function, const dim3& grid, const dim3& block, void** arguments,
                   std::size_t shared_bytes, cudaStream_t stream) {
  try {
    Kernel& kernel = kernels().at(host_function);
    const Function& function = kernel.function();
    kernel.is_used = true;
    if (grid.y * grid.z * block.y * block.z != 1) throw Violation("a launch in more than one dimension");
    if (grid.x == 0 || grid.x > 0x7fffffff || block.x == 0 || block.x > function.most_threads)
      throw Violation("a launch of " + std::to_string(grid.x) + " blocks of " + std::to_string(block.x) + " threads");
    if (shared_bytes > shared_limit(kernel))
      throw Violation("a launch with " + std::to_string(shared_bytes) + " bytes of shared memory");
    Launch work{&function, grid.x, block.x, static_cast<std::uint32_t>(shared_bytes), {}};
    work.parameters.resize(function.parameter_bytes);
    for (std::size_t k = 0; k < function.parameters.size(); ++k)
      std::memcpy(work.parameters.data() + function.parameters[k].offset, arguments[k], function.parameters[k].bytes);
    return submit(stream, [work = std::move(work)] { run(work); });
  } catch (const Violation& violation) {
    return violated(violation.what());
  }
}

struct Configuration {
  dim3 grid, block;
  std::size_t shared_bytes;
  cudaStream_t stream;
};
thread_local Configuration pushed;

}  // namespace

std::set<std::string> unused_kernels() {
  std::set<std::string> unused;
  for (const auto& [host_function, kernel] : kernels()) unused.insert(kernel.name);
  for (const auto& [host_function, kernel] : kernels())
    if (kernel.is_used) unused.erase(kernel.name);
  return unused;
}

}  // namespace ptx

extern "C" {

// --- what nvcc's own code calls: CUDA's crt/host_runtime.h ---

void** __cudaRegisterFatBinary(void* wrapper) { return reinterpret_cast<void**>(new ptx::Module(wrapper)); }
void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void** module) { delete reinterpret_cast<ptx::Module*>(module); }

void __cudaRegisterFunction(void** module, const char* host_function, char*, const char* name, int, uint3*, uint3*,
                            dim3*, dim3*, int*) {
  ptx::kernels()[host_function] = {reinterpret_cast<ptx::Module*>(module), name};
}

unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, std::size_t shared_bytes, CUstream_st* stream) {
  ptx::pushed = {grid, block, shared_bytes, stream};
  return 0;
}

cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, std::size_t* shared_bytes, void* stream) {
  *grid = ptx::pushed.grid;
  *block = ptx::pushed.block;
  *shared_bytes = ptx::pushed.shared_bytes;
  *static_cast<cudaStream_t*>(stream) = ptx::pushed.stream;
  return cudaSuccess;
}

cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* host_function) {
  *kernel = static_cast<cudaKernel_t>(const_cast<void*>(host_function));
  return cudaSuccess;
}

cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3 grid, dim3 block, void** arguments, std::size_t shared_bytes,
                               cudaStream_t stream) {
  return ptx::launch(kernel, grid, block, arguments, shared_bytes, stream);
}

// --- the runtime's ---

cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* host_function, void** arguments) {
  if (config->numAttrs != 0) return ptx::violated("a launch with attributes");
  return ptx::launch(host_function, config->gridDim, config->blockDim, arguments, config->dynamicSmemBytes,
                     config->stream);
}

cudaError_t cudaFuncSetAttribute(const void* host_function, cudaFuncAttribute attribute, int value) {
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize) return cudaSuccess;
  ptx::Kernel& kernel = ptx::kernels().at(host_function);
  const auto bytes = static_cast<std::size_t>(value);
  if (value < 0 || bytes + kernel.function().static_shared_bytes > ptx::shared_per_block_opted)
    return ptx::failed(cudaErrorInvalidValue);
  kernel.dynamic_shared_limit = bytes;
  return cudaSuccess;
}

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void* host_function) {
  ptx::Kernel& kernel = ptx::kernels().at(host_function);
  kernel.is_used = true;  // it is there to be looked at
  *attributes = {};
  attributes->maxThreadsPerBlock = static_cast<int>(kernel.function().most_threads);
  return cudaSuccess;
}

}  // extern "C"
