// Answers of a grid of models, from which the next one's solve and proof begin.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <steady/certify.hpp>
#include <steady/chain.hpp>
#include <steady/iteration.hpp>
#include <steady/solve.hpp>

namespace steady::detail {

class NearbyAnswers {
 public:
  // Where in the grid: one number for each constant that varies.
  using Place = std::vector<double>;

  // Keeps the answer for the chain at that place, and of those before it the last few of the same states.
  void add(const Place& place, const Chain& chain, const Solution& solution,
           const std::optional<Certificate>& certificate);

  // What the answers that are kept say of the distribution at another place: they are extrapolated where only the last
  // constant varies, else the last one is taken. Nothing where the chain has other states.
  InitialGuess guess(const Place& place, const Chain& chain) const;

  // The last proof; null where there is none of the same states and transitions.
  const Certificate* similar(const Chain& chain) const;

 private:
  struct Answer {
    Place place;
    std::vector<double> distribution;
  };
  bool same_states(const Chain& chain) const;

  std::vector<Answer> answers_;  // the last is the newest
  States states_;
  std::vector<std::uint64_t> row_start_;  // of the newest chain's matrix
  std::vector<State> column_;
  std::optional<Certificate> certificate_;
};

// Where in a grid a solve is, and the answers beside it.
struct GridPlace {
  NearbyAnswers::Place place;
  NearbyAnswers& neighbours;
};

}  // namespace steady::detail
