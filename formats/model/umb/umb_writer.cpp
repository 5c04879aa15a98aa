// A chain as a .umb file: one choice a state, so that its array of choices is left out.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include <steady/version.hpp>

#include "formats/io/tar_writer.hpp"
#include "formats/model/explicit_chain.hpp"
#include "formats/model/umb/umb.hpp"

namespace steady::detail::umb {

namespace {

using Json = nlohmann::ordered_json;

// A variable in a record, from the lowest bit on: its value, as it is. Offsets would save bits, but not every program
// reads them.
std::uint64_t bits_of(const Variable& variable) {
  const auto width = [](std::int64_t value) {
    return static_cast<std::uint64_t>(std::bit_width(static_cast<std::uint64_t>(value < 0 ? ~value : value)));
  };
  const bool sign = variable.low < 0;
  return std::max<std::uint64_t>(1, sign + std::max(width(variable.low), width(variable.high)));
}

std::uint64_t bits_of(const Packing& packing) {
  std::uint64_t bits = 0;
  for (const Variable& variable : packing.variables()) bits += bits_of(variable);
  return bits;
}

std::uint64_t bytes_of(const Packing& packing) { return bits_of(packing) / 8 + (bits_of(packing) % 8 != 0); }

// An id of the letters that are allowed, which none in `taken` is.
std::string id_of(const std::string& name, std::set<std::string>& taken) {
  std::string id;
  for (const char c : name) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool allowed =
        (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '-' || lower == '_';
    id += allowed ? lower : '_';
  }
  if (id.empty()) id = "unnamed";
  std::string unique = id;
  for (std::size_t k = 2; !taken.insert(unique).second; ++k) unique = fmt::format("{}_{}", id, k);
  return unique;
}

Json type_json(const char* name, std::uint64_t bits) { return {{"type", name}, {"size", bits}}; }

struct Named {
  std::string id;
  const std::string* name;
  std::size_t number;  // in the chain's list
};

Json annotations_json(const std::vector<Named>& annotations, const Json& type) {
  Json json = Json::object();
  for (const Named& a : annotations) {
    Json& one = json[a.id];
    if (a.id != *a.name) one["alias"] = *a.name;
    one["applies-to"] = {"states"};
    one["type"] = type;
  }
  return json;
}

// Whether bounds say more than the values of all states do; not every program reads them.
bool has_other_bounds(const Variable& variable, const States& states, std::size_t number, std::size_t n) {
  std::int64_t low = variable.high;
  std::int64_t high = variable.low;
  for (std::size_t i = 0; i < n; ++i) {
    low = std::min(low, states.value(i, number));
    high = std::max(high, states.value(i, number));
  }
  return low != variable.low || high != variable.high;
}

Json valuations_json(const States& states, std::size_t n) {
  const Packing& packing = states.packing;
  Json variables = Json::array();
  for (std::size_t k = 0; k < packing.variables().size(); ++k) {
    const Variable& v = packing.variables()[k];
    const char* const type = v.boolean ? "bool" : v.low < 0 ? "int" : "uint";
    Json one{{"name", v.name}, {"type", type_json(type, bits_of(v))}};
    if (!v.boolean && has_other_bounds(v, states, k, n)) {
      one["lower"] = v.low;
      one["upper"] = v.high;
    }
    variables.push_back(one);
  }
  if (const std::uint64_t padding = 8 * bytes_of(packing) - bits_of(packing); padding > 0)
    variables.push_back({{"padding", padding}});
  return {{"states", {{"unique", true}, {"classes", {{{"variables", variables}}}}}}};
}

// Collects values, and hands them on by the half megabyte.
template <class T>
class Stream {
 public:
  explicit Stream(TarWriter& tar) : tar_(tar) { values_.reserve(most); }
  void put(T value) {
    values_.push_back(value);
    if (values_.size() == most) flush();
  }
  void flush() {
    tar_.write({reinterpret_cast<const char*>(values_.data()), values_.size() * sizeof(T)});
    values_.clear();
  }

 private:
  static constexpr std::size_t most = 1 << 16;
  TarWriter& tar_;
  std::vector<T> values_;
};

// A file of n values, value(i) each.
template <class T, class Value>
void add_values(TarWriter& tar, const std::string& name, std::uint64_t n, Value value) {
  tar.add(name, n * sizeof(T));
  Stream<T> stream(tar);
  for (std::uint64_t i = 0; i < n; ++i) stream.put(value(i));
  stream.flush();
}

// A file of n bits.
template <class Holds>
void add_bits(TarWriter& tar, const std::string& name, std::size_t n, Holds holds) {
  add_values<std::uint64_t>(tar, name, n / 64 + (n % 64 != 0), [&](std::uint64_t word) {
    std::uint64_t bits = 0;
    for (std::size_t i = 64 * word; i < std::min(n, 64 * word + 64); ++i) bits |= std::uint64_t{holds(i)} << i % 64;
    return bits;
  });
}

// A probability whose product with the exit rate is the rate again, where there is one: else the nearest.
double probability_of(double rate, double exit_rate) {
  const double probability = rate / exit_rate;
  for (const double near : {probability, std::nextafter(probability, 0.0), std::nextafter(probability, 1.0)})
    if (near * exit_rate == rate) return near;
  return probability;
}

void add_transitions(TarWriter& tar, const Chain& chain, const Csr& outgoing) {
  const std::size_t n = chain.size();
  std::vector<double> exit_rate(n, 1.0);
  std::vector<double> row;
  for (std::size_t i = 0; i < n && chain.kind == Kind::ctmc; ++i) {
    row.assign(outgoing.value.begin() + static_cast<std::ptrdiff_t>(outgoing.row_start[i]),
               outgoing.value.begin() + static_cast<std::ptrdiff_t>(outgoing.row_start[i + 1]));
    exit_rate[i] = sum_ascending(row);
  }
  if (chain.kind == Kind::ctmc)
    add_values<double>(tar, "state-to-exit-rate.bin", n, [&](std::uint64_t i) { return exit_rate[i]; });
  add_values<std::uint64_t>(tar, "choice-to-branches.bin", n + 1,
                            [&](std::uint64_t i) { return outgoing.row_start[i]; });
  add_values<std::uint64_t>(tar, "branch-to-target.bin", outgoing.entries(),
                            [&](std::uint64_t k) { return outgoing.column[k]; });
  std::size_t i = 0;
  add_values<double>(tar, "branch-to-probability.bin", outgoing.entries(), [&](std::uint64_t k) {
    while (k >= outgoing.row_start[i + 1]) ++i;
    return chain.kind == Kind::dtmc ? outgoing.value[k] : probability_of(outgoing.value[k], exit_rate[i]);
  });
}

void add_valuations(TarWriter& tar, const States& states, std::size_t n) {
  const Packing& packing = states.packing;
  const std::uint64_t bytes = bytes_of(packing);
  tar.add("valuations/states/valuations.bin", n * bytes);
  Stream<unsigned char> stream(tar);
  std::vector<unsigned char> record(bytes);
  for (std::size_t i = 0; i < n; ++i) {
    std::fill(record.begin(), record.end(), static_cast<unsigned char>(0));
    std::uint64_t at = 0;
    for (std::size_t v = 0; v < packing.variables().size(); ++v) {
      const auto value = static_cast<std::uint64_t>(states.value(i, v));
      const std::uint64_t end = at + bits_of(packing.variables()[v]);
      for (std::uint64_t bit = at; bit < end; ++bit)
        if ((value >> (bit - at) & 1) != 0) record[bit / 8] |= static_cast<unsigned char>(1u << bit % 8);
      at = end;
    }
    for (const unsigned char byte : record) stream.put(byte);
  }
  stream.flush();
}

}  // namespace

std::vector<std::string> write_umb(const std::string& path, const Model& model, const WriteOptions&,
                                   ReplacedFiles& files) {
  const Chain& chain = model.chain;
  const std::size_t n = chain.size();
  const std::vector<bool> initial = equal_starts(chain, path);
  const Csr outgoing = outgoing_rates(chain, Checked::yes);

  // "init" is an array of its own; "deadlock" says nothing where there is none.
  std::vector<Named> labels, rewards;
  std::set<std::string> taken;
  for (std::size_t k = 0; k < chain.labels.size(); ++k) {
    const auto& [name, holds] = chain.labels[k];
    if (name == "init" || (name == "deadlock" && std::find(holds.begin(), holds.end(), true) == holds.end())) continue;
    labels.push_back({id_of(name, taken), &name, k});
  }
  taken.clear();
  for (std::size_t k = 0; k < chain.rewards.size(); ++k)
    rewards.push_back({id_of(chain.rewards[k].name, taken), &chain.rewards[k].name, k});

  Json system{{"time", chain.kind == Kind::ctmc ? "stochastic" : "discrete"},
              {"#players", 0},
              {"#states", n},
              {"#initial-states", std::count(initial.begin(), initial.end(), true)},
              {"#choices", n},
              {"#choice-actions", 0},
              {"#branches", outgoing.entries()},
              {"#branch-actions", 0},
              {"#observations", 0},
              {"branch-probability-type", type_json("double", 64)}};
  if (chain.kind == Kind::ctmc) system["exit-rate-type"] = type_json("double", 64);
  Json index{{"format-version", 1},
             {"format-revision", 0},
             {"file-data", {{"tool", "steady"}, {"tool-version", build.version}}},
             {"transition-system", system}};
  if (!labels.empty()) index["annotations"]["aps"] = annotations_json(labels, type_json("bool", 1));
  if (!rewards.empty()) index["annotations"]["rewards"] = annotations_json(rewards, type_json("double", 64));
  if (chain.states.has_variables()) index["valuations"] = valuations_json(chain.states, n);
  const std::string text = index.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";

  TarWriter tar(files.add(path));
  tar.add("index.json", text.size());
  tar.write(text);
  add_bits(tar, "state-is-initial.bin", n, [&](std::size_t i) { return initial[i]; });
  add_transitions(tar, chain, outgoing);
  for (const Named& label : labels)
    add_bits(tar, fmt::format("annotations/aps/{}/states/values.bin", label.id), n,
             [&](std::size_t i) { return chain.labels[label.number].holds[i]; });
  for (const Named& reward : rewards)
    add_values<double>(tar, fmt::format("annotations/rewards/{}/states/values.bin", reward.id), n,
                       [&](std::uint64_t i) { return chain.rewards[reward.number].rate[i]; });
  if (chain.states.has_variables()) add_valuations(tar, chain.states, n);
  tar.finish();
  return {};
}

}  // namespace steady::detail::umb
