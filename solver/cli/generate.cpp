// steady generate: a model of a family as a file.
#include <fmt/format.h>

#include "formats/error.hpp"
#include "formats/file.hpp"
#include "formats/model/families/families.hpp"
#include "solver/cli/command.hpp"

namespace steady::cli {
namespace {

struct GenerateArguments {
  std::vector<std::string> constants;
  std::string output = "-";
};

po::options_description options_of(GenerateArguments& arguments) {
  po::options_description options("Options", 110, 60);
  options.add_options()("const", po::value(&arguments.constants)->value_name("N=13"), "the family's constants")(
      "output", po::value(&arguments.output)->value_name("FILE"), "where to; default standard output");
  return options;
}

po::options_description help_options() {
  static GenerateArguments arguments;
  return options_of(arguments);
}

int run(const std::vector<std::string>& words) {
  GenerateArguments arguments;
  const po::variables_map map = parse(words, options_of(arguments), {"FAMILY"});
  if (map.count("FAMILY") == 0) throw Error("generate needs a family: steady generate FAMILY");
  replace_file(arguments.output, steady::generate(map["FAMILY"].as<std::string>(), joined(arguments.constants)));
  return 0;
}

}  // namespace

const Command generate_command{"generate", "FAMILY --const N=13", "a model of a family as a PRISM file", help_options,
                               run};

}  // namespace steady::cli
