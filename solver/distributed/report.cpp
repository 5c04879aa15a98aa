#include "solver/distributed/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <steady/version.hpp>

#include "formats/base/with_commas.hpp"
#include "solver/answer/rates.hpp"
#include "solver/answer/result.hpp"

namespace steady::detail {

namespace {

using Json = nlohmann::ordered_json;

void append_chain(const DistributedResult& result, std::string& text) {
  text += fmt::format("model      {}{}: {}, {} states, {} transitions\n", result.file, constants_of(result.model),
                      name(result.model.chain.kind), with_commas(result.states), with_commas(result.transitions));
  text += fmt::format("structure  {} bottom component{}, {} transient states\n", result.bottom_components,
                      result.bottom_components == 1 ? "" : "s", with_commas(result.transient_states));
  text += fmt::format("ranks      {}, {} states and {:.3g} GiB at most each\n", result.ranks,
                      with_commas((result.states + static_cast<std::uint64_t>(result.ranks) - 1) /
                                  static_cast<std::uint64_t>(result.ranks)),
                      static_cast<double>(result.memory) / gib);
}

void append_tried(const char* what, const std::vector<Tried>& all, std::string& text) {
  for (const Tried& tried : all)
    text += fmt::format("{:<10} PETSc {} + {} (ilu): {} after {} iterations, {:.2f} s, residual {:.2g}\n", what,
                        tried.method.method, tried.method.preconditioner, describe(tried.stop), tried.iterations,
                        tried.seconds, tried.residual);
}

// As steady solve has them.
void append_ends(const std::vector<End>& ends, std::string& text) {
  constexpr std::size_t most = 10;
  if (ends.size() > most) return;
  for (const End& end : ends)
    text += fmt::format("ends       in {} state{} from {} on with probability {}\n", with_commas(end.states),
                        end.states == 1 ? "" : "s", end.first_state, end.probability.digits());
}

void append_solver(const DistributedResult& result, std::string& text) {
  append_tried("transient", result.tried_to_absorb, text);
  append_tried("method", result.tried, text);
  text += fmt::format("residual   {:.2g}, balance {:.2g}{}\n", result.residual, result.balance,
                      result.converged ? "" : "   NOT CONVERGED");
  append_ends(result.ends, text);
  if (result.proven())
    text += fmt::format("error      at most {} in total variation, proven (rates: double){}\n",
                        upward(result.certificate->total_variation),
                        result.error_reached() ? "" : fmt::format("   NOT PROVEN to {}", *result.error_asked));
  else if (result.certificate)
    text += fmt::format("error      nothing proven: {}\n", result.certificate->reason);
}

void append_measures(const DistributedResult& result, std::string& text) {
  const std::vector<std::string> names = names_of(result.measures);
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, name.size());
  for (std::size_t k = 0; k < names.size(); ++k)
    text += fmt::format("{:<{}}  {}\n", names[k], width,
                        value_of(result.measures[k], {}, {.tried = result.certificate.has_value()}));
}

void append_likely(const LikelyStates& likely, std::string& text) {
  for (std::size_t k = 0; k < likely.numbers.size(); ++k)
    text += fmt::format("{}:{}  {}\n", likely.numbers[k], likely.states.describe(k), likely.probabilities[k].digits());
}

Json likely_json(const LikelyStates& likely) {
  Json list = Json::array();
  for (std::size_t k = 0; k < likely.numbers.size(); ++k)
    add(list.emplace_back(
            Json{{"state", likely.numbers[k]}, {"values", values_json(likely.states, static_cast<State>(k))}}),
        "probability", likely.probabilities[k]);
  return list;
}

double certify_seconds(const DistributedResult& result) { return result.certificate ? result.certificate->seconds : 0; }

Json tried_json(const std::vector<Tried>& all) {
  Json list = Json::array();
  for (const Tried& tried : all)
    list.push_back({{"method", tried.method.method},
                    {"preconditioner", tried.method.preconditioner},
                    {"outcome", describe(tried.stop)},
                    {"iterations", tried.iterations},
                    {"residual", tried.residual},
                    {"seconds", tried.seconds}});
  return list;
}

Json ends_json(const std::vector<End>& ends) {
  constexpr std::size_t most = 100;
  Json list = Json::array();
  for (std::size_t k = 0; k < std::min(ends.size(), most); ++k)
    add(list.emplace_back(Json{{"states", ends[k].states}, {"first_state", ends[k].first_state}}), "probability",
        ends[k].probability);
  return list;
}

Json solver_json(const DistributedResult& result) {
  return {{"engine", "petsc"},
          {"ranks", result.ranks},
          {"converged", result.converged},
          {"residual", result.residual},
          {"balance", result.balance},
          {"tried", tried_json(result.tried)},
          {"transient", tried_json(result.tried_to_absorb)},
          {"memory_bytes", result.memory}};
}

Json error_json(const DistributedResult& result) {
  if (!result.proven()) return nullptr;
  Json json{{"total_variation", result.certificate->total_variation},
            {"reference_states", result.certificate->references}};
  add(json, ProvenRates());
  return json;
}

Json proof_json(const DistributedResult& result) {
  if (!result.certificate) return nullptr;
  const std::string& reason = result.certificate->reason;
  return {{"proven", result.proven()}, {"cut", false}, {"reason", reason.empty() ? Json(nullptr) : Json(reason)}};
}

}  // namespace

std::string_view DistributedResult::status() const {
  return !converged ? "not converged" : error_reached() ? "solved" : "not proven";
}

std::string text_report(const DistributedResult& result) {
  std::string text;
  append_chain(result, text);
  append_solver(result, text);
  const DistributedResult::Seconds& seconds = result.seconds;
  text += fmt::format("seconds    load {:.2f}, structure {:.2f}, solve {:.2f}, certify {:.2f}, total {:.2f}\n",
                      seconds.load, seconds.structure, seconds.solve, certify_seconds(result), seconds.total);
  if (!result.measures.empty()) text += '\n';
  append_measures(result, text);
  if (result.marginals) text += '\n' + text_of(*result.marginals);
  if (result.likely) text += '\n';
  if (result.likely) append_likely(*result.likely, text);
  return text;
}

std::string json_report(const DistributedResult& result) {
  Json measures = Json::array();
  for (const Measure& measure : result.measures) measures.push_back(measure_json(measure, {}, {}));
  const DistributedResult::Seconds& seconds = result.seconds;
  Json json{
      {"steady", build.version},
      {"model",
       {{"file", result.file},
        {"kind", name(result.model.chain.kind)},
        {"states", result.states},
        {"transitions", result.transitions},
        {"constants", constants_json(result.model)}}},
      {"structure", {{"bottom_components", result.bottom_components}, {"transient_states", result.transient_states}}},
      {"solver", solver_json(result)},
      {"error_bound", error_json(result)},
      {"proof", proof_json(result)},
      {"seconds",
       {{"load", seconds.load},
        {"structure", seconds.structure},
        {"solve", seconds.solve},
        {"certify", certify_seconds(result)},
        {"total", seconds.total}}},
      {"measures", measures},
      {"status", result.status()}};
  if (!result.ends.empty()) json["ends"] = ends_json(result.ends);
  if (result.marginals) json["marginals"] = marginals_json(*result.marginals);
  if (result.likely) json["top"] = likely_json(*result.likely);
  if (!result.notes.empty()) json["notes"] = result.notes;
  json["provenance"] = provenance_json(nullptr, result.command);
  return text_of(json);
}

}  // namespace steady::detail
