// The stand-in for the CUDA runtime: work is done as late as CUDA allows, and what CUDA forbids is found.
#include "tests/ptx/runtime.hpp"

#include <cuda_runtime_api.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <vector>

#include "tests/catch.hpp"

namespace {

// In a process of its own: whether it is a violation, or touches memory that is none of the host's.
template <class Action>
bool is_violation(Action action) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    if (!std::freopen("/dev/null", "w", stderr)) _exit(0);
    std::signal(SIGSEGV, SIG_DFL);
    action();
    _exit(ptx::lasting_error() == cudaSuccess ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status != 0;
}

template <class T>
T* allocated(std::size_t count, bool pinned = false) {
  void* data = nullptr;
  REQUIRE((pinned ? cudaHostAlloc(&data, count * sizeof(T), 0) : cudaMalloc(&data, count * sizeof(T))) == cudaSuccess);
  return static_cast<T*>(data);
}

cudaStream_t new_stream() {
  cudaStream_t stream = nullptr;
  REQUIRE(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking) == cudaSuccess);
  return stream;
}

}  // namespace

TEST_CASE("stand-in: memory of the device is none of the host's") {
  int* const data = allocated<int>(4);
  CHECK(is_violation([&] { *const_cast<volatile int*>(data) = 1; }));
  int value = 0;
  CHECK(is_violation([&] { (void)cudaMemcpy(&value, data + 4, sizeof value, cudaMemcpyDeviceToHost); }));
  CHECK_FALSE(is_violation([&] { (void)cudaMemcpy(&value, data + 3, sizeof value, cudaMemcpyDeviceToHost); }));
  CHECK(is_violation([&] { (void)cudaFree(data + 1); }));
  CHECK(
      is_violation([&] { (void)cudaFree(data), (void)cudaMemset(data, 0, 4), (void)cudaStreamSynchronize(nullptr); }));
  CHECK(cudaFree(data) == cudaSuccess);
  CHECK(cudaFree(nullptr) == cudaSuccess);
}

TEST_CASE("stand-in: copies are late, on each stream by itself") {
  int* const device = allocated<int>(1);
  int* const pinned = allocated<int>(1, true);
  const cudaStream_t stream = new_stream();
  *pinned = 1;
  CHECK(cudaMemcpyAsync(device, pinned, sizeof(int), cudaMemcpyHostToDevice, stream) == cudaSuccess);
  *pinned = 2;  // before it is read
  CHECK(cudaMemcpyAsync(pinned, device, sizeof(int), cudaMemcpyDeviceToHost, stream) == cudaSuccess);
  *pinned = 3;
  CHECK(cudaStreamSynchronize(nullptr) == cudaSuccess);  // another stream's
  CHECK(*pinned == 3);
  CHECK(cudaStreamSynchronize(stream) == cudaSuccess);
  CHECK(*pinned == 3);  // what lay there when the first copy was done
  int other = 4;        // not pinned: read at once
  CHECK(cudaMemcpyAsync(device, &other, sizeof(int), cudaMemcpyHostToDevice, stream) == cudaSuccess);
  other = 5;
  CHECK(cudaMemcpyAsync(&other, device, sizeof(int), cudaMemcpyDeviceToHost, stream) == cudaSuccess);
  CHECK(other == 4);
  CHECK(cudaStreamDestroy(stream) == cudaSuccess);
  CHECK(cudaFree(device) == cudaSuccess);
  CHECK(cudaFreeHost(pinned) == cudaSuccess);
}

TEST_CASE("stand-in: an event holds back another stream, or the host") {
  int* const device = allocated<int>(1);
  int* const pinned = allocated<int>(2, true);
  const cudaStream_t first = new_stream(), second = new_stream();
  cudaEvent_t done = nullptr;
  REQUIRE(cudaEventCreateWithFlags(&done, cudaEventDisableTiming) == cudaSuccess);
  pinned[0] = 7;
  CHECK(cudaMemcpyAsync(device, pinned, sizeof(int), cudaMemcpyHostToDevice, first) == cudaSuccess);
  CHECK(cudaEventRecord(done, first) == cudaSuccess);
  CHECK(cudaMemsetAsync(device, 0, sizeof(int), first) == cudaSuccess);
  CHECK(cudaStreamWaitEvent(second, done, 0) == cudaSuccess);
  CHECK(cudaMemcpyAsync(pinned + 1, device, sizeof(int), cudaMemcpyDeviceToHost, second) == cudaSuccess);
  CHECK(cudaStreamSynchronize(second) == cudaSuccess);
  CHECK(pinned[1] == 7);  // what came after the event is not done yet
  CHECK(cudaEventSynchronize(done) == cudaSuccess);
  for (const cudaStream_t stream : {first, second}) CHECK(cudaStreamDestroy(stream) == cudaSuccess);
  CHECK(cudaEventDestroy(done) == cudaSuccess);
  CHECK(cudaFree(device) == cudaSuccess);
  CHECK(cudaFreeHost(pinned) == cudaSuccess);
}

TEST_CASE("stand-in: a capture queues nothing, and forbids what waits or takes memory") {
  int* const device = allocated<int>(1);
  const cudaStream_t stream = new_stream();
  const auto while_capturing = [&](auto action) {
    return is_violation([&] {
      (void)cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal);
      action();
    });
  };
  void* data = nullptr;
  CHECK_FALSE(while_capturing([&] { (void)cudaMemsetAsync(device, 0, 4, stream); }));
  CHECK(while_capturing([&] { (void)cudaMemsetAsync(device, 0, 4, nullptr); }));
  CHECK(while_capturing([&] { (void)cudaMalloc(&data, 4); }));
  CHECK(while_capturing([&] { (void)cudaFree(device); }));
  CHECK(while_capturing([&] { (void)cudaFree(nullptr); }));
  CHECK(while_capturing([&] { (void)cudaHostAlloc(&data, 4, 0); }));
  CHECK(while_capturing([&] { (void)cudaStreamSynchronize(nullptr); }));
  CHECK(while_capturing([&] { (void)cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal); }));
  CHECK(is_violation([&] { (void)cudaStreamBeginCapture(nullptr, cudaStreamCaptureModeThreadLocal); }));
  CHECK(cudaStreamDestroy(stream) == cudaSuccess);
  CHECK(cudaFree(device) == cudaSuccess);
}

TEST_CASE("stand-in: a graph does what was captured, so often as it is launched") {
  unsigned char* const device = allocated<unsigned char>(2);
  const cudaStream_t stream = new_stream();
  cudaGraph_t graph = nullptr;
  cudaGraphExec_t executable = nullptr;
  REQUIRE(cudaMemset(device, 5, 2) == cudaSuccess);
  REQUIRE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) == cudaSuccess);
  CHECK(cudaMemcpyAsync(device, device + 1, 1, cudaMemcpyDeviceToDevice, stream) == cudaSuccess);
  CHECK(cudaMemsetAsync(device + 1, 9, 1, stream) == cudaSuccess);
  REQUIRE(cudaStreamEndCapture(stream, &graph) == cudaSuccess);
  REQUIRE(cudaGraphInstantiate(&executable, graph, 0) == cudaSuccess);
  CHECK(cudaGraphDestroy(graph) == cudaSuccess);
  unsigned char found[2];
  for (const unsigned char expected : {5, 9}) {
    CHECK(cudaGraphLaunch(executable, nullptr) == cudaSuccess);
    CHECK(is_violation([&] { (void)cudaGraphExecDestroy(executable); }));
    CHECK(cudaMemcpy(found, device, 2, cudaMemcpyDeviceToHost) == cudaSuccess);
    CHECK(found[0] == expected);
    CHECK(found[1] == 9);
  }
  CHECK(cudaGraphExecDestroy(executable) == cudaSuccess);
  CHECK(cudaStreamDestroy(stream) == cudaSuccess);
  CHECK(cudaFree(device) == cudaSuccess);
}
