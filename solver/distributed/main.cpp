// The program `steady_mpi`: `steady solve` by several processes, on PETSc and MPI.
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <new>
#include <sstream>

#include <steady/version.hpp>

#include "formats/base/memory.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/progress.hpp"
#include "solver/distributed/arguments.hpp"
#include "solver/distributed/petsc.hpp"
#include "solver/distributed/solve.hpp"

namespace steady::cli {

using namespace detail;

std::string command_line;

namespace {

constexpr std::string_view usage =
    "mpirun -n 2 steady_mpi solve MODEL [PROPERTIES] [options]\n"
    "    steady state and measures of a PRISM model, its states shared out to the processes\n\n";

void print_help() {
  std::ostringstream options;
  options << distributed_options();
  fmt::print("{}{}", usage, options.str());
}

int run_command(const Ranks& ranks, const std::vector<std::string>& words) {
  const bool help =
      std::any_of(words.begin(), words.end(), [](const std::string& word) { return word == "--help" || word == "-h"; });
  if (help || words.empty() || words.front() == "help") {
    if (ranks.first()) print_help();
    return words.empty() ? 2 : 0;
  }
  if (words.front() == "--version") {
    if (ranks.first()) fmt::print("steady_mpi {} ({}, {})\n", build.version, build.commit, build.compiler);
    return 0;
  }
  if (words.front() != "solve")
    throw AgreedError(fmt::format("unknown command {}: steady_mpi has solve; steady has the others", words.front()),
                      Error::Cause::input);
  return solve_distributed(ranks, {words.begin() + 1, words.end()});
}

// All ranks end with the same exit code, and the first says why.
int run_together(const Ranks& ranks, const std::vector<std::string>& words) try {
  return run_command(ranks, words);
} catch (const AgreedError& error) {
  if (ranks.first()) say(fmt::format("steady_mpi: {}\n", error.what()));
  return error.cause == Error::Cause::machine ? 3 : 2;
}

// PETSc as a library: it reads no options of its own, catches no signals and prints no errors.
void start_petsc() {
  require(PetscOptionsSetValue(nullptr, "-no_signal_handler", "true"));
  require(PetscOptionsSetValue(nullptr, "-skip_petscrc", "true"));
  require(PetscInitializeNoArguments());
  require(PetscPushErrorHandler(PetscReturnErrorHandler, nullptr));
}

// What goes wrong on this rank alone ends the others, which may be waiting for it.
int run_or_abort(const std::vector<std::string>& words) {
  const Ranks ranks(MPI_COMM_WORLD);
  std::string what;
  try {
    start_petsc();
    return run_together(ranks, words);
  } catch (const std::bad_alloc&) {
    what = out_of_memory();
  } catch (const std::exception& error) {
    what = error.what();
  }
  say(fmt::format("steady_mpi: rank {}: {}\n", ranks.number(), what));
  return MPI_Abort(MPI_COMM_WORLD, 3);
}

}  // namespace
}  // namespace steady::cli

int main(int argc, char** argv) {
  using namespace steady;
  MPI_Init(&argc, &argv);
  omp_set_num_threads(1);
  cli::command_line = "steady_mpi";
  for (int i = 1; i < argc; ++i) cli::command_line += std::string(" ") + argv[i];
  const int exit_code = cli::run_or_abort({argv + 1, argv + argc});
  PetscFinalize();
  MPI_Finalize();
  return exit_code;
}
