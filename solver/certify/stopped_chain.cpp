#include "solver/certify/stopped_chain.hpp"

namespace steady::detail {

std::vector<bool> led_to(const Csr& matrix, const std::vector<bool>& from, const std::vector<bool>& through) {
  std::vector<bool> found = from;
  std::vector<State> open;
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i]) open.push_back(static_cast<State>(i));
  while (!open.empty()) {
    const State i = open.back();
    open.pop_back();
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + std::size_t{1}]; ++k) {
      const State next = matrix.column[k];
      if (found[next] || !through[next]) continue;
      found[next] = true;
      open.push_back(next);
    }
  }
  return found;
}

std::vector<bool> surely_arriving(const Csr& inflow, const std::vector<bool>& target) {
  std::vector<bool> outside = target;
  outside.flip();
  std::vector<bool> lost = led_to(inflow, target, outside);
  lost.flip();
  std::vector<bool> sure = led_to(inflow, lost, outside);
  sure.flip();
  for (std::size_t i = 0; i < sure.size(); ++i) sure[i] = sure[i] && outside[i];
  return sure;
}

Chain stopped_chain(const Chain& chain, const std::vector<bool>& inside) {
  const Csr& in = chain.inflow;
  std::vector<State> number(chain.size(), 0);
  State count = 0;
  for (std::size_t i = 0; i < inside.size(); ++i)
    if (inside[i]) number[i] = count++;
  Chain stopped;
  stopped.kind = chain.kind;
  std::vector<double> arriving(count, 0.0);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + 1]; ++k) {
      if (!inside[in.column[k]]) continue;
      const State source = number[in.column[k]];
      if (!inside[i]) {
        arriving[source] += in.value[k];
        continue;
      }
      stopped.inflow.column.push_back(source);
      stopped.inflow.value.push_back(in.value[k]);
    }
    if (!inside[i]) continue;
    stopped.inflow.row_start.push_back(stopped.inflow.column.size());
    stopped.exit_rate.push_back(chain.exit_rate[i]);
  }
  for (State source = 0; source < count; ++source) {
    if (arriving[source] == 0) continue;
    stopped.inflow.column.push_back(source);
    stopped.inflow.value.push_back(arriving[source]);
  }
  stopped.inflow.row_start.push_back(stopped.inflow.column.size());
  stopped.exit_rate.push_back(0);
  double at_target = 0;
  for (const auto& [state, probability] : chain.initial)
    if (inside[state])
      stopped.initial.push_back({number[state], probability});
    else
      at_target += probability;
  stopped.initial.push_back({count, at_target});
  return stopped;
}

}  // namespace steady::detail
