// Which rates a proof is of: those stored, those that the model's texts mean, those within some error.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include <steady/answer.hpp>

namespace steady::detail {

// The options --rates and --rates-within, as they are typed.
struct RatesChoice {
  std::string rates = "double";            // or "interval"
  std::optional<std::string> within = {};  // "1e-3" or "lambda=0.1,mu=0.01"
};

// Throws Error for a choice that is none.
ProvenRates find_rates(const RatesChoice& choice);

// Has a model read with the errors of rates that proofs of these need.
void set_rates(const ProvenRates& rates, ReadOptions& options);

// "double", "interval", "double, within 0.001", "interval, lambda within 0.1".
std::string describe(const ProvenRates& rates);

// Adds "rates" and "rates_within".
void add(nlohmann::ordered_json& json, const ProvenRates& rates);

}  // namespace steady::detail
