// Rare events: a long-run distribution that is right in every entry, and a proof of it that is relative to each.
//
// A solution whose residual is small is right to that in sum, and may be all wrong in what is less likely. Here it is
// finished entry by entry (entrywise.hpp), and a witness is found for the checker (relative_checker.hpp), which then
// bounds every state and every measure relatively.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <steady/certify.hpp>
#include <steady/chain.hpp>
#include <steady/measures.hpp>
#include <steady/solve.hpp>

#include "formats/base/names.hpp"
#include "solver/certify/relative_checker.hpp"

namespace steady::detail {

template <>
struct NamesOf<Accuracy> {
  static constexpr std::string_view option = "accuracy";
  static constexpr Named<Accuracy> list[] = {
      {Accuracy::automatic, "auto"},
      {Accuracy::absolute, "absolute"},
      {Accuracy::relative, "relative"},
  };
};

struct RelativeOptions {
  double target = 1e-10;           // relative error of the states at which to stop improving
  Effort effort = Effort::modest;  // about six times the solve or some seconds, or whatever it takes
  double memory_limit = 0;         // GiB, for the chain and what the proof takes; 0: no limit
  std::function<bool()> interrupted = [] { return false; };
};

struct RelativeCertificate {
  RelativeProof proof;                            // or why there is none
  Certificate::Cut cut = Certificate::Cut::none;  // what ended it before its end
  // Where the proof holds, its distribution(); else the solution's.
  std::vector<double> distribution;
  double total_variation = INFINITY;  // proven of it
  // What computing it entry by entry came to: the largest |(p Q)(i)| / (p(i) q(i)), q: exit rates, of the states in
  // closed sets that a double can hold.
  double imbalance = INFINITY;
  std::size_t passes = 0;  // over the matrix
  double seconds = 0;
};

// Finishes a solution and proves it. Throws Error as validate() and require_whole() of the chain, where the solution's
// distribution has not one finite entry a state, and for a target or limit that is negative or no number. A failure is
// in the certificate.
RelativeCertificate certify_relatively(const Chain& chain, const Solution& solution,
                                       const RelativeOptions& options = {}, Checked checked = Checked::no);

// What is proven of a query's value.
struct RelativeBound {
  bool proven = false;
  std::string reason;  // why not
  Interval range;      // the exact value is in it

  double value() const { return middle(range); }
};

// Of a query that is no combination and has no target, the value before it is compared. With a filter the chain must
// have one bottom component, as then the long run is the same from every state.
RelativeBound relative_bound(const Query& query, const RelativeProof& proof);

// Whether a long-run probability or reward that the query asks for comes out under 1e-6 of the largest value that it
// has in the long run, and is not 0 for want of states that have any.
bool is_rare(const Query& query, const Solution& solution);

// Whether a proof is to be relative: as `accuracy` says, automatically where a query is rare.
bool wants_relative(Accuracy accuracy, const std::vector<Query>& queries, const Solution& solution);

}  // namespace steady::detail
