#include "solver/restriction.hpp"

namespace steady {

Restriction::Restriction(const Chain& chain, std::vector<State> states) : whole_(chain), states_(std::move(states)) {
  if (states_.size() == chain.size()) return;
  std::vector<State> local(chain.size(), static_cast<State>(-1));
  for (std::size_t i = 0; i < states_.size(); ++i) local[states_[i]] = static_cast<State>(i);

  // A bottom component's rows also hold what flows in from outside; in the long run, nothing does.
  const Csr& in = chain.inflow;
  for (const State state : states_) {
    for (std::uint64_t k = in.row_start[state]; k < in.row_start[state + std::size_t{1}]; ++k) {
      const State source = local[in.column[k]];
      if (source == static_cast<State>(-1)) continue;
      inflow_.column.push_back(source);
      inflow_.value.push_back(in.value[k]);
    }
    inflow_.row_start.push_back(inflow_.column.size());
    exit_rate_.push_back(chain.exit_rate[state]);
  }
}

Irreducible Restriction::chain() const {
  if (exit_rate_.empty()) return {whole_.inflow, whole_.exit_rate};
  return {inflow_, exit_rate_};
}

std::vector<double> Restriction::scatter(std::vector<double>&& values) const {
  if (exit_rate_.empty()) return std::move(values);
  std::vector<double> all(whole_.size(), 0.0);
  for (std::size_t i = 0; i < states_.size(); ++i) all[states_[i]] = values[i];
  return all;
}

}  // namespace steady
