// steady bench: the benchmark suite, which is written in Python and runs this very program.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

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

struct BenchArguments {
  bool quick = false, gpu = false, peers = false;
  std::string output, kernels;
  std::vector<std::string> compare, family, setting;
  double limit = 0;  // 0: by the model
  int repetitions = 3;
};

po::options_description options_of(BenchArguments& arguments) {
  po::options_description options("Options", 110, 60);
  auto add = options.add_options();
  add("quick", po::bool_switch(&arguments.quick), "small chains, under three minutes on two cores");
  add("gpu", po::bool_switch(&arguments.gpu), "solves and kernels on the GPU, too");
  add("peers", po::bool_switch(&arguments.peers), "PETSc, SLEPc, SciPy, PRISM and Storm, where they are installed");
  add("output", po::value(&arguments.output)->value_name("FOLDER"), "where to; default bench-DATE");
  add("compare", po::value(&arguments.compare)->multitoken()->value_name("FOLDER"),
      "OLD: with what is measured now; OLD NEW: two folders of results, and nothing is measured");
  add("family", po::value(&arguments.family)->value_name("NAME"), "only this family; may be repeated");
  add("setting", po::value(&arguments.setting)->value_name("NAME"), "only this method, such as auto; may be repeated");
  add("limit", po::value(&arguments.limit)->value_name("SECONDS"),
      "for each solve; default: four times what auto takes, from 2 to 60");
  add("repetitions", po::value(&arguments.repetitions)->default_value(arguments.repetitions)->value_name("N"),
      "runs of each solve");
  add("kernels", po::value(&arguments.kernels)->value_name("FILE"),
      "the program that times kernels; default steady_bench beside this one; none: leave them out");
  return options;
}

po::options_description bench_options() {
  BenchArguments arguments;
  return options_of(arguments);
}

// What the suite is given: the options by name, how it was called, and the program to measure.
std::string settings_of(const BenchArguments& arguments, const std::vector<std::string>& words,
                        const std::filesystem::path& program) {
  const nlohmann::ordered_json settings{{"quick", arguments.quick},
                                        {"gpu", arguments.gpu},
                                        {"peers", arguments.peers},
                                        {"output", arguments.output},
                                        {"kernels", arguments.kernels},
                                        {"compare", arguments.compare},
                                        {"family", arguments.family},
                                        {"setting", arguments.setting},
                                        {"limit", arguments.limit},
                                        {"repetitions", arguments.repetitions},
                                        {"command", words},
                                        {"steady", program.string()}};
  return settings.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// Becomes the suite: on success this does not return.
int run_bench(const std::vector<std::string>& words) {
  BenchArguments arguments;
  parse(words, options_of(arguments), {});
  if (arguments.compare.size() > 2) throw Error("--compare takes one folder or two");
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
  const std::string suite = find_suite(program).string(), settings = settings_of(arguments, words, program);
  execlp("python3", "python3", suite.c_str(), settings.c_str(), static_cast<char*>(nullptr));
  throw Error(fmt::format("python3, which the benchmark suite needs: {}", std::strerror(errno)), Error::Cause::machine);
}

}  // namespace

const Command bench_command{"bench", "[options]", "the benchmark suite: results and a report in a folder",
                            bench_options, run_bench};

}  // namespace steady::cli
