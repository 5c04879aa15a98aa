#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "formats/model/prism/language/composition.hpp"

namespace steady::detail::prism {

namespace {

class Synchronizer {
 public:
  explicit Synchronizer(CompiledModel& compiled) : compiled_(compiled), changed_(compiled.parts.size()) {
    for (std::uint32_t p = 0; p < compiled.parts.size(); ++p)
      parts_[{compiled.parts[p].module, compiled.parts[p].action}].push_back(p);
    for (const CompiledCommand& command : compiled.commands)
      for (const CompiledUpdate& update : command.updates)
        for (const CompiledAssignment& a : update.assignments) changed_[command.part].insert(a.variable);
  }

  void add_silent() {
    for (std::uint32_t p = 0; p < compiled_.parts.size(); ++p)
      if (compiled_.parts[p].action.empty()) add("", {p});
  }

  // One synchronization for each choice of a part of every module that takes part.
  void add(const SynchronizationVector& vector) {
    std::vector<std::vector<std::uint32_t>> chosen{{}};
    for (std::size_t m = 0; m < vector.actions.size(); ++m) {
      if (vector.actions[m].text.empty()) continue;
      const std::vector<std::uint32_t>& own = parts_[{m, std::string(vector.actions[m].text)}];
      if (chosen.size() * own.size() > most)
        fail(vector.place, fmt::format("automata are taken together in more than {} ways", most),
             Error::Cause::machine);
      std::vector<std::vector<std::uint32_t>> longer;
      for (const std::vector<std::uint32_t>& parts : chosen)
        for (const std::uint32_t p : own) {
          require_apart(vector, parts, p);
          longer.push_back(parts);
          longer.back().push_back(p);
        }
      chosen = std::move(longer);
    }
    if (chosen.size() == 1 && chosen[0].empty()) fail(vector.place, "a synchronisation vector without an automaton");
    for (std::vector<std::uint32_t>& parts : chosen) add(vector.action.text, std::move(parts));
  }

  // Those without an action come first.
  void sort() {
    std::stable_sort(compiled_.synchronizations.begin(), compiled_.synchronizations.end(),
                     [](const Synchronization& a, const Synchronization& b) {
                       return a.action + 1 < b.action + 1;  // no_action + 1 is 0
                     });
  }

 private:
  static constexpr std::size_t most = 1 << 16;

  void add(std::string_view action, std::vector<std::uint32_t> parts) {
    const bool earns =
        std::any_of(parts.begin(), parts.end(), [&](std::uint32_t p) { return !compiled_.parts[p].earnings.empty(); });
    std::size_t index = no_action;
    if (earns || !action.empty()) {
      index = compiled_.actions.size();
      const auto [named, added] = earns ? std::pair{named_.end(), true} : named_.emplace(action, index);
      if (added)
        compiled_.actions.emplace_back(action);
      else
        index = named->second;
    }
    compiled_.synchronizations.push_back({index, std::move(parts)});
  }

  void require_apart(const SynchronizationVector& vector, const std::vector<std::uint32_t>& parts,
                     std::uint32_t p) const {
    for (const std::uint32_t other : parts) {
      for (const CompiledEarning& earned : compiled_.parts[p].earnings)
        for (const CompiledEarning& there : compiled_.parts[other].earnings)
          if (earned.structure == there.structure)
            fail(vector.place, "two automata that are taken together assign to the same transient variable");
      for (const std::uint32_t v : changed_[p])
        if (changed_[other].contains(v))
          fail(vector.place, fmt::format("two automata that are taken together assign to '{}'",
                                         compiled_.packing.variables()[v].name));
    }
  }

  CompiledModel& compiled_;
  std::map<std::pair<std::size_t, std::string>, std::vector<std::uint32_t>> parts_;  // by module and action
  std::vector<std::set<std::uint32_t>> changed_;                                     // the variables, by part
  std::map<std::string_view, std::size_t> named_;  // actions of synchronizations that earn nothing of their own
};

}  // namespace

void synchronize(CompiledModel& compiled, const std::vector<SynchronizationVector>& vectors) {
  Synchronizer synchronizer(compiled);
  synchronizer.add_silent();
  for (const SynchronizationVector& vector : vectors) synchronizer.add(vector);
  synchronizer.sort();
}

}  // namespace steady::detail::prism
