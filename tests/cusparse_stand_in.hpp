// What the stand-in for cuSPARSE asks of what runs kernels: the emulator and the interpreter of PTX have it each.
#pragma once

#include <cuda_runtime.h>

#include <functional>

namespace stand_in {

// Queues it on the stream, or puts it into the graph that the stream captures.
cudaError_t submit(cudaStream_t stream, std::function<void()> work);

}  // namespace stand_in
