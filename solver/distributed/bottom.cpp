#include "solver/distributed/bottom.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace steady::detail {

namespace {

constexpr std::uint64_t nowhere = std::numeric_limits<std::uint64_t>::max();

Marks only(const Generator& q, const std::vector<std::uint64_t>& states) {
  Marks marks(q.size());
  for (const std::uint64_t state : states)
    if (q.owns(state)) marks[state - q.first()] = 1;
  return marks;
}

// Calls look(i) for every own state, up and down by turns until no rank has found anything; look says whether it has.
// `exchange`: with the other ranks, before each turn.
template <class Look, class Exchange>
void look_until_nothing_is_new(const Generator& q, Look look, Exchange exchange) {
  bool upwards = true, found = true;
  while (q.ranks().any(found)) {
    exchange();
    found = false;
    for (std::size_t k = 0; k < q.size(); ++k) found = look(upwards ? k : q.size() - 1 - k) || found;
    upwards = !upwards;
  }
}

// A state that is marked by one and not by the other, or nowhere. Which of several looks random, so that a search goes
// on from about the middle of a long way, and not from the next state on it.
std::uint64_t some_without(const Generator& q, const Marks& one, const Marks& other) {
  constexpr std::uint64_t scramble = 0x9E3779B97F4A7C15;  // odd: no two numbers become the same
  std::uint64_t least = nowhere, state = nowhere;
  for (std::size_t k = 0; k < q.size(); ++k) {
    const std::uint64_t order = (q.first() + k) * scramble;
    if (one[k] == 0 || other[k] != 0 || order >= least) continue;
    least = order;
    state = q.first() + k;
  }
  const std::uint64_t of_all = q.ranks().least(least);
  return q.ranks().least(least == of_all ? state : nowhere);
}

// Of the states that can be reached from one, those that do not lead back lie further down: the search goes on there,
// among fewer states each time.
Marks some_bottom_component(const Generator& q, std::uint64_t state) {
  for (;;) {
    Marks reached = reached_from(q, {state});
    const std::uint64_t below = some_without(q, reached, leading_to(q, only(q, {state})));
    if (below == nowhere) return reached;
    state = below;
  }
}

// Finds them one after the other, those of one state first, and puts them in order at the end.
class Search {
 public:
  Search(const Generator& q, const std::function<void()>& pause)
      : q_(q), pause_(pause), first_(q.size(), nowhere), leads_(q.size()) {}

  std::optional<BottomComponents> run(std::optional<std::uint64_t> all_reached_from) {
    if (all_reached_from) {
      leads_ = leading_to(q_, only(q_, {*all_reached_from}));
      if (count(q_, leads_) == q_.states()) return one_component();
      leads_.assign(q_.size(), 0);
    }
    take_absorbing();
    const Marks all(q_.size(), 1);
    for (;;) {
      pause_();
      if (found_ > BottomComponents::most) return std::nullopt;
      const std::uint64_t state = some_without(q_, all, leads_);
      if (state == nowhere) return in_order();
      take(some_bottom_component(q_, state));
    }
  }

 private:
  BottomComponents one_component() const { return {std::vector<std::uint32_t>(q_.size()), {0}, {q_.states()}}; }

  // `targets`: states of components that were found.
  void mark_leading(Marks targets) {
    const Marks leading = leading_to(q_, std::move(targets));
    for (std::size_t k = 0; k < q_.size(); ++k) leads_[k] |= leading[k];
  }

  void take_absorbing() {
    Marks absorbing(q_.size());
    for (std::size_t k = 0; k < q_.size(); ++k) {
      if (q_.exit_rate()[k] > 0) continue;
      absorbing[k] = 1;
      first_[k] = q_.first() + k;
    }
    found_ = count(q_, absorbing);
    if (found_ > 0) mark_leading(std::move(absorbing));
  }

  void take(Marks component) {
    const auto own = static_cast<std::size_t>(std::find(component.begin(), component.end(), 1) - component.begin());
    const std::uint64_t first = q_.ranks().least(own < q_.size() ? q_.first() + own : nowhere);
    for (std::size_t k = 0; k < q_.size(); ++k)
      if (component[k] != 0) first_[k] = first;
    ++found_;
    mark_leading(std::move(component));
  }

  // Ranks have blocks in ascending order: so have their components' first states.
  BottomComponents in_order() const {
    std::vector<std::uint64_t> own_firsts;
    for (std::size_t k = 0; k < q_.size(); ++k)
      if (first_[k] == q_.first() + k) own_firsts.push_back(first_[k]);
    BottomComponents found{std::vector<std::uint32_t>(q_.size(), BottomComponents::none),
                           std::vector<std::uint64_t>(found_), std::vector<std::uint64_t>(found_)};
    std::copy(own_firsts.begin(), own_firsts.end(),
              found.first.begin() + static_cast<std::ptrdiff_t>(q_.ranks().sum_before(own_firsts.size())));
    found.first = q_.ranks().sum(std::move(found.first));
    for (std::size_t k = 0; k < q_.size(); ++k) {
      if (first_[k] == nowhere) continue;
      const auto place = std::lower_bound(found.first.begin(), found.first.end(), first_[k]) - found.first.begin();
      found.component[k] = static_cast<std::uint32_t>(place);
      ++found.size[static_cast<std::size_t>(place)];
    }
    found.size = q_.ranks().sum(std::move(found.size));
    return found;
  }

  const Generator& q_;
  const std::function<void()>& pause_;
  std::vector<std::uint64_t> first_;  // of each own state: the first one of its component, or nowhere
  Marks leads_;                       // to some component that was found
  std::uint64_t found_ = 0;
};

}  // namespace

std::uint64_t count(const Generator& q, const Marks& marks) {
  const auto marked = [](char mark) { return mark != 0; };
  return q.ranks().sum(static_cast<std::uint64_t>(std::count_if(marks.begin(), marks.end(), marked)));
}

Marks reached_from(const Generator& q, const std::vector<std::uint64_t>& states) {
  Marks reached = only(q, states), followed(q.size()), outside(q.halo().size());
  const auto look = [&](std::size_t i) {
    if (reached[i] == 0 || followed[i] != 0) return false;
    followed[i] = 1;
    q.for_each_transition(
        i, [&](std::size_t k, double) { reached[k] = 1; }, [&](std::size_t place, double) { outside[place] = 1; });
    return true;
  };
  look_until_nothing_is_new(q, look, [&] { q.halo().join(outside, reached); });
  return reached;
}

Marks leading_to(const Generator& q, Marks targets) {
  Marks leads = std::move(targets), outside;
  const auto look = [&](std::size_t i) {
    if (leads[i] != 0) return false;
    q.for_each_transition(
        i, [&](std::size_t k, double) { leads[i] |= leads[k]; },
        [&](std::size_t place, double) { leads[i] |= outside[place]; });
    return leads[i] != 0;
  };
  look_until_nothing_is_new(q, look, [&] { q.halo().fetch(leads, outside); });
  return leads;
}

std::uint64_t BottomComponents::states() const { return std::accumulate(size.begin(), size.end(), std::uint64_t{0}); }

std::optional<BottomComponents> find_bottom_components(const Generator& q,
                                                       std::optional<std::uint64_t> all_reached_from,
                                                       const std::function<void()>& pause) {
  return Search(q, pause).run(all_reached_from);
}

}  // namespace steady::detail
