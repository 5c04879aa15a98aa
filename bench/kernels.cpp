// How fast each kernel of the lists multiplies and sweeps, on chains of the families: on the host, and on a GPU where
// there is one. Names: family/constant/operation/kernel/threads:N or .../cuda. --quick takes two small chains.
//
// Before it is timed a kernel is checked against csr-rows, entry by entry. Counters: transitions/s; bytes/s of the
// matrix and the vectors; `copy`, the fraction of the bandwidth of a copy measured in the same run; B/state of the
// matrix. A storage that does not fit says why.
#include "bench/kernels.hpp"

#include <string_view>

#include <steady/version.hpp>

#include "formats/vectors/gpus.hpp"

namespace steady::bench {

using namespace detail;
namespace {

constexpr Case cases[] = {
    {"kanban", families::kanban, 4, Direction::backward},
    {"kanban", families::kanban, 5, Direction::backward},
    {"tandem", families::tandem, 1023, Direction::backward},
    {"cluster", families::cluster, 128, Direction::forward},
    {"random", families::random_sparse, 500, Direction::forward},
    {"polling", families::polling, 13, Direction::forward},
    {"polling", families::polling, 15, Direction::forward},
    {"fms", families::fms, 6, Direction::backward},
    {"fms", families::fms, 7, Direction::backward},
    {"fms", families::fms, 8, Direction::backward},
};
constexpr Case quick_cases[] = {
    {"kanban", families::kanban, 3, Direction::backward},
    {"polling", families::polling, 10, Direction::forward},
};

void register_all(std::span<const Case> chosen) {
  const bool gpu = find_gpus().reason.empty();
  for (const Case& c : chosen)
    for (const Operation operation : {Operation::multiply, Operation::sweep}) {
      for (const HostKernel& kernel : host_kernels())
        for (int threads = 1; threads <= omp_get_num_procs(); threads *= 2)
          register_one(kernel, c, operation, threads, fmt::format("threads:{}", threads));
      if (gpu) register_cuda(c, operation);
    }
}

}  // namespace
}  // namespace steady::bench

int main(int argc, char** argv) {
  bool quick = false;
  std::vector<char*> arguments;
  for (int i = 0; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--quick")
      quick = true;
    else
      arguments.push_back(argv[i]);
  }
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 2;
  benchmark::AddCustomContext("steady", steady::build.commit);
  benchmark::AddCustomContext("compiler", steady::build.compiler);
  benchmark::AddCustomContext("cpu", steady::cpu_name());
  const steady::detail::Gpus gpus = steady::detail::find_gpus();
  benchmark::AddCustomContext("gpu", gpus.reason.empty() ? gpus.list.front().name : gpus.reason);
  benchmark::AddCustomContext("cusparse", gpus.reason.empty() ? steady::bench::cusparse_here() : gpus.reason);
  if (quick)
    steady::bench::register_all(steady::bench::quick_cases);
  else
    steady::bench::register_all(steady::bench::cases);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
