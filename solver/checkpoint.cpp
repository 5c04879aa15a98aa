#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include <steady/checkpoint.hpp>
#include <steady/error.hpp>

#include "formats/base/stopwatch.hpp"
#include "formats/io/file.hpp"
#include "solver/names.hpp"

namespace steady {

using namespace detail;
namespace {

static_assert(std::endian::native == std::endian::little, "the numbers are written as they lie in memory");

using Json = nlohmann::ordered_json;

constexpr std::string_view title = "steady checkpoint 1\n";

std::string_view bytes_of(const std::vector<double>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)};
}

std::uint32_t add_to(std::uint32_t crc, const void* bytes, std::size_t size) {
  if (size == 0) return crc;
  return static_cast<std::uint32_t>(crc32_z(crc, static_cast<const Bytef*>(bytes), size));
}

template <class Value>
std::uint32_t add_to(std::uint32_t crc, const std::vector<Value>& values) {
  return add_to(crc, values.data(), values.size() * sizeof(Value));
}

// Of all that the stationary distributions depend on.
std::uint32_t digest_of(const Chain& chain) {
  const Csr& in = chain.inflow;
  return add_to(add_to(add_to(add_to(0, in.row_start), in.column), in.value), chain.exit_rate);
}

// The content's header; `values` becomes what comes after it.
Json read_header(const std::string& path, std::string_view content, std::string_view& values) {
  if (!content.starts_with(title)) throw Error(fmt::format("{}: not a checkpoint of this program", path));
  std::uint32_t crc = 0;
  const std::size_t end = content.size() - std::min(content.size(), sizeof(crc));
  std::memcpy(&crc, content.data() + end, content.size() - end);
  if (end < title.size() || crc != add_to(0, content.data(), end))
    throw Error(fmt::format("{}: damaged: its checksum is not that of its content", path));
  content = content.substr(title.size(), end - title.size());
  const std::size_t line = std::min(content.find('\n'), content.size() - 1);
  values = content.substr(line + 1);
  return Json::parse(content.substr(0, line));
}

// "" stands for what there is none of.
void add_config(const std::optional<MethodConfig>& config, Json& header) {
  const auto text = [](const auto& value) { return value ? name(*value) : std::string_view(); };
  header["method"] = config ? name(config->method) : "";
  header["preconditioner"] = config ? text(config->preconditioner) : "";
  header["direction"] = config ? text(config->direction) : "";
}

// Nothing where no method was running, or none that is known.
std::optional<MethodConfig> config_in(const Json& header) {
  const auto method = find_named<Method>(header.at("method").get<std::string>());
  if (!method) return std::nullopt;
  return MethodConfig{*method, find_named<Preconditioner>(header.at("preconditioner").get<std::string>()),
                      find_named<SweepDirection>(header.at("direction").get<std::string>())};
}

}  // namespace

InitialGuess read_checkpoint(const std::string& path, const Chain& chain) {
  const std::string content = read_file(path);
  InitialGuess from;
  try {
    std::string_view values;
    const Json header = read_header(path, content, values);
    const auto states = header.at("states").get<std::uint64_t>();
    const auto transitions = header.at("transitions").get<std::uint64_t>();
    if (states != chain.size() || transitions != chain.transitions())
      throw Error(fmt::format("{}: a checkpoint of another chain: it has {} states and {} transitions, not {} and {}",
                              path, states, transitions, chain.size(), chain.transitions()));
    if (header.at("matrix").get<std::uint32_t>() != digest_of(chain))
      throw Error(fmt::format("{}: a checkpoint of another chain: it has other rates", path));
    if (values.size() != states * sizeof(double)) throw Error(fmt::format("{}: damaged: its size is wrong", path));
    from.config = config_in(header);
    if (!header.at("component").is_null()) from.component = header["component"].get<State>();
    from.iterate.resize(states);
    std::memcpy(from.iterate.data(), values.data(), values.size());
  } catch (const Json::exception& problem) {
    throw Error(fmt::format("{}: damaged: {}", path, problem.what()));
  }
  return from;
}

struct CheckpointWriter::Saved {
  std::string path;
  const Chain& chain;
  std::uint32_t digest;
  std::optional<MethodConfig> config = {};
  std::optional<State> component = {};
  double best_residual = INFINITY;  // on the component
  double next = 0;                  // seconds
  Stopwatch watch = {};

  void save(const std::vector<double>& iterate, double residual) const;
};

void CheckpointWriter::Saved::save(const std::vector<double>& iterate, double residual) const {
  Json header = {{"states", chain.size()},
                 {"transitions", chain.transitions()},
                 {"matrix", digest},
                 {"component", component ? Json(*component) : Json()}};
  add_config(config, header);
  header["residual"] = residual;
  const std::string head = fmt::format("{}{}\n", title, header.dump());
  const std::uint32_t crc = add_to(add_to(0, head.data(), head.size()), iterate);
  ReplacedFile file(path);
  file.write(head);
  file.write(bytes_of(iterate));
  file.write({reinterpret_cast<const char*>(&crc), sizeof(crc)});
  file.commit();
}

CheckpointWriter::CheckpointWriter(std::string path, const Chain& chain)
    : saved_(new Saved{std::move(path), chain, digest_of(chain)}) {
  require_writable(saved_->path);
}

CheckpointWriter::~CheckpointWriter() = default;

void CheckpointWriter::on_iteration(const IterationInfo& info) {
  constexpr double clearly = 2, most_lost = 0.2, longest = 3, dearest = 20;  // of the work; seconds; times the cost
  if (!info.iterate) return;
  Saved& saved = *saved_;
  if (saved.component != info.component) saved.best_residual = INFINITY;
  saved.component = info.component;
  saved.config = info.config;
  if (!(info.residual <= clearly * saved.best_residual)) return;
  saved.best_residual = std::fmin(saved.best_residual, info.residual);
  const double begun = saved.watch.seconds();
  if (info.iterations == 0 || begun < saved.next) return;
  saved.save(info.iterate(), info.residual);
  const double ended = saved.watch.seconds();
  saved.next = ended + std::fmax(std::fmin(longest, most_lost * ended), dearest * (ended - begun));
}

void CheckpointWriter::finish(const std::vector<double>& distribution, double residual) {
  saved_->save(distribution, residual);
}

}  // namespace steady
