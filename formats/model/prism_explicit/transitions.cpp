#include "formats/model/prism_explicit/transitions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>

#include <steady/error.hpp>

#include "formats/base/relative_error.hpp"
#include "formats/io/file.hpp"
#include "formats/io/scanner.hpp"
#include "formats/model/explicit_chain.hpp"

namespace steady::detail::prism_explicit {

namespace {

bool starts_word(char c) { return is_letter(c) || c == '_'; }

// The kind called `word`, in any case. Throws Error for what is no Markov chain.
Kind kind_called(const Scanner& scanner, std::string_view word) {
  std::string name(word);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (name == "ctmc") return Kind::ctmc;
  if (name == "dtmc") return Kind::dtmc;
  scanner.fail(fmt::format("{} is not a Markov chain: ctmc and dtmc are read", in_quotes(word)));
}

class TransitionReader {
 public:
  TransitionReader(const std::string& path, const std::string& text, const ReadOptions& options,
                   std::vector<std::string>& notes)
      : path_(path), scanner_(path, text), memory_limit_(options.memory_limit), notes_(notes) {
    result_.errors = RateErrors(options.rate_errors);
  }

  Transitions read() {
    read_header();
    if (in_rows())
      read_rows();
    else
      read_lines();
    if (entries_ && triplets_.size() != *entries_)
      scanner_.fail(fmt::format("the file ends after {} of {} transitions", triplets_.size(), *entries_));
    if (!states_) states_ = require_states(scanner_, largest_ + std::uint64_t{1});
    require_memory_for(path_, *states_, triplets_.size(), memory_limit_);
    const std::size_t count = triplets_.size();
    result_.outgoing = to_csr(*states_, std::move(triplets_), Checked::yes);
    result_.errors.added(result_.outgoing);
    if (const std::size_t repeated = count - result_.outgoing.entries(); repeated > 0 && !actions_)
      notes_.push_back(fmt::format("{} transition{} added to another between the same states", repeated,
                                   repeated == 1 ? " is" : "s are"));
    return std::move(result_);
  }

 private:
  // Comments, of which "# Transitions (CTMC)" is one, then the sizes or the dialect's words. Leaves the scanner in the
  // first line of transitions.
  void read_header() {
    for (;;) {
      if (!scanner_.next_line('\0')) scanner_.fail("no transitions");
      const std::string_view line = scanner_.rest_of_line();
      if (!line.starts_with('#')) break;
      const std::size_t place = line.find("Transitions (");
      if (place == std::string_view::npos) continue;
      const std::string_view name = line.substr(place + 13);
      result_.kind = kind_called(scanner_, name.substr(0, name.find(')')));
    }
    const std::string_view line = scanner_.rest_of_line();
    if (line.starts_with("STATES")) {
      read_mrmc_header();
    } else if (!line.empty() && starts_word(line.front())) {
      result_.dialect.counts = false;
      result_.kind = kind_called(scanner_, scanner_.token());
      scanner_.end_line();
    } else {
      read_prism_header();
    }
    more_ = scanner_.next_line('#');
    if (result_.dialect.counts) {
      // "0 0 1" is the shortest line, "0:0" the shortest entry of a row.
      if (entries_ && *entries_ > (scanner_.bytes_left() + 1) / 4)
        scanner_.fail(fmt::format("{} transitions are promised, more than the rest of the file can hold", *entries_));
      require_memory_for(path_, *states_, entries_.value_or(0), memory_limit_);
      triplets_.reserve(entries_.value_or(0));
    }
  }

  void read_mrmc_header() {
    result_.dialect.first_state = 1;
    states_ = require_states(scanner_, named_count("STATES"));
    if (!scanner_.next_line('#')) scanner_.fail("the file ends before its line 'TRANSITIONS m'");
    entries_ = named_count("TRANSITIONS");
  }

  std::uint64_t named_count(std::string_view name) {
    if (scanner_.token() != name) scanner_.fail(fmt::format("the line '{} n' expected", name));
    const std::uint64_t count = scanner_.natural("a number");
    scanner_.end_number("a number");
    scanner_.end_line();
    return count;
  }

  void read_prism_header() {
    std::uint64_t sizes[4];
    std::size_t given = 0;
    do {
      sizes[given++] = scanner_.natural("a number");
      scanner_.end_number("a number");
    } while (given < 4 && !scanner_.at_line_end());
    scanner_.end_line();
    if (given == 3) scanner_.fail("three sizes, states, choices and transitions: a nondeterministic model (mdp)");
    if (given == 4) scanner_.fail("four sizes, the last of observations: a partially observable model (pomdp)");
    states_ = require_states(scanner_, sizes[0]);
    if (given == 2) entries_ = sizes[1];
  }

  // Whether the transitions come in rows "i x:j x:j".
  bool in_rows() const {
    if (!more_ || !result_.dialect.counts) return false;
    Scanner line = scanner_;
    line.token();
    if (line.at_line_end() || line.rest_of_line().find(':') != std::string_view::npos) return true;
    if (!entries_) scanner_.fail("the number of states stands alone: rows of the form 'i x:j x:j' expected");
    return false;
  }

  void read_lines() {
    for (; more_; more_ = scanner_.next_line('#')) {
      const State row = read_state("source");
      scanner_.end_number("source");
      const State column = read_state("target");
      scanner_.end_number("target");
      const double value = read_value();
      scanner_.end_number("value");
      if (!scanner_.at_line_end()) read_action();
      add(row, column, value);
    }
  }

  void read_action() {
    const std::string next = scanner_.next_in_quotes();
    const std::string_view action = scanner_.token();
    if (!starts_word(action.front()))
      scanner_.fail(
          fmt::format("an action's name or the line's end expected, found {}; a nondeterministic model "
                      "(mdp), whose lines have four numbers, is not a Markov chain",
                      next));
    scanner_.end_line();
    actions_ = true;
  }

  void read_rows() {
    for (; more_; more_ = scanner_.next_line('#')) {
      const State row = read_state("source");
      scanner_.end_number("source");
      while (!scanner_.at_line_end()) {
        const double value = read_value();
        if (!scanner_.skip(':'))
          scanner_.fail(fmt::format("':' expected after a value, found {}", scanner_.next_in_quotes()));
        const State column = read_state("target");
        scanner_.end_number("target");
        add(row, column, value);
      }
    }
  }

  State read_state(const char* what) {
    const State first = result_.dialect.first_state;
    const std::uint64_t most = states_ ? *states_ - 1 + first : std::numeric_limits<State>::max() - 2u;
    const std::uint64_t state = scanner_.natural(what);
    if (state < first || state > most) scanner_.fail(fmt::format("{} {} is not in {}..{}", what, state, first, most));
    return static_cast<State>(state - first);
  }

  double read_value() {
    if (scanner_.peek() == '[') scanner_.fail("an interval: interval models are not Markov chains");
    const Scanner before = scanner_;
    const double value = scanner_.ratio("value");
    if (value < 0) scanner_.fail(fmt::format("{} is negative", value));
    if (result_.errors.wanted()) error_ = decimal_error(scanner_.since(before), value);
    return value;
  }

  void add(State row, State column, double value) {
    if (entries_ && triplets_.size() == *entries_)
      scanner_.fail(fmt::format("more than the {} transitions promised", *entries_));
    largest_ = std::max({largest_, row, column});
    triplets_.push_back({row, column, value});
    result_.errors.read(row, error_);
  }

  const std::string& path_;
  Scanner scanner_;
  std::uint64_t memory_limit_;
  std::vector<std::string>& notes_;
  Transitions result_;
  std::optional<std::size_t> states_;     // where the file says it
  std::optional<std::uint64_t> entries_;  // where the file says it
  std::vector<Triplet> triplets_;
  double error_ = 0;      // of the value read last
  State largest_ = 0;     // state named
  bool actions_ = false;  // some line names one
  bool more_ = false;     // the scanner is in a line of transitions
};

}  // namespace

Transitions read_transitions(const std::string& path, const std::string& text, const ReadOptions& options,
                             std::vector<std::string>& notes) {
  require_text(path, text);
  return TransitionReader(path, text, options, notes).read();
}

}  // namespace steady::detail::prism_explicit
