#include "solver/chain_from_rows.hpp"

#include <omp.h>

#include <algorithm>
#include <vector>

#include "formats/in_parallel.hpp"

namespace steady {

namespace {

constexpr std::size_t most_blocks = 16;  // each has a count for every state

std::size_t block_count(std::size_t n) {
  return std::clamp<std::size_t>(static_cast<std::size_t>(omp_get_max_threads()), 1, std::min(n + 1, most_blocks));
}

// Calls work(block, first, last).
template <class Work>
void for_numbered_blocks(std::size_t n, Work work) {
  const std::size_t blocks = block_count(n);
  in_parallel(blocks, [&](std::size_t b) {
    work(b, n / blocks * b + std::min(b, n % blocks), n / blocks * (b + 1) + std::min(b + 1, n % blocks));
  });
}

// Ascending by target, those to one target added, zeros dropped.
void merge(std::vector<Step>& steps) {
  bool ready = true;
  for (std::size_t k = 0; k < steps.size() && ready; ++k)
    ready = steps[k].rate != 0 && (k == 0 || steps[k - 1].target < steps[k].target);
  if (ready) return;
  std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.target < b.target; });
  std::size_t kept = 0;
  for (const Step step : steps) {
    if (kept > 0 && steps[kept - 1].target == step.target)
      steps[kept - 1].rate += step.rate;
    else
      steps[kept++] = step;
  }
  steps.resize(kept);
  std::erase_if(steps, [](const Step& step) { return step.rate == 0; });
}

}  // namespace

void for_blocks(std::size_t n, const std::function<void(std::size_t, std::size_t)>& work) {
  for_numbered_blocks(n, [&](std::size_t, std::size_t first, std::size_t last) { work(first, last); });
}

Chain chain_from_rows(Kind kind, std::size_t n, const Row& row) {
  const std::size_t blocks = block_count(n);
  std::vector<std::vector<State>> before(
      blocks);  // entries of a row of the inflow from the block, then from those before
  std::vector<std::vector<SelfLoop>> loops(blocks);
  Chain chain;
  chain.kind = kind;
  chain.exit_rate.resize(n);
  for_numbered_blocks(n, [&](std::size_t b, std::size_t first, std::size_t last) {
    before[b].assign(n, 0);
    std::vector<Step> steps;
    std::vector<double> rates;
    for (std::size_t i = first; i < last; ++i) {
      steps.clear();
      row(i, steps);
      merge(steps);
      rates.clear();
      for (const Step& step : steps) {
        if (step.target == i) {
          loops[b].push_back({step.target, step.rate});
          continue;
        }
        ++before[b][step.target];
        rates.push_back(step.rate);
      }
      chain.exit_rate[i] = sum_ascending(rates);
    }
  });
  for (const std::vector<SelfLoop>& own : loops)
    chain.self_loops.insert(chain.self_loops.end(), own.begin(), own.end());

  Csr& inflow = chain.inflow;
  inflow.row_start.resize(n + 1);
  for_blocks(n, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      State sum = 0;
      for (std::size_t b = 0; b < blocks; ++b) sum += std::exchange(before[b][i], sum);
      inflow.row_start[i + 1] = sum;
    }
  });
  for (std::size_t i = 0; i < n; ++i) inflow.row_start[i + 1] += inflow.row_start[i];
  inflow.column.resize(inflow.row_start[n]);
  inflow.value.resize(inflow.row_start[n]);

  for_numbered_blocks(n, [&](std::size_t b, std::size_t first, std::size_t last) {
    std::vector<Step> steps;
    for (std::size_t i = first; i < last; ++i) {
      steps.clear();
      row(i, steps);
      merge(steps);
      for (const Step& step : steps) {
        if (step.target == i) continue;
        const std::uint64_t place = inflow.row_start[step.target] + before[b][step.target]++;
        inflow.column[place] = static_cast<State>(i);
        inflow.value[place] = step.rate;
      }
    }
  });
  if (n > 0) chain.initial = {{0, 1.0}};
  return chain;
}

}  // namespace steady
