#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include <steady/checkpoint.hpp>
#include <steady/error.hpp>

#include "formats/io/file.hpp"

namespace steady {
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

}  // namespace

InitialGuess restrict_to(std::span<const State> states, const InitialGuess& from) {
  constexpr double share = 1e-16;
  InitialGuess part;
  if (from.component == states.front()) part.config = from.config;
  if (from.iterate.empty()) return part;
  std::vector<double>& x = part.iterate;
  for (const State i : states) x.push_back(std::fmax(from.iterate[i], 0.0));
  const double largest = *std::max_element(x.begin(), x.end());
  if (largest == 0) return {{}, part.config, {}};
  double total = 0;
  for (double& entry : x) total += entry /= largest;  // whose sum alone might be infinite
  const double least = share / static_cast<double>(x.size());
  for (double& entry : x) {
    entry /= total;
    if (entry == 0) entry = least;
  }
  return part;
}

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
    from.config = {header.at("method"), header.at("preconditioner"), header.at("direction")};
    if (!header.at("component").is_null()) from.component = header["component"].get<State>();
    from.iterate.resize(states);
    std::memcpy(from.iterate.data(), values.data(), values.size());
  } catch (const Json::exception& problem) {
    throw Error(fmt::format("{}: damaged: {}", path, problem.what()));
  }
  return from;
}

CheckpointWriter::CheckpointWriter(std::string path, const Chain& chain)
    : path_(std::move(path)), chain_(chain), digest_(digest_of(chain)), best_residual_(INFINITY) {
  require_writable(path_);
}

void CheckpointWriter::on_iteration(const IterationInfo& info) {
  constexpr double clearly = 2, most_lost = 0.2, longest = 3, dearest = 20;  // of the work; seconds; times the cost
  if (!info.iterate) return;
  if (component_ != info.component) best_residual_ = INFINITY;
  component_ = info.component;
  config_ = info.config;
  if (!(info.residual <= clearly * best_residual_)) return;
  best_residual_ = std::fmin(best_residual_, info.residual);
  const double begun = watch_.seconds();
  if (info.iterations == 0 || begun < next_) return;
  save(info.iterate(), info.residual);
  const double ended = watch_.seconds();
  next_ = ended + std::fmax(std::fmin(longest, most_lost * ended), dearest * (ended - begun));
}

void CheckpointWriter::finish(const std::vector<double>& distribution, double residual) {
  save(distribution, residual);
}

void CheckpointWriter::save(const std::vector<double>& iterate, double residual) {
  const Json header = {{"states", chain_.size()},
                       {"transitions", chain_.transitions()},
                       {"matrix", digest_},
                       {"component", component_ ? Json(*component_) : Json()},
                       {"method", config_.method},
                       {"preconditioner", config_.preconditioner},
                       {"direction", config_.direction},
                       {"residual", residual}};
  const std::string head = fmt::format("{}{}\n", title, header.dump());
  const std::uint32_t crc = add_to(add_to(0, head.data(), head.size()), iterate);
  ReplacedFile file(path_);
  file.write(head);
  file.write(bytes_of(iterate));
  file.write({reinterpret_cast<const char*>(&crc), sizeof(crc)});
  file.commit();
}

}  // namespace steady
