// The launches of a sweep as CUDA graphs: recorded the second time, as some never come again, replayed afterwards. A
// run of sweeps is one graph that loops on the device. Where graphs cannot be had, and while a method's own is
// recorded, they are queued as they are.
#pragma once

#include <algorithm>
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
      const Recording* const known = find(key);
      const Graph* const graph = known || !is_worth_recording(key)
                                     ? graph_of(known)
                                     : record(key, records_, [&] { return Graph::record(launches); });
      if (graph && graph->launch()) return;
      if (graph) records_ = false;
    }
    launches();
  }

  // So many times, at least once.
  template <class Launches>
  void loop(const Key& key, unsigned times, Launches launches) {
    if (!is_recording() && loops_) {
      const Recording* const known = find(key);
      const Graph* const graph = known || recordings_.size() == most ? graph_of(known) : record(key, loops_, [&] {
        return Graph::record_loop([&](cudaGraphConditionalHandle again) {
          launches();
          queue(count_down, 1, 1, 0, left_.data(), again);
        });
      });
      if (graph) queue(set_count, 1, 1, 0, left_.data(), times);
      if (graph && graph->launch()) return;
      if (graph) loops_ = false;
    }
    Key one_time = key;
    one_time.operation = ~key.operation;
    for (unsigned time = 0; time < times; ++time) replay(one_time, launches);
  }

 private:
  static constexpr std::size_t most = 128;  // GMRES needs one for each vector of its basis; what comes later has none

  struct Recording {
    Key key;
    Graph graph;
  };

  const Recording* find(const Key& key) const {
    for (const Recording& recording : recordings_)
      if (recording.key == key) return &recording;
    return nullptr;
  }
  static const Graph* graph_of(const Recording* recording) { return recording ? &recording->graph : nullptr; }

  // The second time, if there is room.
  bool is_worth_recording(const Key& key) {
    if (recordings_.size() == most) return false;
    if (std::find(seen_.begin(), seen_.end(), key) != seen_.end()) return true;
    if (seen_.size() < 4 * most) seen_.push_back(key);
    return false;
  }

  // Null where it cannot be had, and then it is not tried again.
  template <class Record>
  const Graph* record(const Key& key, bool& can, Record record) {
    std::optional<Graph> graph = record();
    can = graph.has_value();
    return can ? &recordings_.emplace_back(Recording{key, *std::move(graph)}).graph : nullptr;
  }

  CudaArray<unsigned> left_{1};  // turns of the loop
  std::vector<Key> seen_;
  std::vector<Recording> recordings_;
  bool records_ = true, loops_ = true;  // until it turns out that it cannot
};

}  // namespace steady::detail
