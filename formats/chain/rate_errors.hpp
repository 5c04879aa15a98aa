// How far the rates that a file gives can be from the doubles that they become on their way into a chain: a reader says
// what it does with them, state by state.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include <steady/csr.hpp>

namespace steady::detail {

class RateErrors {
 public:
  explicit RateErrors(bool wanted = false) : wanted_(wanted) {}

  // Where nobody asks nothing is kept, and nothing need be said.
  bool wanted() const { return wanted_; }

  // A rate from the state was read, whose relative error (formats/base/relative_error.hpp) is at most this.
  void read(State state, double error);
  // All rates were read, and those at the same place added. Before that nothing is known of how many states there are.
  void added(const Csr& outgoing);
  // The rates from the state were divided by their sum, with these results.
  void divided(State state, double sum, std::span<const double> results);

  // Chain::rate_error.
  const std::vector<double>& of_states() const { return of_states_; }

 private:
  struct Rate {
    State state;
    double error;
  };

  bool wanted_;
  std::vector<Rate> read_;
  std::vector<double> of_states_;
};

// Likewise how far what the states earn can be from what a file means, as it is a sum of rewards and of rates times
// rewards.
class RewardErrors {
 public:
  // rounded: by what the numbers are rounded on the way, too; within: each rate may be so much off, relatively.
  RewardErrors(bool rounded, double within, std::size_t states)
      : rounded_(rounded), within_(within), earned_(rounded || within > 0 ? states : 0) {}

  // The state earns a reward; by a rate, or by a sum of so many.
  void earns(State state, double value) { add(state, value, false, 0); }
  void earns_by_rate(State state, double value, double rate, double rates = 1) {
    add(state, value * rate, true, rates);
  }

  // Reward::error, where the rates from each state have these errors; empty: none.
  std::vector<double> of_states(const std::vector<double>& rate_error) const;

 private:
  struct Earned {
    double size = 0, by_rates = 0;  // sums of magnitudes, rounded: of all, of what rates earn
    double roundings = 0;
  };
  void add(State state, double value, bool by_rate, double rates);

  bool rounded_;
  double within_;
  std::vector<Earned> earned_;
};

// Takes in that each rate can be off by `error` as well: adds it to the errors of the states, none of which are known
// where they are empty.
void widen(std::vector<double>& of_states, std::size_t states, double error);

}  // namespace steady::detail
