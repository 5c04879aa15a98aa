// steady devices: what can be run on here.
#include <fmt/format.h>
#include <omp.h>

#include "solver/cli/command.hpp"
#include "solver/version.hpp"

namespace steady::cli {
namespace {

po::options_description help_options() { return po::options_description("Options", 110, 60); }

int run(const std::vector<std::string>& words) {
  parse(words, help_options(), {});
  fmt::print("cpu    {}, {} threads\n", cpu_name(), omp_get_max_threads());
  fmt::print("cuda   not built yet\n");
  return 0;
}

}  // namespace

const Command devices_command{"devices", "", "what it can run on here", help_options, run};

}  // namespace steady::cli
