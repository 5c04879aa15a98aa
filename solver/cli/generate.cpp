// steady generate: a model of a family as a file.
#include <fmt/format.h>

#include <steady/error.hpp>

#include "formats/io/file.hpp"
#include "formats/model/model_format.hpp"
#include "formats/model/prism/families/families.hpp"
#include "solver/cli/command.hpp"

namespace steady::cli {

using namespace detail;
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

po::options_description generate_options() {
  static GenerateArguments arguments;
  return options_of(arguments);
}

// A family is a text in the PRISM language, which under another format's name nothing would read.
void require_prism_path(std::string path) {
  for (const std::string_view packed : {".gz", ".xz"})
    if (path.ends_with(packed)) path.resize(path.size() - packed.size());
  for (const ModelFormat& format : model_formats())
    for (const std::string_view extension : format.extensions)
      if (format.name != "prism" && path.ends_with(extension))
        throw Error(fmt::format("{}: generate writes the PRISM language, .prism; steady convert makes {} of it", path,
                                extension));
}

int run_generate(const std::vector<std::string>& words) {
  GenerateArguments arguments;
  const po::variables_map map = parse(words, options_of(arguments), {"FAMILY"});
  if (map.count("FAMILY") == 0) throw Error("generate needs a family: steady generate FAMILY");
  require_prism_path(arguments.output);
  replace_file(arguments.output, detail::generate(map["FAMILY"].as<std::string>(), joined(arguments.constants)));
  return 0;
}

}  // namespace

const Command generate_command{"generate", "FAMILY --const N=13", "a model of a family as a PRISM file",
                               generate_options, run_generate};

}  // namespace steady::cli
