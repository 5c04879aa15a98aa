#include "solver/answer/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "solver/answer/figure.hpp"
#include "solver/answer/rates.hpp"
#include "solver/certify/certify.hpp"
#include "solver/certify/relative.hpp"

namespace steady::detail {

namespace {

using Finding = Verdict::Finding;

// p without its negative entries, scaled to mass 1; uniform where nothing is left.
std::vector<double> normalised(std::vector<double> p) {
  double sum = 0;
  for (double& x : p) sum += x = std::max(x, 0.0);
  for (double& x : p) x = sum > 0 && std::isfinite(sum) ? x / sum : 1 / static_cast<double>(p.size());
  return p;
}

// A distribution near the exact one, with a proven bound: from p, or solved for afresh where p is too far off.
Certificate near_exact(const Chain& chain, const std::vector<double>& p, double error,
                       const std::function<bool()>& interrupted) {
  CertifyOptions options;
  options.target = error / 10;
  options.interrupted = interrupted;
  const auto bound_of = [](const Certificate& certificate) {
    return certificate.proof ? certificate.proof->bound : INFINITY;
  };
  Certificate own = certify(chain, p, options, Checked::yes);
  if (bound_of(own) <= error / 2 || interrupted()) return own;
  Solution solution = solve(chain, {}, {[](const IterationInfo&) {}, interrupted}, Starts::initial, {}, Checked::yes);
  Certificate fresh = certify(chain, solution, options.target, Effort::any, interrupted, Checked::yes);
  return bound_of(fresh) < bound_of(own) ? fresh : own;
}

Verdict measured(const Chain& chain, const std::vector<double>& p) {
  Verdict verdict;
  const Interval mass = mass_of({p});
  verdict.mass = middle(mass);
  verdict.negative_entries =
      static_cast<std::size_t>(std::count_if(p.begin(), p.end(), [](double x) { return x < 0; }));
  std::vector<double> scaled = p;
  if (verdict.mass > 0)
    for (double& x : scaled) x /= verdict.mass;
  verdict.residual = true_residual(chain, scaled, Checked::yes);
  return verdict;
}

// Of one of the questions asked: the worst of them is the verdict.
void add_finding(Verdict& verdict, Finding finding, const std::string& reason) {
  verdict.finding = std::max(verdict.finding, finding);
  verdict.reason += (verdict.reason.empty() ? "" : "; ") + reason;
}

class Judge {
 public:
  Judge(const Chain& chain, const std::vector<double>& p, std::function<bool()> interrupted)
      : chain_(chain), p_(p), start_(normalised(p)), interrupted_(std::move(interrupted)) {}

  void judge_error(double error, Verdict& verdict) const {
    const Certificate near = near_exact(chain_, start_, error, interrupted_);
    if (!near.proven) return add_finding(verdict, Finding::not_proven, stopped() + near.reason);
    const ProvenDistribution& proven = *near.proof;
    const Interval apart = distance(p_, proven.exact, proven.mass);
    const double bound = add_up(apart.high, proven.bound);
    if (!std::isfinite(bound)) return add_finding(verdict, Finding::not_proven, "a number left the range of doubles");
    verdict.error_bound = bound;
    if (bound <= error)
      add_finding(verdict, Finding::proven, fmt::format("the error is at most {}", upward(bound)));
    else if (apart.low > proven.bound)
      add_finding(verdict, Finding::refuted,
                  fmt::format("it is {:.2g} away from a distribution that is proven within {}", apart.low,
                              upward(proven.bound)));
    else
      add_finding(verdict, Finding::not_proven,
                  fmt::format("{}the error is at most {}, more is not proven", stopped(), upward(bound)));
  }

  void judge_relative_error(double error, Verdict& verdict) const {
    const RelativeProof near = near_exact_relatively(error);
    if (!near.holds()) return add_finding(verdict, Finding::not_proven, stopped() + "relatively: " + near.reason());
    StateError worst, surely;  // the largest errors that a state may have, and that it has
    for (std::size_t i = 0; i < p_.size(); ++i) {
      const Interval exact = near.bounds(static_cast<State>(i));
      if (std::max(std::abs(p_[i]), exact.high) < DBL_MIN) continue;
      worst.see(i, largest_error(p_[i], exact));
      surely.see(i, least_error(p_[i], exact));
    }
    if (std::isfinite(worst.error)) verdict.relative_error_bound = worst.error;
    if (worst.error <= error)
      add_finding(verdict, Finding::proven,
                  fmt::format("relative to each state's probability, at most {}", upward(worst.error)));
    else if (surely.error > error)
      add_finding(verdict, Finding::refuted,
                  fmt::format("state {} is wrong by {:.2g} of its probability", surely.state, surely.error));
    else
      add_finding(verdict, Finding::not_proven,
                  fmt::format("{}state {} is not proven to {} of its probability", stopped(), worst.state, error));
  }

 private:
  struct StateError {
    std::size_t state = 0;
    double error = 0;
    void see(std::size_t i, double e) {
      if (e > error) *this = {i, e};
    }
  };

  // Relative to the exact number.
  static double largest_error(double p, const Interval& exact) {
    const double distance = std::max(add_up(exact.high, -p), add_up(p, -exact.low));
    return exact.low > 0 ? divide_up(distance, exact.low) : INFINITY;
  }
  static double least_error(double p, const Interval& exact) {
    const double distance = std::max({add_down(p, -exact.high), add_down(exact.low, -p), 0.0});
    return exact.high > 0 ? divide_down(distance, exact.high) : INFINITY;
  }

  // Of a distribution near the exact one: from p, or solved for afresh where p is too far off.
  RelativeProof near_exact_relatively(double error) const {
    RelativeOptions options;
    options.target = error / 10;
    options.effort = Effort::any;
    options.interrupted = interrupted_;
    Solution solution;
    solution.distribution = start_;
    RelativeProof own = certify_relatively(chain_, solution, options, Checked::yes).proof;
    if ((own.holds() && own.error() <= error / 2) || interrupted_()) return own;
    solution = solve(chain_, {}, {[](const IterationInfo&) {}, interrupted_}, Starts::initial, {}, Checked::yes);
    RelativeProof fresh = certify_relatively(chain_, solution, options, Checked::yes).proof;
    return !own.holds() || (fresh.holds() && fresh.error() < own.error()) ? fresh : own;
  }

  std::string stopped() const { return interrupted_() ? "the time limit was reached: " : ""; }

  const Chain& chain_;
  const std::vector<double>& p_;
  const std::vector<double> start_;
  const std::function<bool()> interrupted_;
};

const char* name_of_finding(Finding finding) {
  return finding == Finding::proven ? "proven" : finding == Finding::refuted ? "refuted" : "not_proven";
}

}  // namespace

Verdict find_verdict(const Chain& chain, const std::vector<double>& p, const VerdictOptions& options) {
  Verdict verdict = measured(chain, p);
  verdict.finding = Finding::proven;
  const Judge judge(chain, p, options.interrupted);
  if (options.error || !options.relative) judge.judge_error(options.error.value_or(usual_verdict_error), verdict);
  if (options.relative) judge.judge_relative_error(*options.relative, verdict);
  return verdict;
}

std::string json_verdict(const Verdict& verdict, const ProvenRates& rates) {
  using Json = nlohmann::ordered_json;
  Json json{
      {"residual", verdict.residual},
      {"mass", verdict.mass},
      {"negative_entries", verdict.negative_entries},
      {"error_bound", verdict.error_bound ? Json(*verdict.error_bound) : Json(nullptr)},
      {"relative_error_bound", verdict.relative_error_bound ? Json(*verdict.relative_error_bound) : Json(nullptr)}};
  add(json, rates);
  json["verdict"] = name_of_finding(verdict.finding);
  json["reason"] = verdict.reason;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string text_verdict(const Verdict& verdict, const ProvenRates& rates) {
  const std::string of_rates = fmt::format("proven (rates: {})", describe(rates));
  std::string text = fmt::format("mass       {:.17g}\nnegative   {}\nresidual   {:.2g}\n", verdict.mass,
                                 verdict.negative_entries, verdict.residual);
  if (verdict.error_bound || !verdict.relative_error_bound)
    text += verdict.error_bound
                ? fmt::format("error      at most {} in total variation, {}\n", upward(*verdict.error_bound), of_rates)
                : "error      unknown\n";
  if (verdict.relative_error_bound)
    text += fmt::format("relative   each probability within {} of the exact one, {}\n",
                        upward(*verdict.relative_error_bound), of_rates);
  return text + fmt::format("verdict    {}: {}\n", name_of_finding(verdict.finding), verdict.reason);
}

}  // namespace steady::detail
