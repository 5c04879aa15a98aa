#include <cuda_runtime.h>

#include "formats/vectors/gpus.hpp"

namespace steady::detail {

namespace {

__global__ void nothing() {}  // it can be loaded where this build has code for the device

std::string message(cudaError_t status) {
  (void)cudaGetLastError();
  return cudaGetErrorString(status);
}

Gpu describe(int device) {
  Gpu gpu;
  cudaDeviceProp properties;
  if (const cudaError_t status = cudaGetDeviceProperties(&properties, device); status != cudaSuccess) {
    gpu.reason = message(status);
    return gpu;
  }
  gpu.name = properties.name;
  gpu.major = properties.major;
  gpu.minor = properties.minor;
  gpu.total_bytes = properties.totalGlobalMem;
  return gpu;
}

// Of the current device: whether our kernels run on it, and how much memory is free.
void try_out(Gpu& gpu) {
  cudaFuncAttributes attributes;
  std::size_t free_bytes = 0, total_bytes = 0;
  cudaError_t status = cudaFuncGetAttributes(&attributes, nothing);
  if (status == cudaSuccess) status = cudaMemGetInfo(&free_bytes, &total_bytes);
  if (status != cudaSuccess) gpu.reason = message(status);
  gpu.free_bytes = free_bytes;
}

std::string version(int number) { return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10); }

}  // namespace

Gpus find_gpus() {
  Gpus gpus;
  int driver = 0, runtime = 0, count = 0;
  if (cudaRuntimeGetVersion(&runtime) == cudaSuccess) gpus.runtime = version(runtime);
  if (cudaDriverGetVersion(&driver) == cudaSuccess && driver > 0) gpus.driver = version(driver);
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (gpus.driver.empty()) {
    gpus.reason =
        "no CUDA device: no NVIDIA driver for the runtime of CUDA " + gpus.runtime + " (" + message(status) + ")";
    return gpus;
  }
  if (status != cudaSuccess || count == 0) {
    gpus.reason = "no CUDA device: driver for CUDA " + gpus.driver + ", runtime of CUDA " + gpus.runtime + ", " +
                  (status == cudaSuccess ? "no GPU" : message(status));
    return gpus;
  }
  for (int device = 0; device < count; ++device) gpus.list.push_back(describe(device));
  if (gpus.list.front().reason.empty()) try_out(gpus.list.front());
  if (!gpus.list.front().reason.empty())
    gpus.reason = "no CUDA device that can be used: " + gpus.list.front().name + ": " + gpus.list.front().reason;
  return gpus;
}

}  // namespace steady::detail
