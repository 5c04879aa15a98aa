#include "solver/answer/request.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <type_traits>

#include <steady/error.hpp>
#include <steady/solution_file.hpp>

#include "formats/base/deadline.hpp"
#include "formats/base/decimal.hpp"
#include "formats/base/memory.hpp"
#include "formats/base/split.hpp"
#include "formats/base/stopwatch.hpp"
#include "formats/chain/kind_names.hpp"
#include "formats/model/content_names.hpp"
#include "solver/answer/initial.hpp"
#include "solver/answer/solver_options.hpp"
#include "solver/certify/relative.hpp"
#include "solver/option_ranges.hpp"

namespace steady::detail {

namespace {

// Calls f(name, field) for every option of what is read.
template <class Function>
void for_each_model_choice(Request& r, Function f) {
  f("from", r.read.from);
  f("const", r.constants);
  f("net", r.read.net);
  f("kind", r.read.kind);
  f("initial", r.initial);
  f("transposed", r.read.transposed);
  f("layout", r.read.layout);
  f("rescale", r.read.rescale);
  f("states", r.read.states);
  f("labels", r.read.labels);
  f("state-rewards", r.read.state_rewards);
  f("transition-rewards", r.read.transition_rewards);
  f("memory-limit", r.memory_limit);
  f("sensitivity", r.read.derivatives);
  f("throughputs", r.read.throughputs);
  f("rates", r.rates.rates);
  f("rates-within", r.rates.within);
}

// ... of how it is solved.
template <class Function>
void for_each_solve_choice(Request& r, Function f) {
  for_each_option(r.answer.solver, [&](const char* name, auto& field, auto&&...) { f(name, field); });
}

// ... of what is asked, and how it is proven.
template <class Function>
void for_each_answer_choice(Request& r, Function f) {
  f("prop", r.properties);
  f("from-steady", r.answer.from_steady);
  f("marginals", r.answer.marginals);
  f("top", r.answer.top);
  f("guess", r.guess);
  f("certify", r.answer.proof.certify);
  f("no-certify", r.answer.proof.no_certify);
  f("error", r.answer.proof.error);
  f("accuracy", r.answer.proof.accuracy);
  f("relative", r.answer.proof.relative);
}

double number(std::string_view name, const std::string& text) {
  const std::optional<double> value = parse_double(text);
  if (!value) throw Error(fmt::format("{} must be a number, got '{}'", name, text));
  require_in_range(name, *value);
  return *value;
}

bool truth(std::string_view name, const std::string& text) {
  if (text.empty() || text == "true") return true;
  if (text == "false") return false;
  throw Error(fmt::format("{} must be true or false, got '{}'", name, text));
}

template <class Value>
Value value_of(std::string_view name, const std::string& text) {
  if constexpr (std::is_same_v<Value, std::string>)
    return text;
  else if constexpr (std::is_same_v<Value, bool>)
    return truth(name, text);
  else if constexpr (std::is_enum_v<Value>)
    return named<Value>(text);
  else
    return static_cast<Value>(number(name, text));
}

template <class Value>
void give(std::string_view name, const std::string& text, Value& field) {
  field = value_of<Value>(name, text);
}

template <class Value>
void give(std::string_view name, const std::string& text, std::optional<Value>& field) {
  field = value_of<Value>(name, text);
}

// Constants' names are separated by commas; a property or a file may have one.
void give(std::string_view name, const std::string& text, std::vector<std::string>& field) {
  for (const std::string_view one : name == "sensitivity" ? split(text, ',') : std::vector<std::string_view>{text})
    field.emplace_back(one);
}

std::vector<PropertyText> property_texts(const Request& request) {
  std::vector<PropertyText> texts;
  for (const std::string& property : request.properties) texts.push_back({"--prop", property, {}, true});
  return texts;
}

ReadOptions read_options(const Request& request, const ProvenRates& rates) {
  ReadOptions options = request.read;
  options.constants = model_constants(request.constants, property_texts(request));
  set_rates(rates, options);
  options.threads = request.answer.solver.threads;
  if (request.memory_limit > 0) options.memory_limit = bytes_in(request.memory_limit);
  return options;
}

}  // namespace

void Request::set(std::string_view name, const std::string& value) {
  bool known = false;
  const auto set_if_named = [&](std::string_view one, auto& field) {
    if (one != name) return;
    known = true;
    give(name, value, field);
  };
  for_each_model_choice(*this, set_if_named);
  for_each_solve_choice(*this, set_if_named);
  for_each_answer_choice(*this, set_if_named);
  if (known) return;
  const auto [of_models, of_solves, of_answers] = request_names();
  throw Error(fmt::format("there is no option {}; there is: {}, {}, {}", name, fmt::join(of_models, ", "),
                          fmt::join(of_solves, ", "), fmt::join(of_answers, ", ")));
}

RequestNames request_names() {
  RequestNames names;
  Request request;
  for_each_model_choice(request, [&](std::string_view name, auto&) { names.of_models.push_back(name); });
  for_each_solve_choice(request, [&](std::string_view name, auto&) { names.of_solves.push_back(name); });
  for_each_answer_choice(request, [&](std::string_view name, auto&) { names.of_answers.push_back(name); });
  return names;
}

RequestedModel load(const Request& request, const std::string& name,
                    const std::function<Model(const ReadOptions&)>& make) {
  const Stopwatch watch;
  RequestedModel loaded{{}, name, find_rates(request.rates), 0};
  ReadOptions options = read_options(request, loaded.rates);
  options.progress = [deadline = Deadline(request.answer.solver.time_limit)](std::string_view) {
    if (deadline.over()) throw Error("the time limit was reached while the model was read", Error::Cause::machine);
  };
  loaded.model = make(options);
  if (!request.initial.empty()) set_initial(request.initial, loaded.model.chain);
  loaded.load_seconds = watch.seconds();
  return loaded;
}

Answer answer_request(const RequestedModel& model, const Request& request, const AnswerObserver& observer,
                      const std::string& command, double spent, const GridPlace* grid) {
  AnswerOptions options = request.answer;
  options.solver.time_limit = time_left(options.solver.time_limit, spent);
  options.rates = model.rates;
  options.solver.memory_limit = request.memory_limit;
  Origin origin{model.name, command, model.load_seconds, {}};
  const std::vector<PropertyText> texts = property_texts(request);
  const std::vector<Query> queries = find_queries(request.constants, texts, model.model, origin.notes);
  if (queries.empty() && texts.empty()) show_distribution(options);
  InitialGuess from;
  if (!request.guess.empty()) from.iterate = read_solution(request.guess, model.model.chain);
  if (grid != nullptr) return answer_in_grid(model.model, queries, options, observer, from, origin, *grid);
  return answer(model.model, queries, options, observer, from, origin);
}

}  // namespace steady::detail
