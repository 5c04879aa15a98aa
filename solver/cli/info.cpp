// steady info: what a model is, before it is solved.
#include "solver/answer/info.hpp"

#include <fmt/format.h>

#include <steady/error.hpp>

#include "formats/io/file.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/model_choice.hpp"
#include "solver/cli/outputs.hpp"
#include "solver/cli/picture.hpp"
#include "solver/cli/picture_file.hpp"
#include "solver/cli/progress.hpp"

namespace steady::cli {

using namespace detail;
namespace {

struct InfoArguments {
  ModelChoice model;
  std::string json, picture;
  bool quiet = false;
};

po::options_description options_of(InfoArguments& arguments) {
  po::options_description all("Options", 110, 60);
  all.add(model_options(arguments.model));
  all.add_options()("json", po::value(&arguments.json)->value_name("FILE"),
                    "the same for a program; - is standard output")(
      "picture", po::value(&arguments.picture)->value_name("FILE.svg|.png"),
      "where the transitions lie in the matrix, and how many leave a state")(
      "quiet,q", po::bool_switch(&arguments.quiet), "no progress, no notes");
  return all;
}

po::options_description info_options() {
  InfoArguments arguments;
  return options_of(arguments);
}

int run_info(const std::vector<std::string>& words) {
  InfoArguments arguments;
  const po::variables_map map = parse(words, options_of(arguments), {"MODEL"});
  if (map.count("MODEL") == 0) throw Error("info needs a model file: steady info MODEL");
  arguments.model.path = map["MODEL"].as<std::string>();

  for (const std::string& file : {arguments.json, arguments.picture})
    if (!file.empty()) require_writable(file);
  if (arguments.json == "-" && arguments.picture == "-")
    throw Error("only one of --json and --picture can be standard output");
  require_apart({arguments.json, arguments.picture}, arguments.model);
  if (!arguments.picture.empty()) require_picture_path("--picture", arguments.picture);

  ProgressLine progress(arguments.quiet ? ProgressLine::Volume::quiet : ProgressLine::Volume::normal);
  const Model model = read_model(arguments.model, progress);
  for (const std::string& note : model.notes) progress.note(fmt::format("note: {}", note));
  const ModelInfo info = find_info(model.chain, [&](std::string_view what) { progress.begin(what); });

  Outputs outputs;
  const std::string& path = arguments.model.path;
  if (!arguments.picture.empty()) {
    progress.begin("drawing the picture");
    outputs.attempt([&] { replace_picture(arguments.picture, picture(path, model.chain)); });
  }
  progress.clear();
  if (!arguments.json.empty()) outputs.attempt([&] { replace_file(arguments.json, json_info(path, model, info)); });
  if (arguments.json != "-" && arguments.picture != "-")
    outputs.attempt([&] { replace_file("-", text_info(path, model, info)); });
  return outputs.exit_code(0);
}

}  // namespace

const Command info_command{"info", "MODEL [options]", "size, structure and storage of a model", info_options, run_info};

}  // namespace steady::cli
