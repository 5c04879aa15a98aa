// Kernel launches as functions, so that a kernel's file is plain C++ and also compiles for the emulator. Nothing
// here waits for the device.
#pragma once

#include <cuda_runtime.h>

#include <cstddef>
#include <source_location>
#include <string>

#include <steady/error.hpp>

namespace steady::detail {

// Throws Error of cause machine, with CUDA's own message and the place of the call.
inline void check(cudaError_t status, std::source_location place = std::source_location::current()) {
  if (status == cudaSuccess) return;
  throw Error(std::string("CUDA: ") + cudaGetErrorString(status) + " (" + place.file_name() + ":" +
                  std::to_string(place.line()) + ")",
              Error::Cause::machine);
}

// kernel<<<grid, block, shared_bytes, stream>>>(arguments...). A grid of no blocks does nothing.
template <typename... Parameters, typename... Arguments>
void launch(void (*kernel)(Parameters...), dim3 grid, dim3 block, std::size_t shared_bytes, cudaStream_t stream,
            const Arguments&... arguments) {
  if (grid.x == 0 || grid.y == 0 || grid.z == 0) return;
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = block;
  config.dynamicSmemBytes = shared_bytes;
  config.stream = stream;
  check(cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...));
}

// The stream that this thread queues on: the library's, or while a graph is recorded the recorder's (graph.cuh).
cudaStream_t current_stream();

// The one stream of the library, for all threads. The default stream, on which a program that embeds the library may
// have work of its own, does not wait for it, nor it for that.
cudaStream_t own_stream();

// A launch on it: that of every operation of a method.
template <typename... Parameters, typename... Arguments>
void queue(void (*kernel)(Parameters...), dim3 grid, dim3 block, std::size_t shared_bytes,
           const Arguments&... arguments) {
  launch(kernel, grid, block, shared_bytes, current_stream(), arguments...);
}

}  // namespace steady::detail
