// Sensitivities of several queries: what they share is found once.
//
// Q: the generator, pi its long-run distribution, f a function of the state, m = pi f, j a state of the bottom
// component and g(i) the expected total of f - m from i until j is reached, so that Q g = m - f but in j, where pi Q g
// = 0 says the same. A derivative ' by a constant: pi Q = 0 gives pi' Q = -pi Q', and as pi' 1 = 0
//
//   m' = pi f' + pi' (f - m) = pi f' - pi' Q g = pi (f' + Q' g).
//
// One solve for g gives the derivatives by all constants. For bounds, g is enclosed in every state
// (passage_checker.hpp), with what is not known of m and of f - m times the time to j, and so is the long-run average
// of f' + Q' g.
#pragma once

#include <vector>

#include <steady/sensitivity.hpp>

#include "solver/certify/certify.hpp"
#include "solver/certify/passage_solver.hpp"

namespace steady::detail {

class SensitivitySolver {
 public:
  // `certificate`: of the solution, whose witness is tried; may be null. `enclose`: of long-run averages; empty where
  // nothing is proven of them. All but it must outlive this. Throws Error as sensitivities() for the chain.
  SensitivitySolver(const Model& model, const Solution& solution, const Certificate* certificate, Enclosure enclose,
                    const Options& options, const Observer& observer);

  // Not a number where the chain's linear systems were not solved.
  std::vector<Sensitivity> run(const Query& query);
  // Why the last of those that were not solved stopped.
  Stop stop() const { return stop_; }

 private:
  struct Number {
    double value;
    Interval range;
  };
  struct Varied {  // a value with its derivatives
    Number value;
    std::vector<Number> derivatives;
  };
  Varied varied(const Query& query);
  Varied of_leaf(const Query& leaf);
  Number long_run(const std::function<double(State)>& f) const;
  Number long_run(const std::vector<Number>& f) const;
  std::vector<Number> enclose_totals(const Query& leaf, const Number& mean);
  void require_closed() const;

  const Model& model_;
  const Solution& solution_;
  Enclosure enclose_;
  std::vector<bool> long_run_;   // the states of the bottom component
  std::vector<bool> reference_;  // j alone
  PassageSolver passages_;
  std::vector<double> longest_;  // at least the time to j; empty: not known
  Stop stop_ = Stop::converged;
};

}  // namespace steady::detail
