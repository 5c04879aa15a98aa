#include "solver/answer/rates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <steady/error.hpp>

#include "formats/base/decimal.hpp"
#include "formats/base/split.hpp"
#include "solver/option_ranges.hpp"

namespace steady::detail {

namespace {

double error_of(const std::string& text) {
  require_in_range(OptionRange{.option = "rates-within", .low = 0, .high = 1, .ends = false}, text);
  return parse_double(text).value();
}

// "lambda=0.1,mu=0.01"
std::vector<ConstantError> errors_of(const std::string& text) {
  std::vector<ConstantError> errors;
  for (const std::string_view part : split(text, ',')) {
    const std::size_t equal = part.find('=');
    if (equal == std::string_view::npos || equal == 0)
      throw Error(fmt::format("--rates-within {}: it is a number, or as in lambda=0.1,mu=0.01", text));
    const std::string_view name = part.substr(0, equal);
    if (std::any_of(errors.begin(), errors.end(), [&](const ConstantError& e) { return e.name == name; }))
      throw Error(fmt::format("--rates-within {}: {} has two errors", text, name));
    errors.push_back({std::string(name), error_of(std::string(part.substr(equal + 1)))});
  }
  return errors;
}

}  // namespace

ProvenRates find_rates(const RatesChoice& choice) {
  if (choice.rates != "double" && choice.rates != "interval")
    throw Error(fmt::format("--rates {}: it is double or interval", choice.rates));
  ProvenRates rates;
  rates.interval = choice.rates == "interval";
  if (!choice.within) return rates;
  if (choice.within->find('=') == std::string::npos) {
    rates.within = error_of(*choice.within);
  } else {
    rates.constants = errors_of(*choice.within);
    rates.interval = true;  // a rate's error is found by evaluating it in intervals
  }
  return rates;
}

void set_rates(const ProvenRates& rates, ReadOptions& options) {
  options.rate_errors = rates.interval;
  options.rates_within = rates.within;
  options.constants_within = rates.constants;
}

std::string describe(const ProvenRates& rates) {
  std::string text = rates.interval ? "interval" : "double";
  if (rates.within > 0) text += fmt::format(", within {}", rates.within);
  for (const ConstantError& e : rates.constants) text += fmt::format(", {} within {}", e.name, e.error);
  return text;
}

void add(nlohmann::ordered_json& json, const ProvenRates& rates) {
  json["rates"] = rates.interval ? "interval" : "double";
  nlohmann::ordered_json& within = json["rates_within"] = nullptr;
  if (rates.within > 0) within = rates.within;
  for (const ConstantError& e : rates.constants) within[e.name] = e.error;
}

}  // namespace steady::detail
