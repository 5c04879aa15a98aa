#include "formats/solution/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include <steady/error.hpp>

#include "formats/solution/lines.hpp"

namespace steady::detail {

namespace {

// A value for a message. Arrays and objects by their kind alone: nested deep enough they would not fit on the stack.
std::string shown(const nlohmann::json& value) {
  return value.is_structured() ? fmt::format("an {}", value.type_name()) : in_quotes(value.dump());
}

// "0,true,3" of {"x": 0, "up": true, "y": 3}, in the order of the model's variables; others are passed over.
std::string values_of(const std::string& path, std::size_t entry, const nlohmann::json& valuation,
                      const std::vector<Variable>& variables) {
  std::string values;
  for (const Variable& variable : variables) {
    const auto value = valuation.find(variable.name);
    if (value == valuation.end())
      throw Error(
          fmt::format("{}: entry {}: variable {} of the model is not in \"s\"", path, entry, in_quotes(variable.name)));
    values += values.empty() ? "" : ",";
    if (variable.boolean && value->is_number_integer())
      values += *value == 0 ? "false" : "true";
    else
      values += value->is_structured() ? shown(*value) : value->dump();
  }
  return values;
}

// The states by their variables' values.
std::unordered_map<std::string, std::size_t> states_by_values(const std::string& path, const Chain& chain) {
  std::unordered_map<std::string, std::size_t> states;
  if (!chain.states.has_variables()) return states;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    std::string values;
    chain.states.append(values, i);
    const auto [place, is_new] = states.emplace(std::move(values), i);
    if (!is_new)
      throw Error(fmt::format("{}: the model's states {} and {} are both ({})", path, place->second, i, place->first));
  }
  return states;
}

// An array of {"s": state, "v": value}.
std::vector<double> read_entries(const std::string& path, const nlohmann::json& entries, const Chain& chain) {
  if (entries.size() != chain.size())
    throw Error(fmt::format("{}: {} entries for the model's {} states", path, entries.size(), chain.size()));
  std::vector<double> distribution(chain.size());
  std::vector<bool> seen(chain.size());
  std::optional<std::unordered_map<std::string, std::size_t>> by_values;
  for (std::size_t k = 0; k < entries.size(); ++k) {
    const nlohmann::json& entry = entries[k];
    if (!entry.is_object() || !entry.contains("s") || !entry.contains("v") || !entry["v"].is_number())
      throw Error(
          fmt::format("{}: entry {}: {{\"s\": state, \"v\": probability}} expected, found {}", path, k, shown(entry)));
    const nlohmann::json& of = entry["s"];
    std::size_t state = chain.size();
    if (of.is_number_unsigned()) {
      state = of.get<std::size_t>();
    } else if (of.is_object() && chain.states.has_variables()) {
      if (!by_values) by_values = states_by_values(path, chain);
      const auto found = by_values->find(values_of(path, k, of, chain.states.packing.variables()));
      if (found != by_values->end()) state = found->second;
    }
    if (state >= chain.size()) throw Error(fmt::format("{}: entry {}: no state of the model is its \"s\"", path, k));
    if (seen[state]) throw Error(fmt::format("{}: entry {}: state {} for the second time", path, k, state));
    seen[state] = true;
    distribution[state] = entry["v"].get<double>();
  }
  return distribution;
}

}  // namespace

void write_json_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                         const SolutionMark& mark) {
  constexpr auto replace = nlohmann::json::error_handler_t::replace;
  auto variables = nlohmann::json::array();
  for (const Variable& variable : chain.states.packing.variables()) variables.push_back(variable.name);
  std::string lines = fmt::format("{{\"states\": {},\n \"variables\": {},\n", distribution.size(), variables.dump());
  if (!chain.states.names.empty())
    lines += fmt::format(" \"names\": {},\n", nlohmann::json(chain.states.names).dump(-1, ' ', false, replace));
  lines += fmt::format(" \"converged\": {},\n \"residual\": ", mark.converged);
  if (std::isfinite(mark.residual))
    append_number(lines, mark.residual);
  else
    lines += "null";
  lines += ",\n \"distribution\": [";
  for (std::size_t i = 0; i < distribution.size(); ++i) {
    lines += i == 0 ? "\n" : ",\n";
    append_number(lines, distribution[i]);
    write_when_long(file, lines);
  }
  lines += "]}\n";
  file.write(lines);
}

std::vector<double> read_json_solution(const std::string& path, const std::string& content, const Chain& chain) {
  nlohmann::json object;
  try {
    object = nlohmann::json::parse(content);
  } catch (const nlohmann::json::parse_error& problem) {
    const auto bytes = static_cast<std::ptrdiff_t>(std::min(problem.byte, content.size()));
    const auto line = 1 + std::count(content.begin(), content.begin() + bytes, '\n');
    throw Error(fmt::format("{}:{}: {}", path, line, std::string_view(problem.what()).substr(0, 200)));
  } catch (const nlohmann::json::exception& problem) {  // a number beyond the range of a double
    throw Error(fmt::format("{}: {}", path, problem.what()));
  }
  if (object.is_array() && !object.empty() && object[0].is_object()) return read_entries(path, object, chain);
  if (!object.is_object() || !object.contains("distribution") || !object["distribution"].is_array())
    throw Error(fmt::format("{}: an object with an array \"distribution\" expected", path));
  if (object.contains("states") && object["states"] != chain.size())
    throw Error(
        fmt::format("{}: \"states\" is {}: the model has {} states", path, shown(object["states"]), chain.size()));
  const nlohmann::json& values = object["distribution"];
  if (values.size() != chain.size())
    throw Error(
        fmt::format("{}: \"distribution\" has {} values for the model's {} states", path, values.size(), chain.size()));
  std::vector<double> distribution;
  distribution.reserve(chain.size());
  for (const nlohmann::json& value : values) {
    if (!value.is_number())
      throw Error(
          fmt::format("{}: \"distribution\": {} of state {} is not a number", path, shown(value), distribution.size()));
    distribution.push_back(value.get<double>());
  }
  return distribution;
}

}  // namespace steady::detail
