// The stand-in for the CUDA runtime: what its parts know of each other.
//
// Work is done as late as CUDA allows: when the host waits for it, copies from the device, or frees memory. A stream
// that nobody waits for does nothing.
#pragma once

#include <cuda_runtime_api.h>

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace ptx {

using Work = std::function<void()>;

// A place in a stream: all that was queued there up to this ticket.
struct Point {
  CUstream_st* stream = nullptr;
  std::size_t ticket = 0;
};

// What a graph does: work, or what its body does as long as the condition is not 0.
struct Node {
  Work work;
  cudaGraphConditionalHandle condition = 0;
  std::shared_ptr<CUgraph_st> body;
};

// --- errors (cuda_device.cpp) ---

// Remembers it for cudaGetLastError.
cudaError_t failed(cudaError_t status);
// Says what was violated; every later call fails, as after a fault on a device.
cudaError_t violated(const std::string& what);
// What went wrong for good; cudaSuccess at first.
cudaError_t lasting_error();

// --- streams (cuda_streams.cpp) ---

// Queues it, or puts it into the graph that the stream captures.
cudaError_t submit(cudaStream_t stream, Work work);
// All that was queued on the stream is done; on all of them.
cudaError_t finish(cudaStream_t stream);
cudaError_t finish_all();
// A violation where a stream captures: `call` waits, or touches memory.
cudaError_t refuse_while_capturing(const char* call);

// --- graphs (cuda_graphs.cpp) ---

void run(const CUgraph_st& graph);

// --- launches (cuda_launches.cpp) ---

// The names of kernels that nobody asked for. Of a template that is in several modules one is enough: which one is
// launched is up to the linker.
std::set<std::string> unused_kernels();

}  // namespace ptx

struct CUgraph_st {
  std::vector<ptx::Node> nodes;
  std::vector<std::pair<cudaGraphConditionalHandle, unsigned>> defaults;  // of conditions, at each launch
  CUgraph_st* self = nullptr;                                             // of a body: what CUDA hands out
  bool is_instantiated = false;
};

struct CUstream_st {
  struct Item {
    std::size_t ticket;
    ptx::Work work;
  };

  std::deque<Item> queue;
  CUgraph_st* captures = nullptr;
};
