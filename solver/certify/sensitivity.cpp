#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/deadline.hpp"
#include "formats/base/thread_count.hpp"
#include "formats/chain/arithmetic.hpp"
#include "solver/certify/sensitivity_solver.hpp"

namespace steady {

using namespace detail;
namespace {

// The derivative of what is made of a and b from theirs, da and db.
template <class Number>
Number derivative(Query::Arithmetic arithmetic, const Number& a, const Number& b, const Number& da, const Number& db) {
  using Arithmetic = Query::Arithmetic;
  if (arithmetic == Arithmetic::sum || arithmetic == Arithmetic::difference) return combined(arithmetic, da, db);
  if (arithmetic == Arithmetic::product) return da * b + a * db;
  return combined(Arithmetic::quotient, da - combined(Arithmetic::quotient, a, b) * db, b);
}

ProvenNumber proven(double value, const Interval& range) {
  const Interval known = range.finite() ? range : any_number;
  return {std::isfinite(value) ? value : NAN, known.low, known.high};
}

VariedValue varied_constant(const Query& query, std::size_t constants) {
  VariedValue result{{*query.constant, *query.constant}, std::vector<EnclosedNumber>(constants)};
  for (std::size_t k = 0; k < query.constant_derivatives.size(); ++k)
    result.derivatives.at(k) = {query.constant_derivatives[k], query.constant_derivatives[k]};
  return result;
}

}  // namespace

SensitivitySolver::SensitivitySolver(SensitivityInput input, const Options& options, const Observer& observer)
    : input_(std::move(input)),
      left_([options, deadline = Deadline(options.time_limit)] {
        Options left = options;
        left.time_limit = deadline.left();
        return left;
      }),
      observer_(observer),
      passages_(input_.model, input_.passages, input_.passages_provable, left_, observer) {}

LongRunSensitivity& SensitivitySolver::long_run() {
  if (!long_run_)
    long_run_.emplace(input_.model, input_.solution, input_.certificate, input_.enclose, left_, observer_);
  return *long_run_;
}

VariedValue SensitivitySolver::varied(const Query& query) {
  const std::size_t count = input_.model.derivatives.size();
  if (query.constant) return varied_constant(query, count);
  if (query.target) return passages_.of(query);
  if (query.arithmetic == Query::Arithmetic::none) return long_run().of(query);
  const VariedValue a = varied(query.operands[0]), b = varied(query.operands[1]);
  VariedValue result{{combined(query.arithmetic, a.value.value, b.value.value),
                      combined(query.arithmetic, a.value.range, b.value.range)},
                     {}};
  for (std::size_t k = 0; k < count; ++k)
    result.derivatives.push_back(
        {derivative(query.arithmetic, a.value.value, b.value.value, a.derivatives[k].value, b.derivatives[k].value),
         derivative(query.arithmetic, a.value.range, b.value.range, a.derivatives[k].range, b.derivatives[k].range)});
  return result;
}

std::vector<Sensitivity> SensitivitySolver::run(const Query& query) {
  require_differentiable(query);
  const VariedValue all = varied(query);
  std::vector<Sensitivity> result;
  for (std::size_t k = 0; k < all.derivatives.size(); ++k) {
    const Derivative& by = input_.model.derivatives[k];
    const EnclosedNumber& slope = all.derivatives[k];
    result.push_back({by.constant, proven(slope.value, slope.range),
                      proven(by.value * slope.value / all.value.value,
                             quotient(Interval(by.value) * slope.range, all.value.range))});
  }
  return result;
}

Stop SensitivitySolver::stop() const {
  return long_run_ && !solved(long_run_->stop()) ? long_run_->stop() : passages_.stop();
}

void require_differentiable(const Query& query) {
  if (query.filter || query.connective != Query::Connective::none)
    throw Error(fmt::format("--sensitivity: {} is not one value", query.property));
}

std::vector<Sensitivity> sensitivities(const Model& model, const Query& query, const Solution& solution,
                                       const std::optional<Certificate>& certificate, const Options& options,
                                       const Observer& observer) {
  check_options(options);
  require_whole(model.chain);
  require_one_entry_a_state(solution.distribution, model.chain, "solution");
  const ThreadCount threads(options.threads);
  Enclosure enclosure;
  if (certificate && certificate->proven)
    enclosure = [&](const std::function<double(State)>& f) { return enclose(f, *certificate); };
  const std::vector<Query> queries{query};
  Passages passages(model.chain, solution, Passages::Start::initial, enclosure);
  passages.solve(queries, options, observer);
  return SensitivitySolver({model, solution, certificate ? &*certificate : nullptr, enclosure, passages,
                            model.chain.rate_error.empty()},
                           options, observer)
      .run(queries.front());
}

}  // namespace steady
