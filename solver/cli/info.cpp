// steady info: what a model is, before it is solved.
#include <fmt/format.h>

#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include <steady/error.hpp>
#include <steady/version.hpp>

#include "formats/base/with_commas.hpp"
#include "formats/chain/levels.hpp"
#include "formats/io/file.hpp"
#include "formats/matrix/list.hpp"
#include "solver/cli/command.hpp"
#include "solver/cli/model_choice.hpp"
#include "solver/cli/outputs.hpp"
#include "solver/cli/picture.hpp"
#include "solver/cli/progress.hpp"
#include "solver/cli/result.hpp"
#include "solver/methods/list.hpp"
#include "solver/structure/structure.hpp"

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
      "picture", po::value(&arguments.picture)->value_name("FILE.svg"),
      "where the transitions lie in the matrix, and how many leave a state")(
      "quiet,q", po::bool_switch(&arguments.quiet), "no progress, no notes");
  return all;
}

po::options_description info_options() {
  InfoArguments arguments;
  return options_of(arguments);
}

struct StorageInfo {
  Storage storage;
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
    if (all.empty() || all.back().storage != kernel.storage)
      all.push_back({kernel.storage, kernel.footprint(chain.inflow, slices),
                     both(kernel.footprint(parts.earlier, level_slices), kernel.footprint(parts.later, level_slices))});
  return all;
}

// Memory that a solve takes, about: the model, and beside it the matrix as the sweeps take it and the vectors.
struct Memory {
  std::uint64_t model = 0;
  std::uint64_t solve = 0;
};

Memory estimate(const Chain& chain, const std::vector<StorageInfo>& storages) {
  const std::uint64_t n = chain.size();
  Memory memory;
  memory.model = 8 * (n + 1) + 12 * chain.inflow.entries() + 8 * n + 8 * chain.states.words.size() +
                 16 * chain.self_loops.size() + 8 * n * chain.rewards.size() + n / 8 * chain.labels.size();
  std::uint64_t matrix = std::numeric_limits<std::uint64_t>::max();
  for (const StorageInfo& storage : storages)
    if (storage.levels.reason.empty()) matrix = std::min<std::uint64_t>(matrix, storage.levels.bytes);
  std::size_t vectors = 0;  // of the method that makes most of them
  for (const auto& method : methods<HostVector>) vectors = std::max(vectors, method.vectors(Options{}.restart));
  // While the matrix is made, its two parts are there as csr, too; the vectors come after.
  const std::uint64_t parts = 16 * (n + 1) + 12 * chain.inflow.entries();
  memory.solve = matrix + std::max<std::uint64_t>(parts, 8 * n * (vectors + 4));
  return memory;
}

double per_state(const Footprint& footprint, const Chain& chain) {
  return static_cast<double>(footprint.bytes) / static_cast<double>(chain.size());
}

std::string describe(const Footprint& footprint, const Chain& chain) {
  if (!footprint.reason.empty()) return fmt::format("unfit: {}", footprint.reason);
  return fmt::format("{} bytes, {:.2f} a state", with_commas(footprint.bytes), per_state(footprint, chain));
}

std::string text_info(const std::string& file, const Model& model, const Structure& structure,
                      const std::vector<StorageInfo>& storages) {
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
  for (const StorageInfo& storage : storages)
    line(fmt::format("storage {}", name(storage.storage)),
         fmt::format("{}; in level order: {}", describe(storage.natural, model.chain),
                     describe(storage.levels, model.chain)));
  const Memory memory = estimate(model.chain, storages);
  line("memory", fmt::format("about {} bytes for the model, {} more for a solve", with_commas(memory.model),
                             with_commas(memory.solve)));
  return text;
}

std::string json_info(const std::string& file, const Model& model, const Structure& structure,
                      const std::vector<StorageInfo>& storages) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  const auto bytes = [](const Footprint& f) { return f.reason.empty() ? Json(f.bytes) : Json(nullptr); };
  const auto a_state = [&](const Footprint& f) {
    return f.reason.empty() ? Json(per_state(f, model.chain)) : Json(nullptr);
  };
  for (const auto& [storage, natural, levels] : storages)
    list.push_back({{"name", name(storage)},
                    {"bytes", bytes(natural)},
                    {"bytes_per_state", a_state(natural)},
                    {"fits", natural.reason.empty()},
                    {"reason", natural.reason.empty() ? Json(nullptr) : Json(natural.reason)},
                    {"level_order_bytes", bytes(levels)},
                    {"level_order_bytes_per_state", a_state(levels)}});
  const Memory memory = estimate(model.chain, storages);
  const Json json{{"steady", build.version},
                  {"model", model_json(file, model)},
                  {"structure", structure_json(structure)},
                  {"storages", list},
                  {"memory", {{"model_bytes", memory.model}, {"solve_bytes", memory.solve}}}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
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

  ProgressLine progress(arguments.quiet ? ProgressLine::Volume::quiet : ProgressLine::Volume::normal);
  const Model model = read_model(arguments.model, progress);
  for (const std::string& note : model.notes) progress.note(fmt::format("note: {}", note));
  progress.begin("finding the structure");
  const Structure structure =
      find_structure(model.chain, find_components(model.chain), count_levels(model.chain.inflow));
  progress.begin("counting the bytes of each storage");
  const std::vector<StorageInfo> all = storages(model.chain, structure.levels);

  Outputs outputs;
  const std::string& path = arguments.model.path;
  if (!arguments.picture.empty()) {
    progress.begin("drawing the picture");
    outputs.attempt([&] { replace_file(arguments.picture, picture(path, model.chain)); });
  }
  progress.clear();
  if (!arguments.json.empty())
    outputs.attempt([&] { replace_file(arguments.json, json_info(path, model, structure, all)); });
  if (arguments.json != "-" && arguments.picture != "-")
    outputs.attempt([&] { replace_file("-", text_info(path, model, structure, all)); });
  return outputs.exit_code(0);
}

}  // namespace

const Command info_command{"info", "MODEL [options]", "size, structure and storage of a model", info_options, run_info};

}  // namespace steady::cli
