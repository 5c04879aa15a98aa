#include "solver/answer/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include <steady/error.hpp>
#include <steady/properties.hpp>
#include <steady/starting_states.hpp>

#include "formats/base/deadline.hpp"
#include "formats/base/larger.hpp"
#include "formats/base/stopwatch.hpp"
#include "solver/answer/proofs.hpp"
#include "solver/certify/sensitivity_solver.hpp"

namespace steady {

using namespace detail;
namespace {

// Comparisons are not answered by an iterate that has not converged, or of too few states, unless a proof has decided
// them.
void leave_open(const std::vector<Query>& queries, Result& result) {
  if (result.converged() || result.proven()) return;
  for (std::size_t k = 0; k < queries.size(); ++k) {
    Measure& measure = result.measures[k];
    if (proven_by_truncation(queries[k], result)) continue;
    measure.undecided = measure.undecided || measure.holds;
    measure.holds.reset();
  }
}

// Of what the states that a truncation neglects may change without a bound, nothing is said.
void require_of_kept_states(const std::vector<Query>& queries) {
  const auto refuse = [](const Query& query, const char* what) {
    throw Error(fmt::format("{}: {}, and --truncate keeps some of them",
                            query.property.empty() ? query.name : query.property, what));
  };
  const std::function<void(const Query&, const Query&)> look = [&](const Query& query, const Query& part) {
    if (part.target) refuse(query, "what is asked until a target is reached is of all states");
    if (part.filter) refuse(query, "a filter is of all states");
    const bool quotient = part.arithmetic == Query::Arithmetic::quotient;
    if (quotient && !leaves_of(part.operands.back()).empty())
      refuse(query, "a quotient is of averages over all states");
    for (const Query& operand : part.operands) look(query, operand);
  };
  for (const Query& query : queries) look(query, query);
}

// Derivatives of totals are from the initial distribution, which does not change with the constants.
void require_no_targets(const std::vector<Query>& queries) {
  for (const Query& query : queries)
    for (const Query* leaf : leaves_of(query))
      if (leaf->target)
        throw Error(fmt::format("{}: --sensitivity takes no total from the long run, as --from-steady asks for",
                                query.property));
}

// Answers the queries with a filter, each in its place among the others.
void answer_filters(const std::vector<Query>& queries, const Options& options, const Observer& observer,
                    const Passages& passages, Result& result) {
  Solution& solution = result.solution;
  StartingStates starts(result.model.chain, solution, options, observer, Checked::yes);
  const Averages averages = [&](const Query& query) { return starts.averages(query.value); };
  for (std::size_t k = 0; k < queries.size(); ++k)
    if (queries[k].filter) {
      const auto place = result.measures.begin() + static_cast<std::ptrdiff_t>(k);
      result.measures.insert(place, answer(queries[k], averages, passages, result));
    }
  solution.residual = larger(solution.residual, starts.absorption().outcome.residual);
  result.note_stop(starts.absorption().outcome.stop);
  solution.seconds.solve += starts.absorption().seconds;
}

// Whether an answer is of the long run, not only of how a target is reached from the initial states.
bool of_long_run(const std::vector<Query>& queries, const AnswerOptions& options) {
  if (queries.empty() || options.marginals || options.top > 0) return true;
  return std::any_of(queries.begin(), queries.end(), [&](const Query& query) {
    const std::vector<const Query*> leaves = leaves_of(query);
    return std::any_of(leaves.begin(), leaves.end(),
                       [&](const Query* leaf) { return !leaf->target || (options.from_steady && !query.filter); });
  });
}

// Of every measure, by the constants that the model was differentiated by.
void find_sensitivities(const std::vector<Query>& queries, const Options& options, const AnswerObserver& observer,
                        const Passages& passages, Result& result) {
  if (result.model.derivatives.empty()) return;
  observer.begins("differentiating the measures");
  const bool provable = result.proof_wanted && !result.rates.uncertain() && !result.rates.interval;
  SensitivitySolver solver({result.model, result.solution, result.certificate ? &*result.certificate : nullptr,
                            provable && result.proven() ? result.enclosure() : Enclosure(), passages, provable},
                           options, observer.solver);
  for (const Query& query : queries) result.sensitivities.push_back(solver.run(query));
  result.note_stop(solver.stop());
}

}  // namespace

Result detail::result_for(const Model& model, const AnswerOptions& options, const Origin& origin) {
  Result result{origin.file, model, {}, {}, options.marginals, options.top, origin.load_seconds, 0};
  result.error_asked = options.proof.error;
  result.relative_asked = options.proof.relative;
  result.rates = options.rates;
  result.proof_wanted = !options.proof.no_certify;
  result.command = origin.command;
  result.notes = model.notes;
  result.notes.insert(result.notes.end(), origin.notes.begin(), origin.notes.end());
  return result;
}

void detail::find_answer(const std::vector<Query>& queries, const AnswerOptions& options,
                         const AnswerObserver& observer, const std::function<Solution(const Options&, Starts)>& solve,
                         Result& result) {
  if (!result.whole()) require_of_kept_states(queries);
  if (options.from_steady && !result.model.derivatives.empty()) require_no_targets(queries);
  const bool every = std::any_of(queries.begin(), queries.end(), [](const Query& q) { return q.filter.has_value(); });
  const Deadline deadline(options.solver.time_limit);
  const auto left = [&] {
    Options now = options.solver;
    now.time_limit = deadline.left();
    now.check_aggregates = options.proof.no_certify || !result.whole();  // else where nothing is proven
    return now;
  };
  const auto options_of_solve = [&] {
    Options now = left();
    now.check_aggregates = !result.whole();  // else by prove()
    now.keep_matrix = !now.check_aggregates && !options.proof.relative &&
                      options.proof.accuracy != Accuracy::relative && result.model.chain.rate_error.empty();
    return now;
  };
  Passages passages(result.model.chain, result.solution,
                    options.from_steady ? Passages::Start::long_run : Passages::Start::initial, result.enclosure());
  const auto solve_passages = [&] { passages.solve(queries, left(), observer.solver); };
  result.long_run_wanted = result.long_run_wanted || of_long_run(queries, options);
  observer.begins("solving");
  if (!result.long_run_wanted) solve_passages();  // a budget is for what is asked, first of all
  result.solution = solve(options_of_solve(), every ? Starts::every : Starts::initial);
  if (result.whole()) prove(options, queries, deadline, observer, result);
  observer.begins("evaluating the measures");
  if (result.long_run_wanted) solve_passages();
  result.solution.seconds.solve += passages.seconds();
  result.note_stop(passages.stop());
  for (const Query& query : queries)
    if (!query.filter) result.measures.push_back(answer(query, passages, result));
  if (every) answer_filters(queries, left(), observer.solver, passages, result);
  find_sensitivities(queries, left(), observer, passages, result);
  leave_open(queries, result);
  result.solution.kept.reset();  // where no proof has let go of it
}

void detail::show_distribution(AnswerOptions& options) {
  options.marginals = true;
  if (options.top == 0) options.top = 10;
}

namespace {

constexpr const char* own_properties = "the model's properties";

// Throws Error for a query that has no answer of this model, with what is wanted of it.
void require_answerable(const Query& query, const Model& model) {
  if (!model.derivatives.empty()) require_differentiable(query);
  if (model.chain.truncated) require_of_kept_states({query});
}

// What is asked where the user asks nothing. Of the model's own properties, those that have no answer are noted.
std::vector<Query> unasked_queries(const std::string& constants, const Model& model, std::vector<std::string>& notes) {
  std::vector<Query> queries = default_queries(model.chain, Checked::yes);
  if (model.properties.empty()) return queries;
  for (Query& own : read_properties(model.properties, own_properties, *model.vocabulary, model.chain,
                                    {constants, {}, true}, notes)) {
    const bool there = std::any_of(queries.begin(), queries.end(),
                                   [&](const Query& q) { return q.name == own.name && q.property == own.property; });
    if (there) continue;
    try {
      require_answerable(own, model);
      queries.push_back(std::move(own));
    } catch (const Error& error) {
      notes.push_back(fmt::format("\"{}\" is not answered: {}", own.name, error.what()));
    }
  }
  return queries;
}

}  // namespace

std::vector<Query> detail::find_queries(const std::string& constants, const std::vector<PropertyText>& texts,
                                        const Model& model, std::vector<std::string>& notes) {
  std::vector<Query> queries;
  if (texts.empty()) queries = unasked_queries(constants, model, notes);
  for (const PropertyText& text : texts) {
    const bool own = text.name.empty();
    if (own && model.properties.empty())
      throw Error("--property picks one of a PROPERTIES file or of a model's own, and there is neither");
    std::vector<Query> asked = read_properties(own ? model.properties : text.text, own ? own_properties : text.name,
                                               *model.vocabulary, model.chain, {constants, text.pick}, notes);
    if (asked.empty() && text.single)
      throw Error(
          fmt::format("{} '{}': not a question about the long run that is answered here", text.name, text.text));
    std::move(asked.begin(), asked.end(), std::back_inserter(queries));
  }
  for (Query& query : throughput_queries(model.chain)) queries.push_back(std::move(query));
  if (!model.derivatives.empty())
    for (const Query& query : queries) require_differentiable(query);
  return queries;
}

std::string detail::model_constants(const std::string& constants, const std::vector<PropertyText>& texts) {
  std::string left = constants;
  for (const PropertyText& text : texts) left = split_settings(left, text.text, text.name).model;
  return left;
}

std::vector<Query> make_queries(const Model& model, const std::vector<std::string>& properties,
                                std::vector<std::string>& notes, const std::string& constants) {
  std::vector<PropertyText> texts;
  for (const std::string& property : properties) texts.push_back({"property", property, {}, true});
  return find_queries(constants, texts, model, notes);
}

namespace {

// From a guess, a proof of a similar chain, or nothing.
std::shared_ptr<Result> find_result(const Model& model, const std::vector<Query>& queries, const AnswerOptions& options,
                                    const AnswerObserver& observer, const InitialGuess& from,
                                    const Certificate* similar, const Origin& origin) {
  check_options(options.solver);
  require_consistent(options.proof, options.rates);
  require_whole(model.chain);
  const Stopwatch watch;
  const auto result = std::make_shared<Result>(result_for(model, options, origin));
  result->similar = similar;
  find_answer(
      queries, options, observer,
      [&](const Options& solver, Starts starts) {
        return solve(model.chain, solver, observer.solver, starts, from, Checked::no);
      },
      *result);
  result->similar = nullptr;  // it need not outlive this
  result->total_seconds = origin.load_seconds + watch.seconds();
  return result;
}

}  // namespace

Answer answer(const Model& model, const std::vector<Query>& queries, const AnswerOptions& options,
              const AnswerObserver& observer, const InitialGuess& from, const Origin& origin) {
  return Answer(find_result(model, queries, options, observer, from, nullptr, origin));
}

Answer detail::answer_in_grid(const Model& model, const std::vector<Query>& queries, const AnswerOptions& options,
                              const AnswerObserver& observer, const InitialGuess& guess, const Origin& origin,
                              const GridPlace& grid) {
  const bool guessed = !guess.iterate.empty();
  const auto result =
      find_result(model, queries, options, observer, guessed ? guess : grid.neighbours.guess(grid.place, model.chain),
                  grid.neighbours.similar(model.chain), origin);
  if (result->solution.converged) grid.neighbours.add(grid.place, model.chain, result->solution, result->certificate);
  return Answer(result);
}

Answer answer(const TruncatedModel& truncated, const std::vector<Query>& queries, const AnswerOptions& options,
              const AnswerObserver& observer, const Origin& origin) {
  check_options(options.solver);
  require_consistent(options.proof, options.rates);
  const Stopwatch watch;
  const auto result = std::make_shared<Result>(result_for(truncated.model, options, origin));
  result->truncation = truncated.truncation;
  const Chain& chain = truncated.model.chain;
  find_answer(
      queries, options, observer,
      [&](const Options& solver, Starts starts) {
        if (chain.truncated) return truncated.solution;
        return solve(chain, solver, observer.solver, starts, {truncated.solution.distribution, {}, {}}, Checked::no);
      },
      *result);
  result->total_seconds = origin.load_seconds + watch.seconds();
  return Answer(result);
}

const Solution& Answer::solution() const { return result_->solution; }
const std::vector<Measure>& Answer::measures() const { return result_->measures; }
double Answer::total_variation() const { return result_->total_variation(); }
std::string Answer::reason() const { return result_->proof_reason(); }
std::string_view Answer::status() const { return result_->status(); }
bool Answer::reliable() const { return result_->reliable(); }
std::string Answer::text() const { return text_report(*result_); }
std::string Answer::json() const { return json_report(*result_); }

}  // namespace steady
