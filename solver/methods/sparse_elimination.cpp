#include "solver/methods/sparse_elimination.hpp"

#include <algorithm>
#include <queue>
#include <utility>

namespace steady {
namespace {

// The part of a chain that has not been eliminated yet, as lists that grow and shrink.
class Remainder {
 public:
  struct Transition {
    State state;
    double rate;
  };

  explicit Remainder(const Irreducible& chain) : out_(chain.inflow.rows()), sources_(chain.inflow.rows()) {
    const Csr& in = chain.inflow;
    for (State i = 0; i < in.rows(); ++i)
      for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + std::size_t{1}]; ++k) {
        out_[in.column[k]].push_back({i, in.value[k]});
        sources_[i].push_back(in.column[k]);
      }
  }

  // New transitions that censoring the state makes, at most.
  std::size_t cost(State k) const { return out_[k].size() * sources_[k].size(); }

  // Shares out what flows through k among the others. Adds to `factors` each source and its rate
  // to k in units of k's exit rate. Returns the list entries that were looked at.
  std::size_t censor(State k, std::vector<Transition>& factors) {
    std::size_t looks = 0;
    double exit = 0;
    for (const Transition& t : out_[k]) exit += t.rate;
    for (const Transition& t : out_[k]) {
      looks += sources_[t.state].size();
      std::erase(sources_[t.state], k);
    }
    for (const State i : sources_[k]) {
      looks += out_[i].size() * out_[k].size();
      const auto to_k = std::find_if(out_[i].begin(), out_[i].end(), [k](const Transition& t) { return t.state == k; });
      const double share = to_k->rate / exit;
      out_[i].erase(to_k);
      factors.push_back({i, share});
      for (const Transition& t : out_[k])
        if (t.state != i) add(i, t.state, share * t.rate);
    }
    touched_.clear();
    for (const State i : sources_[k]) touched_.push_back(i);
    for (const Transition& t : out_[k]) touched_.push_back(t.state);
    std::vector<Transition>().swap(out_[k]);
    std::vector<State>().swap(sources_[k]);
    return looks;
  }

  // The states whose transitions the last censoring changed.
  const std::vector<State>& touched() const { return touched_; }

 private:
  void add(State from, State to, double rate) {
    for (Transition& t : out_[from])
      if (t.state == to) {
        t.rate += rate;
        return;
      }
    out_[from].push_back({to, rate});
    sources_[to].push_back(from);
  }

  std::vector<std::vector<Transition>> out_;
  std::vector<std::vector<State>> sources_;
  std::vector<State> touched_;
};

}  // namespace

bool looks_sparse_to_eliminate(const Irreducible& chain) {
  constexpr std::size_t narrow = 16, few = 4000;
  const Csr& in = chain.inflow;
  if (in.entries() <= (in.rows() <= few ? 8 : 3) * in.rows()) return true;
  std::size_t band = 0;
  for (std::size_t i = 0; i < in.rows() && band <= narrow; ++i)
    for (std::uint64_t k = in.row_start[i]; k < in.row_start[i + 1]; ++k) {
      const std::size_t j = in.column[k];
      band = std::max(band, i > j ? i - j : j - i);
    }
  return band <= narrow;
}

std::optional<std::vector<double>> eliminate_sparse(const Irreducible& chain, const std::function<bool()>& stop) {
  const std::size_t n = chain.inflow.rows();
  std::size_t work_left = 100 * chain.inflow.entries() + 10'000'000;
  Remainder remainder(chain);
  using Entry = std::pair<std::size_t, State>;  // cost, state; out of date where the cost has changed since
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue;
  for (State i = 0; i < n; ++i) queue.emplace(remainder.cost(i), i);
  std::vector<State> order;
  std::vector<bool> censored(n, false);
  std::vector<Remainder::Transition> factors;
  std::vector<std::size_t> first_factor{0};
  while (order.size() + 1 < n) {
    const auto [cost, k] = queue.top();
    queue.pop();
    if (censored[k] || cost != remainder.cost(k)) continue;
    if (cost > work_left || (order.size() % 1024 == 0 && stop())) return std::nullopt;
    const std::size_t looks = remainder.censor(k, factors);
    if (looks > work_left) return std::nullopt;
    work_left -= looks;
    censored[k] = true;
    order.push_back(k);
    first_factor.push_back(factors.size());
    for (const State i : remainder.touched()) queue.emplace(remainder.cost(i), i);
  }

  // Back again: from the one state that is left, each state's probability from those of its sources.
  std::vector<double> x(n, 0.0);
  x[static_cast<std::size_t>(std::find(censored.begin(), censored.end(), false) - censored.begin())] = 1;
  double total = 1;
  for (std::size_t step = order.size(); step-- > 0;) {
    double& own = x[order[step]];
    for (std::size_t f = first_factor[step]; f < first_factor[step + 1]; ++f)
      own += x[factors[f].state] * factors[f].rate;
    total += own;
    if (total > 1e150) {  // probabilities may span more than a double's range
      for (double& entry : x) entry *= 1e-150;
      total *= 1e-150;
    }
  }
  for (double& entry : x) entry /= total;
  return x;
}

}  // namespace steady
