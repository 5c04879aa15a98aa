// steady devices: what can be run on here.
#include <fmt/format.h>
#include <omp.h>

#include <steady/version.hpp>

#include "formats/base/memory.hpp"
#include "formats/vectors/gpus.hpp"
#include "solver/cli/command.hpp"

namespace steady::cli {

using namespace detail;
namespace {

po::options_description devices_options() { return po::options_description("Options", 110, 60); }

int run_devices(const std::vector<std::string>& words) {
  parse(words, devices_options(), {});
  fmt::print("cpu    {}, {} threads\n", cpu_name(), omp_get_max_threads());
  const Gpus gpus = find_gpus();
  for (const Gpu& gpu : gpus.list) {
    fmt::print("cuda   {}, {:.1f} GiB, compute capability {}.{}", gpu.name, static_cast<double>(gpu.total_bytes) / gib,
               gpu.major, gpu.minor);
    if (gpu.free_bytes > 0) fmt::print(", {:.1f} GiB free", static_cast<double>(gpu.free_bytes) / gib);
    fmt::print("{}\n", gpu.reason.empty() ? "" : ": " + gpu.reason);
  }
  if (!gpus.driver.empty()) fmt::print("       driver for CUDA {}, runtime of CUDA {}\n", gpus.driver, gpus.runtime);
  if (gpus.list.empty()) fmt::print("cuda   {}\n", gpus.reason);
  return 0;
}

}  // namespace

const Command devices_command{"devices", "", "what it can run on here", devices_options, run_devices};

}  // namespace steady::cli
