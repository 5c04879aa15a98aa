// Errors, and the device.
#include <cstdio>
#include <cstring>
#include <utility>

#include "tests/ptx/device_memory.hpp"
#include "tests/ptx/runtime.hpp"

namespace ptx {
namespace {

cudaError_t last = cudaSuccess, lasting = cudaSuccess;
std::string violation;

}  // namespace

cudaError_t failed(cudaError_t status) {
  if (status != cudaSuccess) last = status;
  return status;
}

cudaError_t violated(const std::string& what) {
  std::fprintf(stderr, "ptx: %s\n", what.c_str());
  violation = what;
  return last = lasting = cudaErrorLaunchFailure;
}

cudaError_t lasting_error() { return lasting; }

}  // namespace ptx

extern "C" {

const char* cudaGetErrorString(cudaError_t status) {
  static std::string text;
  text = status == ptx::lasting_error() && status != cudaSuccess ? ptx::violation : "error " + std::to_string(status);
  return text.c_str();
}

cudaError_t cudaGetLastError() { return std::exchange(ptx::last, ptx::lasting); }

cudaError_t cudaDriverGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 1;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
  *properties = {};
  std::strcpy(properties->name, "PTX interpreter");
  properties->totalGlobalMem = ptx::DeviceMemory::total_bytes;
  properties->major = 9;
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  *total = ptx::DeviceMemory::total_bytes;
  *free = *total - ptx::device_memory().allocated_bytes();
  return cudaSuccess;
}

}  // extern "C"
