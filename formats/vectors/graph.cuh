// What a thread queues as a CUDA graph: recorded once, queued again as one launch.
//
// A driver that cannot record something, for whatever reason, leaves the caller without a graph and with nothing
// queued: it then queues the work as it is.
#pragma once

#include <cuda_runtime.h>

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>

namespace steady::detail {

// Whether this thread records: what it queues is not done now, and another graph cannot be queued.
bool is_recording();

// Throws Error while this thread records: called by all that waits for the device or takes memory of it.
void refuse_while_recording();

class Graph {
 public:
  // What work() queues.
  static std::optional<Graph> record(const std::function<void()>& work);

  // What iterate(again) queues, so often as its last kernel leaves other than 0 in `again`, at least once: the loop is
  // the device's own, a conditional node (CUDA 12.4).
  static std::optional<Graph> record_loop(const std::function<void(cudaGraphConditionalHandle)>& iterate);

  // Queues it on the library's stream; false where the driver refuses.
  bool launch() const;

 private:
  struct Destroy {
    void operator()(cudaGraphExec_t graph) const;
  };

  explicit Graph(cudaGraphExec_t graph) : executable_(graph) {}
  static std::optional<Graph> made(const std::function<cudaGraphExec_t()>& make);

  std::unique_ptr<std::remove_pointer_t<cudaGraphExec_t>, Destroy> executable_;
};

}  // namespace steady::detail
