#include "solver/structure/subchain.hpp"

#include <algorithm>

namespace steady::detail {

// A table of all states is made only for a good part of them, so that thousands of small components cost no thousands
// of tables.
LocalNumbers::LocalNumbers(std::span<const State> states, std::size_t all) : states_(states) {
  if (states.size() < all / 16) return;
  number_.assign(all, none);
  for (std::size_t i = 0; i < states.size(); ++i) number_[states[i]] = static_cast<State>(i);
}

State LocalNumbers::operator[](State state) const {
  if (!number_.empty()) return number_[state];
  const auto found = std::lower_bound(states_.begin(), states_.end(), state);
  return found != states_.end() && *found == state ? static_cast<State>(found - states_.begin()) : none;
}

Subchain::Subchain(const Chain& chain, std::vector<State> states) : whole_(chain), states_(std::move(states)) {
  if (states_.size() == chain.size()) return;
  const LocalNumbers local(states_, chain.size());

  // A bottom component's rows also hold what flows in from outside; in the long run, nothing does.
  const Csr& in = chain.inflow;
  for (const State state : states_) {
    for (std::uint64_t k = in.row_start[state]; k < in.row_start[state + std::size_t{1}]; ++k) {
      const State source = local[in.column[k]];
      if (source == LocalNumbers::none) continue;
      inflow_.column.push_back(source);
      inflow_.value.push_back(in.value[k]);
    }
    inflow_.row_start.push_back(inflow_.column.size());
    exit_rate_.push_back(chain.exit_rate[state]);
  }
}

IrreducibleChain Subchain::chain() const {
  if (exit_rate_.empty())
    return {whole_.inflow, whole_.exit_rate, whole_.initial.empty() ? 0 : whole_.initial.front().state};
  return {inflow_, exit_rate_};
}

}  // namespace steady::detail
