#include "formats/model/umb/valuations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <mutex>
#include <optional>
#include <set>
#include <span>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"
#include "formats/base/parallel.hpp"
#include "formats/io/scanner.hpp"

namespace steady::detail::umb {

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

  std::uint64_t bits() const { return field->type.bits; }

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
    const std::optional<std::int64_t> value = find(state, place);
    if (!value)
      throw Error(fmt::format("{}: state {}: variable {} is beyond 64-bit integers", path_, state,
                              in_quotes(place.field->name)));
    return *value;
  }

  // Those of the states from `first` on; false where one is beyond 64-bit integers.
  bool values(std::size_t first, const Place& place, std::span<std::int64_t> to) const {
    const std::uint64_t byte = place.bit / 8, shift = place.bit % 8;
    constexpr std::uint64_t word = sizeof(std::uint64_t);  // read at once, be some of it the next record's
    const bool fits = (first + to.size() - 1) * record_bytes_ + byte + word <= bytes_.size();
    if (!fits || !place.narrow || place.boolean || shift + place.bits() > 64) {
      for (std::size_t k = 0; k < to.size(); ++k) {
        const std::optional<std::int64_t> value = find(first + k, place);
        if (!value) return false;
        to[k] = *value;
      }
      return true;
    }
    const std::uint64_t mask = (std::uint64_t{1} << place.bits()) - 1, sign = place.sign;
    const std::int64_t offset = place.field->offset - static_cast<std::int64_t>(sign);
    const char* record = bytes_.data() + first * record_bytes_ + byte;
    for (std::int64_t& value : to) {
      std::uint64_t raw = 0;
      std::memcpy(&raw, record, word);
      value = static_cast<std::int64_t>((raw >> shift & mask) ^ sign) + offset;
      record += record_bytes_;
    }
    return true;
  }

 private:
  std::optional<std::int64_t> find(std::size_t state, const Place& place) const {
    const std::uint64_t raw = bits_at(bytes_.data() + state * record_bytes_, record_bytes_, place.bit, place.bits());
    if (place.boolean) return raw != 0;
    if (place.narrow)  // sign extension
      return static_cast<std::int64_t>(raw ^ place.sign) - static_cast<std::int64_t>(place.sign) + place.field->offset;
    // The same in numbers with room for every sum with an offset.
    const __int128 value = static_cast<__int128>(raw ^ place.sign) - place.sign + place.field->offset;
    if (value < lowest || value > highest) return std::nullopt;
    return static_cast<std::int64_t>(value);
  }

  const std::string& path_;
  std::string_view bytes_;
  std::uint64_t record_bytes_;
};

// Why no variable can be kept; empty where some may be.
std::string obstacle(const Index& index) {
  if (index.valuation_classes.size() > 1) return "the states have variables of several classes";
  for (const Field& field : index.valuation_classes[0])
    if (!field.name.empty() && field.optional) return fmt::format("variable {} is optional", in_quotes(field.name));
  return "";
}

// Why this variable cannot be kept; empty where it can.
std::string obstacle(const Field& field) {
  const bool number = field.type.name == "int" || field.type.name == "uint" || field.type.name == "bool";
  if (!number) return fmt::format("is of type {}", field.type.name);
  return field.type.bits > 64 ? fmt::format("has {} bits", field.type.bits) : "";
}

// The places of the variables that are kept; `bits` becomes the size of a record.
std::vector<Place> places_of(const std::string& path, const std::vector<Field>& fields, std::uint64_t& bits,
                             std::vector<std::string>& notes) {
  std::vector<Place> places;
  std::set<std::string_view> names;
  std::string left_out;
  for (const Field& field : fields) {
    if (!field.name.empty() && !names.insert(field.name).second)
      throw Error(fmt::format("{}: index.json: variable {} twice", path, in_quotes(field.name)));
    const std::string why = field.name.empty() ? "" : obstacle(field);
    if (!why.empty()) left_out += fmt::format("{}{} {}", left_out.empty() ? "" : ", ", in_quotes(field.name), why);
    if (!field.name.empty() && why.empty()) places.emplace_back(field, bits);
    bits += field.type.bits;  // each below 2^32, and fewer than 2^32 of them
  }
  if (!left_out.empty()) notes.push_back(fmt::format("variables that are no integers are left out: {}", left_out));
  return places;
}

constexpr std::size_t together = 256;  // states that are read variable by variable

// Calls work(first, values) for some states after others of a block, `values` being room for one of each.
template <class Work>
void for_states(std::size_t first, std::size_t last, Work work) {
  std::array<std::int64_t, together> values;
  for (; first < last; first += together)
    work(first, std::span<std::int64_t>(values.data(), std::min(together, last - first)));
}

struct Range {
  std::int64_t low = highest, high = lowest;

  void add(std::int64_t value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

// Of the values in all states.
std::vector<Range> ranges_of(const std::vector<Place>& places, const Records& records, std::size_t n) {
  std::vector<Range> all(places.size());
  if (places.empty()) return all;
  std::mutex one_at_a_time;
  for_blocks(n, [&](std::size_t begin, std::size_t end) {
    std::vector<Range> ranges(places.size());
    for_states(begin, end, [&](std::size_t first, std::span<std::int64_t> values) {
      bool sound = true;
      for (std::size_t k = 0; k < places.size(); ++k) {
        sound = records.values(first, places[k], values) && sound;
        Range range = ranges[k];
        for (const std::int64_t value : values) range.add(value);
        ranges[k] = range;
      }
      for (std::size_t i = first; !sound && i < first + values.size(); ++i)
        for (const Place& place : places) records.value(i, place);  // one throws
    });
    const std::lock_guard lock(one_at_a_time);
    for (std::size_t k = 0; k < places.size(); ++k) {
      all[k].low = std::min(all[k].low, ranges[k].low);
      all[k].high = std::max(all[k].high, ranges[k].high);
    }
  });
  return all;
}

// With their bounds: the declared ones, else those of the values.
std::vector<Variable> variables_of(const std::vector<Place>& places, const Records& records, std::size_t n) {
  const auto declared = [](const Field& f) { return f.lower && f.upper && *f.lower <= *f.upper; };
  std::vector<Place> others;
  for (const Place& place : places)
    if (!place.boolean && !declared(*place.field)) others.push_back(place);
  const std::vector<Range> ranges = ranges_of(others, records, n);
  std::vector<Variable> variables;
  auto range = ranges.begin();
  for (const Place& place : places) {
    const Field& field = *place.field;
    if (place.boolean) {
      variables.push_back({field.name, true, 0, 1});
    } else if (declared(field)) {
      variables.push_back({field.name, false, *field.lower, *field.upper});
    } else {
      variables.push_back({field.name, false, range->low, range->high});
      ++range;
    }
  }
  return variables;
}

}  // namespace

States read_valuations(const std::string& path, const Index& index, const Files& files,
                       std::vector<std::string>& notes) {
  if (index.valuation_classes.empty()) return {};
  if (const std::string why = obstacle(index); !why.empty()) {
    notes.push_back(fmt::format("the variables of the states are not kept: {}", why));
    return {};
  }
  std::uint64_t bits = 0;
  const std::vector<Place> places = places_of(path, index.valuation_classes[0], bits, notes);
  if (places.empty()) return {};
  if (bits % 8 != 0)
    throw Error(fmt::format("{}: index.json: a state's variables take {} bits, not whole bytes", path, bits));
  const auto n = static_cast<std::size_t>(index.states);
  const Records records(path, files.records("valuations/states/valuations.bin", n, bits / 8), bits / 8);

  States states;
  states.packing = Packing(variables_of(places, records, n));
  const std::vector<Variable>& variables = states.packing.variables();
  const std::size_t words = states.packing.words();
  resize_large(states.words, n * words);
  for_blocks(n, [&](std::size_t begin, std::size_t end) {
    for_states(begin, end, [&](std::size_t first, std::span<std::int64_t> values) {
      bool sound = true;
      for (std::size_t v = 0; v < places.size(); ++v) {
        sound = records.values(first, places[v], values) && sound;
        sound = states.packing.set(states.words.data() + first * words, v, values) && sound;
      }
      for (std::size_t i = first; !sound && i < first + values.size(); ++i)
        for (std::size_t v = 0; v < places.size(); ++v) {
          const std::int64_t value = records.value(i, places[v]);
          if (value < variables[v].low || value > variables[v].high)
            throw Error(fmt::format("{}: state {}: {} = {} is not in {}..{}", path, i, in_quotes(variables[v].name),
                                    value, variables[v].low, variables[v].high));
        }
    });
  });
  return states;
}

}  // namespace steady::detail::umb
