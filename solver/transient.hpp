// Before the long run: how long the chain stays in each transient state, and what each state leads to.
//
// T: the transient states; Q_TT: the rates among them, minus their exit rates on the diagonal (Kemeny and Snell 1960,
// chapter 3). Both systems are solved component by component, in the order in which the chain passes through them: a
// lone state is one division, a component of up to dense_limit states is eliminated, larger ones are iterated.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include <steady/iteration.hpp>
#include <steady/options.hpp>

#include "formats/base/deadline.hpp"
#include "solver/absorbing_rates.hpp"
#include "solver/structure/structure.hpp"

namespace steady::detail {

class TransientPart {
 public:
  // The chain, its components and their grouping must outlive it.
  TransientPart(const Chain& chain, const Components& components, const Grouping& grouping, const Options& options,
                const Observer& observer);

  // y >= 0 with a_T + y Q_TT = 0 on the transient states that can be reached, 0 elsewhere: the expected time (DTMC:
  // visits, by way of P - I) in each, from the initial distribution a. One entry a state of the chain.
  // Residual: ||a_T + y Q_TT||_1 over the largest exit rate (DTMC: over 1). Undivided, it bounds what the probabilities
  // of ending here or there are off by: it is held to the tolerance divided and undivided. In components that are
  // iterated it is that of y before it was rounded to doubles, see solve_by_refinement. What is longer than any double
  // is infinite in y, and so is the residual then: nothing flows straight from such a state to another component,
  // unless at a rate less than any normal double.
  AbsorptionSolveInfo expected_time(std::vector<double>& y) const;

  // h has a value for each state of the bottom components; gives each transient state the expected value where the
  // chain ends from there, Q h = 0 on T. Residual: the largest |(Q h)(i)| / exit rate of i, over the largest |h|. Times
  // the steps that the chain takes in T it bounds what h is off by: in components that are iterated that is held to the
  // tolerance.
  AbsorptionSolveInfo expected_end(std::vector<double>& h) const;

  // h with Q h = -earned on T and 0 in the bottom components: the expected total of what is earned a unit of time in
  // each transient state until the chain has left T. Residual, of components that are iterated: the largest |(Q h +
  // earned)(i)| / exit rate of i, over the largest |earned(i)| / exit rate of i.
  AbsorptionSolveInfo expected_total(const std::vector<double>& earned, std::vector<double>& h) const;

 private:
  // A component's rates and right hand side. Rates from and to other components are in absorption_rate and in b.
  AbsorbingRates rates_of(std::size_t component) const;
  struct Part {
    std::vector<double> x;
    bool iterated;
  };
  // What a residual is relative to; of columns either what the steps in a component may add up to or what each may add.
  struct Scale {
    double size;
    bool of_a_step = false;
  };
  Part solve(std::size_t component, Side side, const std::vector<double>& b, const Scale& scale,
             AbsorptionSolveInfo& absorption) const;
  AbsorptionSolveInfo solve_columns(const Scale& scale, std::vector<double>& b, std::vector<double>& h) const;
  std::optional<std::vector<double>> eliminate(const AbsorbingRates& rates, Side side, const std::vector<double>& b,
                                               AbsorptionSolveInfo& absorption) const;
  std::vector<double> iterate(std::size_t component, const AbsorbingRates& rates, Side side,
                              const std::vector<double>& b, const Scale& scale, AbsorptionSolveInfo& absorption) const;
  Monitor::Budget budget(double tolerance) const { return {tolerance, options_.max_iterations, deadline_.left()}; }
  bool count(const Outcome& outcome, AbsorptionSolveInfo& absorption) const;
  double most_steps(std::size_t component, const AbsorbingRates& rates, AbsorptionSolveInfo& absorption) const;
  void judge(AbsorptionSolveInfo& absorption, double decisive) const;

  const Chain& chain_;
  const Components& components_;
  const Grouping& grouping_;
  Options options_;
  Deadline deadline_;  // for all components together
  Observer observer_;
  std::vector<double> absorption_rate_;          // of each state: its rates to other components
  mutable std::map<std::size_t, double> steps_;  // by component, as far as they were asked for
};

}  // namespace steady::detail
