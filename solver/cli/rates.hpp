// Which rates a proof is of: those stored, those that the model's texts mean, those within some error.
#pragma once

#include <boost/program_options.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "formats/model/model.hpp"

namespace steady::cli {

namespace po = boost::program_options;

struct Rates {
  bool interval = false;                 // as --rates says; with constants that have an error in any case
  double within = 0;                     // relative error of every rate
  std::vector<ConstantError> constants;  // relative errors of constants
};

// The options --rates and --rates-within, as they are typed.
struct RatesChoice {
  std::string rates = "double";  // or "interval"
  std::string within;            // "1e-3" or "lambda=0.1,mu=0.01"
};

void add_options(po::options_description& options, RatesChoice& choice);

// Throws Error for a choice that is none.
Rates find_rates(const RatesChoice& choice);

// "double", "interval", "double, within 0.001", "interval, lambda within 0.1".
std::string describe(const Rates& rates);

// Adds "rates" and "rates_within".
void add(nlohmann::ordered_json& json, const Rates& rates);

}  // namespace steady::cli
