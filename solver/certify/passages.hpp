// The first passages that queries ask for, each solved once: from each state, from the initial distribution, or from
// the long run.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include <steady/first_passage.hpp>
#include <steady/measures.hpp>
#include <steady/solve.hpp>

#include "solver/certify/certify.hpp"

namespace steady::detail {

class Passages {
 public:
  // What a query without a filter starts from.
  enum class Start { initial, long_run };

  // `enclose`: of long-run averages; may be empty. All but it must outlive this; it and the solution, which only the
  // values from the long run are of, may come about after solve().
  Passages(const Chain& chain, const Solution& solution, Start start, Enclosure enclose)
      : chain_(chain), solution_(solution), start_(start), enclose_(std::move(enclose)) {}

  // Solves those of the queries' leaves that have a target. The queries must outlive this.
  void solve(const std::vector<Query>& queries, const Options& options, const Observer& observer);

  // Of a leaf that has been solved: its value, infinite where the target is not reached with probability 1 by the
  // chain's graph, not a number where doubles cannot hold it, and what is proven of it; both again from each state.
  double value(const Query& leaf) const;
  Interval enclosure(const Query& leaf) const;
  const std::vector<double>& values(const Query& leaf) const { return found_.at(&leaf).value; }
  std::vector<Interval> enclosures(const Query& leaf) const;

  // From each state, as it was solved.
  const FirstPassage& passage(const Query& leaf) const { return found_.at(&leaf); }

  // Why the first of them that is neither solved nor proven stopped; the seconds that all took.
  Stop stop() const;
  double seconds() const;

 private:
  using Left = std::function<Options()>;  // what is left of a budget

  std::vector<bool> starting_states() const;
  bool infinite(const FirstPassage& passage) const;
  FirstPassage& find(const Query& leaf, const Left& left, const Observer& observer);
  void find_from_initial(const Query& leaf, const Left& left, const Observer& observer);
  void renew(const Query& leaf, const Options& options, const Observer& observer);
  Interval from_long_run(const FirstPassage& passage) const;
  Interval from_initial(const FirstPassage& passage) const;

  const Chain& chain_;
  const Solution& solution_;
  Start start_;
  Enclosure enclose_;
  std::map<const Query*, FirstPassage> found_;
  std::map<const Query*, Interval> renewed_;  // from the initial distribution, of those that are better known so
};

}  // namespace steady::detail
