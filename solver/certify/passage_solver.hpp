// Expected totals until a target is reached, of several rewards: what they share is found once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <steady/first_passage.hpp>

#include "formats/base/deadline.hpp"
#include "solver/absorbing_system.hpp"
#include "solver/certify/passage_checker.hpp"
#include "solver/transient.hpp"

namespace steady::detail {

class PassageSolver {
 public:
  // `direction`: in which sweeps over the rows of the rates from each state suit the chain. The chain must be valid,
  // and all must outlive this.
  PassageSolver(const Chain& chain, const std::vector<bool>& target, const Options& options, const Observer& observer,
                Direction direction = Direction::forward);

  // Tries these as the time until the target is reached before that is solved for.
  void try_time(const Expansion& time);

  // As first_passage(). `off`: what the rates are off by, at most; bounds that add less than that are not improved.
  FirstPassage run(const std::function<double(State)>& rate, double off = 0);

 private:
  // For the linear systems of what is swept in vain, or not at all.
  struct Eliminated {
    Eliminated(const Chain& chain, const std::vector<bool>& inside, const Options& options, const Observer& observer);

    const Chain stopped;  // the chain on the states inside and a state for the target
    const Components components;
    const Grouping grouping;
    const TransientPart transient;
  };
  std::vector<double> solve(const std::vector<double>& earned, AbsorptionSolveInfo& solved_by, double reduction) const;
  std::optional<std::vector<double>> sweep(const std::vector<double>& earned, double reduction,
                                           AbsorptionSolveInfo& solved_by) const;
  bool find_rough_time();
  void correct(const std::vector<Interval>& product, const std::vector<double>& earned, double reduction,
               Expansion& x) const;
  void find_time();
  bool interrupted() const { return observer_.interrupted() || deadline_.over(); }
  Stop reason_to_stop() const { return observer_.interrupted() ? Stop::interrupted : Stop::time_limit; }
  void judge(const std::vector<double>& earned, FirstPassage& found) const;
  std::vector<double> longest_times() const;
  void prove(Expansion total, const std::vector<double>& earned, double off, FirstPassage& found) const;
  void settle(const Expansion& total, double delta, const std::vector<double>& earned, FirstPassage& found) const;

  const Chain& chain_;
  const std::vector<bool>& target_;
  const Options options_;
  const Observer& observer_;
  const Deadline deadline_;
  const std::vector<bool> inside_;  // outside the target, and sure to reach it
  const std::size_t unknowns_;      // how many these are
  PassageChecker checker_;
  mutable std::optional<const Eliminated> eliminated_;  // once it is needed
  std::unique_ptr<const AbsorbingSystem> swept_;        // where the states are many; null: they are few
  std::vector<double> one_;                             // 1 in the states inside
  Expansion time_;                                      // until the target is reached; empty: not yet found
  bool rough_ = false;                                  // that is at least half of it and no more exact
  AbsorptionSolveInfo time_solved_by_;
  std::string reason_;  // why the time proves nothing
};

}  // namespace steady::detail
