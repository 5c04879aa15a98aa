// How far the rates that a file gives can be from the doubles that they become on their way into a chain: a reader says
// what it does with them, state by state.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "formats/matrix/csr.hpp"

namespace steady {

class RateErrors {
 public:
  explicit RateErrors(bool wanted = false) : wanted_(wanted) {}

  // Where nobody asks nothing is kept, and nothing need be said.
  bool wanted() const { return wanted_; }

  // A rate from the state was read, whose relative error (formats/relative_error.hpp) is at most this.
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

// Takes in that each rate can be off by `error` as well: adds it to the errors of the states, none of which are known
// where they are empty.
void widen(std::vector<double>& of_states, std::size_t states, double error);

}  // namespace steady
