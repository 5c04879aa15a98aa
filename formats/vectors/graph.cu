#include <utility>

#include "formats/vectors/graph.cuh"
#include "formats/vectors/launch.hpp"

namespace steady::detail {

namespace {

thread_local cudaStream_t recorder = nullptr;  // while a graph is recorded

struct DestroyStream {
  void operator()(cudaStream_t stream) const { (void)cudaStreamDestroy(stream); }
};
struct DestroyGraph {
  void operator()(cudaGraph_t graph) const { (void)cudaGraphDestroy(graph); }
};
using Nodes = std::unique_ptr<std::remove_pointer_t<cudaGraph_t>, DestroyGraph>;

// Until its end, what this thread queues becomes nodes: of a graph of their own, or of the body of a loop.
class Capture {
 public:
  explicit Capture(cudaGraph_t body = nullptr) : body_(body) {
    cudaStream_t stream = nullptr;
    check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    stream_.reset(stream);
    if (body)
      check(cudaStreamBeginCaptureToGraph(stream, body, nullptr, nullptr, 0, cudaStreamCaptureModeThreadLocal));
    else
      check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    recorder = stream;
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture() {
    if (!recorder) return;
    const Nodes part(end().second);  // of a capture that failed
  }

  // The graph; null where it is the loop's.
  Nodes finish() {
    auto [status, nodes] = end();
    Nodes graph(nodes);
    check(status);
    return graph;
  }

 private:
  std::pair<cudaError_t, cudaGraph_t> end() {
    recorder = nullptr;
    cudaGraph_t nodes = nullptr;
    const cudaError_t status = cudaStreamEndCapture(stream_.get(), &nodes);
    return {status, body_ ? nullptr : nodes};
  }

  std::unique_ptr<std::remove_pointer_t<cudaStream_t>, DestroyStream> stream_;
  cudaGraph_t body_;
};

// cudaGraphAddNode, for a node that waits for no other. CUDA 12 does not ask for data of the edges, CUDA 13 does.
template <class... Parameters>
cudaError_t add_node(cudaError_t (*add)(Parameters...), cudaGraphNode_t* node, cudaGraph_t graph,
                     cudaGraphNodeParams* parameters) {
  if constexpr (sizeof...(Parameters) == 5)
    return add(node, graph, nullptr, 0, parameters);
  else
    return add(node, graph, nullptr, nullptr, 0, parameters);
}

cudaGraphExec_t instantiated(const Nodes& nodes) {
  cudaGraphExec_t graph = nullptr;
  check(cudaGraphInstantiate(&graph, nodes.get(), 0));
  return graph;
}

}  // namespace

cudaStream_t own_stream() {
  static const cudaStream_t stream = [] {  // for as long as the process: at its end the driver may be gone
    cudaStream_t made = nullptr;
    check(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking));
    return made;
  }();
  return stream;
}

cudaStream_t current_stream() { return recorder ? recorder : own_stream(); }

bool is_recording() { return recorder != nullptr; }

void refuse_while_recording() {
  if (is_recording()) throw Error("CUDA: a graph cannot hold what waits or takes memory", Error::Cause::machine);
}

void Graph::Destroy::operator()(cudaGraphExec_t graph) const {
  (void)cudaStreamSynchronize(own_stream());  // it may be running
  (void)cudaGraphExecDestroy(graph);
}

std::optional<Graph> Graph::made(const std::function<cudaGraphExec_t()>& make) {
  try {
    return Graph(make());
  } catch (const Error&) {
    (void)cudaGetLastError();
    return std::nullopt;
  }
}

std::optional<Graph> Graph::record(const std::function<void()>& work) {
  return made([&] {
    Capture capture;
    work();
    return instantiated(capture.finish());
  });
}

std::optional<Graph> Graph::record_loop(const std::function<void(cudaGraphConditionalHandle)>& iterate) {
  return made([&] {
    cudaGraph_t graph = nullptr;
    check(cudaGraphCreate(&graph, 0));
    const Nodes nodes(graph);
    cudaGraphNodeParams loop{};
    loop.type = cudaGraphNodeTypeConditional;
    loop.conditional.type = cudaGraphCondTypeWhile;
    loop.conditional.size = 1;
    check(cudaGraphConditionalHandleCreate(&loop.conditional.handle, graph, 1, cudaGraphCondAssignDefault));
    cudaGraphNode_t added = nullptr;
    check(add_node(&cudaGraphAddNode, &added, graph, &loop));
    Capture capture(loop.conditional.phGraph_out[0]);
    iterate(loop.conditional.handle);
    (void)capture.finish();
    return instantiated(nodes);
  });
}

bool Graph::launch() const {
  if (cudaGraphLaunch(executable_.get(), own_stream()) == cudaSuccess) return true;
  (void)cudaGetLastError();
  return false;
}

}  // namespace steady::detail
