#include <fmt/format.h>

#include <algorithm>

#include <steady/error.hpp>

#include "formats/io/file.hpp"
#include "formats/model/explicit_chain.hpp"
#include "formats/model/prism_explicit/files.hpp"
#include "formats/model/prism_explicit/labels.hpp"
#include "formats/model/prism_explicit/parts.hpp"
#include "formats/model/prism_explicit/prism_explicit.hpp"
#include "formats/model/prism_explicit/rewards.hpp"
#include "formats/model/prism_explicit/states.hpp"
#include "formats/model/prism_explicit/transitions.hpp"

namespace steady::detail::prism_explicit {

namespace {

Kind kind_of(const std::string& path, const Transitions& transitions, const ReadOptions& options,
             std::vector<std::string>& notes) {
  const std::optional<Kind> asked = options.kind;
  if (asked && transitions.kind && *asked != *transitions.kind)
    throw Error(fmt::format("{}: --kind {}, but the file says {}", path, name(*asked), name(*transitions.kind)));
  if (asked) return *asked;
  if (transitions.kind) return *transitions.kind;
  if (options.rescale) return Kind::dtmc;
  if (rows_sum_to_one(transitions.outgoing, one_sum))
    throw Error(
        fmt::format("{}: every row sums to 1, and nothing in the file says whether these are the probabilities "
                    "of a dtmc or the rates of a ctmc: give --kind dtmc or --kind ctmc",
                    path));
  if (rows_sum_to_one(transitions.outgoing, near_one))
    require_probabilities(path, transitions.outgoing, {"state", transitions.dialect.first_state}, one_sum, true);
  notes.emplace_back("the file does not say its kind, and its rows do not all sum to 1: read as the rates of a ctmc");
  return Kind::ctmc;
}

// The files' names in the options, else those found beside the model.
std::vector<RewardFiles> reward_files(const std::string& path, const ReadOptions& options) {
  std::vector<RewardFiles> files;
  if (path != "-") files = find_reward_files(stem_of(path), compression_of(path));
  const auto choose = [&](const std::vector<std::string>& chosen, std::string RewardFiles::*which) {
    if (chosen.empty()) return;
    for (RewardFiles& pair : files) (pair.*which).clear();
    files.resize(std::max(files.size(), chosen.size()));
    for (std::size_t k = 0; k < chosen.size(); ++k) files[k].*which = chosen[k];
  };
  choose(options.state_rewards, &RewardFiles::states);
  choose(options.transition_rewards, &RewardFiles::transitions);
  std::erase_if(files, [](const RewardFiles& pair) { return pair.states.empty() && pair.transitions.empty(); });
  return files;
}

Reward read_rewards(const RewardParts& parts, const Transitions& transitions, RewardErrors& errors) {
  const auto& [states, arrivals] = parts;
  Reward reward{"", std::vector<double>(transitions.outgoing.rows())};
  if (states.there())
    reward = read_state_rewards(states.path, states.text(), transitions.outgoing.rows(), transitions.dialect, errors);
  if (!arrivals.there()) return reward;
  const Reward earned =
      read_transition_rewards(arrivals.path, arrivals.text(), transitions.outgoing, transitions.dialect, errors);
  if (states.there() && !earned.name.empty() && !reward.name.empty() && earned.name != reward.name)
    throw Error(fmt::format("{}: rewards \"{}\", but {} has \"{}\": pairs belong together", arrivals.path, earned.name,
                            states.path, reward.name));
  if (reward.name.empty()) reward.name = earned.name;
  for (std::size_t i = 0; i < reward.rate.size(); ++i) reward.rate[i] += earned.rate[i];
  return reward;
}

}  // namespace

Model assemble(const Parts& parts, const ReadOptions& options) {
  Model model;
  const std::string& path = parts.transitions.path;
  Transitions transitions = read_transitions(path, parts.transitions.text(), options, model.notes);
  const Kind kind = kind_of(path, transitions, options, model.notes);
  const std::size_t count = transitions.outgoing.rows();
  if (kind == Kind::dtmc) {
    const RowNames called{"state", transitions.dialect.first_state};
    require_probabilities(path, transitions.outgoing, called, options.rescale ? near_one : one_sum, !transitions.kind);
    rescale_rows(transitions.outgoing, called, model.notes, transitions.errors);
  }
  Chain& chain = model.chain;
  chain = make_chain(kind, transitions.outgoing, Checked::yes);
  chain.rate_error = transitions.errors.of_states();
  const std::vector<bool> deadlock = mend_deadlocks(chain, model.notes);

  if (parts.states.there()) chain.states = read_states(parts.states.path, parts.states.text(), count);
  if (parts.labels.there())
    chain.labels = read_labels(parts.labels.path, parts.labels.text(), count, transitions.dialect);
  const auto init =
      std::find_if(chain.labels.begin(), chain.labels.end(), [](const Label& l) { return l.name == "init"; });
  if (init != chain.labels.end())
    start_in(chain, init->holds, parts.labels.path);
  else
    find_or_add_label(chain, "init").holds[0] = true;
  Label& deadlocks = find_or_add_label(chain, "deadlock");
  for (std::size_t i = 0; i < count; ++i)
    if (deadlock[i]) deadlocks.holds[i] = true;
  for (const RewardParts& rewards : parts.rewards) {
    RewardErrors errors(options.rate_errors, options.rates_within, count);
    chain.rewards.push_back(read_rewards(rewards, transitions, errors));
    chain.rewards.back().error = errors.of_states(chain.rate_error);
  }
  return model;
}

Model read_prism_explicit(const std::string& path, std::string&& text, const ReadOptions& options) {
  const auto file = [&](const std::string& name) {
    return Part{name, [name, limit = options.memory_limit] { return read_file(name, limit); }};
  };
  const auto beside = [&](const std::string& chosen, const char* extension) {
    return file(!chosen.empty() || path == "-" ? chosen : find_file(stem_of(path), extension, compression_of(path)));
  };
  Parts parts{
      {path, [&] { return std::move(text); }}, beside(options.states, ".sta"), beside(options.labels, ".lab"), {}};
  for (const RewardFiles& files : reward_files(path, options))
    parts.rewards.push_back({file(files.states), file(files.transitions)});
  return assemble(parts, options);
}

}  // namespace steady::detail::prism_explicit
