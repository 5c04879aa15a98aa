// steady info: what a model is, before it is solved.
#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>

#include "formats/error.hpp"
#include "formats/file.hpp"
#include "formats/matrix/list.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/model_choice.hpp"
#include "solver/cli/progress.hpp"
#include "solver/cli/result.hpp"
#include "solver/version.hpp"

namespace steady::cli {
namespace {

struct InfoArguments {
  ModelChoice model;
  std::string json;
  bool quiet = false;
};

po::options_description options_of(InfoArguments& arguments) {
  po::options_description all("Options", 110, 60);
  all.add(model_options(arguments.model));
  all.add_options()("json", po::value(&arguments.json)->value_name("FILE"),
                    "the same for a program; - is standard output")("quiet", po::bool_switch(&arguments.quiet),
                                                                    "no progress, no notes");
  return all;
}

po::options_description help_options() {
  InfoArguments arguments;
  return options_of(arguments);
}

struct StorageInfo {
  std::string_view name;
  Footprint footprint;
};

std::vector<StorageInfo> storages(const Chain& chain) {
  const State start[] = {0, static_cast<State>(chain.size())};
  const Slices slices = make_slices(start);
  std::vector<StorageInfo> all;
  for (const HostKernel& kernel : host_kernels())
    if (all.empty() || all.back().name != kernel.storage)
      all.push_back({kernel.storage, kernel.footprint(chain.inflow, slices)});
  return all;
}

std::string text_info(const std::string& file, const Model& model, const Structure& structure) {
  std::string text;
  const auto out = std::back_inserter(text);
  const auto line = [&](std::string_view what, const std::string& value) {
    fmt::format_to(out, "{:<20} {}\n", what, value);
  };
  const auto count = [&](std::string_view what, std::size_t number) { line(what, with_commas(number)); };
  line("model", fmt::format("{}, {}", file, name(model.chain.kind)));
  count("states", model.chain.size());
  count("transitions", model.chain.transitions());
  count("components", structure.components);
  count("bottom components", structure.bottom_components);
  count("transient states", structure.transient_states);
  count("period", structure.period);
  count("distinct rates", structure.distinct.rates);
  count("distinct exit rates", structure.distinct.exit_rates);
  count("levels forward", structure.levels.forward);
  count("levels backward", structure.levels.backward);
  for (const auto& [name, footprint] : storages(model.chain))
    line(fmt::format("storage {}", name),
         footprint.reason.empty()
             ? fmt::format("{} bytes, {:.1f} a state", with_commas(footprint.bytes),
                           static_cast<double>(footprint.bytes) / static_cast<double>(model.chain.size()))
             : fmt::format("unfit: {}", footprint.reason));
  return text;
}

std::string json_info(const std::string& file, const Model& model, const Structure& structure) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const auto& [name, footprint] : storages(model.chain)) {
    const bool fits = footprint.reason.empty();
    list.push_back(
        {{"name", name},
         {"bytes", fits ? Json(footprint.bytes) : Json(nullptr)},
         {"bytes_per_state",
          fits ? Json(static_cast<double>(footprint.bytes) / static_cast<double>(model.chain.size())) : Json(nullptr)},
         {"fits", fits},
         {"reason", fits ? Json(nullptr) : Json(footprint.reason)}});
  }
  const Json json{{"steady", build.version},
                  {"model", model_json(file, model)},
                  {"structure", structure_json(structure)},
                  {"storages", list}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int run(const std::vector<std::string>& words) {
  InfoArguments arguments;
  const po::variables_map map = parse(words, options_of(arguments), {"MODEL"});
  if (map.count("MODEL") == 0) throw Error("info needs a model file: steady info MODEL");
  arguments.model.path = map["MODEL"].as<std::string>();

  ProgressLine progress(arguments.quiet ? ProgressLine::Volume::quiet : ProgressLine::Volume::normal);
  const Model model = read_model(arguments.model, [&](std::string_view line) { progress.show(line); });
  for (const std::string& note : model.notes) progress.note(fmt::format("note: {}", note));
  const Structure structure = find_structure(model.chain, find_components(model.chain));
  progress.clear();

  if (!arguments.json.empty()) replace_file(arguments.json, json_info(arguments.model.path, model, structure));
  if (arguments.json != "-") replace_file("-", text_info(arguments.model.path, model, structure));
  return 0;
}

}  // namespace

const Command info_command{"info", "MODEL [options]", "size, structure and storage of a model", help_options, run};

}  // namespace steady::cli
