#include "formats/model/prism/explore/state_mdd.hpp"

#include <algorithm>

namespace steady::detail::prism {

namespace {

constexpr std::size_t most_links = std::size_t{1} << 22;    // of all nodes together
constexpr std::size_t most_results = std::size_t{1} << 19;  // of operations on nodes

constexpr std::uint64_t odd = 0x9E3779B97F4A7C15ull;

}  // namespace

StateMdd::StateMdd(const CompiledModel& model, const Relations& relations, const std::vector<std::uint64_t>& initial)
    : relations_(relations) {
  const std::vector<Variable>& variables = model.packing.variables();
  for (const Variable& v : variables) values_.push_back(static_cast<std::uint32_t>(v.high - v.low) + 1);
  for (const std::uint32_t count : values_) firings_.emplace_back(count);
  for (const Relations::Id relation : relations.all())
    for (const Relations::Edge& edge : relations.edges(relation))
      firings_[relations[relation].variable][edge.from].push_back({edge.to, edge.next});
  for (std::size_t k = 0; k < 2; ++k) nodes_.push_back({static_cast<std::uint32_t>(variables.size()), 0, 0});
  root_ = of_states(model.packing, initial.data(), initial.data() + initial.size(), 0);
  number();
}

void StateMdd::number() {
  unions_ = images_ = PairTable();
  count_.resize(nodes_.size());
  before_.resize(next_.size());
  count_[all] = 1;
  for (Id node = 2; node < nodes_.size(); ++node)  // those that follow it were made before it
    for (std::size_t value = 0; value < next(node).size(); ++value) {
      before_[nodes_[node].first + value] =
          static_cast<State>(static_cast<std::uint64_t>(std::min(count_[node], 1e18)));
      count_[node] += count_[next(node)[value]];
    }
}

bool StateMdd::leads(Relations::Id relation) { return leads(root_, relation); }

bool StateMdd::leads(Id from, Relations::Id relation) {
  if (from == none || relation == Relations::unchanged) return from != none;
  if (const Id* known = led_.find(from, relation)) return *known != 0;
  if (led_.size() >= most_results) return true;
  bool found = false;
  if (relations_[relation].variable > nodes_[from].variable) {
    for (const Id id : next(from)) found = found || leads(id, relation);
  } else {
    for (const Relations::Edge& edge : relations_.edges(relation))
      found = found || leads(next(from)[edge.from], edge.next);
  }
  led_.add(from, relation, found ? 1 : 0);
  return found;
}

// Closed under the relations of the later variables as well as of this one; the states agree in the earlier ones.
StateMdd::Id StateMdd::of_states(const Packing& packing, const std::uint64_t* first, const std::uint64_t* last,
                                 std::uint32_t variable) {
  if (variable == values_.size()) return all;
  std::vector<Id> next(values_[variable], none);
  const auto value = [&](const std::uint64_t* state) {
    return static_cast<std::size_t>(packing.value(state, variable) - packing.variables()[variable].low);
  };
  const std::size_t width = packing.words();
  for (const std::uint64_t* end = first; first < last; first = end) {
    while (end < last && value(end) == value(first)) end += width;
    next[value(first)] = of_states(packing, first, end, variable + 1);
  }
  return saturated(variable, next);
}

// The node that next, each closed under the relations of the later variables, becomes when it is closed under those of
// this variable.
StateMdd::Id StateMdd::saturated(std::uint32_t variable, std::vector<Id>& next) {
  std::vector<std::uint32_t> fresh;  // values whose next has states that are still to be fired
  std::vector<bool> waits(next.size());
  for (std::size_t value = next.size(); value-- > 0;)
    if (next[value] != none && !firings_[variable][value].empty()) {
      fresh.push_back(static_cast<std::uint32_t>(value));
      waits[value] = true;
    }
  while (!fresh.empty()) {
    const std::uint32_t from = fresh.back();
    fresh.pop_back();
    waits[from] = false;
    for (const Firing& firing : firings_[variable][from]) {
      const Id joined = united(next[firing.to], after(next[from], firing.next));
      if (joined == next[firing.to]) continue;
      next[firing.to] = joined;
      if (waits[firing.to] || firings_[variable][firing.to].empty()) continue;
      fresh.push_back(firing.to);
      waits[firing.to] = true;
    }
  }
  return node(variable, next);
}

// The states that the relation leads to, and all that can be reached from them.
StateMdd::Id StateMdd::after(Id from, Relations::Id relation) {
  if (from == none || relation == Relations::unchanged) return from;
  if (const Id* known = images_.find(from, relation)) return *known;
  const std::uint32_t variable = nodes_[from].variable;
  std::vector<Id> image(values_[variable], none);
  const auto next_of = [&](std::size_t value) { return next_[nodes_[from].first + value]; };  // next_ may move
  if (relations_[relation].variable > variable) {
    for (std::size_t value = 0; value < image.size(); ++value) image[value] = after(next_of(value), relation);
  } else {
    for (const Relations::Edge& edge : relations_.edges(relation))
      image[edge.to] = united(image[edge.to], after(next_of(edge.from), edge.next));
  }
  const bool empty = std::all_of(image.begin(), image.end(), [](Id id) { return id == none; });
  const Id result = empty ? none : saturated(variable, image);
  keep(images_, from, relation, result);
  return result;
}

StateMdd::Id StateMdd::united(Id a, Id b) {
  if (a == b || b == none) return a;
  if (a == none) return b;
  if (a > b) std::swap(a, b);
  if (const Id* known = unions_.find(a, b)) return *known;
  const std::uint32_t variable = nodes_[a].variable;
  std::vector<Id> both(values_[variable]);
  for (std::size_t value = 0; value < both.size(); ++value)
    both[value] = united(next_[nodes_[a].first + value], next_[nodes_[b].first + value]);
  const Id result = node(variable, both);
  keep(unions_, a, b, result);
  return result;
}

// The one node with these.
StateMdd::Id StateMdd::node(std::uint32_t variable, const std::vector<Id>& next) {
  std::uint64_t hash = variable;
  for (const Id id : next) hash = (hash ^ hash >> 32 ^ id) * odd;
  Id& slot = slots_.find(hash, [&](Id id) {
    const Node& there = nodes_[id];
    return there.hash == hash && there.variable == variable &&
           std::equal(next.begin(), next.end(), next_.begin() + there.first);
  });
  if (slot != none) return slot;
  if (next_.size() + next.size() > most_links) throw TooLarge();
  const auto id = static_cast<Id>(nodes_.size());
  slot = id;
  nodes_.push_back({variable, static_cast<std::uint32_t>(next_.size()), hash});
  next_.insert(next_.end(), next.begin(), next.end());
  slots_.count_taken([this](Id taken) { return nodes_[taken].hash; });
  return id;
}

void StateMdd::keep(PairTable& results, Id a, Id b, Id result) {
  if (images_.size() + unions_.size() >= most_results) throw TooLarge();
  results.add(a, b, result);
}

}  // namespace steady::detail::prism
