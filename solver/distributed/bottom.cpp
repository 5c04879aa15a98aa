#include "solver/distributed/bottom.hpp"

#include <algorithm>
#include <limits>

namespace steady::detail {

namespace {

constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

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

// The first state that is marked by one and not by the other.
std::uint64_t first_without(const Generator& q, const Marks& one, const Marks& other) {
  std::size_t k = 0;
  while (k < q.size() && (one[k] == 0 || other[k] != 0)) ++k;
  return q.ranks().least(k < q.size() ? q.first() + k : none);
}

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

Marks leading_to(const Generator& q, std::uint64_t state) {
  Marks leads = only(q, {state}), outside;
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

// Of the states that can be reached from one, those that do not lead back lie further down: the search goes on there,
// among fewer states each time.
Bottom find_bottom(const Generator& q, std::uint64_t state, bool all_reached) {
  Marks reached = all_reached ? Marks(q.size(), 1) : reached_from(q, {state});
  for (;;) {
    const Marks back = leading_to(q, state);
    const std::uint64_t below = first_without(q, reached, back);
    if (below == none) return {reached, count(q, reached), q.states() - count(q, back)};
    state = below;
    reached = reached_from(q, {state});
  }
}

}  // namespace steady::detail
