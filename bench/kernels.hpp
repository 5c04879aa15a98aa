// How a kernel is checked, timed and counted: the same text for every device.
#pragma once

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <span>
#include <string>

#include "bench/families/chains.hpp"
#include "formats/matrix/levels.hpp"
#include "formats/matrix/list.hpp"

namespace steady::bench {

enum class Word { multiply, sweep };

struct Case {
  const char* family;
  Chain (*make)(int);
  int constant;
  Direction direction;  // of the sweep that converges
};

// Made when it is first asked for; one at a time, as the cases are run one after the other.
inline const Chain& chain_of(const Case& c) {
  static std::pair<const Case*, Chain> last;
  if (last.first != &c) last = {&c, c.make(c.constant)};
  return last.second;
}

// Words of a GPU return before they are done: it is given so many in a row, then waited for by a sum of a short vector.
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
  benchmark::DoNotOptimize(sum(one));
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
void apply(const Inflow<Vector>& inflow, Word word, Direction direction, Vector& x, Vector& y) {
  if (word == Word::multiply)
    inflow.multiply(x, y);
  else
    inflow.gauss_seidel_sweep(direction, 1.0, x);
}

// Of the matrix in the order in which the word goes over it.
template <class Vector>
std::uint64_t bytes_of_matrix(const Kernel<Vector>& kernel, const Csr& inflow, Word word, Direction direction) {
  if (word == Word::multiply) {
    const State start[] = {0, static_cast<State>(inflow.rows())};
    return kernel.footprint(inflow, make_slices(start)).bytes;
  }
  const LevelOrder order = level_order(inflow, direction);
  const Slices slices = make_slices(order.start);
  const SplitMatrix parts = split(inflow, order);
  return kernel.footprint(parts.earlier, slices).bytes + kernel.footprint(parts.later, slices).bytes;
}

// The result of one product or sweep.
template <class Vector>
std::vector<double> once(const Inflow<Vector>& inflow, Word word, Direction direction) {
  std::vector<double> values(inflow.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1 + static_cast<double>(i % 17);
  Vector x, y(inflow.size());
  upload(values, x);
  apply(inflow, word, direction, x, y);
  return download(word == Word::multiply ? y : x);
}

template <class Vector>
void run(benchmark::State& state, const Kernel<Vector>& kernel, const Case& c, Word word, int threads) {
  omp_set_num_threads(threads);
  const Chain& chain = chain_of(c);
  const State start[] = {0, static_cast<State>(chain.size())};
  const Footprint footprint = kernel.footprint(chain.inflow, make_slices(start));
  if (!footprint.reason.empty()) {
    state.SkipWithError(fmt::format("unfit: {}", footprint.reason).c_str());
    return;
  }
  const std::vector<Direction> directions(word == Word::multiply ? 0 : 1, c.direction);
  const auto inflow = kernel.make(chain.inflow, chain.exit_rate, directions);
  {
    const auto csr = host_kernels().front().make(chain.inflow, chain.exit_rate, directions);
    const std::vector<double> expected = once(*csr, word, c.direction), found = once(*inflow, word, c.direction);
    for (std::size_t i = 0; i < chain.size(); ++i)
      if (!(std::abs(found[i] - expected[i]) <= 1e-12 * std::abs(expected[i]))) {
        state.SkipWithError(fmt::format("wrong: entry {} is {}, not {}", i, found[i], expected[i]).c_str());
        return;
      }
  }
  Vector x = filled<Vector>(1, chain.size()), y(chain.size());
  while (state.KeepRunningBatch(in_a_row<Vector>)) {
    for (int k = 0; k < in_a_row<Vector>; ++k) apply(*inflow, word, c.direction, x, y);
    if (in_a_row < Vector >> 1) wait<Vector>();
  }

  // Each vector that is read or written counts once: x and y, and a sweep's exit rates.
  const auto states = static_cast<double>(chain.size());
  const double vectors = word == Word::multiply ? 2 : 3;
  const auto matrix = static_cast<double>(bytes_of_matrix(kernel, chain.inflow, word, c.direction));
  const double bytes = matrix + vectors * sizeof(double) * states;
  const auto rate = [](double a_pass) {
    return benchmark::Counter(a_pass, benchmark::Counter::kIsIterationInvariantRate);
  };
  state.counters["transitions"] = rate(static_cast<double>(chain.inflow.entries()));
  state.counters["bytes"] = rate(bytes);
  state.counters["copy"] = rate(bytes / copy_bandwidth<Vector>());
  state.counters["B/state"] = matrix / states;
}

template <class Vector>
void register_one(const Kernel<Vector>& kernel, const Case& c, Word word, int threads, const std::string& where) {
  const std::string name =
      fmt::format("{}/{}/{}/{}/{}", c.family, c.constant, word == Word::multiply ? "multiply" : "gauss-seidel-sweep",
                  kernel.kernel, where);
  benchmark::RegisterBenchmark(
      name.c_str(), [&c, &kernel, word, threads](benchmark::State& state) { run(state, kernel, c, word, threads); })
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

// Registers the kernels of a GPU on a chain; in a build without nvcc there are none.
void register_cuda(const Case& c, Word word);

}  // namespace steady::bench
