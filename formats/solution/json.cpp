#include "formats/solution/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "formats/error.hpp"
#include "formats/solution/lines.hpp"

namespace steady {

namespace {

// A value for a message. Arrays and objects by their kind alone: nested deep enough they would not fit on the stack.
std::string shown(const nlohmann::json& value) {
  return value.is_structured() ? fmt::format("an {}", value.type_name()) : in_quotes(value.dump());
}

}  // namespace

void write_json_solution(ReplacedFile& file, const Chain& chain, const std::vector<double>& distribution,
                         const SolutionMark& mark) {
  auto variables = nlohmann::json::array();
  for (const Variable& variable : chain.states.packing.variables()) variables.push_back(variable.name);
  std::string lines =
      fmt::format("{{\"states\": {},\n \"variables\": {},\n \"converged\": {},\n \"residual\": ", distribution.size(),
                  variables.dump(), mark.converged);
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

}  // namespace steady
