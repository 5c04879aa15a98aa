#include "solver/distributed/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include <steady/error.hpp>

#include "formats/model/prism/properties/property_parser.hpp"
#include "solver/cli/experiments.hpp"

namespace steady::cli {
namespace {

constexpr std::array<std::string_view, 22> applicable = {
    "from",      "const",          "memory-limit", "prop",    "property",   "throughputs", "marginals", "top",
    "tolerance", "max-iterations", "time-limit",   "certify", "no-certify", "error",       "output",    "json",
    "quiet",     "verbose",        "MODEL",        "guess",   "checkpoint", "resume"};

bool applies(std::string_view option) {
  return option == "PROPERTIES" || std::find(applicable.begin(), applicable.end(), option) != applicable.end();
}

bool has_extension(const std::string& path, std::initializer_list<std::string_view> extensions) {
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](std::string_view extension) { return path.ends_with(extension); });
}

void require_applicable(const SolveArguments& arguments) {
  const std::string& path = arguments.model.path;
  const std::string& from = arguments.model.from;
  if (from.empty() ? !has_extension(path, {".prism", ".sm", ".pm"}) : from != "prism")
    throw Error(
        fmt::format("{}: steady_mpi reads models in the PRISM language alone (.prism .sm .pm): steady solve "
                    "reads this one",
                    path));
  if (path == "-") throw Error("-: steady_mpi reads files, as each of its processes does so");
  for (const auto& [option, file] : {std::pair("output", arguments.output),
                                     {"checkpoint", arguments.checkpoint},
                                     {"guess", arguments.guess},
                                     {"resume", arguments.resume}})
    if (!file.empty() && !has_extension(file, {".npy"}))
      throw Error(fmt::format("--{} {}: of steady_mpi these are .npy files", option, file));
  if (!find_experiments(joined(arguments.model.constants)).names.empty())
    throw Error("--const: steady_mpi solves one model and takes no ranges; steady solve does");
}

bool has_target(const prism::FormulaSyntax& formula) {
  return formula.target || std::any_of(formula.operands.begin(), formula.operands.end(), has_target);
}

}  // namespace

po::options_description distributed_options() {
  SolveArguments arguments;
  const po::options_description all = options_of(arguments);
  po::options_description those("Options", 110, 60);
  for (const auto& option : all.options())
    if (applies(option->long_name())) those.add(option);
  return those;
}

SolveArguments parse_distributed_arguments(const std::vector<std::string>& words) try {
  SolveArguments probe;
  const po::variables_map map = parse(words, options_of(probe), {"MODEL", "PROPERTIES"});
  for (const auto& [name, value] : map)
    if (!value.defaulted() && !applies(name))
      throw Error(fmt::format("steady_mpi solve has no --{}: steady solve has", name));
  SolveArguments arguments = parse_solve_arguments(words);
  require_applicable(arguments);
  return arguments;
} catch (const po::error& error) {
  throw Error(error.what());
}

void require_long_run_averages(const std::string& name, const std::string& text) {
  const prism::Source source{name, text};
  for (const prism::PropertySyntax& property : prism::parse_properties(source).properties) {
    if (property.filter) prism::fail(property.place, "steady_mpi answers no filters: steady solve does");
    if (has_target(property.formula))
      prism::fail(property.place,
                  "steady_mpi answers long-run averages alone: steady solve has times and rewards "
                  "until a target is reached");
  }
}

}  // namespace steady::cli
