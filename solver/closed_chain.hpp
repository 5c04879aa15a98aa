// The long run of any chain as that of one irreducible chain.
//
// Each closed set that can be reached has a reference state; all references become one common state. From there the
// chain goes as from each of the references, and to the states outside the closed sets, T, at the rates that the
// initial distribution gives; from T it comes back when it enters a closed set. The stationary measure that is 1 in the
// common state is then that of every closed set with 1 in its reference, and the expected times in T. A chain that is
// irreducible is its own, with its reference as the common state.
#pragma once

#include <vector>

#include "solver/chain.hpp"
#include "solver/restriction.hpp"

namespace steady {

class ClosedChain {
 public:
  // References: the most likely states by `distribution`. The chain must outlive it.
  ClosedChain(const Chain& chain, const std::vector<double>& distribution);

  // Of each state of the whole chain: its closed set 0, 1, ...; reference().size() in T; no_block: never reached.
  static constexpr State no_block = static_cast<State>(-1);
  const std::vector<State>& block() const { return block_; }
  const std::vector<State>& reference() const { return reference_; }

  Irreducible chain() const;
  State common() const { return common_; }
  std::size_t size() const { return whole() ? block_.size() : exit_rate_.size(); }

  // From one number a state of the whole chain to one a state of this one, 0 in the common state; and back, with
  // `common` in the references and 0 where the chain never is.
  std::vector<double> gather(const std::vector<double>& all) const;
  std::vector<double> spread(const std::vector<double>& own, double common) const;

  // `unit` times the rates from the common state.
  std::vector<double> inflow_from_common(double unit) const;

 private:
  bool whole() const { return exit_rate_.empty(); }
  void find_blocks(const std::vector<double>& distribution);
  bool is_reference(std::size_t i) const;
  void close();
  void add_rates(State to, const std::vector<State>& number, std::vector<double>& entering,
                 std::vector<double>& leaving);

  const Chain& chain_;
  std::vector<State> block_, reference_;
  State common_ = 0;
  std::vector<State> state_;  // of the whole chain, by number here without the common one, which is last; ascending
  Csr inflow_;                // these three are empty where the chain is its own
  std::vector<double> exit_rate_;
};

}  // namespace steady
