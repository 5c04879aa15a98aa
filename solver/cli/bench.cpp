// steady bench: the benchmark suite, which is written in Python and runs this very program.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <steady/error.hpp>

#include "solver/cli/command.hpp"

namespace steady::cli {
namespace {

// Beside an installed program, or in the sources of one that lies in their build folder.
std::filesystem::path find_suite(const std::filesystem::path& program) {
  const std::filesystem::path folder = program.parent_path();
  for (const char* place : {"../share/steady/bench", "../../bench"})
    if (std::filesystem::exists(folder / place / "suite.py")) return (folder / place / "suite.py").lexically_normal();
  throw Error(fmt::format("the benchmark suite, bench/suite.py, is neither installed nor near {}", program.string()),
              Error::Cause::machine);
}

po::options_description bench_options() {
  po::options_description options("Options", 110, 60);
  options.add_options()("quick", "small chains, under three minutes on two cores")("gpu", "on the GPU, too")(
      "peers", "PETSc, SciPy, PRISM and Storm, where they are installed")(
      "output", po::value<std::string>()->value_name("FOLDER"), "where to; default bench-DATE")(
      "compare", po::value<std::string>()->value_name("OLD [NEW]"), "what changed between two folders of results")(
      "family", po::value<std::string>()->value_name("NAME"), "only this family; may be repeated")(
      "setting", po::value<std::string>()->value_name("NAME"), "only this method, such as auto; may be repeated")(
      "limit", po::value<double>()->value_name("SECONDS"), "for each solve; default 60, with --quick 5")(
      "repetitions", po::value<int>()->value_name("N"), "runs of each solve; default 3");
  return options;
}

// Becomes the suite: on success this does not return.
int run_bench(const std::vector<std::string>& words) {
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
  std::vector<std::string> command{"python3", find_suite(program).string(), "--steady", program.string()};
  command.insert(command.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  throw Error(fmt::format("python3, which the benchmark suite needs: {}", std::strerror(errno)), Error::Cause::machine);
}

}  // namespace

const Command bench_command{"bench", "[options]", "the benchmark suite: results and a report in a folder",
                            bench_options, run_bench};

}  // namespace steady::cli
