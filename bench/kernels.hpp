// How a kernel is checked, timed and counted: the same text for every device.
#pragma once

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <steady/error.hpp>

#include "bench/families/chains.hpp"
#include "formats/chain/levels.hpp"
#include "formats/matrix/list.hpp"

namespace steady::bench {

using namespace detail;

enum class Operation { multiply, sweep };

struct Case {
  const char* family;
  Chain (*make)(int);
  int constant;
  Direction direction;  // of the sweep that converges
};

// Operations of a GPU return before they are done: it is given so many in a row, then waited for by a sum of a short
// vector.
template <class Vector>
constexpr int in_a_row = 20;
template <>
inline constexpr int in_a_row<HostVector> = 1;

template <class Vector>
Vector filled(double value, std::size_t size) {
  Vector x(size);
  fill(value, x);
  return x;
}

template <class Vector>
void wait() {
  static const Vector one = filled<Vector>(1, 1);
  benchmark::DoNotOptimize(value(sum(one)));
}

// Bytes a second of copying vectors too large for the caches, the best of a few.
template <class Vector>
double copy_bandwidth() {
  static std::map<int, double> known;
  double& best = known[omp_get_max_threads()];
  if (best > 0) return best;
  const std::size_t size = std::size_t{1} << (in_a_row<Vector> > 1 ? 28 : 25);
  Vector x = filled<Vector>(1, size), y(size);
  for (int k = 0; k < 5; ++k) {
    wait<Vector>();
    const auto start = std::chrono::steady_clock::now();
    for (int l = 0; l < in_a_row<Vector>; ++l) copy(x, y);
    wait<Vector>();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best = std::max(best, in_a_row<Vector> * 2.0 * sizeof(double) * static_cast<double>(size) / took.count());
  }
  return best;
}

template <class Vector>
void apply(const RateOperator<Vector>& inflow, Operation operation, Direction direction, Vector& x, Vector& y) {
  if (operation == Operation::multiply)
    inflow.multiply(x, y);
  else
    inflow.gauss_seidel_sweep(direction, 1.0, x);
}

// The result of one product or sweep.
template <class Vector>
std::vector<double> once(const RateOperator<Vector>& inflow, Operation operation, Direction direction) {
  std::vector<double> values(inflow.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1 + static_cast<double>(i % 17);
  Vector x, y(inflow.size());
  upload(values, x);
  apply(inflow, operation, direction, x, y);
  return download(operation == Operation::multiply ? y : x);
}

// What the kernels of one case and operation share: the matrix in the order in which the operation goes over it, and
// csr-rows' result.
struct Task {
  Chain chain;
  LevelOrders orders;  // of the operation's sweep, if it is one
  Slices slices;
  std::vector<Csr> parts;
  std::vector<double> expected;
};

inline Task make_task(const Case& c, Operation operation) {
  Task task{c.make(c.constant), {}, {}, {}, {}};
  if (operation == Operation::multiply) {
    const State start[] = {0, static_cast<State>(task.chain.size())};
    task.slices = make_slices(start);
    task.parts.push_back(task.chain.inflow);
  } else {
    const Direction direction[] = {c.direction};
    task.orders = level_orders(task.chain.inflow, direction);
    task.slices = make_slices(task.orders[0]->start);
    SplitMatrix parts = split(task.chain.inflow, *task.orders[0]);
    task.parts.push_back(std::move(parts.earlier));
    task.parts.push_back(std::move(parts.later));
  }
  const auto csr = host_kernels().front().make(task.chain.inflow, task.chain.exit_rate, task.orders);
  task.expected = once(*csr, operation, c.direction);
  return task;
}

// Made when it is first asked for; one at a time, as the benchmarks are run one after the other.
inline const Task& task_of(const Case& c, Operation operation) {
  static std::pair<const Case*, Operation> last;
  static Task task;
  if (last != std::pair(&c, operation)) {
    task = make_task(c, operation);
    last = {&c, operation};
  }
  return task;
}

// Of the whole matrix, and why it does not fit.
template <class Vector>
Footprint footprint(const Kernel<Vector>& kernel, const Task& task) {
  Footprint total;
  for (const Csr& part : task.parts) {
    const Footprint of_part = kernel.footprint(part, task.slices);
    total.bytes += of_part.bytes;
    if (total.reason.empty()) total.reason = of_part.reason;
  }
  return total;
}

// The operator, checked; or why there is none.
template <class Vector>
std::unique_ptr<RateOperator<Vector>> checked(const Kernel<Vector>& kernel, const Task& task, Operation operation,
                                              Direction direction) {
  auto inflow = kernel.make(task.chain.inflow, task.chain.exit_rate, task.orders);
  const std::vector<double> found = once(*inflow, operation, direction);
  for (std::size_t i = 0; i < found.size(); ++i)
    if (!(std::abs(found[i] - task.expected[i]) <= 1e-12 * std::abs(task.expected[i])))
      throw Error(fmt::format("wrong: entry {} is {}, not {}", i, found[i], task.expected[i]));
  return inflow;
}

template <class Vector>
void run(benchmark::State& state, const Kernel<Vector>& kernel, const Case& c, Operation operation, int threads) {
  omp_set_num_threads(threads);
  const Task& task = task_of(c, operation);
  const Footprint matrix = footprint(kernel, task);
  std::unique_ptr<RateOperator<Vector>> inflow;
  try {
    if (!matrix.reason.empty()) throw Error(fmt::format("unfit: {}", matrix.reason));
    inflow = checked(kernel, task, operation, c.direction);
  } catch (const Error& error) {
    state.SkipWithError(error.what());
    return;
  }
  Vector x = filled<Vector>(1, task.chain.size()), y(task.chain.size());
  while (state.KeepRunningBatch(in_a_row<Vector>)) {
    for (int k = 0; k < in_a_row<Vector>; ++k) apply(*inflow, operation, c.direction, x, y);
    if (in_a_row < Vector >> 1) wait<Vector>();
  }

  // Each vector that is read or written counts once: x and y, and a sweep's exit rates.
  const auto states = static_cast<double>(task.chain.size());
  const double vectors = operation == Operation::multiply ? 2 : 3;
  const double bytes = static_cast<double>(matrix.bytes) + vectors * sizeof(double) * states;
  const auto rate = [](double a_pass) {
    return benchmark::Counter(a_pass, benchmark::Counter::kIsIterationInvariantRate);
  };
  state.counters["transitions"] = rate(static_cast<double>(task.chain.inflow.entries()));
  state.counters["bytes"] = rate(bytes);
  state.counters["copy"] = rate(bytes / copy_bandwidth<Vector>());
  state.counters["B/state"] = static_cast<double>(matrix.bytes) / states;
}

template <class Vector>
void register_one(const Kernel<Vector>& kernel, const Case& c, Operation operation, int threads,
                  const std::string& where) {
  const std::string name =
      fmt::format("{}/{}/{}/{}/{}", c.family, c.constant,
                  operation == Operation::multiply ? "multiply" : "gauss-seidel-sweep", kernel.kernel, where);
  benchmark::RegisterBenchmark(
      name.c_str(),
      [&c, &kernel, operation, threads](benchmark::State& state) { run(state, kernel, c, operation, threads); })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

// Registers the kernels of a GPU on a chain; in a build without nvcc there are none.
void register_cuda(const Case& c, Operation operation);

// The version of cuSPARSE, or why there is none.
std::string cusparse_here();

}  // namespace steady::bench
