// The transitions of an MDD's states, without a look at their variables.
//
// The MDD is walked through in the order of its states. Beside a state's path runs the path of each choice to where
// it leads; once nothing more changes and both are at the same node, the two states are equally far apart whatever
// follows, and the choice is a hop for all states of the node. So what the variables before have in common is done
// once for all their states, and a state's transitions are the hops that are left at the end.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "formats/model/prism/explore/row_source.hpp"
#include "formats/model/prism/explore/shared_rates.hpp"
#include "formats/model/prism/explore/state_mdd.hpp"

namespace steady::detail::prism {

// Keeps its buffers from state to state: each thread has its own.
class MddTransitions {
 public:
  // Whether nothing can go wrong in any state, but for shared rates, and it is worth while: rates in continuous time,
  // without their errors, and few choices that may lead to many places until later variables are known.
  static bool suit(const CompiledModel& model, ReachableMdd& reachable);

  // `repeats`: as repeats(reachable.relations) says.
  MddTransitions(const CompiledModel& model, const ReachableMdd& reachable, bool repeats);
  MddTransitions(const MddTransitions&) = delete;
  MddTransitions& operator=(const MddTransitions&) = delete;

  // Calls add(s) for each state first..last-1, ascending; the packed words of state 0 begin at `words`. False where
  // some rate is negative or not finite: what is wrong there, a search finds out. Throws Error where an expression has
  // no value.
  bool walk(State first, State last, const std::uint64_t* words, const std::function<void(State)>& add);

  // Of the state that add was called for. These are as in Transitions and Successors.
  std::span<const Step> steps() const { return {steps_.data(), count_}; }
  double self_loop() const { return self_loop_; }
  // Whether some transition was left out because its rate is 0, of this state or one before.
  bool dropped() const { return dropped_; }
  double reward(std::size_t r);
  double reward_error(std::size_t r, double rate_error);
  bool label(std::size_t l) { return values_.label(l); }

 private:
  using Id = StateMdd::Id;

  struct RateTable {
    Entry rate;
    ValueTable values;
  };
  enum class Read { constant, table, state, shared };  // where a rate is found
  struct Factor {
    Read read;
    double value;
    std::uint32_t number;  // of the table or the shared rate
    const CompiledUpdate* update;
  };
  struct Choice {
    std::vector<Factor> factors;
    bool constant;
    bool early;           // known as soon as the choice is a hop
    std::size_t earning;  // its place in earned_, or not_earning
  };
  static constexpr std::size_t not_earning = static_cast<std::size_t>(-1);
  struct Earned {
    std::size_t action;
    double rate;
    std::uint64_t state;  // when it was known; as visit_
  };
  struct Path {              // of a choice
    Relations::Id relation;  // what is left of it
    Id node;
    State first;  // of the states that it leads to
    std::uint32_t choice;
  };
  struct Hop {
    State distance;  // target less source, modulo 2^32
    std::uint32_t choice;
    double rate;  // not positive: not early, or 0
  };
  struct Record {  // of a node's states, the hops that one path leads to, or all choices that begin in the node
    std::vector<std::uint32_t> start;  // of each state's hops, and their end
    std::vector<Hop> hops;             // the distance is less that of the path's first state from the node's
  };
  using Recorded = std::array<std::uint32_t, 4>;  // node; target node, relation and choice of the path, or 0s
  struct HashOfRecorded {
    std::size_t operator()(const Recorded& r) const;
  };
  enum class Mode { rows, record_own, record_path };

  void add_choices();
  Factor factor(const CompiledUpdate& update);
  void descend(std::uint32_t variable, Id node, State first);
  void emit(std::uint32_t variable, Id node, State first);
  const Record& record(std::uint32_t variable, const Recorded& what);
  void advance(const Path& path, std::uint32_t value, Id next, State first, std::vector<Path>& below);
  void add_hop(State distance, std::uint32_t choice);
  void record_hops();
  void find_action_rates();
  void begin_row(State s);
  void add_step(State s, const Hop& hop, State distance);
  double late_rate(const Choice& choice);
  void add_up(State s);
  template <class Place>
  double rate(const Choice& choice, Place place);
  template <class Place>
  double look_up(RateTable& table, Place place);

  const CompiledModel& model_;
  const Relations& relations_;
  const StateMdd& mdd_;
  StateValues values_;
  SharedRates shared_rates_;
  std::vector<Choice> choices_;
  std::vector<std::vector<std::uint32_t>> starting_;  // choices, by the variable that they begin with
  std::vector<RateTable> tables_;
  std::vector<Earned> earned_;  // choices that some reward asks for, in their order
  std::vector<double> action_rate_;
  bool earns_ = false;

  State begin_ = 0, end_ = 0;
  const std::uint64_t* words_ = nullptr;
  const std::function<void(State)>* add_ = nullptr;
  std::vector<std::uint32_t> at_;         // each variable's value, less the lowest
  std::vector<double> numbers_;           // the same as numbers, where a table needs them
  std::vector<std::vector<Path>> paths_;  // at each variable
  std::vector<Hop> hops_;
  Mode mode_ = Mode::rows;
  Record* recording_ = nullptr;
  std::unordered_map<Recorded, Record, HashOfRecorded> records_;
  std::size_t recorded_ = 0;  // hops, in all
  std::vector<const Record*> parts_;
  std::vector<State> distances_;  // of the parts' paths
  bool repeats_;
  std::uint64_t visit_ = 0;
  std::vector<Step> steps_;
  std::size_t count_ = 0;
  double self_loop_ = 0;
  bool dropped_ = false;
  bool rates_are_finite_ = true;
};

// Whether two choices may lead from a state to the same, or one to the state itself. True where that takes too long to
// tell.
bool repeats(const Relations& relations);

}  // namespace steady::detail::prism
