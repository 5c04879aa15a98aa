#include "formats/model/prism/diagram_rows.hpp"

#include <algorithm>
#include <limits>

namespace steady::prism {

namespace {

constexpr std::size_t most_table_values = 4096;

std::span<const Relations::Edge> edges_from(std::span<const Relations::Edge> edges, std::uint32_t value) {
  // Most relations lead from each value of an interval to one value.
  const std::size_t guess = value - edges[0].from;
  auto first = edges.begin();
  if (value >= edges[0].from && guess < edges.size() && edges[guess].from == value &&
      (guess == 0 || edges[guess - 1].from < value))
    first += static_cast<std::ptrdiff_t>(guess);
  else
    first = std::lower_bound(first, edges.end(), value,
                             [](const Relations::Edge& e, std::uint32_t v) { return e.from < v; });
  auto last = first;
  while (last != edges.end() && last->from == value) ++last;
  return {first, last};
}

}  // namespace

bool DiagramRows::suit(const Network& network, Diagram& diagram) {
  if (network.kind != Kind::ctmc || network.rate_errors) return false;
  const std::vector<Relations::Id>& faults = diagram.relations.faults();
  return std::none_of(faults.begin(), faults.end(), [&](Relations::Id f) { return diagram.states.leads(f); });
}

DiagramRows::DiagramRows(const Network& network, const Diagram& diagram)
    : network_(network),
      relations_(diagram.relations),
      diagram_(diagram.states),
      values_(network),
      shared_rates_(network),
      starting_(diagram_.variables() + 1),
      action_rate_(network.actions.size() + 1),
      at_(diagram_.variables()),
      numbers_(diagram_.variables() + 1),
      paths_(diagram_.variables() + 1) {
  add_choices();
}

void DiagramRows::add_choices() {
  const auto slot = [&](std::size_t action) { return action == no_action ? network_.actions.size() : action; };
  std::vector<bool> asked(action_rate_.size());
  for (const NetworkReward& reward : network_.rewards)
    for (const NetworkRewardItem& item : reward.items)
      if (item.transition) asked[slot(item.action)] = true;
  for (const Relations::Choice& c : relations_.choices()) {
    Choice choice{{}, true, not_earning};
    for (const NetworkUpdate* update : c.updates) {
      choice.factors.push_back(factor(*update));
      choice.early = choice.early && choice.factors.back().read <= Read::table;
    }
    if (asked[slot(c.action)]) {
      choice.earning = earned_.size();
      earned_.push_back({slot(c.action), 0, 0});
    }
    starting_[relations_[c.relation].variable].push_back(static_cast<std::uint32_t>(choices_.size()));
    choices_.push_back(std::move(choice));
  }
}

DiagramRows::Factor DiagramRows::factor(const NetworkUpdate& update) {
  const std::uint32_t shared = shared_rates_.number(update);
  if (shared != SharedRates::own) return {Read::shared, 0, shared, &update};
  const std::vector<std::uint32_t> variables = network_.program.reads(update.rate);
  if (variables.empty()) return {Read::constant, values_.rate(update), 0, &update};
  std::size_t size = 1;
  for (const std::uint32_t v : variables) size = std::min(size * diagram_.values(v), most_table_values + 1);
  if (size > most_table_values) return {Read::state, 0, 0, &update};
  tables_.push_back({update.rate, variables, std::vector<double>(size, -1)});
  return {Read::table, 0, static_cast<std::uint32_t>(tables_.size() - 1), &update};
}

void DiagramRows::walk(State first, State last, const std::uint64_t* words, const std::function<void(State)>& add) {
  begin_ = first;
  end_ = last;
  words_ = words;
  add_ = &add;
  hops_.clear();
  repeated_ = 0;
  paths_[0].clear();
  for (const std::uint32_t c : starting_.back()) add_hop(0, c);  // nothing changes, in any state
  descend(0, diagram_.root(), 0);
}

// Through those of the node's states that are wanted; the node's states begin with number `first`.
void DiagramRows::descend(std::uint32_t variable, Id node, State first) {
  if (variable == at_.size()) return arrive(first);
  std::vector<Path>& paths = paths_[variable];
  for (const std::uint32_t c : starting_[variable]) paths.push_back({relations_.choices()[c].relation, node, first, c});
  const std::span<const Id> next = diagram_.next(node);
  const std::span<const State> before = diagram_.before(node);
  std::size_t value = 0;
  if (first < begin_)  // the last that begins there or earlier
    value =
        static_cast<std::size_t>(std::upper_bound(before.begin(), before.end(), begin_ - first) - before.begin()) - 1;
  for (; value < next.size() && (before[value] == 0 || first + before[value] < end_); ++value) {
    if (next[value] == StateDiagram::none) continue;
    const std::size_t hops = hops_.size(), repeated = repeated_;
    at_[variable] = static_cast<std::uint32_t>(value);
    std::vector<Path>& below = paths_[variable + 1];
    below.clear();
    for (const Path& path : paths) advance(path, at_[variable], next[value], first + before[value], below);
    descend(variable + 1, next[value], first + before[value]);
    hops_.resize(hops);
    repeated_ = repeated;
  }
}

// Beside the step to `next`, whose states begin with number `first`.
void DiagramRows::advance(const Path& path, std::uint32_t value, Id next, State first, std::vector<Path>& below) {
  const std::span<const Id> targets = diagram_.next(path.node);
  const std::span<const State> before = diagram_.before(path.node);
  const auto follow = [&](Relations::Id relation, std::uint32_t target) {
    if (targets[target] == StateDiagram::none) return;
    const State target_first = path.first + before[target];
    if (relation == Relations::unchanged && targets[target] == next)
      add_hop(target_first - first, path.choice);
    else
      below.push_back({relation, targets[target], target_first, path.choice});
  };
  if (relations_[path.relation].variable > diagram_.variable(path.node))
    follow(path.relation, value);
  else
    for (const Relations::Edge& edge : edges_from(relations_.edges(path.relation), value)) follow(edge.next, edge.to);
}

void DiagramRows::add_hop(State distance, std::uint32_t choice) {
  if (distance == 0 || std::any_of(hops_.begin(), hops_.end(), [&](const Hop& h) { return h.distance == distance; }))
    ++repeated_;
  const Choice& c = choices_[choice];
  hops_.push_back({distance, choice, c.early ? rate(c) : -1});
}

void DiagramRows::arrive(State s) {
  values_.move_to(words_ + s * network_.packing.words());
  shared_rates_.next_state();
  ++visit_;
  if (steps_.size() < hops_.size()) steps_.resize(2 * hops_.size());
  count_ = 0;
  for (const Hop& hop : hops_) {
    const Choice& choice = choices_[hop.choice];
    const double r = hop.rate > 0 ? hop.rate : rate(choice);
    steps_[count_++] = {s + hop.distance, r};
    if (choice.earning != not_earning) {
      earned_[choice.earning].rate = r;
      earned_[choice.earning].state = visit_;
    }
  }
  self_loop_ = 0;
  if (repeated_ > 0) add_up(s);
  earns_ = false;
  (*add_)(s);
}

// As Transitions does: the smallest rates to a target first.
void DiagramRows::add_up(State s) {
  std::sort(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(count_),
            [](const Step& a, const Step& b) { return a.target != b.target ? a.target < b.target : a.rate < b.rate; });
  std::size_t kept = 0;
  for (std::size_t k = 1; k < count_; ++k) {
    if (steps_[k].target == steps_[kept].target)
      steps_[kept].rate += steps_[k].rate;
    else
      steps_[++kept] = steps_[k];
  }
  count_ = kept + 1;
  const auto last = steps_.begin() + static_cast<std::ptrdiff_t>(count_);
  const auto loop = std::find_if(steps_.begin(), last, [&](const Step& step) { return step.target == s; });
  if (loop == last) return;
  self_loop_ = loop->rate;
  *loop = steps_[--count_];
}

double DiagramRows::rate(const Choice& choice) {
  double product = 1;
  for (const Factor& f : choice.factors) product *= rate(f);
  if (!(product > 0 && product <= std::numeric_limits<double>::max())) throw WrongAssumption();
  return product;
}

double DiagramRows::rate(const Factor& factor) {
  switch (factor.read) {
    case Read::constant:
      return factor.value;
    case Read::table:
      return look_up(tables_[factor.number]);
    case Read::state:
      return values_.rate(*factor.update);
    case Read::shared:
      return shared_rates_.rate(factor.number, values_);
  }
  throw WrongAssumption();
}

double DiagramRows::look_up(Table& table) {
  std::size_t place = 0;
  for (const std::uint32_t v : table.variables) place = place * diagram_.values(v) + at_[v];
  double& value = table.values[place];
  if (value < 0) {
    for (const std::uint32_t v : table.variables)
      numbers_[v] = static_cast<double>(network_.packing.variables()[v].low + at_[v]);
    value = network_.program.evaluate(table.rate, numbers_.data());
  }
  return value;
}

double DiagramRows::reward(std::size_t r) {
  if (!earns_) {
    earns_ = true;
    std::fill(action_rate_.begin(), action_rate_.end(), 0.0);
    for (const Earned& e : earned_)
      if (e.state == visit_) action_rate_[e.action] += e.rate;
  }
  return values_.reward(network_.rewards[r], action_rate_);
}

}  // namespace steady::prism
