#include "formats/model/aldebaran.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <steady/error.hpp>

#include "formats/base/relative_error.hpp"
#include "formats/chain/rate_errors.hpp"
#include "formats/io/scanner.hpp"
#include "formats/io/text_writer.hpp"
#include "formats/model/explicit_chain.hpp"

namespace steady::detail {

namespace {

struct AldebaranHeader {
  std::uint64_t initial, transitions, states;
};

struct RateLabel {
  std::string_view action;  // empty where it has none
  Kind kind;
  double value;
  double error;  // relative
};

// Of an action, one number a state.
struct Throughput {
  explicit Throughput(std::size_t states) : rate(states), transitions(states) {}

  std::vector<double> rate;
  std::vector<std::uint32_t> transitions;  // whose rates these are
};

class AldebaranReader {
 public:
  AldebaranReader(const std::string& path, std::string_view text, const ReadOptions& options)
      : path_(path), scanner_(path, text), options_(options), errors_(options.rate_errors) {}

  Model read() {
    const AldebaranHeader header = read_header();
    triplets_.reserve(header.transitions);
    std::uint64_t transitions = 0;
    for (; scanner_.next_line('\n'); ++transitions) {
      if (transitions == header.transitions) scanner_.fail(fmt::format("more than {} transitions", transitions));
      read_transition(header.states);
    }
    if (transitions < header.transitions)
      scanner_.fail(fmt::format("the file ends after {} of {} transitions", transitions, header.transitions));
    return assemble(header);
  }

 private:
  void expect(char c) {
    if (!scanner_.skip(c)) scanner_.fail(fmt::format("'{}' expected, found {}", c, scanner_.next_in_quotes()));
  }

  // des (0, 4, 3)
  AldebaranHeader read_header() {
    if (!scanner_.next_line('\n') || scanner_.token("(") != "des")
      scanner_.fail("an Aldebaran file starts with 'des (initial state, transitions, states)'");
    AldebaranHeader header{};
    expect('(');
    header.initial = scanner_.natural("initial state");
    expect(',');
    header.transitions = scanner_.natural("the number of transitions");
    expect(',');
    header.states = require_states(scanner_, scanner_.natural("the number of states"));
    expect(')');
    scanner_.end_line();
    if (header.initial >= header.states)
      scanner_.fail(fmt::format("initial state {} is not in 0..{}", header.initial, header.states - 1));
    if (header.transitions > scanner_.bytes_left() / 5)  // "(0,x,0)" is longer
      scanner_.fail(fmt::format("{} transitions are promised, more than the file can hold", header.transitions));
    require_memory_for(path_, header.states, header.transitions, options_.memory_limit);
    return header;
  }

  // (0, "ARRIVE; rate 2.5", 1)
  void read_transition(std::uint64_t states) {
    expect('(');
    const State from = read_state(states);
    expect(',');
    const char end = scanner_.peek() == '"' ? '"' : ',';
    if (end == '"') scanner_.skip('"');
    const std::string_view rest = scanner_.rest_of_line();
    if (!scanner_.skip_past(end)) scanner_.fail(fmt::format("'{}' missing behind a label", end));
    while (scanner_.skip_past(end)) continue;  // a label may have some, too
    const RateLabel label = read_label(rest.substr(0, rest.rfind(end)));
    if (end == '"') expect(',');
    const State to = read_state(states);
    expect(')');
    scanner_.end_line();
    if (label.kind != kind_.value_or(label.kind))
      scanner_.fail("rates and probabilities in one file: immediate transitions beside timed ones are not read");
    kind_ = label.kind;
    triplets_.push_back({from, to, label.value});
    errors_.read(from, label.error);
    if (!options_.throughputs || label.action.empty()) return;
    Throughput& throughput = throughputs_.try_emplace(std::string(label.action), states).first->second;
    throughput.rate[from] += label.value;
    ++throughput.transitions[from];
  }

  State read_state(std::uint64_t states) {
    const std::uint64_t state = scanner_.natural("state");
    if (state >= states) scanner_.fail(fmt::format("state {} is not in 0..{}", state, states - 1));
    return static_cast<State>(state);
  }

  // "rate 2.5", "ARRIVE; prob 0.3"
  RateLabel read_label(std::string_view text) const {
    Scanner within = scanner_.within(text);
    std::string_view action;
    if (const std::size_t semicolon = text.rfind(';'); semicolon != std::string_view::npos) {
      action = text.substr(0, semicolon);
      action.remove_prefix(std::min(action.find_first_not_of(" \t"), action.size()));
      action = action.substr(0, action.find_last_not_of(" \t") + 1);
      within = scanner_.within(text.substr(semicolon + 1));
    }
    const std::string_view word = within.token();
    if (word != "rate" && word != "prob")
      scanner_.fail(
          fmt::format("label {}: 'rate X', 'prob X', 'ACTION; rate X' and 'ACTION; prob X' are read; an "
                      "action that has no rate makes no Markov chain",
                      in_quotes(text)));
    within.peek();
    const Scanner before = within;
    const double value = within.number(word);
    const std::string_view digits = within.since(before);
    within.end_number(word);
    within.end_line();
    if (!(value > 0)) scanner_.fail(fmt::format("label {}: {} is not positive", in_quotes(text), value));
    return {action, word == "rate" ? Kind::ctmc : Kind::dtmc, value,
            errors_.wanted() ? decimal_error(digits, value) : 0};
  }

  Model assemble(const AldebaranHeader& header) {
    Model model;
    const Kind kind = kind_.value_or(Kind::ctmc);
    const std::size_t count = triplets_.size();
    Csr outgoing = to_csr(header.states, std::move(triplets_), Checked::yes);
    errors_.added(outgoing);
    if (const std::size_t repeated = count - outgoing.entries(); repeated > 0)
      model.notes.push_back(fmt::format("{} transition{} added to another between the same states", repeated,
                                        repeated == 1 ? " is" : "s are"));
    if (kind == Kind::dtmc) {
      require_probabilities(path_, outgoing, {"state"}, options_.rescale ? near_one : one_sum, false);
      for (const auto& [state, sum] : rescale_rows(outgoing, {"state"}, model.notes, errors_))
        for (auto& [action, throughput] : throughputs_) throughput.rate[state] /= sum;
    }
    Chain& chain = model.chain;
    chain = make_chain(kind, outgoing, Checked::yes);
    chain.rate_error = errors_.of_states();
    std::vector<bool> deadlock = mend_deadlocks(chain, model.notes);
    chain.initial = {{static_cast<State>(header.initial), 1.0}};
    find_or_add_label(chain, "init").holds[header.initial] = true;
    find_or_add_label(chain, "deadlock").holds = std::move(deadlock);
    for (auto& [action, throughput] : throughputs_) {
      RewardErrors errors(options_.rate_errors, options_.rates_within, chain.size());
      for (State s = 0; s < chain.size(); ++s)
        errors.earns_by_rate(s, 1, throughput.rate[s], throughput.transitions[s]);
      chain.rewards.push_back({action, std::move(throughput.rate), true, errors.of_states(chain.rate_error)});
    }
    return model;
  }

  const std::string& path_;
  Scanner scanner_;
  const ReadOptions& options_;
  RateErrors errors_;
  std::optional<Kind> kind_;  // nothing yet
  std::vector<Triplet> triplets_;
  std::map<std::string, Throughput> throughputs_;  // of each action
};

}  // namespace

Model read_aldebaran(const std::string& path, std::string&& text, const ReadOptions& options) {
  require_text(path, text);
  return AldebaranReader(path, text, options).read();
}

std::vector<std::string> write_aldebaran(const std::string& path, const Model& model, const WriteOptions&,
                                         ReplacedFiles& files) {
  const Chain& chain = model.chain;
  if (chain.initial.size() != 1)
    throw Error(fmt::format("{}: this format holds one initial state, not {}", path, chain.initial.size()));
  const Csr rates = outgoing_rates(chain, Checked::yes);
  TextWriter text(files.add(path));
  text << "des (" << std::uint64_t{chain.initial[0].state} << ", " << rates.entries() << ", " << chain.size() << ")\n";
  for (std::uint64_t i = 0; i < chain.size(); ++i)
    for (std::uint64_t k = rates.row_start[i]; k < rates.row_start[i + 1]; ++k)
      text << '(' << i << (chain.kind == Kind::ctmc ? ", \"rate " : ", \"prob ") << rates.value[k] << "\", "
           << std::uint64_t{rates.column[k]} << ")\n";
  text.finish();
  std::vector<std::string> notes;
  const auto lose = [&](bool there, std::string_view what) {
    if (there) notes.push_back(fmt::format("an .aut file holds no {}", what));
  };
  lose(chain.states.has_variables(), "variables");
  lose(std::any_of(chain.labels.begin(), chain.labels.end(),
                   [](const Label& l) { return l.name != "init" && l.name != "deadlock"; }),
       "labels");
  lose(!chain.rewards.empty(), "rewards");
  return notes;
}

}  // namespace steady::detail
