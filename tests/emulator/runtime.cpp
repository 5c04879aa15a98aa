// The stand-in for CUDA's host runtime: memory with guards, streams that do everything at once, graphs that are
// lists of what was captured.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

#include "cuda_runtime.h"
#include "tests/cusparse_stand_in.hpp"
#include "tests/emulator/static_shared.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
constexpr std::size_t guard_bytes = 0;  // the sanitizer has its own
#else
static void __asan_poison_memory_region(const void*, std::size_t) {}
static void __asan_unpoison_memory_region(const void*, std::size_t) {}
constexpr std::size_t guard_bytes = 256;
#endif

using Work = std::function<void()>;

struct Node {
  Work work;  // empty in a conditional node
  cudaGraphConditionalHandle handle = 0;
  bool loops = false;
  std::shared_ptr<CUgraph_st> body;
};

struct CUgraph_st {
  std::vector<Node> nodes;
  std::vector<std::pair<cudaGraphConditionalHandle, unsigned>> defaults;
  CUgraph_st* self = nullptr;  // of a body: the array of one graph that CUDA hands out
};

struct CUgraphExec_st {
  CUgraph_st graph;  // as it was when instantiated
};

struct CUstream_st {
  cudaGraph_t captures = nullptr;
};

struct CUevent_st {
  cudaGraph_t captured = nullptr;
  std::size_t submitted = 0;  // what it waits for
  std::chrono::steady_clock::time_point time{};
};

namespace {

constexpr int processors = 4;  // few, so that a grid that fills the device stays cheap
constexpr int threads_per_processor = 2048, blocks_per_processor = 32;
constexpr std::size_t memory_bytes = std::size_t{4} << 30;
constexpr std::size_t shared_per_block = 48 << 10, shared_per_block_opted = 227 << 10, shared_per_processor = 228 << 10;

struct Allocation {
  std::size_t bytes;
  bool host_may_touch;
  void* whole;
};

std::map<char*, Allocation> allocations;
std::size_t allocated = 0;
std::map<const void*, std::size_t> dynamic_shared_limit;
std::map<cudaGraphConditionalHandle, unsigned> conditions;
std::vector<std::unique_ptr<CUstream_st>> streams;
cudaError_t last_error = cudaSuccess;
std::size_t submitted = 0;                   // launches, copies, graphs
std::size_t waits = 0;                       // of the host, for all that was submitted
std::size_t instantiated = 0, launched = 0;  // graphs
simt::Refused refused = simt::Refused::nothing;

// What surrounds an allocation: read as a double, a signalling not-a-number, so that no arithmetic gives it back; and
// another one around each allocation.
unsigned char guard(const char* begin, const char* place) {
  const std::uint64_t word = 0x7ff4'0000'0000'0000 | (reinterpret_cast<std::uintptr_t>(begin) >> 8 & 0xffff'ffff'ffff);
  return static_cast<unsigned char>(word >> reinterpret_cast<std::uintptr_t>(place) % 8 * 8);
}

void write_guards(char* begin, std::size_t bytes) {
  for (char* p = begin - guard_bytes; p < begin; ++p) *p = static_cast<char>(guard(begin, p));
  for (char* p = begin + bytes; p < begin + bytes + guard_bytes; ++p) *p = static_cast<char>(guard(begin, p));
}

cudaError_t failed(cudaError_t status) {
  if (status != cudaSuccess) last_error = status;
  return status;
}

// While it lives, the memory of the device may be touched.
struct DeviceAccess {
  DeviceAccess() {
    for (const auto& [begin, a] : allocations) __asan_unpoison_memory_region(begin, a.bytes);
  }
  ~DeviceAccess() {
    for (const auto& [begin, a] : allocations)
      if (!a.host_may_touch) __asan_poison_memory_region(begin, a.bytes);
  }
};

const std::pair<char* const, Allocation>* allocation_of(const void* pointer) {
  auto after = allocations.upper_bound(static_cast<char*>(const_cast<void*>(pointer)));
  if (after == allocations.begin()) return nullptr;
  --after;
  return static_cast<const char*>(pointer) <= after->first + after->second.bytes ? &*after : nullptr;
}

bool within_device(const void* pointer, std::size_t bytes) {
  const auto* a = allocation_of(pointer);
  return a && static_cast<const char*>(pointer) + bytes <= a->first + a->second.bytes;
}

bool capturing() {
  return std::any_of(streams.begin(), streams.end(), [](const auto& s) { return s->captures; });
}

cudaError_t allocate(void** pointer, std::size_t bytes, bool host_may_touch) {
  *pointer = nullptr;
  if (bytes == 0) return cudaSuccess;
  if (capturing()) return failed(cudaErrorStreamCaptureUnsupported);
  if (bytes > memory_bytes - allocated) return failed(cudaErrorMemoryAllocation);
  void* whole = nullptr;
  if (posix_memalign(&whole, 256, bytes + 2 * guard_bytes) != 0) return failed(cudaErrorMemoryAllocation);
  char* begin = static_cast<char*>(whole) + guard_bytes;
  write_guards(begin, bytes);
  std::memset(begin, simt::fresh_byte(), bytes);
  if (!host_may_touch) __asan_poison_memory_region(begin, bytes);
  allocations[begin] = {bytes, host_may_touch, whole};
  allocated += bytes;
  *pointer = begin;
  return cudaSuccess;
}

void check_guards(const void* kernel) {
  for (const auto& [begin, a] : allocations)
    for (std::size_t k = 0; k < guard_bytes; ++k) {
      const char *below = begin - 1 - k, *behind = begin + a.bytes + k;
      const bool below_changed = static_cast<unsigned char>(*below) != guard(begin, below);
      if (!below_changed && static_cast<unsigned char>(*behind) == guard(begin, behind)) continue;
      write_guards(begin, a.bytes);  // reported once
      throw simt::Violation("kernel " + simt::function_name(kernel) + ": global memory out of bounds: byte " +
                            std::to_string(k) + (below_changed ? " before" : " behind") + " an allocation of " +
                            std::to_string(a.bytes) + " bytes was overwritten");
    }
}

cudaError_t release(void* pointer) {
  if (!pointer) return cudaSuccess;
  const auto found = allocations.find(static_cast<char*>(pointer));
  if (found == allocations.end()) return failed(cudaErrorInvalidValue);
  const Allocation a = found->second;
  allocations.erase(found);
  allocated -= a.bytes;
  __asan_unpoison_memory_region(pointer, a.bytes);
  std::memset(pointer, 0xff, a.bytes);
  std::free(a.whole);
  return cudaSuccess;
}

// Now, or into the graph that the stream captures.
cudaError_t submit(cudaStream_t stream, Work work) {
  if (!stream && capturing()) return failed(cudaErrorStreamCaptureImplicit);
  ++submitted;
  if (stream && stream->captures) {
    stream->captures->nodes.push_back({.work = std::move(work), .handle = 0, .loops = false, .body = nullptr});
  } else {
    work();
  }
  return cudaSuccess;
}

cudaError_t copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  if (bytes == 0) return cudaSuccess;
  if (!to || !from) return failed(cudaErrorInvalidValue);
  const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  const bool known = kind != cudaMemcpyDefault;
  for (const auto& [pointer, device] : {std::pair{static_cast<const void*>(to), to_device}, {from, from_device}}) {
    const auto* a = allocation_of(pointer);
    if ((known && device) || (!known && a)) {
      if (!within_device(pointer, bytes)) return failed(cudaErrorInvalidValue);
    } else if (a && !a->second.host_may_touch && pointer != a->first + a->second.bytes) {
      return failed(cudaErrorInvalidMemcpyDirection);
    }
  }
  return submit(stream, [=] {
    const DeviceAccess access;
    std::memmove(to, from, bytes);
  });
}

cudaError_t fill(void* to, int byte, std::size_t bytes, cudaStream_t stream) {
  if (bytes == 0) return cudaSuccess;
  if (!within_device(to, bytes)) return failed(cudaErrorInvalidValue);
  return submit(stream, [=] {
    const DeviceAccess access;
    std::memset(to, byte, bytes);
  });
}

void run_graph(const CUgraph_st& graph) {
  for (const auto& [handle, value] : graph.defaults) conditions[handle] = value;
  for (const Node& node : graph.nodes) {
    if (node.work) node.work();
    while (node.body && conditions[node.handle] != 0) {
      run_graph(*node.body);
      if (!node.loops) break;
    }
  }
}

cudaError_t begin_capture(cudaStream_t stream, cudaGraph_t graph) {
  if (!stream || stream->captures) return failed(cudaErrorStreamCaptureUnsupported);
  if (refused == simt::Refused::captures) return failed(cudaErrorNotSupported);
  stream->captures = graph;
  return cudaSuccess;
}

}  // namespace

cudaError_t stand_in::submit(cudaStream_t stream, Work work) { return ::submit(stream, std::move(work)); }

// --- launches --------------------------------------------------------------------------------------------------------

namespace simt {

std::size_t waits_for_all() { return waits; }
std::size_t submissions() { return submitted; }
std::size_t graphs_instantiated() { return instantiated; }
std::size_t graphs_launched() { return launched; }
void refuse(Refused what) { refused = what; }

void check_argument(const void* kernel, std::size_t number, const void* pointer) {
  if (pointer && !allocation_of(pointer))
    throw Violation("kernel " + function_name(kernel) + ": argument " + std::to_string(number) +
                    " points to no memory of the device");
}

cudaError_t launch(const cudaLaunchConfig_t& config, const void* kernel, Work call) {
  Launch wanted{config.gridDim, config.blockDim, config.dynamicSmemBytes, false, kernel, std::move(call), {}};
  for (unsigned k = 0; k < config.numAttrs; ++k)
    if (config.attrs[k].id == cudaLaunchAttributeCooperative) wanted.cooperative = config.attrs[k].val.cooperative;
  const dim3 &g = wanted.grid, &b = wanted.block;
  if (g.volume() == 0 || g.x > 0x7fffffff || g.y > 65535 || g.z > 65535 || b.volume() == 0 || b.volume() > 1024 ||
      b.z > 64)
    return failed(cudaErrorInvalidConfiguration);
  const auto limit = dynamic_shared_limit.find(kernel);
  if (wanted.shared_bytes > (limit == dynamic_shared_limit.end() ? shared_per_block : limit->second))
    return failed(cudaErrorInvalidValue);
  if (wanted.cooperative) {
    int resident = 0;
    cudaOccupancyMaxActiveBlocksPerMultiprocessor(&resident, kernel, static_cast<int>(b.volume()), wanted.shared_bytes);
    if (g.volume() > static_cast<std::size_t>(resident) * processors) return failed(cudaErrorCooperativeLaunchTooLarge);
  }
  wanted.after_blocks = [kernel] { check_guards(kernel); };
  return submit(config.stream, [wanted = std::move(wanted)] {
    const DeviceAccess access;
    run(wanted);
  });
}

}  // namespace simt

cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute attribute, int value) {
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize) return cudaSuccess;
  if (value < 0 || static_cast<std::size_t>(value) > shared_per_block_opted) return failed(cudaErrorInvalidValue);
  dynamic_shared_limit[kernel] = std::max<std::size_t>(value, shared_per_block);
  return cudaSuccess;
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void*, int block_size,
                                                          std::size_t dynamic_shared_bytes) {
  if (block_size < 1 || block_size > 1024) return failed(cudaErrorInvalidValue);
  const int warps = (block_size + 31) / 32;
  const int by_shared = static_cast<int>(shared_per_processor / (dynamic_shared_bytes + 1024));
  *blocks = std::min({blocks_per_processor, threads_per_processor / (32 * warps), by_shared});
  return cudaSuccess;
}

// --- errors and the device -------------------------------------------------------------------------------------------

const char* cudaGetErrorName(cudaError_t status) {
  switch (status) {
    case cudaSuccess:
      return "cudaSuccess";
    case cudaErrorInvalidValue:
      return "cudaErrorInvalidValue";
    case cudaErrorMemoryAllocation:
      return "cudaErrorMemoryAllocation";
    case cudaErrorInvalidConfiguration:
      return "cudaErrorInvalidConfiguration";
    case cudaErrorInvalidDevicePointer:
      return "cudaErrorInvalidDevicePointer";
    case cudaErrorInvalidMemcpyDirection:
      return "cudaErrorInvalidMemcpyDirection";
    case cudaErrorInvalidDevice:
      return "cudaErrorInvalidDevice";
    case cudaErrorInvalidResourceHandle:
      return "cudaErrorInvalidResourceHandle";
    case cudaErrorNotReady:
      return "cudaErrorNotReady";
    case cudaErrorCooperativeLaunchTooLarge:
      return "cudaErrorCooperativeLaunchTooLarge";
    case cudaErrorNotSupported:
      return "cudaErrorNotSupported";
    case cudaErrorStreamCaptureUnsupported:
      return "cudaErrorStreamCaptureUnsupported";
    case cudaErrorStreamCaptureUnmatched:
      return "cudaErrorStreamCaptureUnmatched";
    case cudaErrorStreamCaptureImplicit:
      return "cudaErrorStreamCaptureImplicit";
  }
  return "unknown error";
}
const char* cudaGetErrorString(cudaError_t status) { return cudaGetErrorName(status); }
cudaError_t cudaGetLastError() { return std::exchange(last_error, cudaSuccess); }
cudaError_t cudaPeekAtLastError() { return last_error; }

cudaError_t cudaGetDeviceCount(int* count) { return *count = 1, cudaSuccess; }
cudaError_t cudaGetDevice(int* device) { return *device = 0, cudaSuccess; }
cudaError_t cudaSetDevice(int device) { return device == 0 ? cudaSuccess : failed(cudaErrorInvalidDevice); }
cudaError_t cudaDriverGetVersion(int* version) { return *version = 13000, cudaSuccess; }
cudaError_t cudaRuntimeGetVersion(int* version) { return *version = 13000, cudaSuccess; }

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* p, int device) {
  if (device != 0) return failed(cudaErrorInvalidDevice);
  *p = {};
  std::strcpy(p->name, "emulated");
  p->totalGlobalMem = memory_bytes;
  p->sharedMemPerBlock = shared_per_block;
  p->sharedMemPerBlockOptin = shared_per_block_opted;
  p->sharedMemPerMultiprocessor = shared_per_processor;
  p->totalConstMem = 64 << 10;
  p->regsPerBlock = 64 << 10;
  p->warpSize = 32;
  p->maxThreadsPerBlock = 1024;
  p->maxThreadsDim[0] = p->maxThreadsDim[1] = 1024;
  p->maxThreadsDim[2] = 64;
  p->maxGridSize[0] = 0x7fffffff;
  p->maxGridSize[1] = p->maxGridSize[2] = 65535;
  p->major = 9;
  p->multiProcessorCount = processors;
  p->maxThreadsPerMultiProcessor = threads_per_processor;
  p->maxBlocksPerMultiProcessor = blocks_per_processor;
  p->l2CacheSize = 50 << 20;
  p->persistingL2CacheMaxSize = 32 << 20;
  p->memoryBusWidth = 5120;
  p->cooperativeLaunch = p->concurrentKernels = 1;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  cudaDeviceProp p;
  if (const cudaError_t status = cudaGetDeviceProperties(&p, device)) return status;
  switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock:
      *value = p.maxThreadsPerBlock;
      break;
    case cudaDevAttrMaxGridDimX:
      *value = p.maxGridSize[0];
      break;
    case cudaDevAttrMaxSharedMemoryPerBlock:
      *value = static_cast<int>(p.sharedMemPerBlock);
      break;
    case cudaDevAttrWarpSize:
      *value = p.warpSize;
      break;
    case cudaDevAttrMultiProcessorCount:
      *value = p.multiProcessorCount;
      break;
    case cudaDevAttrL2CacheSize:
      *value = p.l2CacheSize;
      break;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
      *value = p.maxThreadsPerMultiProcessor;
      break;
    case cudaDevAttrComputeCapabilityMajor:
      *value = p.major;
      break;
    case cudaDevAttrComputeCapabilityMinor:
      *value = p.minor;
      break;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
      *value = static_cast<int>(p.sharedMemPerMultiprocessor);
      break;
    case cudaDevAttrCooperativeLaunch:
      *value = p.cooperativeLaunch;
      break;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = static_cast<int>(p.sharedMemPerBlockOptin);
      break;
    case cudaDevAttrMaxBlocksPerMultiprocessor:
      *value = p.maxBlocksPerMultiProcessor;
      break;
    default:
      return failed(cudaErrorInvalidValue);
  }
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(std::size_t* free_bytes, std::size_t* total_bytes) {
  *free_bytes = memory_bytes - allocated;
  *total_bytes = memory_bytes;
  return cudaSuccess;
}

cudaError_t cudaDeviceSynchronize() {
  ++waits;
  return capturing() ? failed(cudaErrorStreamCaptureUnsupported) : cudaSuccess;
}

// --- memory ----------------------------------------------------------------------------------------------------------

cudaError_t cudaMalloc(void** pointer, std::size_t bytes) { return allocate(pointer, bytes, false); }
cudaError_t cudaMallocAsync(void** pointer, std::size_t bytes, cudaStream_t) { return allocate(pointer, bytes, false); }
cudaError_t cudaMallocManaged(void** pointer, std::size_t bytes, unsigned) { return allocate(pointer, bytes, true); }
cudaError_t cudaMallocHost(void** pointer, std::size_t bytes) { return allocate(pointer, bytes, true); }
cudaError_t cudaHostAlloc(void** pointer, std::size_t bytes, unsigned) { return allocate(pointer, bytes, true); }
cudaError_t cudaFree(void* pointer) { return release(pointer); }
cudaError_t cudaFreeAsync(void* pointer, cudaStream_t) { return release(pointer); }
cudaError_t cudaFreeHost(void* pointer) { return release(pointer); }

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  ++waits;
  return copy(to, from, bytes, kind, nullptr);
}
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  return copy(to, from, bytes, kind, stream);
}
cudaError_t cudaMemset(void* to, int byte, std::size_t bytes) { return fill(to, byte, bytes, nullptr); }
cudaError_t cudaMemsetAsync(void* to, int byte, std::size_t bytes, cudaStream_t stream) {
  return fill(to, byte, bytes, stream);
}

// --- streams and events ----------------------------------------------------------------------------------------------

cudaError_t cudaStreamCreate(cudaStream_t* stream) {
  streams.push_back(std::make_unique<CUstream_st>());
  *stream = streams.back().get();
  return cudaSuccess;
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) { return cudaStreamCreate(stream); }
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return std::erase_if(streams, [&](const auto& s) { return s.get() == stream; })
             ? cudaSuccess
             : failed(cudaErrorInvalidResourceHandle);
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  ++waits;
  const bool captures = stream ? stream->captures != nullptr : capturing();
  return captures ? failed(cudaErrorStreamCaptureUnsupported) : cudaSuccess;
}
cudaError_t cudaStreamQuery(cudaStream_t stream) {
  const bool captures = stream ? stream->captures != nullptr : capturing();
  return captures ? failed(cudaErrorStreamCaptureUnsupported) : cudaSuccess;
}

// A stream that waits for an event of a captured one is captured too.
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  if (event->captured && stream && !stream->captures) stream->captures = event->captured;
  return cudaSuccess;
}
cudaError_t cudaEventCreate(cudaEvent_t* event) { return *event = new CUevent_st, cudaSuccess; }
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) { return cudaEventCreate(event); }
cudaError_t cudaEventDestroy(cudaEvent_t event) { return delete event, cudaSuccess; }
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  event->captured = stream ? stream->captures : nullptr;
  event->submitted = submitted;
  event->time = std::chrono::steady_clock::now();
  return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (event->submitted == submitted) ++waits;  // else the device has more to do
  return event->captured ? failed(cudaErrorStreamCaptureUnsupported) : cudaSuccess;
}
cudaError_t cudaEventQuery(cudaEvent_t event) {
  return event->captured ? failed(cudaErrorStreamCaptureUnsupported) : cudaSuccess;
}
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to) {
  *milliseconds = std::chrono::duration<float, std::milli>(to->time - from->time).count();
  return cudaSuccess;
}

// --- graphs ----------------------------------------------------------------------------------------------------------

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  if (!stream || stream->captures) return failed(cudaErrorStreamCaptureUnsupported);
  auto graph = std::make_unique<CUgraph_st>();
  const cudaError_t status = begin_capture(stream, graph.get());
  if (status == cudaSuccess) graph.release();  // the caller's, from the end of the capture on
  return status;
}
cudaError_t cudaStreamBeginCaptureToGraph(cudaStream_t stream, cudaGraph_t graph, const cudaGraphNode_t*,
                                          const cudaGraphEdgeData*, std::size_t, cudaStreamCaptureMode) {
  return begin_capture(stream, graph);
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  if (!stream || !stream->captures) return failed(cudaErrorStreamCaptureUnmatched);
  *graph = stream->captures;
  for (const auto& s : streams)
    if (s->captures == *graph) s->captures = nullptr;
  if (refused != simt::Refused::ends_of_captures) return cudaSuccess;
  if (!(*graph)->self) delete *graph;  // no loop's
  return *graph = nullptr, failed(cudaErrorNotSupported);
}
cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
  *status = stream && stream->captures ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
  return cudaSuccess;
}

cudaError_t cudaGraphCreate(cudaGraph_t* graph, unsigned) { return *graph = new CUgraph_st, cudaSuccess; }
cudaError_t cudaGraphDestroy(cudaGraph_t graph) { return delete graph, cudaSuccess; }
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
  if (refused == simt::Refused::instantiations) return failed(cudaErrorNotSupported);
  ++instantiated;
  return *executable = new CUgraphExec_st{*graph}, cudaSuccess;
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) { return delete executable, cudaSuccess; }
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  if (refused == simt::Refused::launches) return failed(cudaErrorNotSupported);
  if (stream ? stream->captures != nullptr : capturing()) return failed(cudaErrorStreamCaptureUnsupported);
  ++launched;
  return submit(stream, [graph = executable->graph] { run_graph(graph); });
}

cudaError_t cudaGraphConditionalHandleCreate(cudaGraphConditionalHandle* handle, cudaGraph_t graph,
                                             unsigned default_value, unsigned flags) {
  *handle = conditions.size() + 1;
  conditions[*handle] = 0;
  if (flags & cudaGraphCondAssignDefault) graph->defaults.emplace_back(*handle, default_value);
  return cudaSuccess;
}
cudaError_t cudaGraphAddNode(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t*, const cudaGraphEdgeData*,
                             std::size_t, cudaGraphNodeParams* parameters) {
  cudaConditionalNodeParams& c = parameters->conditional;
  if (refused == simt::Refused::loops) return failed(cudaErrorNotSupported);
  if (parameters->type != cudaGraphNodeTypeConditional || c.size != 1 || !conditions.contains(c.handle))
    return failed(cudaErrorInvalidValue);
  const auto body = std::make_shared<CUgraph_st>();
  body->self = body.get();
  graph->nodes.push_back({{}, c.handle, c.type == cudaGraphCondTypeWhile, body});
  c.phGraph_out = &body->self;
  *node = nullptr;
  return cudaSuccess;
}
void cudaGraphSetConditional(cudaGraphConditionalHandle handle, unsigned value) { conditions.at(handle) = value; }
