#include "formats/chain/chain_from_rows.hpp"

#include <algorithm>
#include <vector>

namespace steady::detail {

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

}  // namespace steady::detail
