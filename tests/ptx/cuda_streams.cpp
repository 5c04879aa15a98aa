// Streams and events. No stream waits for the default one: all others are made with cudaStreamNonBlocking.
#include <algorithm>
#include <utility>

#include "tests/cusparse_stand_in.hpp"
#include "tests/ptx/runtime.hpp"
#include "tests/ptx/violation.hpp"

struct CUevent_st {
  ptx::Point point;
};

namespace ptx {
namespace {

CUstream_st default_stream;
std::vector<std::unique_ptr<CUstream_st>> streams;
std::size_t tickets = 0;

CUstream_st& at(cudaStream_t stream) { return stream ? *stream : default_stream; }

CUstream_st* capturing() {
  for (const auto& stream : streams)
    if (stream->captures) return stream.get();
  return nullptr;
}

void run_until(const Point& point) {
  std::deque<CUstream_st::Item>& queue = at(point.stream).queue;
  while (!queue.empty() && queue.front().ticket <= point.ticket) {
    const Work work = std::move(queue.front().work);
    queue.pop_front();
    work();
  }
}

cudaError_t finish_until(const Point& point) {
  if (lasting_error() != cudaSuccess) return lasting_error();
  try {
    run_until(point);
    return cudaSuccess;
  } catch (const Violation& violation) {
    return violated(violation.what());
  }
}

}  // namespace

cudaError_t submit(cudaStream_t stream, Work work) {
  if (lasting_error() != cudaSuccess) return lasting_error();
  if (at(stream).captures) {
    stream->captures->nodes.push_back({std::move(work), 0, nullptr});
    return cudaSuccess;
  }
  if (capturing()) return violated("work for one stream while another captures");
  at(stream).queue.push_back({++tickets, std::move(work)});
  return cudaSuccess;
}

cudaError_t finish(cudaStream_t stream) { return finish_until({stream, tickets}); }

cudaError_t finish_all() {
  cudaError_t status = finish(nullptr);
  for (const auto& stream : streams)
    if (status == cudaSuccess) status = finish(stream.get());
  return status;
}

cudaError_t refuse_while_capturing(const char* call) {
  if (!capturing()) return lasting_error();
  return violated(std::string(call) + " while a stream captures");
}

}  // namespace ptx

cudaError_t stand_in::submit(cudaStream_t stream, ptx::Work work) { return ptx::submit(stream, std::move(work)); }

extern "C" {

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  if (flags != cudaStreamNonBlocking) return ptx::violated("a stream that waits for the default one");
  *stream = ptx::streams.emplace_back(std::make_unique<CUstream_st>()).get();
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  if (stream->captures) return ptx::violated("a stream that captures is destroyed");
  const cudaError_t status = ptx::finish(stream);  // it is done all the same
  std::erase_if(ptx::streams, [&](const auto& s) { return s.get() == stream; });
  return status;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  if (const cudaError_t status = ptx::refuse_while_capturing("cudaStreamSynchronize")) return status;
  return ptx::finish(stream);
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  return ptx::submit(stream, [point = event->point] { ptx::run_until(point); });
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  if (!stream || ptx::capturing()) return ptx::violated("a second capture, or one on the default stream");
  stream->captures = new CUgraph_st;
  return ptx::lasting_error();
}

cudaError_t cudaStreamBeginCaptureToGraph(cudaStream_t stream, cudaGraph_t graph, const cudaGraphNode_t*,
                                          const cudaGraphEdgeData*, std::size_t dependencies, cudaStreamCaptureMode) {
  if (!stream || ptx::capturing()) return ptx::violated("a second capture, or one on the default stream");
  if (dependencies != 0) return ptx::failed(cudaErrorNotSupported);
  stream->captures = graph;
  return ptx::lasting_error();
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  if (!stream->captures) return ptx::violated("the end of a capture that has not begun");
  *graph = std::exchange(stream->captures, nullptr);
  return ptx::lasting_error();
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = new CUevent_st;
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  if (const cudaError_t status = ptx::refuse_while_capturing("cudaEventRecord")) return status;
  event->point = {stream, ptx::tickets};
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (const cudaError_t status = ptx::refuse_while_capturing("cudaEventSynchronize")) return status;
  return ptx::finish_until(event->point);
}

}  // extern "C"
