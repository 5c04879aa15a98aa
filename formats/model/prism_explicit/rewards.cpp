#include "formats/model/prism_explicit/rewards.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "formats/io/file.hpp"
#include "formats/io/scanner.hpp"

namespace steady::detail::prism_explicit {

namespace {

// Either kind of file; `places` numbers name what earns a reward.
class RewardReader {
 public:
  RewardReader(const std::string& path, const std::string& text, std::size_t count, const Dialect& dialect)
      : scanner_(path, text), count_(count), dialect_(dialect) {
    reward.rate.assign(count, 0.0);
  }

  // Calls use(value, scanner) in each line, the scanner behind what read_place() below read.
  template <class Place, class Use>
  void read(Place read_place, Use use) {
    bool more = read_comments();
    std::optional<std::uint64_t> promised;
    if (dialect_.counts && dialect_.first_state == 0) {
      if (!more) scanner_.fail("the sizes expected: states and rewards");
      promised = read_sizes();
      more = scanner_.next_line('#');
    }
    std::uint64_t lines = 0;
    for (; more; more = scanner_.next_line('#'), ++lines) {
      if (lines == promised) scanner_.fail(fmt::format("more than the {} rewards promised", lines));
      const auto place = read_place();
      const double value = scanner_.ratio("reward");
      scanner_.end_number("reward");
      scanner_.end_line();
      use(place, value);
    }
    if (promised && lines < *promised)
      scanner_.fail(fmt::format("the file ends after {} of {} rewards", lines, *promised));
  }

  State read_state(const char* what) {
    const State first = dialect_.first_state;
    const std::uint64_t state = scanner_.natural(what);
    scanner_.end_number(what);
    if (state < first || state - first >= count_)
      scanner_.fail(fmt::format("{} {} is not in {}..{}", what, state, first, count_ - 1 + first));
    return static_cast<State>(state - first);
  }

  const Scanner& scanner() const { return scanner_; }

  Reward reward;

 private:
  // False at the end of the file.
  bool read_comments() {
    while (scanner_.next_line('\0')) {
      const std::string_view line = scanner_.rest_of_line();
      if (!line.starts_with('#')) return true;
      const std::size_t open = line.find('"');
      const std::size_t close = line.rfind('"');
      if (line.find("Reward structure") != std::string_view::npos && close != open)
        reward.name = std::string(line.substr(open + 1, close - open - 1));
    }
    return false;
  }

  std::uint64_t read_sizes() {
    const std::uint64_t states = scanner_.natural("the number of states");
    scanner_.end_number("the number of states");
    const std::uint64_t rewards = scanner_.natural("the number of rewards");
    scanner_.end_number("the number of rewards");
    scanner_.end_line();
    if (states != count_) scanner_.fail(fmt::format("rewards of {} states: the transitions have {}", states, count_));
    return rewards;
  }

  Scanner scanner_;
  std::size_t count_;
  Dialect dialect_;
};

}  // namespace

Reward read_state_rewards(const std::string& path, const std::string& text, std::size_t count, const Dialect& dialect,
                          RewardErrors& errors) {
  require_text(path, text);
  RewardReader reader(path, text, count, dialect);
  std::vector<bool> seen(count);
  reader.read([&] { return reader.read_state("state"); },
              [&](State state, double value) {
                if (seen[state])
                  reader.scanner().fail(fmt::format("state {} for the second time", state + dialect.first_state));
                seen[state] = true;
                reader.reward.rate[state] = value;
                errors.earns(state, value);
              });
  return std::move(reader.reward);
}

Reward read_transition_rewards(const std::string& path, const std::string& text, const Csr& outgoing,
                               const Dialect& dialect, RewardErrors& errors) {
  require_text(path, text);
  RewardReader reader(path, text, outgoing.rows(), dialect);
  struct Place {
    State source;
    std::uint64_t transition;
  };
  std::vector<bool> seen(outgoing.entries());
  const auto read_place = [&] {
    const State i = reader.read_state("source");
    const State j = reader.read_state("target");
    const auto begin = outgoing.column.begin() + static_cast<std::ptrdiff_t>(outgoing.row_start[i]);
    const auto end = outgoing.column.begin() + static_cast<std::ptrdiff_t>(outgoing.row_start[i + std::size_t{1}]);
    const auto found = std::lower_bound(begin, end, j);
    const auto transition = static_cast<std::uint64_t>(found - outgoing.column.begin());
    if (found == end || *found != j || seen[transition])
      reader.scanner().fail(fmt::format("the transition {} -> {} {}", i + dialect.first_state, j + dialect.first_state,
                                        found == end || *found != j ? "does not exist" : "for the second time"));
    seen[transition] = true;
    return Place{i, transition};
  };
  reader.read(read_place, [&](Place place, double value) {
    double& rate = reader.reward.rate[place.source];
    rate += value * outgoing.value[place.transition];
    errors.earns_by_rate(place.source, value, outgoing.value[place.transition]);
    if (!std::isfinite(rate)) reader.scanner().fail("what the state earns is beyond the range of a double");
  });
  return std::move(reader.reward);
}

}  // namespace steady::detail::prism_explicit
