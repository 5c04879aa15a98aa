// steady convert: a model file in one format, written in another.
#include <fmt/format.h>

#include <steady/error.hpp>

#include "formats/model/content_names.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/model_choice.hpp"
#include "solver/cli/named_option.hpp"
#include "solver/cli/progress.hpp"

namespace steady::cli {
namespace {

struct ConvertArguments {
  ModelChoice model;
  std::string to;
  MatrixContent as = MatrixContent::automatic;
  bool quiet = false;
};

po::options_description options_of(ConvertArguments& arguments) {
  po::options_description all("Options", 110, 60);
  all.add(model_options(arguments.model));
  const std::string formats = enumerated_formats([](const ModelFormat& format) { return format.write != nullptr; });
  all.add_options()("to", po::value(&arguments.to)->value_name("FORMAT"),
                    ("the format to write, where OUT's extension does not say it: " + formats).c_str())(
      "as",
      po::value<std::string>()
          ->value_name("generator|rates|probabilities")
          ->notifier([&arguments](const std::string& text) { arguments.as = named_option<MatrixContent>(text); }),
      "what a matrix file is to hold; default: what reads back as the same chain")(
      "quiet,q", po::bool_switch(&arguments.quiet), "no progress, no notes");
  return all;
}

po::options_description convert_options() {
  ConvertArguments arguments;
  return options_of(arguments);
}

int run_convert(const std::vector<std::string>& words) {
  ConvertArguments arguments;
  const po::variables_map map = parse(words, options_of(arguments), {"MODEL", "OUT"});
  if (map.count("OUT") == 0) throw Error("convert needs a model file and one to write: steady convert MODEL OUT");
  arguments.model.path = map["MODEL"].as<std::string>();
  const std::string out = map["OUT"].as<std::string>();
  const WriteOptions options{arguments.to, arguments.as};
  require_model_path(out, options);  // now, not after a long exploration
  require_apart(files_replaced(out, options), arguments.model);

  ProgressLine progress(arguments.quiet ? ProgressLine::Volume::quiet : ProgressLine::Volume::normal);
  const auto note = [&](const std::vector<std::string>& notes) {
    for (const std::string& line : notes) progress.note(fmt::format("note: {}", line));
  };
  const Model model = read_model(arguments.model, progress);
  note(model.notes);
  if (out != "-") progress.begin(fmt::format("writing {}", out));
  note(write_model(out, model, options, Checked::yes));
  progress.clear();
  return 0;
}

}  // namespace

const Command convert_command{"convert", "MODEL OUT [options]", "a model in another format, by OUT's extension",
                              convert_options, run_convert};

}  // namespace steady::cli
