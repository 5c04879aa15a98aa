// The first passages that queries ask for, each solved once: from each state, from the initial distribution, or from
// the long run.
#pragma once

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

  // `enclose`: of long-run averages; empty where nothing is proven of them. The chain and the solution must outlive it.
  Passages(const Chain& chain, const Solution& solution, Start start, Enclosure enclose)
      : chain_(chain), solution_(solution), start_(start), enclose_(std::move(enclose)) {}

  // Solves those of the queries' leaves that have a target. The queries must outlive this.
  void solve(const std::vector<Query>& queries, const Options& options, const Observer& observer);

  // Of a leaf that has been solved: its value, infinite where the target is not reached with probability 1, and what is
  // proven of it; both again from each state.
  double value(const Query& leaf) const;
  Interval enclosure(const Query& leaf) const;
  const std::vector<double>& values(const Query& leaf) const { return found_.at(&leaf).value; }
  std::vector<Interval> enclosures(const Query& leaf) const;

  // Whether all of them were solved, or proven; the seconds that they took.
  bool solved() const;
  double seconds() const;

 private:
  bool infinite(const FirstPassage& passage) const;
  FirstPassage& find(const Query& leaf, const Options& options, const Observer& observer);
  void find_from_initial(const Query& leaf, const std::function<Options()>& left, const Observer& observer);
  void renew(const Query& leaf, const Options& options, const Observer& observer);

  const Chain& chain_;
  const Solution& solution_;
  Start start_;
  Enclosure enclose_;
  std::map<const Query*, FirstPassage> found_;
  std::map<const Query*, Interval> renewed_;  // from the initial distribution, of those that are better known so
};

}  // namespace steady::detail
