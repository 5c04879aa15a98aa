// How a long-run average changes with the constants of a model.
//
// Q: the generator, pi its long-run distribution, f a function of the state, m = pi f, j a state of the bottom
// component and g(i) the expected total of f - m from i until j is reached, so that Q g = m - f but in j, where pi Q g
// = 0 says the same. A derivative ' by a constant: pi Q = 0 gives pi' Q = -pi Q', and as pi' 1 = 0
//
//   m' = pi f' + pi' (f - m) = pi f' - pi' Q g = pi (f' + Q' g).
//
// Where the chain can end in several bottom components, j, m and g are those of each, u(i) is the expected m of the one
// where the chain ends from i, and the long-run average is a u, a the initial distribution. From Q u = 0 on the states
// T outside the components, with y the expected time in each of them (visits.hpp),
//
//   (a u)' = pi (f' + Q' g) + y Q' u.
//
// A solve for g, another one for u and one for y give the derivatives by all constants. For bounds, g and u are
// enclosed in every state (passage_checker.hpp), with what is not known of m and of f - m times the time to j, and so
// is the long-run average of f' + Q' g.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <steady/certify.hpp>
#include <steady/solve.hpp>

#include "solver/certify/certify.hpp"
#include "solver/certify/passage_solver.hpp"
#include "solver/certify/varied_value.hpp"
#include "solver/certify/visits.hpp"

namespace steady::detail {

class LongRunSensitivity {
 public:
  // `certificate`: of the solution, whose witness is tried; may be null. `enclose`: of long-run averages; empty where
  // nothing is proven of them. `left`: the options, with what is left of the time limit. All must outlive this. Throws
  // Error where a rate that is 0 would lead out of a bottom component.
  LongRunSensitivity(const Model& model, const Solution& solution, const Certificate* certificate,
                     const Enclosure& enclose, const std::function<Options()>& left, const Observer& observer);

  // Derivatives are not numbers where the linear systems were not solved.
  VariedValue of(const Query& leaf);

  // Why the last of those that were not solved stopped.
  Stop stop() const { return stop_; }

 private:
  using Numbers = std::vector<EnclosedNumber>;
  struct Outside {  // the states outside, where the chain can end in several components
    Outside(const Chain& chain, const std::vector<bool>& ends, const Options& options, const Observer& observer)
        : visits(chain, ends, options, observer), passages(chain, ends, options, observer) {}

    Visits visits;
    PassageSolver passages;
  };
  struct Ends {
    Numbers mean;                 // u
    std::vector<double> longest;  // at least the time until a component is reached; empty: not known
  };

  void require_closed() const;
  EnclosedNumber average(const std::function<double(State)>& f) const;
  EnclosedNumber average(const Numbers& f) const;
  Numbers parts(const std::function<double(State)>& f) const;
  Numbers means(const Query& leaf) const;
  Numbers totals(const Query& leaf, const Numbers& means);
  Ends expected_means(const Numbers& means);
  EnclosedNumber by_ends(const Derivative& by, const Ends& ends) const;

  const Model& model_;
  const Solution& solution_;
  const Enclosure& enclose_;
  std::vector<State> component_;            // of each state; no_component: in none that can be reached
  std::vector<bool> long_run_;              // the states of these
  std::vector<bool> reference_;             // j of each
  std::vector<std::optional<State>> lone_;  // the state of each component that has no other
  Numbers weights_;                         // of each component, where there are several
  PassageSolver passages_;
  std::optional<Outside> outside_;
  Stop stop_ = Stop::converged;
};

}  // namespace steady::detail
