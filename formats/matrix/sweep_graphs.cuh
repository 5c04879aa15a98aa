// The launches of a sweep as CUDA graphs: recorded the first time, replayed afterwards. A run of sweeps is one graph
// that loops on the device. Where graphs cannot be had, and while a method's own is recorded, they are queued as they
// are.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "formats/vectors/cuda_array.hpp"
#include "formats/vectors/graph.cuh"
#include "formats/vectors/launch.hpp"

namespace steady::detail {

static __global__ void set_count(unsigned* left, unsigned count) { *left = count; }

static __global__ void count_down(unsigned* left, cudaGraphConditionalHandle again) {
  *left -= 1;
  cudaGraphSetConditional(again, *left);
}

class SweepGraphs {
 public:
  // What a recording holds for: the operation and its order, the relaxation factor, and where its vectors lie.
  struct Key {
    int operation;
    const void* order;
    double w;
    std::array<const double*, 2> vectors;
    bool operator==(const Key&) const = default;
  };

  // What launches() queues.
  template <class Launches>
  void replay(const Key& key, Launches launches) {
    if (!is_recording() && records_) {
      const Graph* const graph = recorded(key, [&] { return Graph::record(launches); });
      if (graph && graph->launch()) return;
      records_ = false;
    }
    launches();
  }

  // So many times, at least once.
  template <class Launches>
  void loop(const Key& key, unsigned times, Launches launches) {
    if (!is_recording() && loops_) {
      const Graph* const graph = recorded(key, [&] {
        return Graph::record_loop([&](cudaGraphConditionalHandle again) {
          launches();
          queue(count_down, 1, 1, 0, left_.data(), again);
        });
      });
      if (graph) queue(set_count, 1, 1, 0, left_.data(), times);
      if (graph && graph->launch()) return;
      loops_ = false;
    }
    Key one_time = key;
    one_time.operation = ~key.operation;
    for (unsigned time = 0; time < times; ++time) replay(one_time, launches);
  }

 private:
  static constexpr std::size_t most = 128;  // GMRES needs one for each vector of its basis

  struct Recording {
    Key key;
    Graph graph;
  };

  // Null where it cannot be recorded.
  template <class Record>
  const Graph* recorded(const Key& key, Record record) {
    for (const Recording& recording : recordings_)
      if (recording.key == key) return &recording.graph;
    std::optional<Graph> graph = record();
    if (!graph) return nullptr;
    if (recordings_.size() == most) recordings_.erase(recordings_.begin());
    return &recordings_.emplace_back(Recording{key, *std::move(graph)}).graph;
  }

  CudaArray<unsigned> left_{1};  // turns of the loop
  std::vector<Recording> recordings_;
  bool records_ = true, loops_ = true;  // until it turns out that it cannot
};

}  // namespace steady::detail
