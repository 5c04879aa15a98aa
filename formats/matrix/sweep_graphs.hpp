// The launches of a sweep as CUDA graphs: recorded the first time, replayed afterwards.
#pragma once

#include <cuda_runtime.h>

#include <array>
#include <vector>

#include "solver/device/launch.hpp"

namespace steady {

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
    for (const Recording& recording : recordings_)
      if (recording.key == key) return check(cudaGraphLaunch(recording.graph, nullptr));
    if (recordings_.size() == most) {
      check(cudaStreamSynchronize(nullptr));
      check(cudaGraphExecDestroy(recordings_.front().graph));
      recordings_.erase(recordings_.begin());
    }
    recordings_.push_back({key, record(launches)});
    check(cudaGraphLaunch(recordings_.back().graph, nullptr));
  }

  std::size_t size() const { return recordings_.size(); }

 private:
  static constexpr std::size_t most = 128;  // GMRES needs one for each vector of its basis

  struct Recording {
    Key key;
    cudaGraphExec_t graph;
  };

  template <class Launches>
  cudaGraphExec_t record(Launches launches) {
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t executable = nullptr;
    check(cudaStreamBeginCapture(recorder_, cudaStreamCaptureModeThreadLocal));
    launches(recorder_);
    check(cudaStreamEndCapture(recorder_, &graph));
    const cudaError_t status = cudaGraphInstantiate(&executable, graph, 0);
    (void)cudaGraphDestroy(graph);
    check(status);
    return executable;
  }

  cudaStream_t recorder_ = nullptr;
  std::vector<Recording> recordings_;
};

}  // namespace steady
