#include "solver/answer/request.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <type_traits>

#include <steady/error.hpp>
#include <steady/solution_file.hpp>

#include "formats/base/stopwatch.hpp"
#include "formats/chain/kind_names.hpp"
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
  f("kind", r.read.kind);
  f("initial", r.initial);
  f("transposed", r.read.transposed);
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

// ... of what is asked.
template <class Function>
void for_each_solve_choice(Request& r, Function f) {
  f("prop", r.properties);
  f("from-steady", r.answer.from_steady);
  f("marginals", r.answer.marginals);
  f("top", r.answer.top);
  for_each_option(r.answer.solver, [&](const char* name, auto& field, auto&&...) { f(name, field); });
  f("guess", r.guess);
  f("certify", r.answer.proof.certify);
  f("no-certify", r.answer.proof.no_certify);
  f("error", r.answer.proof.error);
  f("accuracy", r.answer.proof.accuracy);
  f("relative", r.answer.proof.relative);
}

double number(std::string_view name, const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') throw Error(fmt::format("{} must be a number, got '{}'", name, text));
  require_in_range(name, value);
  return value;
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

void give(std::string_view, const std::string& text, std::vector<std::string>& field) { field.push_back(text); }

std::vector<PropertyText> property_texts(const Request& request) {
  std::vector<PropertyText> texts;
  for (const std::string& property : request.properties) texts.push_back({"--prop", property, {}, true});
  return texts;
}

ReadOptions read_options(const Request& request, const ProvenRates& rates) {
  ReadOptions options = request.read;
  options.constants = model_constants(request.constants, property_texts(request));
  options.rate_errors = rates.interval;
  options.rates_within = rates.within;
  options.constants_within = rates.constants;
  options.threads = request.answer.solver.threads;
  constexpr double gib = 1 << 30;
  if (request.memory_limit > 0)
    options.memory_limit = static_cast<std::uint64_t>(std::min(request.memory_limit * gib, 0x1p63));
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
  if (known) return;
  const auto [of_models, of_solves] = request_names();
  throw Error(fmt::format("there is no option {}; there is: {}, {}", name, fmt::join(of_models, ", "),
                          fmt::join(of_solves, ", ")));
}

RequestNames request_names() {
  RequestNames names;
  Request request;
  for_each_model_choice(request, [&](std::string_view name, auto&) { names.of_models.push_back(name); });
  for_each_solve_choice(request, [&](std::string_view name, auto&) { names.of_solves.push_back(name); });
  return names;
}

RequestedModel load(const Request& request, const std::string& name,
                    const std::function<Model(const ReadOptions&)>& make) {
  const Stopwatch watch;
  RequestedModel loaded{{}, name, find_rates(request.rates), 0};
  loaded.model = make(read_options(request, loaded.rates));
  if (!request.initial.empty()) set_initial(request.initial, loaded.model.chain);
  loaded.load_seconds = watch.seconds();
  return loaded;
}

Answer answer_request(const RequestedModel& model, const Request& request, const AnswerObserver& observer,
                      const std::string& command) {
  AnswerOptions options = request.answer;
  options.rates = model.rates;
  options.solver.memory_limit = request.memory_limit;
  Origin origin{model.name, command, model.load_seconds, {}};
  const std::vector<Query> queries =
      find_queries(request.constants, property_texts(request), model.model, origin.notes);
  if (queries.empty() && request.properties.empty()) {  // a model with neither reward nor label
    options.marginals = true;
    if (options.top == 0) options.top = 10;
  }
  InitialGuess from;
  if (!request.guess.empty()) from.iterate = read_solution(request.guess, model.model.chain);
  return answer(model.model, queries, options, observer, from, origin);
}

}  // namespace steady::detail
