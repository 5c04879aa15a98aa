#include "formats/model/drn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <span>

#include <steady/error.hpp>

#include "formats/base/relative_error.hpp"
#include "formats/chain/rate_errors.hpp"
#include "formats/io/archive.hpp"
#include "formats/io/scanner.hpp"
#include "formats/model/explicit_chain.hpp"
#include "formats/model/rounded_sums.hpp"

namespace steady::detail {

namespace {

constexpr double exit_rate_error = 1e-6;  // of the exit rate, relative to the sum of the rates

class DrnReader {
 public:
  DrnReader(const std::string& path, std::string_view text, const ReadOptions& options)
      : path_(path), scanner_(path, text), options_(options), errors_(options.rate_errors) {}

  Model read() {
    read_header();
    while (more_) read_state();
    if (next_ < states_) scanner_.fail(fmt::format("the file ends after {} of {} states", next_, states_));
    return assemble();
  }

 private:
  // --- the header: @type: CTMC, and sections whose content stands in the lines after their names --------------------

  void next_line() { more_ = scanner_.next_line('/'); }

  bool at_section() const { return scanner_.rest_of_line().starts_with('@'); }

  void read_header() {
    next_line();
    for (;;) {
      if (!more_) scanner_.fail("the file ends before '@model'");
      const std::string_view section = scanner_.token();
      if (section == "@model") break;
      if (!seen_.emplace(section, true).second) scanner_.fail(fmt::format("{} for the second time", section));
      read_section(section);
    }
    scanner_.end_line();
    if (!seen_.contains("@type:")) scanner_.fail("'@model' before '@type:'");
    if (states_ == 0) scanner_.fail("'@model' before '@nr_states'");
    if (choices_ != 0 && choices_ != states_)
      scanner_.fail(fmt::format("{} choices in {} states: a chain has one in each", choices_, states_));
    // "state 0" is the shortest description of a state.
    if (states_ > (scanner_.bytes_left() + 1) / 8)
      scanner_.fail(fmt::format("{} states are promised, more than the rest of the file can hold", states_));
    require_memory_for(path_, states_, 0, options_.memory_limit);
    for (std::string& name : reward_names_) add_reward(std::move(name));
    next_line();
  }

  // Leaves the scanner at the next section.
  void read_section(std::string_view section) {
    if (section == "@type:") {
      read_type();
    } else if (section == "@value_type:") {
      const std::string_view type = scanner_.token();
      if (type != "double" && type != "rational" && type != "parametric")  // of which there may be no parameters
        scanner_.fail(fmt::format("values of type {}: double and rational are read", in_quotes(type)));
    } else if (section == "@parameters") {
      next_line();
      if (more_ && !at_section()) scanner_.fail("parameters: parametric models are not read");
      return;
    } else if (section == "@placeholders") {
      read_placeholders();
      return;
    } else if (section == "@reward_models") {
      read_reward_names();
      return;
    } else if (section == "@nr_states") {
      states_ = require_states(scanner_, read_count("the number of states"));
    } else if (section == "@nr_choices") {
      choices_ = read_count("the number of choices");
    } else {
      scanner_.fail(fmt::format("{} is not known", in_quotes(section)));
    }
    scanner_.end_line();
    next_line();
  }

  void add_reward(std::string&& name) {
    rewards_.push_back({std::move(name), std::vector<double>(states_)});
    reward_errors_.emplace_back(options_.rate_errors, options_.rates_within, states_);
  }

  // Storm writes each name with a space behind it, and takes them apart at each space: a name may be empty.
  void read_reward_names() {
    std::string_view line = scanner_.whole_line().value_or("");
    more_ = true;
    if (line.starts_with('@')) return;
    while (!line.empty()) {
      const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
      reward_names_.emplace_back(line.substr(0, end));
      line.remove_prefix(std::min(end + 1, line.size()));
    }
    next_line();
  }

  void read_type() {
    const std::string_view word = scanner_.token();
    std::string type(word);
    for (char& c : type) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    mdp_ = type == "MDP";
    if (type != "CTMC" && type != "DTMC" && !mdp_)
      scanner_.fail(fmt::format("a model of type {} is not a Markov chain: CTMC and DTMC are read", in_quotes(word)));
    kind_ = type == "CTMC" ? Kind::ctmc : Kind::dtmc;
  }

  std::uint64_t read_count(const char* what) {
    next_line();
    if (!more_) scanner_.fail(fmt::format("the file ends before {}", what));
    const std::uint64_t count = scanner_.natural(what);
    scanner_.end_number(what);
    return count;
  }

  // $name : value
  void read_placeholders() {
    for (next_line(); more_ && !at_section(); next_line()) {
      if (!scanner_.skip('$')) scanner_.fail("a placeholder '$name : value' expected");
      const std::string name(scanner_.token());
      if (!scanner_.skip(':')) scanner_.fail(fmt::format("':' expected after ${}", name));
      const Number value = read_number("a placeholder's value");
      scanner_.end_line();
      if (!placeholders_.emplace(name, value).second)
        scanner_.fail(fmt::format("the placeholder ${} for the second time", name));
    }
  }

  // --- the model ----------------------------------------------------------------------------------------------------

  struct Number {
    double value;
    double error;  // relative, where that is wanted
  };

  Number read_number(const char* what) {
    const Scanner before = scanner_;
    const double value = scanner_.ratio(what);
    sums_.read(scanner_.since(before));
    return {value, errors_.wanted() ? decimal_error(scanner_.since(before), value) : 0};
  }

  // A number, or a placeholder for one.
  Number read_value(const char* what) {
    if (!scanner_.skip('$')) return read_number(what);
    const std::string_view name = scanner_.token(",]");
    const auto placeholder = placeholders_.find(name);
    if (placeholder == placeholders_.end()) scanner_.fail(fmt::format("the placeholder ${} is not defined", name));
    return placeholder->second;
  }

  Number read_not_negative(const char* what) {
    const Number number = read_value(what);
    if (number.value < 0) scanner_.fail(fmt::format("{} {} is negative", what, number.value));
    scanner_.end_number(what);
    return number;
  }

  // state 3 !2.5 [0, 1] init "at work", an action, its transitions. Leaves the scanner at the next state.
  void read_state() {
    if (scanner_.token() != "state") scanner_.fail("a state expected, as in 'state 0'");
    const std::uint64_t state = scanner_.natural("state");
    scanner_.end_number("state");
    if (state != next_ || state >= states_)
      scanner_.fail(next_ < states_ ? fmt::format("state {} where state {} is next", state, next_)
                                    : fmt::format("more than the {} states promised", states_));
    const std::size_t line = scanner_.line();
    double exit = -1;
    if (scanner_.skip('!'))
      exit = read_not_negative("exit rate").value;
    else if (kind_ == Kind::ctmc)
      scanner_.fail(fmt::format("state {} of a CTMC without an exit rate, as in '!2.5'", state));
    if (scanner_.skip('['))
      read_rewards([&](std::size_t r, double value) {
        rewards_[r].rate[next_] = value;
        reward_errors_[r].earns(static_cast<State>(next_), value);
      });
    while (!scanner_.at_line_end()) read_label();
    next_line();
    const std::size_t first = triplets_.size();
    const double sum = read_transitions();
    const auto numbers = std::span<const Triplet>(triplets_).subspan(first);
    if (kind_ == Kind::ctmc)
      sums_.look_at({exit, sum, state, line}, exit_rate_error * sum, numbers, false);
    else if (!numbers.empty())
      sums_.look_at({1, sum, state, line}, options_.rescale ? near_one : one_sum, numbers, true);
    ++next_;
  }

  // 0, 1.5]; calls use(r, value) for each.
  template <class Use>
  void read_rewards(Use use) {
    for (std::size_t r = 0; r < rewards_.size(); ++r) {
      if (r > 0 && !scanner_.skip(','))
        scanner_.fail(fmt::format("{} rewards expected, found {}", rewards_.size(), scanner_.next_in_quotes()));
      use(r, read_value("reward").value);
    }
    if (!scanner_.skip(']'))
      scanner_.fail(fmt::format("']' expected after {} rewards, found {}", rewards_.size(), scanner_.next_in_quotes()));
  }

  void read_label() {
    std::string_view name;
    if (scanner_.skip('"')) {
      name = scanner_.rest_of_line();
      if (!scanner_.skip_past('"')) scanner_.fail("a label without its second quote");
      name = name.substr(0, name.find('"'));
    } else {
      name = scanner_.token();
    }
    const auto [place, is_new] = label_index_.try_emplace(std::string(name), labels_.size());
    if (is_new) labels_.push_back({std::string(name), std::vector<bool>(states_)});
    labels_[place->second].holds[next_] = true;
  }

  // The sum of what leaves the state, self-loops included.
  double read_transitions() {
    double sum = 0;
    bool action = false;
    const std::size_t before = triplets_.size();
    action_rewards_.assign(rewards_.size(), 0.0);
    for (; more_; next_line()) {
      const char first = scanner_.peek();
      if (first == 's') break;
      if (first == 'a') {
        if (action)
          scanner_.fail(fmt::format("state {} has a second action: the model is nondeterministic{}", next_,
                                    mdp_ ? ", an MDP and not a Markov chain" : ""));
        action = true;
        read_action();
        continue;
      }
      const std::uint64_t target = scanner_.natural("target");
      if (target >= states_) scanner_.fail(fmt::format("target {} is not in 0..{}", target, states_ - 1));
      if (!scanner_.skip(':'))
        scanner_.fail(fmt::format("':' expected after the target, found {}", scanner_.next_in_quotes()));
      if (scanner_.peek() == '[') scanner_.fail("an interval: interval models are not Markov chains");
      const auto [value, error] = read_not_negative(kind_ == Kind::ctmc ? "rate" : "probability");
      scanner_.end_line();
      triplets_.push_back({static_cast<State>(next_), static_cast<State>(target), value});
      errors_.read(static_cast<State>(next_), error);
      sum += value;
    }
    earn_by_action(sum, static_cast<double>(triplets_.size() - before));
    return sum;
  }

  // What the state's action earns: a CTMC at the sum of so many rates, a DTMC in each step.
  void earn_by_action(double sum, double rates) {
    const auto state = static_cast<State>(next_);
    for (std::size_t r = 0; r < rewards_.size(); ++r) {
      rewards_[r].rate[next_] += action_rewards_[r] * (kind_ == Kind::ctmc ? sum : 1);
      if (kind_ == Kind::ctmc)
        reward_errors_[r].earns_by_rate(state, action_rewards_[r], sum, rates);
      else
        reward_errors_[r].earns(state, action_rewards_[r]);
    }
  }

  void read_action() {
    if (scanner_.token() != "action") scanner_.fail("an action, a transition 'target : value' or a state expected");
    if (scanner_.at_line_end()) scanner_.fail("an action without a name");
    scanner_.token();
    if (scanner_.skip('[')) read_rewards([&](std::size_t r, double value) { action_rewards_[r] = value; });
    scanner_.end_line();
  }

  Model assemble() {
    Model model;
    sums_.judge(path_, kind_, model.notes);
    if (mdp_) model.notes.emplace_back("an MDP with one choice in each state: read as a dtmc");
    require_memory_for(path_, states_, triplets_.size(), options_.memory_limit);
    const std::size_t count = triplets_.size();
    Csr outgoing = to_csr(states_, std::move(triplets_), Checked::yes);
    errors_.added(outgoing);
    if (const std::size_t repeated = count - outgoing.entries(); repeated > 0)
      model.notes.push_back(fmt::format("{} transition{} added to another between the same states", repeated,
                                        repeated == 1 ? " is" : "s are"));
    if (kind_ == Kind::dtmc) rescale_rows(outgoing, {"state"}, model.notes, errors_);
    Chain& chain = model.chain;
    chain = make_chain(kind_, outgoing, Checked::yes);
    chain.rate_error = errors_.of_states();
    const std::vector<bool> deadlock = mend_deadlocks(chain, model.notes);
    std::stable_partition(labels_.begin(), labels_.end(),
                          [](const Label& l) { return l.name != "init" && l.name != "deadlock"; });
    const bool init = label_index_.contains("init");
    chain.labels = std::move(labels_);
    Label& initial = find_or_add_label(chain, "init");
    if (init)
      start_in(chain, initial.holds, path_);
    else
      initial.holds[0] = true;
    Label& deadlocks = find_or_add_label(chain, "deadlock");
    for (std::size_t i = 0; i < states_; ++i)
      if (deadlock[i]) deadlocks.holds[i] = true;
    chain.rewards = std::move(rewards_);
    for (std::size_t r = 0; r < chain.rewards.size(); ++r)
      chain.rewards[r].error = reward_errors_[r].of_states(chain.rate_error);
    return model;
  }

  const std::string& path_;
  Scanner scanner_;
  const ReadOptions& options_;
  RateErrors errors_;
  bool more_ = false;                              // the scanner is in a line
  std::map<std::string, bool, std::less<>> seen_;  // sections
  Kind kind_ = Kind::ctmc;
  bool mdp_ = false;
  std::map<std::string, Number, std::less<>> placeholders_;
  std::vector<std::string> reward_names_;
  std::size_t states_ = 0;
  std::uint64_t choices_ = 0;

  RoundedSums sums_;
  std::size_t next_ = 0;  // state
  std::vector<Triplet> triplets_;
  std::vector<Reward> rewards_;
  std::vector<RewardErrors> reward_errors_;  // of each
  std::vector<double> action_rewards_;       // of the state being read
  std::vector<Label> labels_;
  std::map<std::string, std::size_t, std::less<>> label_index_;
};

}  // namespace

Model read_drn(const std::string& path, std::string&& text, const ReadOptions& options) {
  if (!Archive::looks_like(text, Archive::Form::tar)) {
    require_text(path, text);
    return DrnReader(path, text, options).read();
  }
  const Archive archive(path, text, Archive::Form::tar, options.memory_limit);
  const std::string_view file = archive.only_file();
  require_text(path, file);
  return DrnReader(path, file, options).read();
}

}  // namespace steady::detail
