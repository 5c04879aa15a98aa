#include "solver/certify/renewal.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "formats/base/deadline.hpp"
#include "solver/certify/certify.hpp"
#include "solver/certify/relative.hpp"

namespace steady::detail {
namespace {

// The states that are reached before the target or in it, and r, the last, which has none.
struct RenewedChain {
  Chain chain;
  std::vector<State> state;  // of the whole chain
};

// The states that the chain comes to until it is in the target, ascending.
std::vector<State> states_until(const Chain& chain, const Csr& outgoing, const std::vector<bool>& target) {
  std::vector<bool> found(chain.size(), false);
  std::vector<State> open;
  const auto find = [&](State s) {
    if (!found[s] && !target[s]) open.push_back(s);
    found[s] = true;
  };
  for (const auto& [state, probability] : chain.initial)
    if (probability > 0) find(state);
  while (!open.empty()) {
    const State s = open.back();
    open.pop_back();
    for (std::uint64_t k = outgoing.row_start[s]; k < outgoing.row_start[s + std::size_t{1}]; ++k)
      find(outgoing.column[k]);
  }
  std::vector<State> states;
  for (std::size_t s = 0; s < found.size(); ++s)
    if (found[s]) states.push_back(static_cast<State>(s));
  return states;
}

RenewedChain renewed(const Chain& chain, const std::vector<bool>& target, double lambda) {
  const Csr outgoing = outgoing_rates(chain, Checked::yes);
  RenewedChain result{{}, states_until(chain, outgoing, target)};
  std::vector<State> number(chain.size(), 0);
  for (std::size_t k = 0; k < result.state.size(); ++k) number[result.state[k]] = static_cast<State>(k);
  const auto r = static_cast<State>(result.state.size());
  Csr rows;
  const auto add = [&](State to, double rate) {
    rows.column.push_back(to);
    rows.value.push_back(rate);
  };
  for (const State s : result.state) {
    if (target[s]) add(r, lambda);
    for (std::uint64_t k = outgoing.row_start[s]; !target[s] && k < outgoing.row_start[s + std::size_t{1}]; ++k)
      if (outgoing.column[k] != s) add(number[outgoing.column[k]], outgoing.value[k]);
    rows.row_start.push_back(rows.column.size());
  }
  for (const auto& [state, probability] : chain.initial)
    if (probability > 0) add(number[state], lambda * probability);
  rows.row_start.push_back(rows.column.size());
  result.chain = make_chain(Kind::ctmc, rows, Checked::yes);
  if (chain.rate_error.empty()) return result;
  for (const State s : result.state) result.chain.rate_error.push_back(target[s] ? 0 : chain.rate_error[s]);
  result.chain.rate_error.push_back(0);
  return result;
}

// A power of two, so that nothing is rounded by it, and no slower than the chain: what begins anew soon is soon back
// where it mostly is, however rare the target.
double renewal_rate(const Chain& chain) {
  constexpr int most = 900;
  const double fastest = *std::max_element(chain.exit_rate.begin(), chain.exit_rate.end());
  return std::ldexp(1, std::clamp(std::ilogb(fastest), -most, most));
}

RelativeProof prove_long_run(const Chain& chain, const Options& options, const Observer& observer) {
  const Deadline deadline(options.time_limit);
  Options own;
  own.threads = options.threads;
  own.memory_limit = options.memory_limit;
  own.time_limit = options.time_limit;
  Solution solution = solve(chain, own, observer, Starts::initial, {}, Checked::yes);
  RelativeOptions relative;
  relative.memory_limit = options.memory_limit;
  relative.interrupted = [&] { return observer.interrupted() || deadline.over(); };
  return certify_relatively(chain, solution, relative, Checked::yes).proof;
}

}  // namespace

std::optional<Interval> total_by_renewal(const Chain& chain, const Query& leaf, const Options& options,
                                         const Observer& observer) {
  std::vector<bool> target(chain.size());
  for (std::size_t s = 0; s < target.size(); ++s) target[s] = leaf.target(static_cast<State>(s));
  const double lambda = renewal_rate(chain);
  const auto [renewed_chain, states] = renewed(chain, target, lambda);
  const RelativeProof proof = prove_long_run(renewed_chain, options, observer);
  if (!proof.holds()) return std::nullopt;
  const auto before_target = [&, &own = states](const std::function<double(State)>& f) {
    return [&target, &own, &f](State k) { return k == own.size() || target[own[k]] ? 0.0 : f(own[k]); };
  };
  Query earned;
  earned.value = before_target(leaf.value);
  if (leaf.error) earned.error = before_target(leaf.error);
  const Interval sum = enclose(earned, [&](const std::function<double(State)>& f) { return proof.bounds(f); });
  ExactSum initial;
  for (const auto& [state, probability] : chain.initial) initial.add(probability);
  const Interval total = sum / proof.bounds(static_cast<State>(states.size())) / initial.value() / lambda;
  return total.finite() ? std::optional(total) : std::nullopt;
}

}  // namespace steady::detail
