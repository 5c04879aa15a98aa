#include "formats/model/umb/index.hpp"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include <steady/error.hpp>

#include "formats/io/scanner.hpp"

namespace steady::detail::umb {

namespace {

using Json = nlohmann::ordered_json;  // labels and rewards stay in the order of the file

// A value for a message. Arrays and objects by their kind alone: nested deep enough they would not fit on the stack.
std::string shown(const Json& value) {
  return value.is_structured() ? fmt::format("an {}", value.type_name()) : in_quotes(value.dump());
}

// An object of the index, and where it is, for messages.
class Object {
 public:
  Object(std::string place, const Json& json) : place_(std::move(place)), json_(json) {
    if (!json.is_object()) throw Error(fmt::format("{}: {} is not an object", place_, shown(json)));
  }

  bool has(const char* key) const { return json_.contains(key); }

  const Json& at(const char* key) const {
    if (!has(key)) throw Error(fmt::format("{}: \"{}\" is missing", place_, key));
    return json_[key];
  }

  Object object(const char* key) const { return {inner(key), at(key)}; }

  std::uint64_t natural(const char* key) const {
    const Json& value = at(key);
    if (!value.is_number_unsigned()) fail(key, "is not a natural number");
    return value.get<std::uint64_t>();
  }

  std::optional<std::int64_t> integer(const char* key) const {
    if (!has(key)) return {};
    const Json& value = json_[key];
    // A bound may be written as a number with a fraction, or as a rational's parts: then it tells nothing here.
    if (!value.is_number_integer()) return {};
    if (value.is_number_unsigned() &&
        value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      fail(key, "is beyond 64-bit integers");
    return value.get<std::int64_t>();
  }

  std::string text(const char* key) const {
    const Json& value = at(key);
    if (!value.is_string()) fail(key, "is not a text");
    return value.get<std::string>();
  }

  bool truth(const char* key) const {
    if (!has(key)) return false;
    if (!json_[key].is_boolean()) fail(key, "is neither true nor false");
    return json_[key].get<bool>();
  }

  // Calls use(Object) for each of an array of objects.
  template <class Use>
  void each(const char* key, Use use) const {
    if (!at(key).is_array()) fail(key, "is not an array");
    std::size_t k = 0;
    for (const Json& element : json_[key]) use(Object(fmt::format("{}[{}]", inner(key), k++), element));
  }

  // Calls use(key, Object) for each of an object's members.
  template <class Use>
  void members(Use use) const {
    for (const auto& [key, value] : json_.items()) use(key, Object(inner(key), value));
  }

  [[noreturn]] void fail(const char* key, std::string_view what) const {
    throw Error(fmt::format("{}: \"{}\": {} {}", place_, key, shown(json_[key]), what));
  }

 private:
  std::string inner(std::string_view key) const { return fmt::format("{}: {}", place_, in_quotes(key)); }

  std::string place_;
  const Json& json_;
};

Type read_type(const Object& object) {
  struct Known {
    std::string_view name;
    std::uint64_t bits;
  };
  constexpr Known known[] = {{"bool", 1},
                             {"int", 64},
                             {"uint", 64},
                             {"int-interval", 128},
                             {"uint-interval", 128},
                             {"double", 64},
                             {"double-interval", 128},
                             {"rational", 128},
                             {"rational-interval", 256},
                             {"string", 64}};
  Type type{object.text("type"), 0};
  for (const auto& [name, bits] : known)
    if (type.name == name) type.bits = bits;
  if (type.bits == 0) object.fail("type", "is not known");
  if (!object.has("size")) return type;
  type.bits = object.natural("size");
  if (type.bits == 0 || type.bits > std::numeric_limits<std::uint32_t>::max()) object.fail("size", "is no size");
  if (type.bits != 64 && (type.name == "double" || type.name == "string")) object.fail("size", "is not 64");
  return type;
}

void require_double(const Object& system, const char* key, std::string_view what) {
  const Type type = read_type(system.object(key));
  if (type.name != "double") system.fail(key, fmt::format("of type {}: {} of type double are read", type.name, what));
}

Annotation read_annotation(const std::string& id, const Object& object) {
  for (const char c : id)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
      throw Error(fmt::format("an annotation's id {} holds more than a-z, 0-9, - and _", in_quotes(id)));
  Annotation annotation;
  annotation.id = id;
  annotation.name = object.has("alias") ? object.text("alias") : id;
  annotation.type = read_type(object.object("type"));
  annotation.random = object.has("probability-type");
  if (!object.at("applies-to").is_array()) object.fail("applies-to", "is not an array");
  for (const Json& place : object.at("applies-to")) {
    annotation.states = annotation.states || place == "states";
    annotation.choices = annotation.choices || place == "choices";
    annotation.branches = annotation.branches || place == "branches";
  }
  return annotation;
}

std::vector<Annotation> read_annotations(const Object& index, const char* group) {
  std::vector<Annotation> annotations;
  if (!index.has("annotations")) return annotations;
  const Object all = index.object("annotations");
  if (!all.has(group)) return annotations;
  all.object(group).members(
      [&](const std::string& id, const Object& object) { annotations.push_back(read_annotation(id, object)); });
  return annotations;
}

Field read_field(const Object& object) {
  Field field;
  if (object.has("padding")) {
    field.type.bits = object.natural("padding");
    if (field.type.bits > std::numeric_limits<std::uint32_t>::max()) object.fail("padding", "is too large");
    return field;
  }
  field.name = object.text("name");
  // Files exist with the type as an object and, as in the specification's example, with type and size side by side.
  field.type = object.at("type").is_string() ? read_type(object) : read_type(object.object("type"));
  field.optional = object.truth("is-optional");
  field.offset = object.integer("offset").value_or(0);
  field.lower = object.integer("lower");
  field.upper = object.integer("upper");
  return field;
}

std::vector<std::vector<Field>> read_valuation_classes(const Object& index) {
  std::vector<std::vector<Field>> classes;
  if (!index.has("valuations") || !index.object("valuations").has("states")) return classes;
  index.object("valuations").object("states").each("classes", [&](const Object& object) {
    std::vector<Field>& fields = classes.emplace_back();
    object.each("variables", [&](const Object& variable) { fields.push_back(read_field(variable)); });
  });
  return classes;
}

Index read_whole(const std::string& place, const Json& json) {
  const Object object(place, json);
  if (const std::uint64_t version = object.natural("format-version"); version > 1)
    object.fail("format-version", "is newer than what is read");
  const Object system = object.object("transition-system");
  Index index;
  index.players = system.natural("#players");
  index.states = system.natural("#states");
  index.initial_states = system.natural("#initial-states");
  index.choices = system.natural("#choices");
  index.branches = system.natural("#branches");
  const std::string time = system.text("time");
  if (time == "urgent-stochastic") system.fail("time", "is of a Markov automaton, which is not a Markov chain");
  if (time != "discrete" && time != "stochastic") system.fail("time", "is not known");
  index.kind = time == "discrete" ? Kind::dtmc : Kind::ctmc;
  if (system.has("#observations") && system.natural("#observations") > 0)
    system.fail("#observations", "of a partially observable model (POMDP), which is not a Markov chain");
  if (index.states == 0) system.fail("#states", "is no number of states: a chain has at least one");
  if (!system.has("branch-probability-type"))
    throw Error(place +
                ": no \"branch-probability-type\": a labelled transition system (LTS) or a game, not a Markov chain");
  require_double(system, "branch-probability-type", "probabilities");
  if (index.kind == Kind::ctmc) require_double(system, "exit-rate-type", "exit rates");
  index.labels = read_annotations(object, "aps");
  index.rewards = read_annotations(object, "rewards");
  index.valuation_classes = read_valuation_classes(object);
  return index;
}

}  // namespace

Index read_index(const std::string& path, std::string_view text) {
  const std::string place = path + ": index.json";
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::exception& problem) {
    throw Error(fmt::format("{}: {}", place, std::string_view(problem.what()).substr(0, 200)));
  }
  try {
    return read_whole(place, json);
  } catch (const Json::exception& problem) {  // a text that is not UTF-8, in a message
    throw Error(fmt::format("{}: {}", place, std::string_view(problem.what()).substr(0, 200)));
  }
}

std::string_view nondeterministic_name(const Index& index) {
  if (index.players > 1) return "a stochastic game";
  if (index.players == 0) return "against its \"#players\" of 0";
  return index.kind == Kind::dtmc ? "a Markov decision process (MDP)"
                                  : "a continuous-time Markov decision process (CTMDP)";
}

}  // namespace steady::detail::umb
