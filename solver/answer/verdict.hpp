// Is a distribution right? Whoever computed it is not asked.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <steady/answer.hpp>

namespace steady::detail {

// Total variation that has to be proven where nothing else is asked.
inline constexpr double usual_verdict_error = 1e-8;

struct VerdictOptions {
  std::optional<double> error;     // total variation that has to be proven
  std::optional<double> relative;  // relative error of each state's probability that has to be proven
  std::function<bool()> interrupted = [] { return false; };
};

struct Verdict {
  enum class Finding { proven, not_proven, refuted };  // from the best to the worst

  double residual = 0;
  double mass = 0;
  std::size_t negative_entries = 0;
  std::optional<double> error_bound;           // proven: max over sets A of |p(A) - pi(A)|
  std::optional<double> relative_error_bound;  // proven: max over states i of |p(i) - pi(i)| / pi(i)
  Finding finding = Finding::not_proven;
  std::string reason;
};

// Of p, one finite number a state, neither normalised nor checked for sign. Without `relative` an error is asked for in
// any case.
Verdict find_verdict(const Chain& chain, const std::vector<double>& p, const VerdictOptions& options);

// For a person, and for a program; `rates`: those that the proof is of.
std::string text_verdict(const Verdict& verdict, const ProvenRates& rates);
std::string json_verdict(const Verdict& verdict, const ProvenRates& rates);

}  // namespace steady::detail
