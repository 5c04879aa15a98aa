#include "formats/model/umb/valuations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <set>

#include "formats/error.hpp"
#include "formats/scanner.hpp"
#include "solver/chain_from_rows.hpp"

namespace steady::umb {

namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

// Where a variable lies in a record, and how its bits are a number: found out once, not for each of many states.
struct Place {
  Place(const Field& of, std::uint64_t first_bit)
      : field(&of),
        bit(first_bit),
        boolean(of.type.name == "bool"),
        sign(of.type.name == "int" ? std::uint64_t{1} << (of.type.bits - 1) : 0),
        narrow(of.type.bits <= 62 && of.offset > lowest / 2 && of.offset < highest / 2) {}

  const Field* field;
  std::uint64_t bit;
  bool boolean;
  std::uint64_t sign;  // the bit that makes a number negative; 0: none does
  bool narrow;         // no value overflows
};

// Up to 64 bits from a place in a record.
std::uint64_t bits_at(const char* record, std::uint64_t record_bytes, std::uint64_t bit, std::uint64_t count) {
  const std::uint64_t byte = bit / 8;
  const std::uint64_t shift = bit % 8;
  std::uint64_t value = 0;
  std::memcpy(&value, record + byte, std::min<std::uint64_t>(8, record_bytes - byte));
  value >>= shift;
  if (shift + count > 64) value |= std::uint64_t{static_cast<unsigned char>(record[byte + 8])} << (64 - shift);
  return count == 64 ? value : value & ((std::uint64_t{1} << count) - 1);
}

// The records of all states, of one class.
class Records {
 public:
  Records(const std::string& path, std::string_view bytes, std::uint64_t record_bytes)
      : path_(path), bytes_(bytes), record_bytes_(record_bytes) {}

  std::int64_t value(std::size_t state, const Place& place) const {
    const Field& field = *place.field;
    const std::uint64_t raw = bits_at(bytes_.data() + state * record_bytes_, record_bytes_, place.bit, field.type.bits);
    if (place.boolean) return raw != 0;
    if (place.narrow)  // sign extension
      return static_cast<std::int64_t>(raw ^ place.sign) - static_cast<std::int64_t>(place.sign) + field.offset;
    // The same in numbers with room for every sum with an offset.
    const __int128 value = static_cast<__int128>(raw ^ place.sign) - place.sign + field.offset;
    if (value < lowest || value > highest)
      throw Error(
          fmt::format("{}: state {}: variable {} is beyond 64-bit integers", path_, state, in_quotes(field.name)));
    return static_cast<std::int64_t>(value);
  }

 private:
  const std::string& path_;
  std::string_view bytes_;
  std::uint64_t record_bytes_;
};

// Why the variables cannot be kept; empty where they can.
std::string obstacle(const Index& index) {
  if (index.valuation_classes.size() > 1) return "the states have variables of several classes";
  for (const Field& field : index.valuation_classes[0]) {
    const bool number = field.type.name == "int" || field.type.name == "uint" || field.type.name == "bool";
    if (field.name.empty()) continue;
    if (field.optional) return fmt::format("variable {} is optional", in_quotes(field.name));
    if (!number) return fmt::format("variable {} is of type {}", in_quotes(field.name), field.type.name);
    if (field.type.bits > 64) return fmt::format("variable {} has {} bits", in_quotes(field.name), field.type.bits);
  }
  return "";
}

// The variable's bounds: the declared ones, else those of its values.
Variable variable_of(const Place& place, const Records& records, std::size_t n) {
  const Field& field = *place.field;
  if (field.type.name == "bool") return {field.name, true, 0, 1};
  if (field.lower && field.upper && *field.lower <= *field.upper)
    return {field.name, false, *field.lower, *field.upper};
  Variable variable{field.name, false, highest, lowest};
  std::mutex one_at_a_time;
  for_blocks(n, [&](std::size_t first, std::size_t last) {
    std::int64_t low = highest, high = lowest;
    for (std::size_t i = first; i < last; ++i) {
      const std::int64_t value = records.value(i, place);
      low = std::min(low, value);
      high = std::max(high, value);
    }
    const std::lock_guard lock(one_at_a_time);
    variable.low = std::min(variable.low, low);
    variable.high = std::max(variable.high, high);
  });
  return variable;
}

}  // namespace

States read_valuations(const std::string& path, const Index& index, const Files& files,
                       std::vector<std::string>& notes) {
  if (index.valuation_classes.empty()) return {};
  if (const std::string why = obstacle(index); !why.empty()) {
    notes.push_back(fmt::format("the variables of the states are not kept: {}", why));
    return {};
  }
  std::vector<Place> places;
  std::set<std::string_view> names;
  std::uint64_t bits = 0;
  for (const Field& field : index.valuation_classes[0]) {
    if (!field.name.empty()) places.emplace_back(field, bits);
    if (!field.name.empty() && !names.insert(field.name).second)
      throw Error(fmt::format("{}: index.json: variable {} twice", path, in_quotes(field.name)));
    bits += field.type.bits;  // each below 2^32, and fewer than 2^32 of them
  }
  if (bits % 8 != 0)
    throw Error(fmt::format("{}: index.json: a state's variables take {} bits, not whole bytes", path, bits));
  const auto n = static_cast<std::size_t>(index.states);
  const Records records(path, files.records("valuations/states/valuations.bin", n, bits / 8), bits / 8);

  std::vector<Variable> variables;
  for (const Place& place : places) variables.push_back(variable_of(place, records, n));
  States states;
  states.packing = Packing(std::move(variables));
  const std::size_t words = states.packing.words();
  states.words.resize(n * words);
  for_blocks(n, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i)
      for (std::size_t v = 0; v < places.size(); ++v) {
        const Variable& variable = states.packing.variables()[v];
        const std::int64_t value = records.value(i, places[v]);
        if (value < variable.low || value > variable.high)
          throw Error(fmt::format("{}: state {}: {} = {} is not in {}..{}", path, i, in_quotes(variable.name), value,
                                  variable.low, variable.high));
        states.packing.set(states.words.data() + i * words, v, value);
      }
  });
  return states;
}

}  // namespace steady::umb
