// A model ready to be explored: its modules as a network of commands in bytecode, every name looked up.
#pragma once

#include <memory>
#include <string>
#include <vector>

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
};

struct NetworkCommand {
  Entry guard;
  Place place;
  std::vector<NetworkUpdate> updates;
};

// An action and, for each module that has it, the module's commands. The modules take it together.
struct Synchronisation {
  std::string name;
  std::vector<std::vector<NetworkCommand>> modules;
};

constexpr std::size_t no_action = static_cast<std::size_t>(-1);

struct NetworkRewardItem {
  Entry guard, value;
  Place place;
  bool transition;
  std::size_t action;  // of a transition: an index into synchronisations, or no_action
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
  Program program;
  std::vector<NetworkCommand> independent;  // commands without an action
  std::vector<Synchronisation> synchronisations;
  std::vector<NetworkReward> rewards;
  std::vector<NetworkLabel> labels;
  std::vector<std::int64_t> initial;  // the variables' initial values
  ExpressionPtr initial_states;       // of init ... endinit; null: one state, `initial`
  std::shared_ptr<Vocabulary> vocabulary;
  std::vector<std::string> notes;
};

// Throws Error with line and column for whatever the language does not allow. `settings`: constants from outside.
Network build_network(std::shared_ptr<const Source> source, const ModelSyntax& model,
                      const std::vector<Setting>& settings);

}  // namespace steady::prism
