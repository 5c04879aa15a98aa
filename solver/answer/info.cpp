#include "solver/answer/info.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include <steady/options.hpp>
#include <steady/version.hpp>

#include "formats/base/with_commas.hpp"
#include "formats/chain/levels.hpp"
#include "solver/answer/result.hpp"
#include "solver/methods/list.hpp"
#include "solver/structure/structure.hpp"

namespace steady::detail {

namespace {

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

std::string describe_bytes(const Footprint& footprint, const Chain& chain) {
  if (!footprint.reason.empty()) return fmt::format("unfit: {}", footprint.reason);
  return fmt::format("{} bytes, {:.2f} a state", with_commas(footprint.bytes), per_state(footprint, chain));
}

}  // namespace

ModelInfo find_info(const Chain& chain, const std::function<void(std::string_view)>& begins) {
  begins("finding the structure");
  ModelInfo info{find_structure(chain, find_components(chain), count_levels(chain.inflow)), {}, {}};
  begins("counting the bytes of each storage");
  info.storages = storages(chain, info.structure.levels);
  info.memory = estimate(chain, info.storages);
  return info;
}

std::string text_info(const std::string& file, const Model& model, const ModelInfo& info) {
  std::string text;
  const auto line = [&](std::string_view what, const std::string& value) {
    text += fmt::format("{:<20} {}\n", what, value);
  };
  const auto count = [&](std::string_view what, std::size_t number) { line(what, with_commas(number)); };
  line("model", fmt::format("{}, {}", file, name(model.chain.kind)));
  count("states", model.chain.size());
  count("transitions", model.chain.transitions());
  count("components", info.structure.components);
  count("bottom components", info.structure.bottom_components);
  count("transient states", info.structure.transient_states);
  count("period", info.structure.period);
  count("distinct rates", info.structure.distinct.rates);
  count("distinct exit rates", info.structure.distinct.exit_rates);
  count("levels forward", info.structure.levels.forward);
  count("levels backward", info.structure.levels.backward);
  for (const StorageInfo& storage : info.storages)
    line(fmt::format("storage {}", name(storage.storage)),
         fmt::format("{}; in level order: {}", describe_bytes(storage.natural, model.chain),
                     describe_bytes(storage.levels, model.chain)));
  const Memory memory = info.memory;
  line("memory", fmt::format("about {} bytes for the model, {} more for a solve", with_commas(memory.model),
                             with_commas(memory.solve)));
  return text;
}

std::string json_info(const std::string& file, const Model& model, const ModelInfo& info) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  const auto bytes = [](const Footprint& f) { return f.reason.empty() ? Json(f.bytes) : Json(nullptr); };
  const auto a_state = [&](const Footprint& f) {
    return f.reason.empty() ? Json(per_state(f, model.chain)) : Json(nullptr);
  };
  for (const auto& [storage, natural, levels] : info.storages)
    list.push_back({{"name", name(storage)},
                    {"bytes", bytes(natural)},
                    {"bytes_per_state", a_state(natural)},
                    {"fits", natural.reason.empty()},
                    {"reason", natural.reason.empty() ? Json(nullptr) : Json(natural.reason)},
                    {"level_order_bytes", bytes(levels)},
                    {"level_order_bytes_per_state", a_state(levels)}});
  const Memory memory = info.memory;
  const Json json{{"steady", build.version},
                  {"model", model_json(file, model)},
                  {"structure", structure_json(info.structure)},
                  {"storages", list},
                  {"memory", {{"model_bytes", memory.model}, {"solve_bytes", memory.solve}}}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace steady::detail
