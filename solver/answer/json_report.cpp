// The report that a program reads.
#include <cmath>
#include <nlohmann/json.hpp>

#include <steady/version.hpp>

#include "formats/vectors/gpus.hpp"
#include "solver/answer/rates.hpp"
#include "solver/answer/result.hpp"

namespace steady::detail {

namespace {

using Json = nlohmann::ordered_json;

// How the systems on the transient states were solved.
Json absorption_json(const AbsorptionSolveInfo& absorption) {
  if (absorption.states == 0) return nullptr;
  return {{"states", absorption.states},
          {"method", name(absorption.method)},
          {"outcome", describe(absorption.outcome.stop)},
          {"iterations", absorption.outcome.iterations},
          {"matrix_passes", absorption.outcome.passes},
          {"residual", absorption.outcome.residual},
          {"balance", absorption.balance},
          {"seconds", absorption.seconds}};
}

Precision precision_of(const Attempt& attempt) {
  return attempt.mixed ? Precision::mixed : Precision::double_precision;
}

Json solver_json(const Solution& solution) {
  const auto text = [](const auto& value, std::string_view otherwise) { return value ? name(*value) : otherwise; };
  Json tried = Json::array();
  for (const Attempt& attempt : solution.tried)
    tried.push_back({{"method", name(attempt.config.method)},
                     {"preconditioner", text(attempt.config.preconditioner, "")},
                     {"direction", text(attempt.config.direction, "")},
                     {"outcome", describe(attempt.outcome.stop)},
                     {"iterations", attempt.outcome.iterations},
                     {"matrix_passes", attempt.outcome.passes},
                     {"residual", attempt.outcome.residual},
                     {"precision", name(precision_of(attempt))},
                     {"seconds", attempt.seconds},
                     {"components", attempt.chains}});
  static const Attempt none;
  const Attempt& last = solution.tried.empty() ? none : solution.tried.back();
  return {{"method", solution.tried.empty() ? "none" : name(last.config.method)},
          {"preconditioner", text(last.config.preconditioner, "none")},
          {"direction", last.config.direction ? Json(name(*last.config.direction)) : Json(nullptr)},
          {"storage", text(solution.storage, "none")},
          {"kernel", solution.kernel},
          {"device", name(solution.device)},
          {"threads", solution.threads},
          {"precision", name(precision_of(last))},
          {"iterations", last.outcome.iterations},
          {"matrix_passes", solution.passes},
          {"converged", solution.converged},
          {"residual", solution.residual},
          {"balance", solution.balance},
          {"aggregate_error", solution.aggregate_error ? Json(*solution.aggregate_error) : Json(nullptr)},
          {"tried", tried},
          {"transient", absorption_json(solution.transient)}};
}

// The name of the GPU that was used.
Json gpu_json(const Solution& solution) {
  if (solution.device != Device::cuda) return nullptr;
  const Gpus gpus = find_gpus();
  return gpus.list.empty() ? Json(nullptr) : Json(gpus.list.front().name);
}

Json error_json(const Result& result) {
  if (!result.proven()) return nullptr;
  const bool absolutely = result.certificate && result.certificate->proven;
  Json json{
      {"total_variation", result.total_variation()},
      {"reference_states", absolutely ? result.certificate->reference_states : result.relative->proof.references()}};
  add(json, result.rates);
  return json;
}

// What became of the proof.
Json proof_json(const Result& result) {
  if (!result.certificate && !result.relative) return nullptr;
  const std::string reason = result.proof_reason();
  return {{"proven", result.proven()},
          {"cut", !result.proof_cut.empty()},
          {"reason", reason.empty() ? Json(nullptr) : Json(reason)}};
}

// Which states were kept of a model without a largest one, and what that neglects.
Json truncation_json(const Result& result) {
  if (!result.truncation) return nullptr;
  const Truncation& truncation = *result.truncation;
  const Chain& chain = result.model.chain;
  Json largest = Json::object();
  for (const Variable& variable : chain.states.packing.variables()) largest[variable.name] = variable.high;
  const double total_variation = result.total_variation();
  return {{"tolerance", truncation.tolerance},
          {"states", chain.size()},
          {"outflow", truncation.outflow},
          {"moved", truncation.moved},
          {"largest", largest},
          {"solves", truncation.solves},
          {"complete", truncation.complete},
          {"reached", truncation.reached},
          {"reason", truncation.reason.empty() ? Json(nullptr) : Json(truncation.reason)},
          {"proven", std::isfinite(total_variation)},
          {"total_variation", std::isfinite(total_variation) ? Json(total_variation) : Json(nullptr)},
          {"drift", truncation.drift.empty() ? Json(nullptr) : Json(truncation.drift)},
          {"proof_reason", truncation.proof_reason.empty() ? Json(nullptr) : Json(truncation.proof_reason)}};
}

// What computing entry by entry came to, and what is proven of it.
Json relative_json(const Result& result) {
  if (!result.relative) return nullptr;
  const RelativeCertificate& relative = *result.relative;
  const bool proven = relative.proof.holds();
  return {{"automatic", result.relative_for_rare},
          {"proven", proven},
          {"reason", proven ? Json(nullptr) : Json(relative.proof.reason())},
          {"error", proven ? Json(relative.proof.error()) : Json(nullptr)},
          {"imbalance", relative.imbalance},
          {"matrix_passes", relative.passes},
          {"seconds", relative.seconds}};
}

// The state's number and what it is.
Json state_json(const States& states, State state) {
  Json json{{"state", state}};
  if (!states.names.empty()) json["name"] = states.names[state];
  json["values"] = values_json(states, state);
  return json;
}

// The ends of a range. Where one is not known, the bounds of both.
void add_range(const std::vector<Figure>& ends, Json& json) {
  Json& values = json["values"] = Json::array();
  for (const Figure& end : ends) values.push_back(end.known() ? Json(end.value) : Json(nullptr));
  if (ends[0].known() && ends[1].known()) return;
  for (const Figure& end : ends) json["bounds"].push_back({end.proven->low, end.proven->high});
}

void add_printed(const Measure& measure, const std::vector<Figure>& figures, const States& states, Json& json) {
  Json& list = json["values"] = Json::array();
  for (std::size_t k = 0; k < figures.size(); ++k)
    add(list.emplace_back(state_json(states, measure.by_state[k].state)), "value", figures[k]);
}

// The value of a measure that is a number, or its several values.
void add_numbers(const Measure& measure, const States& states, bool relative, Json& json) {
  json["value"] = nullptr;
  const std::vector<Figure> figures = figures_of(measure, relative);
  if (measure.value) {
    add(json, "value", figures[0]);
    if (!figures[0].known()) json["status"] = figures[0].proven ? "below" : "truncated";
    if (std::isinf(*measure.value)) json["status"] = figures[0].digits();
  } else if (measure.filter == Filter::Kind::range) {
    json["status"] = "range";
    add_range(figures, json);
  } else {
    json["status"] = "print";
    add_printed(measure, figures, states, json);
  }
}

// Where a proof was tried, nothing is said that is not proven.
void add_proven(Json& json, const char* key, const ProvenNumber& number, const Result& result) {
  const Figure figure = figure_of(number);
  const bool said = figure.proven || !result.proof_wanted;
  json[key] = said ? Json(number.value) : Json(nullptr);
  json[std::string(key) + "_bound"] = figure.proven ? Json(figure.bound()) : Json(nullptr);
}

Json sensitivities_json(const std::vector<Sensitivity>& sensitivities, const Result& result) {
  Json list = Json::array();
  for (const Sensitivity& by : sensitivities) {
    Json& json = list.emplace_back(Json{{"constant", by.constant}});
    add_proven(json, "derivative", by.derivative, result);
    add_proven(json, "elasticity", by.elasticity, result);
  }
  return list;
}

// The components in which the chain may end, as long as they are few enough to be read.
Json components_json(const Result& result) {
  constexpr std::size_t most = 100;
  Json list = Json::array();
  for (const BottomComponent& part : result.solution.components)
    if (part.reachable && list.size() < most) {
      list.push_back({{"states", part.states.size()}, {"first_state", part.states.front()}});
      add(list.back(), "probability", probability_of(result, part));
    }
  return list;
}

void add_distribution(const Result& result, Json& json) {
  const std::vector<double>& distribution = result.solution.distribution;
  if (result.marginals) json["marginals"] = marginals_json(marginals(result));
  if (result.top == 0) return;
  Json& list = json["top"] = Json::array();
  for (const State state : most_likely(distribution, result.top))
    add(list.emplace_back(state_json(result.model.chain.states, state)), "probability", probability_of(result, state));
}

}  // namespace

Json measure_json(const Measure& measure, const States& states, const ProofMade& proof) {
  Json json{{"name", measure.name}, {"kind", measure.kind}, {"property", measure.property}};
  if (measure.holds || measure.undecided) {
    json["value"] = measure.holds ? Json(*measure.holds) : Json(nullptr);
    if (measure.undecided) json["status"] = "undecided";
    if (measure.value && std::isfinite(*measure.value))
      add(json, "long_run_average", figure_of(measure, proof.relative));
  } else {
    add_numbers(measure, states, proof.relative, json);
  }
  json["bound"] = measure.bound ? Json(*measure.bound) : Json(nullptr);
  json["bound_relative"] = measure.bound_relative ? Json(*measure.bound_relative) : Json(nullptr);
  if (!proof.reason.empty()) json["reason"] = proof.reason;
  return json;
}

Json values_json(const States& states, State state) {
  Json values = Json::object();
  for (std::size_t v = 0; v < states.packing.variables().size(); ++v) {
    const Variable& variable = states.packing.variables()[v];
    const std::int64_t value = states.value(state, v);
    values[variable.name] = variable.boolean ? Json(value != 0) : Json(value);
  }
  return values;
}

Json marginals_json(const std::vector<Marginal>& marginals) {
  Json list = Json::array();
  for (const Marginal& marginal : marginals) {
    Json& json = list.emplace_back(Json{{"variable", marginal.variable}});
    add(json, "mean", marginal.mean);
    Json& probabilities = json["distribution"] = Json::array();
    for (const auto& [value, probability] : marginal.probability)
      add(probabilities.emplace_back(Json{{"value", value}}), "probability", probability);
  }
  return list;
}

Json provenance_json(const Json& gpu, const std::string& command) {
  return {{"version", build.version},
          {"commit", build.commit},
          {"compiler", build.compiler},
          {"cpu", cpu_name()},
          {"gpu", gpu},
          {"command", command}};
}

std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

Json constants_json(const Model& model) {
  Json constants = Json::object();
  for (const Constant& constant : model.constants)
    std::visit([&](auto value) { constants[constant.name] = value; }, constant.value);
  return constants;
}

Json model_json(const std::string& file, const Model& model) {
  return {{"file", file},
          {"kind", name(model.chain.kind)},
          {"states", model.chain.size()},
          {"transitions", model.chain.transitions()},
          {"constants", constants_json(model)}};
}

Json structure_json(const Structure& structure) {
  return {{"components", structure.components},
          {"bottom_components", structure.bottom_components},
          {"transient_states", structure.transient_states},
          {"period", structure.period},
          {"distinct_rates", structure.distinct.rates},
          {"distinct_exit_rates", structure.distinct.exit_rates},
          {"levels_forward", structure.levels.forward},
          {"levels_backward", structure.levels.backward}};
}

std::string json_report(const Result& result) {
  const Solution& solution = result.solution;
  Json measures = Json::array();
  for (std::size_t k = 0; k < result.measures.size(); ++k) {
    const Measure& measure = result.measures[k];
    measures.push_back(measure_json(measure, result.model.chain.states, result.proof_of(measure)));
    if (!result.sensitivities.empty())
      measures.back()["sensitivities"] = sensitivities_json(result.sensitivities[k], result);
  }
  Json json{{"steady", build.version},
            {"model", model_json(result.file, result.model)},
            {"structure", structure_json(solution.structure)},
            {"solver", solver_json(solution)},
            {"error_bound", error_json(result)},
            {"proof", proof_json(result)},
            {"relative", relative_json(result)},
            {"truncation", truncation_json(result)},
            {"seconds",
             {{"load", result.load_seconds},
              {"structure", solution.seconds.structure},
              {"setup", solution.seconds.setup},
              {"solve", solution.seconds.solve},
              {"certify", result.proof_seconds()},
              {"total", result.total_seconds}}},
            {"measures", measures}};
  json["status"] = result.status();
  if (solution.structure.bottom_components > 1) json["ends"] = components_json(result);
  add_distribution(result, json);
  if (!result.notes.empty()) json["notes"] = result.notes;
  json["provenance"] = provenance_json(gpu_json(solution), result.command);
  return text_of(json);
}

std::string json_report_of_unsolved(const std::string& file, const std::string& command, const std::string& settings,
                                    const std::string& why, double seconds) {
  const Json json{
      {"steady", build.version},
      {"model",
       {{"file", file},
        {"kind", nullptr},
        {"states", nullptr},
        {"transitions", nullptr},
        {"constants", nullptr},
        {"settings", settings}}},
      {"structure", nullptr},
      {"solver", {{"method", "none"}, {"converged", false}, {"residual", nullptr}, {"tried", Json::array()}}},
      {"error_bound", nullptr},
      {"proof", nullptr},
      {"relative", nullptr},
      {"seconds",
       {{"load", seconds}, {"structure", 0.0}, {"setup", 0.0}, {"solve", 0.0}, {"certify", 0.0}, {"total", seconds}}},
      {"measures", Json::array()},
      {"status", "not solved: " + why},
      {"provenance", provenance_json(nullptr, command)}};
  return text_of(json);
}

}  // namespace steady::detail
