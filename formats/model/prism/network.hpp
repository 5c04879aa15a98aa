// A model ready to be explored: its modules as a network of commands in bytecode, every name looked up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "formats/memory.hpp"
#include "formats/model/prism/bytecode.hpp"
#include "formats/model/prism/syntax.hpp"
#include "formats/model/prism/vocabulary.hpp"
#include "solver/states.hpp"

namespace steady::prism {

struct NetworkAssignment {
  std::uint32_t variable;
  Entry value;
  Place place;
};

struct NetworkUpdate {
  Entry rate;
  Place place;
  std::vector<NetworkAssignment> assignments;
  bool rate_is_shared = false;  // it reads more than the guards and assignments of its module, and the chain is a ctmc
};

// A module's commands with one action, or all of those without one. An event takes one that is enabled.
struct NetworkPart {
  std::size_t module;
  std::string action;  // empty: none
  bool alone = false;  // one event takes it, and no other part with it
};

struct NetworkCommand {
  Entry guard;
  std::vector<Entry> conditions;  // the guard again: it holds where all of these do
  Place place;
  std::uint32_t part;
  std::vector<NetworkUpdate> updates;
};

// The values of an int without a range, as PRISM has them.
constexpr std::int64_t smallest_int = -2147483648;
constexpr std::int64_t largest_int = 2147483647;

constexpr std::size_t no_action = static_cast<std::size_t>(-1);

// Parts of different modules that are taken together: modules that share an action, or a single module's part.
struct NetworkEvent {
  std::size_t action;  // an index into the network's actions, or no_action
  std::vector<std::uint32_t> parts;
};

struct NetworkRewardItem {
  Entry guard, value;
  Place place;
  bool transition;
  std::size_t action;  // of a transition: an index into the network's actions, or no_action
};

struct NetworkReward {
  std::string name;
  std::vector<NetworkRewardItem> items;
};

struct NetworkLabel {
  std::string name;
  Entry holds;
};

struct Network {
  Kind kind;
  Packing packing;
  std::vector<std::uint32_t> unbounded;  // ints without a range: the packing has what is known of it so far
  Program program;
  std::vector<NetworkPart> parts;
  std::vector<NetworkCommand> commands;  // module by module, in the order of the text
  std::vector<std::string> actions;
  std::vector<NetworkEvent> events;  // those without an action first, in the order of the modules
  std::vector<NetworkReward> rewards;
  std::vector<NetworkLabel> labels;
  std::vector<std::int64_t> initial;  // the variables' initial values
  ExpressionPtr initial_states;       // of init ... endinit; null: one state, `initial`
  std::shared_ptr<Vocabulary> vocabulary;
  std::vector<std::string> notes;
  bool rate_errors = false;                                              // Chain::rate_error is wanted
  std::uint64_t memory_limit = machine_memory();                         // bytes
  std::function<void(std::string_view)> note = [](std::string_view) {};  // what cannot wait until all is explored

  // Words of a packed state while it is explored: one where there is no variable.
  std::size_t words() const { return std::max<std::size_t>(1, packing.words()); }
};

// How many combinations of its parts' alternatives an event has at most in one state: of updates of commands. As a
// double, because there may be more than any integer holds.
double combinations(const Network& network, const NetworkEvent& event);

// Throws Error with line and column for whatever the language does not allow, and for a constant with an error that
// stands in anything but a rate.
Network build_network(std::shared_ptr<const Source> source, const ModelSyntax& model, const OutsideConstants& outside);

}  // namespace steady::prism
