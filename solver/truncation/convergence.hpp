// Whether growing sets of states come close to the whole: by what leaves them and by what they change.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <steady/states.hpp>

namespace steady::detail {

// What was found of one set.
struct SetOfStates {
  std::size_t states;
  double outflow;               // the share of all transitions that leaves it
  double moved;                 // total variation from the set before
  std::vector<double> means;    // of the variables
  std::vector<double> rewards;  // long-run averages
};

class Convergence {
 public:
  explicit Convergence(double tolerance) : tolerance_(tolerance) {}

  // Adds to set.moved what the means and rewards have moved by, relative to those over 1.
  void add(SetOfStates set);
  const SetOfStates& last() const { return sets_.back(); }
  bool reached() const;

  // For the residual of the next set, which need not be known much better than what leaves it.
  // `unbounded`: how many of the variables have no range.
  double useful_tolerance(std::size_t unbounded) const;

  // Why no set of at most `most` states will do, in words that name a variable whose mean grows as sets do; empty as
  // long as one may. `unbounded`: how many of the variables have no range. The mean of a walk without a steady state
  // grows like the side of a large set, and an exponential tail is left faster and faster as sets double: what
  // falls like a power of the size, after hardly any probability has moved, is none.
  std::string hopeless(const std::vector<Variable>& variables, std::size_t unbounded, double most) const;

 private:
  // The power of the size that the outflow fell with, from set k - 1 to set k.
  double power(std::size_t k) const;
  std::string find_growth(const std::vector<Variable>& variables, std::size_t unbounded) const;

  double tolerance_;
  std::vector<SetOfStates> sets_;
};

}  // namespace steady::detail
