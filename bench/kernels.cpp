// How fast each kernel of the list multiplies and sweeps, on chains of the families.
//
// Before it is timed a kernel is checked against csr-rows, entry by entry. Counters: transitions/s; bytes/s of the
// matrix and the vectors; `copy`, the fraction of the bandwidth of a copy measured in the same run; B/state of the
// matrix. A storage that does not fit says why.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include "bench/families/chains.hpp"
#include "formats/matrix/levels.hpp"
#include "formats/matrix/list.hpp"

namespace steady {
namespace {

struct Case {
  const char* family;
  Chain (*make)(int);
  int constant;
  Direction direction;  // of the sweep that converges
};

constexpr Case cases[] = {
    {"kanban", families::kanban, 4, Direction::backward},    {"kanban", families::kanban, 5, Direction::backward},
    {"tandem", families::tandem, 1023, Direction::backward}, {"polling", families::polling, 13, Direction::forward},
    {"polling", families::polling, 15, Direction::forward},  {"fms", families::fms, 6, Direction::backward},
};

// Made when it is first asked for; one at a time, as the cases are run one after the other.
const Chain& chain_of(const Case& c) {
  static std::pair<const Case*, Chain> last;
  if (last.first != &c) last = {&c, c.make(c.constant)};
  return last.second;
}

// Bytes a second of copying vectors too large for the caches, the best of a few.
double copy_bandwidth() {
  static std::map<int, double> known;
  double& best = known[omp_get_max_threads()];
  if (best > 0) return best;
  const std::size_t size = std::size_t{1} << 25;
  HostVector x(size, 1.0), y(size);
  for (int k = 0; k < 5; ++k) {
    const auto start = std::chrono::steady_clock::now();
    copy(x, y);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    best = std::max(best, 2.0 * sizeof(double) * static_cast<double>(size) / took.count());
  }
  return best;
}

enum class Word { multiply, sweep };

void apply(const Inflow<HostVector>& inflow, Word word, Direction direction, HostVector& x, HostVector& y) {
  if (word == Word::multiply)
    inflow.multiply(x, y);
  else
    inflow.gauss_seidel_sweep(direction, 1.0, x);
}

// Of the matrix in the order in which the word goes over it.
std::uint64_t bytes_of_matrix(const HostKernel& kernel, const Csr& inflow, Word word, Direction direction) {
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
HostVector once(const Inflow<HostVector>& inflow, Word word, Direction direction) {
  HostVector x(inflow.size()), y(inflow.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 1 + static_cast<double>(i % 17);
  apply(inflow, word, direction, x, y);
  return word == Word::multiply ? y : x;
}

void run(benchmark::State& state, const HostKernel& kernel, const Case& c, Word word, int threads) {
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
    const HostVector expected = once(*csr, word, c.direction), found = once(*inflow, word, c.direction);
    for (std::size_t i = 0; i < chain.size(); ++i)
      if (!(std::abs(found[i] - expected[i]) <= 1e-12 * std::abs(expected[i]))) {
        state.SkipWithError(fmt::format("wrong: entry {} is {}, not {}", i, found[i], expected[i]).c_str());
        return;
      }
  }
  HostVector x(chain.size(), 1.0), y(chain.size());
  for (auto _ : state) apply(*inflow, word, c.direction, x, y);

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
  state.counters["copy"] = rate(bytes / copy_bandwidth());
  state.counters["B/state"] = matrix / states;
}

void register_all() {
  for (const Case& c : cases)
    for (const Word word : {Word::multiply, Word::sweep})
      for (const HostKernel& kernel : host_kernels())
        for (int threads = 1; threads <= omp_get_num_procs(); threads *= 2)
          benchmark::RegisterBenchmark(
              fmt::format("{}/{}/{}/{}/threads:{}", c.family, c.constant,
                          word == Word::multiply ? "multiply" : "gauss-seidel-sweep", kernel.kernel, threads)
                  .c_str(),
              [&c, &kernel, word, threads](benchmark::State& state) { run(state, kernel, c, word, threads); })
              ->UseRealTime()
              ->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace steady

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  steady::register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
