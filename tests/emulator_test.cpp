// The emulator itself: that kernels run right under each schedule, and that it catches what is wrong.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <numeric>
#include <set>

#include "formats/matrix/cuda_rows.cuh"
#include "tests/catch.hpp"
#include "tests/device_array.hpp"
#include "tests/emulator/kernels/demonstration.hpp"
#include "tests/emulator/kernels/planted.hpp"

namespace steady {
using namespace detail;
}

using simt::Schedule;
using steady::check;

namespace {

// What kernels can use as a view of a storage, and what they cannot.
struct EmptyView {
  unsigned shared_doubles(unsigned) const { return 0; }
  void stage(double*) const {}
  double add(const steady::WarpSlice&, const double*, double sum, double*) const { return sum; }
};
struct ViewWithoutSums : EmptyView {
  void add(const steady::WarpSlice&, const double*, double, double*) const {}
};
struct OwningView : EmptyView {
  std::vector<double> value;  // not copied by a launch
};
struct WithoutFootprint {
  WithoutFootprint(const steady::Csr&, const steady::Slices&) {}
  EmptyView view() const { return {}; }
};
static_assert(steady::DeviceView<EmptyView>);
static_assert(!steady::DeviceView<ViewWithoutSums> && !steady::DeviceView<OwningView>);
static_assert(!steady::CudaStorage<WithoutFootprint>);

// Runs under each of the schedules, then sets back the one that was.
template <typename Action>
void under_every_schedule(Action action) {
  const Schedule before = simt::schedule();
  for (const char* name : {"forward", "reverse", "random:1", "random:2", "random:3"}) {
    INFO("schedule " << name);
    simt::set_schedule(simt::to_schedule(name));
    action();
  }
  simt::set_schedule(before);
}

std::vector<double> numbers(std::size_t size) {
  std::vector<double> x(size);
  std::iota(x.begin(), x.end(), 1.0);
  return x;
}

// In a process of its own: whether it ends by a Violation, or by the sanitizer's hand.
template <typename Action>
bool dies(Action action) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    if (!std::freopen("/dev/null", "w", stderr)) _exit(0);
    try {
      action();
    } catch (const simt::Violation&) {
      _exit(3);
    }
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status != 0;
}

// Whether the action throws a Violation that says all of that.
template <typename Action>
bool reports(Action action, std::vector<std::string> words) {
  try {
    action();
  } catch (const simt::Violation& violation) {
    const std::string message = violation.what();
    for (const std::string& word : words)
      if (message.find(word) == std::string::npos) {
        UNSCOPED_INFO("no '" << word << "' in: " << message);
        return false;
      }
    return true;
  }
  UNSCOPED_INFO("no violation");
  return false;
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool address_sanitizer = true;
#else
constexpr bool address_sanitizer = false;
#endif

}  // namespace

TEST_CASE("emulator: block reduction, shared memory anew in each block") {
  under_every_schedule([] {
    for (std::size_t size : {1, 127, 128, 129, 1000}) {
      const std::size_t blocks = (size + 127) / 128;
      const std::vector<double> x = numbers(size);
      const DeviceArray<double> device(x), sums(blocks);
      demonstration::block_sums(device.data(), sums.data(), size, nullptr);
      const std::vector<double> result = sums.values();
      CHECK(std::accumulate(result.begin(), result.end(), 0.0) == size * (size + 1) / 2.0);
    }
  });
}

TEST_CASE("emulator: warp scan and every form of shuffle") {
  under_every_schedule([] {
    std::vector<int> x(32);
    std::iota(x.begin(), x.end(), 1);
    const DeviceArray<int> device(x), sums(32), results(6 * 32);
    demonstration::warp_scan(device.data(), sums.data(), nullptr);
    const std::vector<int> scanned = sums.values();
    demonstration::shuffles(results.data(), nullptr);
    const std::vector<int> r = results.values();
    for (int k = 0; k < 32; ++k) {
      CHECK(scanned[k] == (k + 1) * (k + 2) / 2);
      CHECK(r[k] == 5);
      CHECK(r[32 + k] == k / 8 * 8 + (k + 3) % 8);
      CHECK(r[64 + k] == (k % 16 < 2 ? k : k - 2));
      CHECK(r[96 + k] == (k % 16 >= 14 ? k : k + 2));
      CHECK(r[128 + k] == (k ^ 9));
      CHECK(r[160 + k] == (k % 2 ? 31 : k ^ 2));
    }
  });
}

TEST_CASE("emulator: votes") {
  under_every_schedule([] {
    const DeviceArray<unsigned> results(10);
    demonstration::votes(results.data(), nullptr);
    unsigned third = 0;  // of the second warp
    for (unsigned k = 0; k < 32; ++k) third |= ((32 + k) % 3 == 0 ? 1u : 0u) << k;
    const std::vector<unsigned> expected{third, 1, 0, 13, 1, 0, 1520, 63, 0x11111111, 11};
    CHECK(results.values() == expected);
  });
}

TEST_CASE("emulator: dynamic shared memory and its limit") {
  under_every_schedule([] {
    const std::vector<double> x = numbers(4 * 128);
    const DeviceArray<double> device(x), y(x.size());
    demonstration::reverse_blocks(device.data(), y.data(), 4, nullptr);
    const std::vector<double> result = y.values();
    for (std::size_t i = 0; i < x.size(); ++i) CHECK(result[i] == x[i / 128 * 128 + 127 - i % 128]);
  });
  cudaLaunchConfig_t config{};
  config.gridDim = config.blockDim = 1;
  config.dynamicSmemBytes = 49 << 10;
  CHECK(simt::launch(config, nullptr, [] {}) == cudaErrorInvalidValue);
  config.dynamicSmemBytes = 0;
  config.blockDim = 1025;
  CHECK(simt::launch(config, nullptr, [] {}) == cudaErrorInvalidConfiguration);
  CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
  CHECK(cudaGetLastError() == cudaSuccess);
}

TEST_CASE("emulator: shared memory outlives the grid's barrier") {
  under_every_schedule([] {
    const std::vector<double> x = numbers(5 * 128);
    const DeviceArray<double> device(x), shares(5), sums(5);
    demonstration::block_shares(device.data(), shares.data(), sums.data(), 5, nullptr);
    const std::vector<double> result = shares.values();
    const double total = std::accumulate(x.begin(), x.end(), 0.0);
    for (int b = 0; b < 5; ++b)
      CHECK(result[b] == std::accumulate(x.begin() + 128 * b, x.begin() + 128 * (b + 1), 0.0) / total);
  });
  const DeviceArray<double> x(128 * 100);
  CHECK_THROWS_AS(demonstration::block_shares(x.data(), x.data(), x.data(), 100, nullptr), steady::Error);
  CHECK(cudaGetLastError() == cudaErrorCooperativeLaunchTooLarge);
}

TEST_CASE("emulator: tiles, and the lanes that meet") {
  under_every_schedule([] {
    const DeviceArray<double> x(numbers(64)), y(8);
    const DeviceArray<unsigned> met(std::vector<unsigned>{0});
    demonstration::tile_sums(x.data(), y.data(), met.data(), nullptr);
    const std::vector<double> sums = y.values();
    for (int k = 0; k < 8; ++k) CHECK(sums[k] == 8 * (8 * k + 1) + 28);
    CHECK(met.values()[0] == 16);
  });
}

TEST_CASE("emulator: atomics; a block that waits for an earlier one") {
  under_every_schedule([] {
    std::vector<unsigned> bin(1000);
    for (std::size_t i = 0; i < bin.size(); ++i) bin[i] = static_cast<unsigned>(i % 3);
    const DeviceArray<unsigned> bins(bin), counts(std::vector<unsigned>(3, 0)), turn(std::vector<unsigned>{0});
    const DeviceArray<double> weight(std::vector<double>{0}), x(numbers(20)), sum(std::vector<double>{0});
    demonstration::histogram(bins.data(), counts.data(), weight.data(), bin.size(), nullptr);
    CHECK(counts.values() == std::vector<unsigned>{334, 333, 333});
    CHECK(weight.values()[0] == 500);
    demonstration::chained_sum(x.data(), sum.data(), turn.data(), 20, nullptr);
    CHECK(sum.values()[0] == 210);
  });
}

TEST_CASE("emulator: rounded arithmetic") {
  const DeviceArray<double> pair(std::vector<double>{1.0, 1e-30}), thirds(std::vector<double>{0.1, 0.3}), results(5);
  demonstration::rounded(pair.data(), results.data(), nullptr);
  CHECK(results.values()[0] == 1.0);
  CHECK(results.values()[1] == std::nextafter(1.0, 2.0));
  demonstration::rounded(thirds.data(), results.data(), nullptr);
  CHECK(std::nextafter(results.values()[2], 1.0) == results.values()[3]);
  CHECK(results.values()[4] == std::fma(0.1, 0.3, -(0.1 * 0.3)));
}

TEST_CASE("emulator: a graph replays what was captured") {
  cudaStream_t stream, other;
  cudaEvent_t fork_event, join_event;
  check(cudaStreamCreate(&stream));
  check(cudaStreamCreate(&other));
  check(cudaEventCreate(&fork_event));
  check(cudaEventCreate(&join_event));
  const DeviceArray<unsigned> counts(std::vector<unsigned>(300, 0)), copy(300);

  check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
  demonstration::count_up(counts.data(), 300, stream);
  CHECK(cudaStreamSynchronize(stream) == cudaErrorStreamCaptureUnsupported);
  CHECK(cudaMemset(copy.data(), 0, 4) == cudaErrorStreamCaptureImplicit);
  check(cudaEventRecord(fork_event, stream));
  check(cudaStreamWaitEvent(other, fork_event));
  check(cudaMemcpyAsync(copy.data(), counts.data(), 300 * sizeof(unsigned), cudaMemcpyDeviceToDevice, other));
  check(cudaEventRecord(join_event, other));
  check(cudaStreamWaitEvent(stream, join_event));
  cudaGraph_t graph;
  check(cudaStreamEndCapture(stream, &graph));
  CHECK(counts.values()[299] == 0);

  cudaGraphExec_t executable;
  check(cudaGraphInstantiate(&executable, graph));
  check(cudaGraphDestroy(graph));
  for (int k = 0; k < 3; ++k) check(cudaGraphLaunch(executable, stream));
  check(cudaStreamSynchronize(stream));
  CHECK(counts.values()[299] == 3 * 299);
  CHECK(copy.values() == counts.values());

  check(cudaGraphExecDestroy(executable));
  check(cudaEventDestroy(fork_event));
  check(cudaEventDestroy(join_event));
  check(cudaStreamDestroy(other));
  check(cudaStreamDestroy(stream));
  (void)cudaGetLastError();
}

TEST_CASE("emulator: a graph that loops on the device") {
  cudaStream_t stream;
  check(cudaStreamCreate(&stream));
  const DeviceArray<unsigned> counter(std::vector<unsigned>{17}), steps(std::vector<unsigned>{0});
  cudaGraph_t graph;
  check(cudaGraphCreate(&graph, 0));
  cudaGraphConditionalHandle handle;
  check(cudaGraphConditionalHandleCreate(&handle, graph, 1, cudaGraphCondAssignDefault));
  cudaGraphNodeParams parameters{};
  parameters.type = cudaGraphNodeTypeConditional;
  parameters.conditional.handle = handle;
  parameters.conditional.type = cudaGraphCondTypeWhile;
  parameters.conditional.size = 1;
  cudaGraphNode_t node;
  check(cudaGraphAddNode(&node, graph, nullptr, nullptr, 0, &parameters));
  cudaGraph_t body = parameters.conditional.phGraph_out[0];
  check(cudaStreamBeginCaptureToGraph(stream, body, nullptr, nullptr, 0, cudaStreamCaptureModeGlobal));
  demonstration::count_down(counter.data(), steps.data(), handle, stream);
  check(cudaStreamEndCapture(stream, &body));
  cudaGraphExec_t executable;
  check(cudaGraphInstantiate(&executable, graph));
  check(cudaGraphLaunch(executable, stream));
  CHECK(steps.values()[0] == 17);
  check(cudaGraphExecDestroy(executable));
  check(cudaGraphDestroy(graph));
  check(cudaStreamDestroy(stream));
}

TEST_CASE("emulator: copies and launches know host from device") {
  const DeviceArray<double> device(4);
  double host[4] = {};
  CHECK(cudaMemcpy(device.data(), host, sizeof host + 8, cudaMemcpyHostToDevice) == cudaErrorInvalidValue);
  CHECK(cudaMemcpy(host, device.data(), sizeof host, cudaMemcpyHostToDevice) == cudaErrorInvalidValue);
  CHECK(cudaMemcpy(host, device.data(), sizeof host, cudaMemcpyHostToHost) == cudaErrorInvalidMemcpyDirection);
  CHECK(cudaFree(host) == cudaErrorInvalidValue);
  CHECK(reports([&] { planted::read(host, device.data(), 0); },
                {"planted::", "argument 1 points to no memory of the device"}));
  (void)cudaGetLastError();
  if (address_sanitizer) CHECK(dies([&] { host[0] = device.data()[0]; }));
}

// --- what it catches -------------------------------------------------------------------------------------------------

TEST_CASE("emulator catches: a missing barrier, under some schedule") {
  std::set<std::vector<double>> of_barrier, of_late_write;
  std::set<std::vector<int>> of_warp_barrier;
  under_every_schedule([&] {
    const DeviceArray<double> x(numbers(64)), y(64);
    planted::missing_barrier(x.data(), y.data());
    std::vector<double> values = y.values();
    for (double& v : values)
      if (std::isnan(v)) v = -1;  // a set wants numbers that compare
    of_barrier.insert(values);
    planted::late_write(x.data());
    of_late_write.insert(x.values());
    const DeviceArray<int> small(std::vector<int>(32, 7)), turned(32);
    planted::missing_warp_barrier(small.data(), turned.data());
    of_warp_barrier.insert(turned.values());
  });
  CHECK(of_barrier.size() > 1);
  CHECK(of_late_write.size() > 1);
  CHECK(of_warp_barrier.size() > 1);
}

TEST_CASE("emulator catches: threads that do not meet") {
  const DeviceArray<int> y(32);
  under_every_schedule([&] {
    CHECK(reports([&] { planted::divergent_barrier(); },
                  {"divergent barrier", "block (0,0,0)", "divergent_barrier_kernel", "planted.cu:"}));
    CHECK(reports([&] { planted::exited_lane(y.data()); }, {"names lane 20, which has exited"}));
    CHECK(reports([&] { planted::unnamed_caller(y.data()); }, {"does not name the caller"}));
    CHECK(reports([&] { planted::different_masks(y.data()); }, {"with mask 0xffffffff", "0xffff0001"}));
    CHECK(reports([&] { planted::shuffle_against_barrier(y.data()); }, {"names lane 7, which waits at __syncthreads"}));
    CHECK(reports([&] { planted::outside_the_mask(y.data()); }, {"which its mask does not name"}));
    CHECK(reports([&] { planted::grid_barrier_without_all(true); }, {"has exited without reaching it"}));
    CHECK(reports([&] { planted::grid_barrier_without_all(false); }, {"not cooperative"}));
  });
  // The fibers that were left behind are of use again.
  const DeviceArray<double> x(numbers(128)), sum(1);
  demonstration::block_sums(x.data(), sum.data(), 128, nullptr);
  CHECK(sum.values()[0] == 128 * 129 / 2);
}

TEST_CASE("emulator catches: a thread that spins for ever") {
  const DeviceArray<unsigned> flag(std::vector<unsigned>{0});
  simt::set_patience(1000);
  CHECK(reports([&] { planted::spin_for_ever(flag.data()); }, {"spins for ever"}));
  simt::set_patience(1'000'000);
}

TEST_CASE("emulator catches: global memory out of bounds") {
  for (unsigned rows : {1u, 31u, 32u, 100u}) {
    const DeviceArray<double> x(numbers(rows + 1)), y(rows);
    CHECK(dies([&] { planted::off_by_one(x.data(), y.data(), rows); }));
  }
  if (!address_sanitizer) {
    const DeviceArray<double> x(numbers(3)), y(3);  // the row too many reads what lies behind x
    CHECK(reports([&] { planted::off_by_one(x.data(), y.data(), 3); },
                  {"byte 0 behind an allocation of 24 bytes", "off_by_one_kernel"}));
    planted::read(x.data(), y.data(), 3);
    CHECK(std::isnan(y.values()[0]));  // reads give no number
  } else {
    const DeviceArray<double> x(numbers(3)), y(3);
    CHECK(dies([&] { planted::read(x.data(), y.data(), 3); }));
    double* gone = nullptr;
    check(cudaMalloc(&gone, 80));
    check(cudaFree(gone));
    CHECK(reports([&] { planted::read(gone, y.data(), 0); }, {"argument 1 points to no memory"}));
  }
}

TEST_CASE("emulator catches: shared memory out of bounds") {
  const DeviceArray<double> y(32);
  CHECK(dies([&] { planted::beyond_dynamic_shared(y.data()); }));
  if (address_sanitizer) {
    CHECK(dies([&] { planted::beyond_shared(y.data()); }));
  } else {
    WARN("reads behind static shared memory are seen by the address sanitizer only");
  }
}

TEST_CASE("emulator: speed", "[.speed]") {
  const std::size_t size = 10'000'000;
  const DeviceArray<unsigned> counts(std::vector<unsigned>(size, 0));
  const DeviceArray<double> x(numbers(size)), sums(size / 128);
  for (const bool waits : {false, true}) {
    const auto begin = std::chrono::steady_clock::now();
    if (waits) {
      demonstration::block_sums(x.data(), sums.data(), size, nullptr);
    } else {
      demonstration::count_up(counts.data(), size, nullptr);
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::printf("%s: %.1f million threads a second\n", waits ? "8 barriers a thread" : "no barrier",
                static_cast<double>(size) / seconds / 1e6);
  }
}
