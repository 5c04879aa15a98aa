#include "formats/model/prism/language/composition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace steady::detail::prism {

namespace {

// What modules that were put together can do.
struct Process {
  struct NamedSynchronization {
    std::string action;  // empty: none
    std::vector<std::uint32_t> parts;
  };
  std::vector<NamedSynchronization> synchronizations;
  std::set<std::string, std::less<>> actions;  // also those that no synchronization has: others wait for them in vain
};

Process of_module(const CompiledModel& compiled, std::size_t module) {
  Process result;
  for (std::uint32_t p = 0; p < compiled.parts.size(); ++p) {
    const CompiledPart& part = compiled.parts[p];
    if (part.module != module) continue;
    result.synchronizations.push_back({part.action, {p}});
    if (!part.action.empty()) result.actions.insert(part.action);
  }
  return result;
}

// Throws Error where the shared actions would be taken together in too many ways: parts of the same action multiply,
// which a renaming may give to any number of them.
void require_few(Place place, const Process& left, const Process& right,
                 const std::set<std::string, std::less<>>& shared) {
  constexpr double most = 1 << 16;
  const auto number_of = [](const Process& side, const std::string& action) {
    return static_cast<double>(std::count_if(
        side.synchronizations.begin(), side.synchronizations.end(),
        [&](const Process::NamedSynchronization& synchronization) { return synchronization.action == action; }));
  };
  for (const std::string& action : shared)
    if (const double ways = number_of(left, action) * number_of(right, action); ways > most)
      fail(place, fmt::format("the action [{}] is taken together in {} ways; at most {} are built", action, ways, most),
           Error::Cause::machine);
}

// Side by side, except that they take the shared actions together.
Process together(Place place, Process left, Process right, const std::set<std::string, std::less<>>& shared) {
  require_few(place, left, right, shared);
  Process result;
  const auto alone = [&](const Process& side) {
    for (const Process::NamedSynchronization& e : side.synchronizations)
      if (!shared.contains(e.action)) result.synchronizations.push_back(e);
  };
  alone(left);
  for (const Process::NamedSynchronization& l : left.synchronizations) {
    if (!shared.contains(l.action)) continue;
    for (const Process::NamedSynchronization& r : right.synchronizations) {
      if (r.action != l.action) continue;
      Process::NamedSynchronization e = l;
      e.parts.insert(e.parts.end(), r.parts.begin(), r.parts.end());
      result.synchronizations.push_back(std::move(e));
    }
  }
  alone(right);
  result.actions = std::move(left.actions);
  result.actions.merge(right.actions);
  result.actions.insert(shared.begin(), shared.end());
  return result;
}

Process synchronized(Place place, Process left, Process right) {
  std::set<std::string, std::less<>> shared;
  for (const std::string& action : left.actions)
    if (right.actions.contains(action)) shared.insert(action);
  return together(place, std::move(left), std::move(right), shared);
}

class Composer {
 public:
  Composer(const CompiledModel& compiled, const std::map<std::string_view, std::size_t>& modules)
      : compiled_(compiled), modules_(modules) {}

  Process process(const Composition& c) {
    switch (c.op) {
      case Composition::Operator::reference:  // none is left
      case Composition::Operator::module:
        return module(c);
      case Composition::Operator::parallel: {
        Process left = process(c.operands[0]);
        return synchronized(c.place, std::move(left), process(c.operands[1]));
      }
      case Composition::Operator::interleaving: {
        Process left = process(c.operands[0]);
        return together(c.place, std::move(left), process(c.operands[1]), {});
      }
      case Composition::Operator::interface: {
        std::set<std::string, std::less<>> shared;
        for (const Name& action : c.actions) shared.emplace(action.text);
        Process left = process(c.operands[0]);
        return together(c.place, std::move(left), process(c.operands[1]), shared);
      }
      case Composition::Operator::hiding:
      case Composition::Operator::renaming:
        break;
    }
    return changed(c);
  }

  void require_all(Place place) const {
    for (const auto& [name, number] : modules_)
      if (!named_.contains(name)) fail(place, fmt::format("the module '{}' is not in system ... endsystem", name));
  }

 private:
  Process module(const Composition& c) {
    const auto found = modules_.find(c.name.text);
    if (found == modules_.end()) fail(c.place, fmt::format("there is no module '{}'", c.name.text));
    if (!named_.insert(c.name.text).second)
      fail(c.place, fmt::format("the module '{}' is in the system twice", c.name.text));
    return of_module(compiled_, found->second);
  }

  // With other names of actions, or without them.
  Process changed(const Composition& c) {
    const bool hides = c.op == Composition::Operator::hiding;
    std::map<std::string, std::string, std::less<>> renamed;
    for (std::size_t k = 0; k < c.actions.size(); k += hides ? 1 : 2)
      if (!renamed.emplace(c.actions[k].text, hides ? std::string() : std::string(c.actions[k + 1].text)).second)
        fail(c.actions[k].place, fmt::format("the action '{}' is changed twice", c.actions[k].text));
    Process old = process(c.operands[0]);
    Process result;
    for (const std::string& action : old.actions) {
      const auto found = renamed.find(action);
      if (found == renamed.end()) result.actions.insert(action);
      if (found != renamed.end() && !found->second.empty()) result.actions.insert(found->second);
    }
    for (Process::NamedSynchronization& synchronization : old.synchronizations) {
      const auto found = renamed.find(synchronization.action);
      if (found != renamed.end()) synchronization.action = found->second;
      result.synchronizations.push_back(std::move(synchronization));
    }
    return result;
  }

  const CompiledModel& compiled_;
  const std::map<std::string_view, std::size_t>& modules_;
  std::set<std::string_view> named_;
};

}  // namespace

void compose(CompiledModel& compiled, const std::optional<Composition>& system,
             const std::map<std::string_view, std::size_t>& modules) {
  Process all;
  if (system) {
    Composer composer(compiled, modules);
    all = composer.process(*system);
    composer.require_all(system->place);
  } else {
    for (std::size_t m = 0; m < modules.size(); ++m) all = synchronized({}, std::move(all), of_module(compiled, m));
  }

  // Actions in the order in which the text has them; those that a renaming makes come last.
  std::map<std::string, std::size_t, std::less<>> index;
  const auto add = [&](const std::string& action) {
    if (action.empty() || !all.actions.contains(action)) return;
    if (index.emplace(action, compiled.actions.size()).second) compiled.actions.push_back(action);
  };
  for (const CompiledPart& part : compiled.parts) add(part.action);
  for (const std::string& action : all.actions) add(action);
  for (Process::NamedSynchronization& synchronization : all.synchronizations)
    compiled.synchronizations.push_back({synchronization.action.empty() ? no_action : index.at(synchronization.action),
                                         std::move(synchronization.parts)});
  std::stable_sort(compiled.synchronizations.begin(), compiled.synchronizations.end(),
                   [](const Synchronization& a, const Synchronization& b) {
                     return a.action + 1 < b.action + 1;  // no_action + 1 is 0
                   });
}

}  // namespace steady::detail::prism
