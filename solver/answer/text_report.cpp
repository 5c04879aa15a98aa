// The report that a person reads.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formats/base/with_commas.hpp"
#include "solver/answer/rates.hpp"
#include "solver/answer/result.hpp"

namespace steady::detail {

namespace {

// The values of a range, or of every state.
std::string several_of(const Measure& measure, const States& states, bool relative) {
  const std::vector<Figure> figures = figures_of(measure, relative);
  if (measure.filter == Filter::Kind::range) return fmt::format("[{}, {}]", figures[0].digits(), figures[1].digits());
  std::string text = fmt::format("not 0 from {} states", with_commas(measure.by_state.size()));
  for (std::size_t k = 0; k < figures.size(); ++k) {
    const State state = measure.by_state[k].state;
    text += fmt::format("\n  {}:{}  {}", state, states.describe(state), figures[k].digits());
  }
  return text;
}

// Of a total until a target is reached that may not be.
std::string infinite_value(const Measure& measure) {
  const std::string value =
      fmt::format("{}: the target is not reached with probability 1", Figure{*measure.value, {}}.digits());
  return measure.holds ? fmt::format("{}  ({})", *measure.holds, value) : value;
}

std::string method_of(const Attempt& attempt) {
  const auto& [method, preconditioner, direction] = attempt.config;
  std::string text(name(method));
  if (preconditioner) text += fmt::format(" + {}", name(*preconditioner));
  if (direction) text += fmt::format(" ({})", name(*direction));
  if (attempt.mixed) text += " in mixed precision";
  return text;
}

void append_model(const Result& result, std::string& text) {
  const Chain& chain = result.model.chain;
  const Structure& structure = result.solution.structure;
  text += fmt::format("model      {}{}: {}, {} states, {} transitions\n", result.file, constants_of(result.model),
                      name(chain.kind), with_commas(chain.size()), with_commas(chain.transitions()));
  text += fmt::format("structure  {} component{}, {} of them bottom, {} transient states", structure.components,
                      structure.components == 1 ? "" : "s", structure.bottom_components,
                      with_commas(structure.transient_states));
  text += fmt::format("{}\n", structure.period > 1 ? fmt::format(", period {}", structure.period) : "");
}

void append_truncation(const Result& result, std::string& text) {
  if (!result.truncation) return;
  const Truncation& truncation = *result.truncation;
  if (truncation.complete) {
    text += fmt::format("truncated  no: these are all states that can be reached\n");
    return;
  }
  text += fmt::format("truncated  {:.2g} of all transitions leave the states that were kept{}\n", truncation.outflow,
                      truncation.solves > 1 ? fmt::format("; the last growth moved {:.2g}", truncation.moved) : "");
  text += fmt::format("           largest values:");
  for (const Variable& variable : result.model.chain.states.packing.variables())
    text += fmt::format(" {} {}", variable.name, variable.high);
  text += fmt::format("\n           {}\n", truncation.reached
                                               ? fmt::format("to {}", truncation.tolerance)
                                               : fmt::format("NOT to {}: {}", truncation.tolerance, truncation.reason));
  if (result.truncation_proven())
    text += fmt::format("error      at most {} in total variation, proven, truncation included\n",
                        upward(truncation.total_variation));
  else
    text += fmt::format("error      truncated, error not proven{}\n",
                        truncation.proof_reason.empty() ? "" : fmt::format(": {}", truncation.proof_reason));
  if (!truncation.drift.empty()) text += fmt::format("           drift function {}\n", truncation.drift);
}

void append_solver(const Solution& solution, std::string& text) {
  for (const Attempt& attempt : solution.tried)
    text += fmt::format("method     {}{}: {} after {} iterations, {} matrix passes, {:.2f} s, residual {:.2g}\n",
                        method_of(attempt),
                        attempt.chains > 1 ? fmt::format(" on {} components", with_commas(attempt.chains)) : "",
                        describe(attempt.outcome.stop), attempt.outcome.iterations, attempt.outcome.passes,
                        attempt.seconds, attempt.outcome.residual);
  if (!solution.tried.empty())
    text += fmt::format("           storage {}, kernel {}, {}, {} thread{}\n",
                        solution.storage ? name(*solution.storage) : "none", solution.kernel, name(solution.device),
                        solution.threads, solution.threads == 1 ? "" : "s");
  const AbsorptionSolveInfo& absorption = solution.transient;
  if (absorption.states > 0)
    text += fmt::format("transient  {} of {} states: {} after {} iterations, {:.2f} s, residual {:.2g}{}\n",
                        name(absorption.method), with_commas(absorption.states), describe(absorption.outcome.stop),
                        absorption.outcome.iterations, absorption.seconds, absorption.outcome.residual,
                        absorption.balance > 0 ? fmt::format(", balance {:.2g}", absorption.balance) : "");
  text += fmt::format("residual   {:.2g}, balance {:.2g}{}\n", solution.residual, solution.balance,
                      solution.converged ? "" : "   NOT CONVERGED");
}

// Where the chain may end, as long as that can be read.
void append_ends(const Result& result, std::string& text) {
  constexpr std::size_t most = 10;
  const Solution& solution = result.solution;
  if (solution.structure.bottom_components < 2 || solution.structure.bottom_components > most) return;
  for (const BottomComponent& part : solution.components)
    if (part.reachable)
      text +=
          fmt::format("ends       in {} state{} from {} on with probability {}\n", with_commas(part.states.size()),
                      part.states.size() == 1 ? "" : "s", part.states.front(), probability_of(result, part).digits());
}

// Of the linear systems that measures have of their own: totals until a target, and derivatives.
void append_measures_stop(const Result& result, std::string& text) {
  if (!solved(result.measures_stop))
    text += fmt::format("measures   NOT CONVERGED: {}\n", describe(result.measures_stop));
}

void append_error(const Result& result, std::string& text) {
  if (!result.certificate && !result.proven()) return;
  const std::string& cut = result.proof_cut;
  if (result.proven())
    text += fmt::format("error      at most {} in total variation, proven (rates: {}){}{}\n",
                        upward(result.total_variation()), describe(result.rates),
                        result.error_reached() ? "" : fmt::format("   NOT PROVEN to {}", *result.error_asked),
                        cut.empty() ? "" : fmt::format("; {}", cut));
  else
    text += fmt::format("error      nothing proven: {}\n", cut.empty() ? result.certificate->reason : cut);
}

void append_relative(const Result& result, std::string& text) {
  if (!result.relative) return;
  const RelativeProof& proof = result.relative->proof;
  text += fmt::format(
      "relative   {}{}{}\n",
      proof.holds() ? fmt::format("each probability within {} of itself, proven; {} passes", upward(proof.error()),
                                  result.relative->passes)
                    : fmt::format("nothing proven: {}", proof.reason()),
      result.relative_for_rare ? "; as a measure is rare" : "",
      result.relative_reached() ? "" : fmt::format("   NOT PROVEN to {} of every measure", *result.relative_asked));
}

// A derivative or an elasticity. Where a proof was tried, no digit is shown that is not proven.
std::string sensitivity_of(const ProvenNumber& number, const Result& result, std::string (Figure::*said)() const) {
  if (std::isnan(number.value)) return "not known";
  const Figure figure = figure_of(number);
  return figure.proven || !result.proof_wanted ? (figure.*said)() : "not proven";
}

void append_sensitivities(const Result& result, std::size_t k, std::string& text) {
  if (result.sensitivities.empty()) return;
  for (const Sensitivity& by : result.sensitivities[k])
    text +=
        fmt::format("  by {}: {}, elasticity {}\n", by.constant, sensitivity_of(by.derivative, result, &Figure::text),
                    sensitivity_of(by.elasticity, result, &Figure::text));
}

void append_measures(const Result& result, std::string& text) {
  const std::vector<std::string> names = names_of(result.measures);
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, name.size());
  for (std::size_t k = 0; k < names.size(); ++k) {
    text += fmt::format("{:<{}}  {}\n", names[k], width,
                        value_of(result.measures[k], result.model.chain.states, result.proof_of(result.measures[k])));
    append_sensitivities(result, k, text);
  }
}

void append_top(const Result& result, std::string& text) {
  const std::vector<double>& distribution = result.solution.distribution;
  for (const State state : most_likely(distribution, result.top))
    text += fmt::format("{}:{}  {}\n", state, result.model.chain.states.describe(state),
                        probability_of(result, state).digits());
}

}  // namespace

std::string value_of(const Measure& measure, const States& states, const ProofMade& proof) {
  const std::string unproven = proof.reason.empty() ? "" : ", " + proof.reason;
  if (measure.undecided && !measure.value) return "undecided" + unproven;
  if (measure.filter == Filter::Kind::range || measure.filter == Filter::Kind::print)
    return several_of(measure, states, proof.relative);
  if (!measure.value) return fmt::format("{}{}", *measure.holds, unproven);
  if (std::isinf(*measure.value)) return infinite_value(measure);
  const Figure figure = figure_of(measure, proof.relative);
  if (measure.undecided)
    return fmt::format("undecided{}  ({}{})", measure.bound ? " within " + upward(*measure.bound) : "", figure.digits(),
                       unproven);
  const bool failed = proof.tried && !measure.bound && unproven.empty();
  const std::string number = figure.text() + (failed ? ", not proven" : unproven);
  return measure.holds ? fmt::format("{}  ({})", *measure.holds, number) : number;
}

std::string text_of(const std::vector<Marginal>& marginals, std::string_view unproven) {
  std::string text;
  for (const Marginal& marginal : marginals) {
    text +=
        fmt::format("{}: mean {}{}\n", marginal.variable, marginal.mean.digits(), marginal.mean.proven ? "" : unproven);
    for (const auto& [value, probability] : marginal.probability)
      text += fmt::format("  {:>6}  {}\n", value, probability.digits());
  }
  return text;
}

std::string constants_of(const Model& model) {
  std::string text;
  for (const Constant& constant : model.constants)
    text += std::visit([&](auto value) { return fmt::format(" {}={}", constant.name, value); }, constant.value);
  return text;
}

std::vector<std::string> names_of(const std::vector<Measure>& measures) {
  std::map<std::string_view, std::size_t> count;
  for (const Measure& measure : measures) ++count[measure.name];
  std::vector<std::string> names;
  for (const Measure& measure : measures)
    names.push_back(count[measure.name] == 1 ? measure.name : fmt::format("{} ({})", measure.name, measure.kind));
  return names;
}

std::string sensitivity_digits(const ProvenNumber& number, const Result& result) {
  return sensitivity_of(number, result, &Figure::digits);
}

std::string text_report(const Result& result) {
  std::string text;
  if (result.solution.slow_modes)
    text += fmt::format(
        "NOT KNOWN  the chain has sets of states that it hardly ever leaves; their probabilities may be off "
        "by {:.2g}\n",
        std::min(*result.solution.aggregate_error, 1.0));
  append_model(result, text);
  append_truncation(result, text);
  append_solver(result.solution, text);
  append_measures_stop(result, text);
  append_ends(result, text);
  append_error(result, text);
  append_relative(result, text);
  const Solution::Seconds& seconds = result.solution.seconds;
  text += fmt::format(
      "seconds    load {:.2f}, structure {:.2f}, setup {:.2f}, solve {:.2f}, certify {:.2f}, total {:.2f}\n",
      result.load_seconds, seconds.structure, seconds.setup, seconds.solve, result.proof_seconds(),
      result.total_seconds);
  if (!result.measures.empty()) text += '\n';
  append_measures(result, text);
  if (result.marginals)
    text += '\n' + text_of(marginals(result), result.whole() ? "" : ", truncated, error not proven");
  if (result.top > 0) {
    text += '\n';
    append_top(result, text);
  }
  return text;
}

}  // namespace steady::detail
