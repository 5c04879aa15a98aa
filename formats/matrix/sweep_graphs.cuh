// The launches of a sweep as CUDA graphs: recorded the first time, replayed afterwards. A run of sweeps is one graph
// that loops on the device (a conditional node, CUDA 12.4).
#pragma once

#include <cuda_runtime.h>

#include <array>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "solver/device/cuda_array.hpp"
#include "solver/device/launch.hpp"

namespace steady {

static __global__ void set_count(unsigned* left, unsigned count) { *left = count; }

static __global__ void count_down(unsigned* left, cudaGraphConditionalHandle again) {
  *left -= 1;
  cudaGraphSetConditional(again, *left);
}

class SweepGraphs {
 public:
  // What a recording holds for: the word and its order, the relaxation factor, and where its vectors lie.
  struct Key {
    int word;
    const void* order;
    double w;
    std::array<const double*, 2> vectors;
    bool operator==(const Key&) const = default;
  };

  SweepGraphs() { check(cudaStreamCreateWithFlags(&recorder_, cudaStreamNonBlocking)); }
  SweepGraphs(const SweepGraphs&) = delete;
  SweepGraphs& operator=(const SweepGraphs&) = delete;
  ~SweepGraphs() {
    for (const Recording& recording : recordings_) (void)cudaGraphExecDestroy(recording.graph);
    (void)cudaStreamDestroy(recorder_);
  }

  // Replays on the default stream what launches(stream) queues.
  template <class Launches>
  void replay(const Key& key, Launches launches) {
    check(cudaGraphLaunch(recorded(key, [&] { return record(launches); }), nullptr));
  }

  // So many times, at least once.
  template <class Launches>
  void loop(const Key& key, unsigned times, Launches launches) {
    const cudaGraphExec_t graph = recorded(key, [&] { return record_loop(launches); });
    launch(set_count, 1, 1, 0, nullptr, left_.data(), times);
    check(cudaGraphLaunch(graph, nullptr));
  }

  std::size_t size() const { return recordings_.size(); }

 private:
  static constexpr std::size_t most = 128;  // GMRES needs one for each vector of its basis

  struct Recording {
    Key key;
    cudaGraphExec_t graph;
  };

  struct DestroyGraph {
    void operator()(cudaGraph_t graph) const { (void)cudaGraphDestroy(graph); }
  };
  using Graph = std::unique_ptr<std::remove_pointer_t<cudaGraph_t>, DestroyGraph>;

  template <class Record>
  cudaGraphExec_t recorded(const Key& key, Record record) {
    for (const Recording& recording : recordings_)
      if (recording.key == key) return recording.graph;
    if (recordings_.size() == most) {
      check(cudaStreamSynchronize(nullptr));
      check(cudaGraphExecDestroy(recordings_.front().graph));
      recordings_.erase(recordings_.begin());
    }
    recordings_.push_back({key, record()});
    return recordings_.back().graph;
  }

  template <class Launches>
  cudaGraphExec_t record(Launches launches) {
    cudaGraph_t graph = nullptr;
    check(cudaStreamBeginCapture(recorder_, cudaStreamCaptureModeThreadLocal));
    launches(recorder_);
    check(cudaStreamEndCapture(recorder_, &graph));
    return executable(Graph(graph));
  }

  // What launches(stream) queues, again until the count that is left is 0.
  template <class Launches>
  cudaGraphExec_t record_loop(Launches launches) {
    cudaGraph_t graph = nullptr;
    check(cudaGraphCreate(&graph, 0));
    Graph owner(graph);
    cudaGraphNodeParams node{};
    node.type = cudaGraphNodeTypeConditional;
    node.conditional.type = cudaGraphCondTypeWhile;
    node.conditional.size = 1;
    check(cudaGraphConditionalHandleCreate(&node.conditional.handle, graph, 1, cudaGraphCondAssignDefault));
    cudaGraphNode_t added = nullptr;
    check(cudaGraphAddNode(&added, graph, nullptr, nullptr, 0, &node));
    cudaGraph_t body = node.conditional.phGraph_out[0];
    check(cudaStreamBeginCaptureToGraph(recorder_, body, nullptr, nullptr, 0, cudaStreamCaptureModeThreadLocal));
    launches(recorder_);
    launch(count_down, 1, 1, 0, recorder_, left_.data(), node.conditional.handle);
    check(cudaStreamEndCapture(recorder_, &body));
    return executable(std::move(owner));
  }

  static cudaGraphExec_t executable(Graph graph) {
    cudaGraphExec_t result = nullptr;
    check(cudaGraphInstantiate(&result, graph.get(), 0));
    return result;
  }

  CudaArray<unsigned> left_{1};  // turns of the loop
  cudaStream_t recorder_ = nullptr;
  std::vector<Recording> recordings_;
};

}  // namespace steady
