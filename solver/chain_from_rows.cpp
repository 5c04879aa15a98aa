#include "solver/chain_from_rows.hpp"

#include <omp.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace steady {

std::size_t block_count(std::size_t n) {
  constexpr std::size_t most = 16;
  return std::clamp<std::size_t>(static_cast<std::size_t>(omp_get_max_threads()), 1, std::min(n + 1, most));
}

void for_blocks(std::size_t n, const std::function<void(std::size_t, std::size_t)>& work) {
  for_numbered_blocks(n, [&](std::size_t, std::size_t first, std::size_t last) { work(first, last); });
}

void merge_steps(std::vector<Step>& steps) {
  const auto ready = [&](std::size_t k) {
    return steps[k].rate != 0 && (k == 0 || steps[k - 1].target < steps[k].target);
  };
  std::size_t first = 0;
  while (first < steps.size() && ready(first)) ++first;
  if (first == steps.size()) return;
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

void make_room(std::vector<std::vector<State>>& counts, Csr& inflow) {
  const std::size_t n = counts.front().size();
  std::vector<std::uint64_t>& start = inflow.row_start;
  resize_large(start, n + 1);
  for_blocks(n, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) {
      State sum = 0;
      for (std::vector<State>& count : counts) sum += std::exchange(count[i], sum);
      start[i + 1] = sum;
    }
  });
  for (std::size_t i = 0; i < n; ++i) start[i + 1] += start[i];
  resize_large(inflow.column, start[n]);
  resize_large(inflow.value, start[n]);
}

}  // namespace steady
