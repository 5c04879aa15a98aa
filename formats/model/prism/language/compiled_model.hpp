// A model ready to be explored: its modules' commands in bytecode, every name looked up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <steady/states.hpp>

#include "formats/base/memory.hpp"
#include "formats/model/prism/language/bytecode.hpp"
#include "formats/model/prism/language/syntax.hpp"
#include "formats/model/prism/language/vocabulary.hpp"

namespace steady::detail::prism {

struct CompiledAssignment {
  std::uint32_t variable;
  Entry value;
  Place place;
};

// By each of the constants that derivatives are wanted by: the code, or nothing where it is 0.
using CompiledDerivatives = std::vector<std::optional<Entry>>;

struct CompiledUpdate {
  Entry rate;
  Place place;
  std::vector<CompiledAssignment> assignments;
  CompiledDerivatives derivatives = {};  // of the rate
  const char* what = "rate";             // it is called: or weight, or probability
  bool rate_is_shared = false;  // it reads more than the guards and assignments of its module, and the chain is a ctmc
};

// What a command earns when it is taken.
struct CompiledEarning {
  std::size_t structure;  // number of the reward
  Entry value;
  Place place;
  CompiledDerivatives derivatives = {};  // of the value
};

// A module's commands with one action, or all of those without one; only those that earn the same. A synchronization
// takes one that is enabled.
struct CompiledPart {
  std::size_t module;
  std::string action;  // empty: none
  std::vector<CompiledEarning> earnings;
  bool alone = false;  // one synchronization takes it, and no other part with it
};

struct CompiledCommand {
  Entry guard;
  std::vector<Entry> conditions;  // the guard again: it holds where all of these do
  Place place;
  std::uint32_t part;
  std::vector<CompiledUpdate> updates;
  std::uint32_t priority = 0;  // above 0: it takes no time
};

// The values of an int without a range, as PRISM has them.
constexpr std::int64_t smallest_int = -2147483648;
constexpr std::int64_t largest_int = 2147483647;

constexpr std::size_t no_action = static_cast<std::size_t>(-1);

// Parts of different modules that are taken together: modules that share an action, or a single module's part.
struct Synchronization {
  std::size_t action;  // an index into the model's actions, or no_action
  std::vector<std::uint32_t> parts;
};

struct CompiledRewardItem {
  Entry guard, value;
  Place place;
  bool transition;
  std::size_t action;                    // of a transition: an index into the model's actions, or no_action
  CompiledDerivatives derivatives = {};  // of the value
};

struct CompiledReward {
  std::string name;
  std::vector<CompiledRewardItem> items;
  bool throughput = false;  // of the action with its name
};

struct CompiledLabel {
  std::string name;
  Entry holds;
};

struct CompiledModel {
  Kind kind;
  Packing packing;
  std::vector<std::uint32_t> unbounded;  // ints without a range: the packing has what is known of it so far
  Program program;
  std::vector<CompiledPart> parts;
  std::vector<CompiledCommand> commands;          // module by module, in the order of the text
  std::vector<std::string> actions;               // where commands earn something of their own, some names repeat
  std::vector<Synchronization> synchronizations;  // those without an action first, in the order of the modules
  std::vector<CompiledReward> rewards;
  std::vector<CompiledLabel> labels;
  std::vector<std::int64_t> initial;  // the variables' initial values
  ExpressionPtr initial_states;       // of init ... endinit; null: one state, `initial`
  std::shared_ptr<Vocabulary> vocabulary;
  std::vector<std::string> notes;
  bool rate_errors = false;                                              // Chain::rate_error is wanted
  double rates_within = 0;                                               // so much each rate may be off, relatively
  std::uint64_t memory_limit = machine_memory();                         // bytes
  std::function<void(std::string_view)> note = [](std::string_view) {};  // what cannot wait until all is explored

  // Whether some command takes no time: states where one is enabled, vanishing ones, are none of the chain's.
  bool immediate() const {
    return std::any_of(commands.begin(), commands.end(), [](const CompiledCommand& c) { return c.priority > 0; });
  }

  // Words of a packed state while it is explored: one where there is no variable.
  std::size_t words() const { return std::max<std::size_t>(1, packing.words()); }

  // In these, the bits of all variables.
  std::vector<std::uint64_t> all_bits() const {
    std::vector<std::uint64_t> mask(words());
    for (std::size_t v = 0; v < packing.variables().size(); ++v) packing.cover(mask.data(), v);
    return mask;
  }
};

// How many combinations of its parts' alternatives a synchronization has at most in one state: of updates of commands.
// As a double, because there may be more than any integer holds.
double combinations(const CompiledModel& compiled, const Synchronization& synchronization);

// What is wanted beside the chain.
struct Wanted {
  std::vector<std::string> derivatives = {};  // by these constants, of rates and rewards
  bool throughputs = false;                   // a reward more for every action: how often it happens
};

// Throws Error with line and column for whatever the language does not allow, for a constant with an error that stands
// in anything but a rate, and for one that derivatives are wanted by in anything but a rate or what a reward earns.
CompiledModel compile_model(std::shared_ptr<const Source> source, const ModelSyntax& model,
                            const OutsideConstants& outside, const Wanted& wanted = {});

}  // namespace steady::detail::prism
