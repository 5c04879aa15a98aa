// steady info: what a model is, before it is solved.
#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>

#include "formats/error.hpp"
#include "formats/file.hpp"
#include "formats/matrix/levels.hpp"
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
  Footprint natural;  // states in their own order, as products take them
  Footprint levels;   // in level order in two parts, as sweeps in the direction with more levels take them
};

Footprint both(const Footprint& a, const Footprint& b) {
  return {a.bytes + b.bytes, a.reason.empty() ? b.reason : a.reason};
}

std::vector<StorageInfo> storages(const Chain& chain, const Levels& levels) {
  const State start[] = {0, static_cast<State>(chain.size())};
  const Slices slices = make_slices(start);
  const LevelOrder order =
      level_order(chain.inflow, levels.forward >= levels.backward ? Direction::forward : Direction::backward);
  const Slices level_slices = make_slices(order.start);
  const SplitMatrix parts = split(chain.inflow, order);
  std::vector<StorageInfo> all;
  for (const HostKernel& kernel : host_kernels())
    if (all.empty() || all.back().name != kernel.storage)
      all.push_back({kernel.storage, kernel.footprint(chain.inflow, slices),
                     both(kernel.footprint(parts.earlier, level_slices), kernel.footprint(parts.later, level_slices))});
  return all;
}

double per_state(const Footprint& footprint, const Chain& chain) {
  return static_cast<double>(footprint.bytes) / static_cast<double>(chain.size());
}

std::string describe(const Footprint& footprint, const Chain& chain) {
  if (!footprint.reason.empty()) return fmt::format("unfit: {}", footprint.reason);
  return fmt::format("{} bytes, {:.2f} a state", with_commas(footprint.bytes), per_state(footprint, chain));
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
  for (const StorageInfo& storage : storages(model.chain, structure.levels))
    line(fmt::format("storage {}", storage.name),
         fmt::format("{}; in level order: {}", describe(storage.natural, model.chain),
                     describe(storage.levels, model.chain)));
  return text;
}

std::string json_info(const std::string& file, const Model& model, const Structure& structure) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  const auto bytes = [](const Footprint& f) { return f.reason.empty() ? Json(f.bytes) : Json(nullptr); };
  const auto a_state = [&](const Footprint& f) {
    return f.reason.empty() ? Json(per_state(f, model.chain)) : Json(nullptr);
  };
  for (const auto& [name, natural, levels] : storages(model.chain, structure.levels))
    list.push_back({{"name", name},
                    {"bytes", bytes(natural)},
                    {"bytes_per_state", a_state(natural)},
                    {"fits", natural.reason.empty()},
                    {"reason", natural.reason.empty() ? Json(nullptr) : Json(natural.reason)},
                    {"level_order_bytes", bytes(levels)},
                    {"level_order_bytes_per_state", a_state(levels)}});
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
