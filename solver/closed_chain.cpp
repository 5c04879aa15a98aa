#include "solver/closed_chain.hpp"

#include <algorithm>
#include <numeric>

#include "solver/device/host.hpp"
#include "solver/structure.hpp"

namespace steady {

ClosedChain::ClosedChain(const Chain& chain, const std::vector<double>& distribution) : chain_(chain) {
  find_blocks(distribution);
  const bool irreducible = std::all_of(block_.begin(), block_.end(), [](State block) { return block == 0; });
  if (irreducible && reference_.size() == 1)
    common_ = reference_[0];
  else
    close();
}

void ClosedChain::find_blocks(const std::vector<double>& distribution) {
  const Components components = find_components(chain_);
  std::vector<State> number(components.count, no_block);
  State closed = 0;
  for (std::size_t c = 0; c < components.count; ++c)
    if (components.reachable[c] && components.bottom[c]) number[c] = closed++;
  for (std::size_t c = 0; c < components.count; ++c)
    if (components.reachable[c] && !components.bottom[c]) number[c] = closed;
  block_.resize(chain_.size());
  reference_.assign(closed, no_block);
  for (std::size_t i = 0; i < block_.size(); ++i) {
    block_[i] = number[components.of[i]];
    if (block_[i] >= closed) continue;
    State& reference = reference_[block_[i]];
    if (reference == no_block || distribution[i] > distribution[reference]) reference = static_cast<State>(i);
  }
}

bool ClosedChain::is_reference(std::size_t i) const {
  return block_[i] < reference_.size() && reference_[block_[i]] == i;
}

void ClosedChain::close() {
  std::vector<State> number(block_.size(), no_block);
  for (std::size_t i = 0; i < block_.size(); ++i)
    if (block_[i] != no_block && !is_reference(i)) {
      number[i] = static_cast<State>(state_.size());
      state_.push_back(static_cast<State>(i));
    }
  common_ = static_cast<State>(state_.size());

  std::vector<double> entering(block_.size(), 0.0), leaving(block_.size(), 0.0);  // rates from the common state, and to
  for (const auto& [state, probability] : chain_.initial)
    if (block_[state] == reference_.size()) entering[state] += probability;
  for (std::size_t i = 0; i < block_.size(); ++i) add_rates(static_cast<State>(i), number, entering, leaving);
  for (const State state : state_)
    if (leaving[state] > 0) {
      inflow_.column.push_back(number[state]);
      inflow_.value.push_back(leaving[state]);
    }
  inflow_.row_start.push_back(inflow_.column.size());
  exit_rate_.push_back(std::accumulate(entering.begin(), entering.end(), 0.0));
}

// The rates into a state: a row of its own where it is no reference.
void ClosedChain::add_rates(State to, const std::vector<State>& number, std::vector<double>& entering,
                            std::vector<double>& leaving) {
  if (block_[to] == no_block) return;
  const Csr& in = chain_.inflow;
  for (std::uint64_t k = in.row_start[to]; k < in.row_start[to + std::size_t{1}]; ++k) {
    const State from = in.column[k];
    if (block_[from] == no_block) continue;
    if (block_[from] != block_[to] || is_reference(to)) {
      leaving[from] += in.value[k];
    } else if (is_reference(from)) {
      entering[to] += in.value[k];
    } else {
      inflow_.column.push_back(number[from]);
      inflow_.value.push_back(in.value[k]);
    }
  }
  if (is_reference(to)) return;
  if (entering[to] > 0) {
    inflow_.column.push_back(common_);
    inflow_.value.push_back(entering[to]);
  }
  inflow_.row_start.push_back(inflow_.column.size());
  exit_rate_.push_back(chain_.exit_rate[to]);
}

Irreducible ClosedChain::chain() const {
  if (whole()) return {chain_.inflow, chain_.exit_rate, common_};
  return {inflow_, exit_rate_, common_};
}

std::vector<double> ClosedChain::gather(const std::vector<double>& all) const {
  std::vector<double> own(size(), 0.0);
  for_each_entry(size(), [&](std::size_t i) {
    if (i != common_) own[i] = all[whole() ? i : state_[i]];
  });
  return own;
}

std::vector<double> ClosedChain::spread(const std::vector<double>& own, double common) const {
  std::vector<double> all(block_.size(), 0.0);
  for_each_entry(size(), [&](std::size_t i) {
    if (i != common_) all[whole() ? i : state_[i]] = own[i];
  });
  for (const State state : reference_) all[state] = common;
  return all;
}

std::vector<double> ClosedChain::inflow_from_common(double unit) const {
  const Csr& in = chain().inflow;
  std::vector<double> inflow(size(), 0.0);
  for_each_entry(size(), [&](std::size_t i) {
    const auto first = in.column.begin() + static_cast<std::ptrdiff_t>(in.row_start[i]);
    const auto last = in.column.begin() + static_cast<std::ptrdiff_t>(in.row_start[i + 1]);
    const auto found = std::lower_bound(first, last, common_);
    if (found != last && *found == common_)
      inflow[i] = unit * in.value[static_cast<std::size_t>(found - in.column.begin())];
  });
  return inflow;
}

}  // namespace steady
