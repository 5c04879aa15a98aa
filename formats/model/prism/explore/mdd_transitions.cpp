#include "formats/model/prism/explore/mdd_transitions.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "formats/base/relative_error.hpp"

namespace steady::detail::prism {

namespace {

constexpr double recorded_states = 128;                      // most of a node whose states' hops are recorded
constexpr std::size_t most_recorded = std::size_t{1} << 18;  // hops
constexpr std::size_t most_compared = 300;                   // choices
constexpr double most_paths = 4;                             // of a choice, on the average

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

bool MddTransitions::suit(const CompiledModel& model, ReachableMdd& reachable) {
  if (model.kind != Kind::ctmc || model.rate_errors) return false;
  const Relations& relations = reachable.relations;
  for (const Relations::Id fault : relations.faults())
    if (reachable.states.leads(fault)) return false;
  const std::vector<Relations::Choice>& choices = relations.choices();
  const std::vector<double> breadths = relations.breadths();
  double paths = 0;
  for (const Relations::Choice& c : choices) paths += breadths[c.relation];
  return paths <= most_paths * static_cast<double>(choices.size());
}

bool repeats(const Relations& relations) {
  const std::vector<Relations::Choice>& choices = relations.choices();
  if (choices.size() > most_compared) return true;
  PairTable known;
  for (std::size_t a = 0; a < choices.size(); ++a) {
    if (relations.meet(choices[a].relation, Relations::unchanged, known)) return true;
    for (std::size_t b = 0; b < a; ++b)
      if (relations.meet(choices[a].relation, choices[b].relation, known)) return true;
  }
  return false;
}

MddTransitions::MddTransitions(const CompiledModel& model, const ReachableMdd& reachable, bool repeats)
    : model_(model),
      relations_(reachable.relations),
      mdd_(reachable.states),
      values_(model),
      shared_rates_(model),
      starting_(mdd_.variables() + 1),
      action_rate_(model.actions.size() + 1),
      at_(mdd_.variables()),
      numbers_(mdd_.variables() + 1),
      paths_(mdd_.variables() + 1),
      repeats_(repeats) {
  add_choices();
}

void MddTransitions::add_choices() {
  const auto slot = [&](std::size_t action) { return action == no_action ? model_.actions.size() : action; };
  std::vector<bool> asked(action_rate_.size());
  for (const CompiledReward& reward : model_.rewards)
    for (const CompiledRewardItem& item : reward.items)
      if (item.transition) asked[slot(item.action)] = true;
  for (const Relations::Choice& c : relations_.choices()) {
    Choice choice{{}, true, true, not_earning};
    for (const CompiledUpdate* update : c.updates) {
      choice.factors.push_back(factor(*update));
      choice.constant = choice.constant && choice.factors.back().read == Read::constant;
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

MddTransitions::Factor MddTransitions::factor(const CompiledUpdate& update) {
  const std::uint32_t shared = shared_rates_.number(update);
  if (shared != SharedRates::own) return {Read::shared, 0, shared, &update};
  if (model_.program.reads(update.rate).empty())
    return {Read::constant, model_.program.evaluate(update.rate, numbers_.data()), 0, &update};
  std::optional<ValueTable> values = ValueTable::of(model_, {update.rate});
  if (!values) return {Read::state, 0, 0, &update};
  tables_.push_back({update.rate, std::move(*values)});
  return {Read::table, 0, static_cast<std::uint32_t>(tables_.size() - 1), &update};
}

bool MddTransitions::walk(State first, State last, const std::uint64_t* words, const std::function<void(State)>& add) {
  begin_ = first;
  end_ = last;
  words_ = words;
  add_ = &add;
  hops_.clear();
  paths_[0].clear();
  for (const std::uint32_t c : starting_.back()) add_hop(0, c);  // nothing changes, in any state
  descend(0, mdd_.root(), 0);
  return rates_are_finite_;
}

// Through those of the node's states that are wanted; the node's states begin with number `first`.
void MddTransitions::descend(std::uint32_t variable, Id node, State first) {
  if (variable == at_.size()) return record_hops();
  const bool last = variable + 1 == at_.size();
  if (mode_ == Mode::rows && (last || mdd_.count(node) <= recorded_states)) return emit(variable, node, first);
  std::vector<Path>& paths = paths_[variable];
  if (mode_ != Mode::record_path)
    for (const std::uint32_t c : starting_[variable])
      paths.push_back({relations_.choices()[c].relation, node, first, c});
  const std::span<const Id> next = mdd_.next(node);
  const std::span<const State> before = mdd_.before(node);
  std::size_t value = 0;
  if (first < begin_)  // the last that begins there or earlier
    value =
        static_cast<std::size_t>(std::upper_bound(before.begin(), before.end(), begin_ - first) - before.begin()) - 1;
  for (; value < next.size() && (before[value] == 0 || first + before[value] < end_); ++value) {
    if (next[value] == StateMdd::none) continue;
    const std::size_t hops = hops_.size();
    at_[variable] = static_cast<std::uint32_t>(value);
    std::vector<Path>& below = paths_[variable + 1];
    below.clear();
    for (const Path& path : paths) advance(path, at_[variable], next[value], first + before[value], below);
    descend(variable + 1, next[value], first + before[value]);
    hops_.resize(hops);
  }
}

// The rows of a node of few states: what is recorded of them, and the hops from before.
void MddTransitions::emit(std::uint32_t variable, Id node, State first) {
  if (recorded_ > most_recorded) {
    records_.clear();
    recorded_ = 0;
  }
  std::vector<Path> paths;
  paths.swap(paths_[variable]);  // recording needs the place
  parts_ = {&record(variable, {node, 0, 0, 0})};
  distances_ = {0};
  for (const Path& path : paths) {
    parts_.push_back(&record(variable, {node, path.node, path.relation, path.choice}));
    distances_.push_back(path.first - first);
  }
  paths.swap(paths_[variable]);
  const auto size = static_cast<State>(mdd_.count(node));
  for (State k = begin_ > first ? begin_ - first : 0; k < size && first + k < end_; ++k) {
    begin_row(first + k);
    for (const Hop& hop : hops_) add_step(first + k, hop, hop.distance);
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const Hop* hops = parts_[p]->hops.data();
      for (std::uint32_t h = parts_[p]->start[k]; h < parts_[p]->start[k + 1]; ++h)
        add_step(first + k, hops[h], hops[h].distance + distances_[p]);
    }
    if (repeats_) add_up(first + k);
    (*add_)(first + k);
  }
}

const MddTransitions::Record& MddTransitions::record(std::uint32_t variable, const Recorded& what) {
  const auto [known, added] = records_.try_emplace(what);
  Record& record = known->second;
  if (!added) return record;
  const auto [node, target, relation, choice] = what;
  std::vector<Hop> above;
  above.swap(hops_);
  const State begin = std::exchange(begin_, 0), end = std::exchange(end_, static_cast<State>(mdd_.count(node)));
  mode_ = target == StateMdd::none ? Mode::record_own : Mode::record_path;
  recording_ = &record;
  paths_[variable].clear();
  if (mode_ == Mode::record_path) paths_[variable].push_back({relation, target, 0, choice});
  descend(variable, node, 0);
  record.start.push_back(static_cast<std::uint32_t>(record.hops.size()));
  recorded_ += record.hops.size() + record.start.size();
  mode_ = Mode::rows;
  begin_ = begin;
  end_ = end;
  above.swap(hops_);
  return record;
}

std::size_t MddTransitions::HashOfRecorded::operator()(const Recorded& r) const {
  std::uint64_t hash = 0;
  for (const std::uint32_t number : r) hash = (hash ^ hash >> 32 ^ number) * 0x9E3779B97F4A7C15ull;
  return hash ^ hash >> 32;
}

// Beside the step to `next`, whose states begin with number `first`.
void MddTransitions::advance(const Path& path, std::uint32_t value, Id next, State first, std::vector<Path>& below) {
  const std::span<const Id> targets = mdd_.next(path.node);
  const std::span<const State> before = mdd_.before(path.node);
  const auto follow = [&](Relations::Id relation, std::uint32_t target) {
    if (targets[target] == StateMdd::none) return;
    const State target_first = path.first + before[target];
    if (relation == Relations::unchanged && targets[target] == next)
      add_hop(target_first - first, path.choice);
    else
      below.push_back({relation, targets[target], target_first, path.choice});
  };
  if (relations_[path.relation].variable > mdd_.variable(path.node))
    follow(path.relation, value);
  else
    for (const Relations::Edge& edge : edges_from(relations_.edges(path.relation), value)) follow(edge.next, edge.to);
}

void MddTransitions::add_hop(State distance, std::uint32_t choice) {
  const Choice& c = choices_[choice];
  // In a path's record the variables before the node are not known.
  const bool known = mode_ == Mode::record_path ? c.constant : c.early;
  hops_.push_back({distance, choice, known ? rate(c, [this](std::uint32_t v) { return at_[v]; }) : -1});
}

// At a state whose hops are recorded.
void MddTransitions::record_hops() {
  recording_->start.push_back(static_cast<std::uint32_t>(recording_->hops.size()));
  recording_->hops.insert(recording_->hops.end(), hops_.begin(), hops_.end());
}

void MddTransitions::begin_row(State s) {
  values_.move_to(words_ + s * model_.packing.words());
  shared_rates_.next_state();
  ++visit_;
  count_ = 0;
  self_loop_ = 0;
  earns_ = false;
}

void MddTransitions::add_step(State s, const Hop& hop, State distance) {
  if (count_ == steps_.size()) steps_.resize(2 * count_ + 16);
  const double r = hop.rate > 0 ? hop.rate : late_rate(choices_[hop.choice]);
  if (r == 0) {
    dropped_ = true;
    return;
  }
  steps_[count_++] = {s + distance, r};
  if (earned_.empty() || choices_[hop.choice].earning == not_earning) return;
  Earned& earned = earned_[choices_[hop.choice].earning];
  earned.rate = r;
  earned.state = visit_;
}

double MddTransitions::late_rate(const Choice& choice) {
  return rate(choice, [this](std::uint32_t v) {
    return static_cast<std::size_t>(model_.packing.value(values_.state(), v) - model_.packing.variables()[v].low);
  });
}

// As Transitions does: the smallest rates to a target first.
void MddTransitions::add_up(State s) {
  if (count_ == 0) return;
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

// place(v): the variable's value, less the lowest.
template <class Place>
double MddTransitions::rate(const Choice& choice, Place place) {
  double product = 1;
  for (const Factor& f : choice.factors) {
    if (f.read == Read::constant)
      product *= f.value;
    else if (f.read == Read::table)
      product *= look_up(tables_[f.number], place);
    else
      product *= f.read == Read::shared ? shared_rates_.rate(f.number, values_) : values_.rate(*f.update);
  }
  if (product >= 0 && product <= std::numeric_limits<double>::max()) return product;
  rates_are_finite_ = false;
  return 0;
}

template <class Place>
double MddTransitions::look_up(RateTable& table, Place place) {
  return table.values.value(place, [&] {
    table.values.for_each_read([&](std::uint32_t v) {
      numbers_[v] = static_cast<double>(model_.packing.variables()[v].low + static_cast<std::int64_t>(place(v)));
    });
    return model_.program.evaluate(table.rate, numbers_.data());
  });
}

void MddTransitions::find_action_rates() {
  if (std::exchange(earns_, true)) return;
  std::fill(action_rate_.begin(), action_rate_.end(), 0.0);
  for (const Earned& e : earned_)
    if (e.state == visit_) action_rate_[e.action] += e.rate;
}

double MddTransitions::reward(std::size_t r) {
  find_action_rates();
  return values_.reward(r, action_rate_);
}

double MddTransitions::reward_error(std::size_t r, double rate_error) {
  find_action_rates();
  return values_.reward_error(r, action_rate_, summed(rate_error, static_cast<double>(earned_.size())));
}

}  // namespace steady::detail::prism
