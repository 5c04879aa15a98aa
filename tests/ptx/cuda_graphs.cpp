// Graphs: what was captured, and loops whose conditions kernels set.
#include <memory>

#include "tests/ptx/conditions.hpp"
#include "tests/ptx/runtime.hpp"
#include "tests/ptx/violation.hpp"

struct CUgraphExec_st {
  CUgraph_st graph;                                                            // as it was when instantiated
  std::shared_ptr<std::size_t> unfinished = std::make_shared<std::size_t>(0);  // launches
};

namespace ptx {
void run(const CUgraph_st& graph) {
  for (const auto& [handle, value] : graph.defaults) set_condition(handle, value);
  for (const Node& node : graph.nodes) {
    if (node.work) node.work();
    while (node.body && value_of(node.condition) != 0) run(*node.body);
  }
}

}  // namespace ptx

extern "C" {

cudaError_t cudaGraphCreate(cudaGraph_t* graph, unsigned) {
  *graph = new CUgraph_st;
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  if (graph->self) return ptx::violated("the body of a loop is destroyed by itself");
  delete graph;
  return cudaSuccess;
}

cudaError_t cudaGraphConditionalHandleCreate(cudaGraphConditionalHandle* handle, cudaGraph_t graph, unsigned value,
                                             unsigned flags) {
  *handle = ptx::make_condition();
  if (flags & cudaGraphCondAssignDefault) graph->defaults.emplace_back(*handle, value);
  return cudaSuccess;
}

cudaError_t cudaGraphAddNode(cudaGraphNode_t* node, cudaGraph_t graph, const cudaGraphNode_t*, const cudaGraphEdgeData*,
                             std::size_t dependencies, cudaGraphNodeParams* parameters) {
  cudaConditionalNodeParams& loop = parameters->conditional;
  if (parameters->type != cudaGraphNodeTypeConditional || loop.type != cudaGraphCondTypeWhile || loop.size != 1 ||
      dependencies != 0 || !ptx::is_condition(loop.handle))
    return ptx::violated("a node of a graph that is no loop");
  const auto body = std::make_shared<CUgraph_st>();
  body->self = body.get();
  graph->nodes.push_back({nullptr, loop.handle, body});
  loop.phGraph_out = &body->self;
  *node = nullptr;
  return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long) {
  if (!graph->defaults.empty() && graph->is_instantiated)
    return ptx::violated("a graph that loops, instantiated twice");
  graph->is_instantiated = true;
  *executable = new CUgraphExec_st{*graph};
  return ptx::lasting_error();
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  if (*executable->unfinished > 0 && ptx::lasting_error() == cudaSuccess)
    return ptx::violated("a graph is destroyed before its last launch is done");
  delete executable;
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  if (const cudaError_t status = ptx::refuse_while_capturing("cudaGraphLaunch")) return status;
  ++*executable->unfinished;
  return ptx::submit(stream, [graph = &executable->graph, unfinished = executable->unfinished] {
    ptx::run(*graph);
    --*unfinished;
  });
}

}  // extern "C"
