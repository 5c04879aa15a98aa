#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <steady/error.hpp>

#include "formats/io/text_writer.hpp"
#include "formats/model/matrix_market.hpp"

namespace steady::detail {

namespace {

const Label* find_label(const Chain& chain, std::string_view name) {
  const auto found =
      std::find_if(chain.labels.begin(), chain.labels.end(), [&](const Label& l) { return l.name == name; });
  return found == chain.labels.end() ? nullptr : &*found;
}

// A self-loop of rate 1 of a state marked as a deadlock comes back by itself.
bool comes_back(const Label* deadlock, State state, double rate) {
  return rate == 1 && deadlock != nullptr && deadlock->holds[state];
}

MatrixContent content_of(const std::string& path, const Chain& chain, const Label* deadlock, MatrixContent asked) {
  if (chain.kind == Kind::dtmc) {
    if (asked == MatrixContent::automatic || asked == MatrixContent::probabilities) return MatrixContent::probabilities;
    throw Error(fmt::format("{}: a dtmc has probabilities, neither rates nor a generator", path));
  }
  if (asked == MatrixContent::probabilities) throw Error(fmt::format("{}: a ctmc has rates, not probabilities", path));
  if (asked != MatrixContent::automatic) return asked;
  const bool lossless = std::all_of(chain.self_loops.begin(), chain.self_loops.end(),
                                    [&](const SelfLoop& loop) { return comes_back(deadlock, loop.state, loop.value); });
  return lossless ? MatrixContent::generator : MatrixContent::rates;
}

std::string_view name(MatrixContent content) {
  switch (content) {
    case MatrixContent::generator:
      return "generator of a ctmc: row i holds the rates out of state i - 1, the diagonal makes it sum to 0";
    case MatrixContent::rates:
      return "rates of a ctmc: row i holds the rates out of state i - 1, the diagonal is its self-loop";
    default:
      return "probabilities of a dtmc: row i holds those of a step from state i - 1";
  }
}

// Whether a reader that detects by row sums takes the rates for something else.
bool ambiguous(const Csr& rates) {
  bool zero = true;
  bool one = true;
  for (std::size_t i = 0; i < rates.rows(); ++i) {
    double sum = 0;
    for (std::uint64_t k = rates.row_start[i]; k < rates.row_start[i + 1]; ++k) sum += rates.value[k];
    zero = zero && sum == 0;
    one = one && std::abs(sum - 1) <= 1e-4;
  }
  return zero || one;
}

std::vector<std::string> notes_on(const Model& model, MatrixContent content, const Csr& rates) {
  const Chain& chain = model.chain;
  std::vector<std::string> notes;
  std::string lost;
  const auto lose = [&](bool there, std::string_view what) {
    if (there) lost += fmt::format("{}{}", lost.empty() ? "" : ", ", what);
  };
  lose(chain.states.named(), "variables");
  lose(std::any_of(chain.labels.begin(), chain.labels.end(),
                   [](const Label& l) { return l.name != "init" && l.name != "deadlock"; }),
       "labels");
  lose(!chain.rewards.empty(), "rewards");
  lose(chain.initial.size() != 1 || chain.initial[0].state != 0, "initial states");
  lose(content == MatrixContent::generator && chain.self_loops.size() > 0, "self-loops");
  if (!lost.empty()) notes.push_back(fmt::format("a matrix holds no {}", lost));
  if (content == MatrixContent::rates && ambiguous(rates))
    notes.emplace_back("the row sums do not tell these rates from probabilities: read the file with --kind ctmc");
  return notes;
}

}  // namespace

std::vector<std::string> write_matrix_market(const std::string& path, const Model& model, const WriteOptions& options,
                                             ReplacedFiles& files) {
  const Chain& chain = model.chain;
  const Label* const deadlock = find_label(chain, "deadlock");
  const MatrixContent content = content_of(path, chain, deadlock, options.matrix);
  const bool generator = content == MatrixContent::generator;
  const Csr rates = outgoing_rates(chain, Checked::yes);
  const auto left_out = [&](State i, State j, double rate) {
    return i == j && (generator || (content == MatrixContent::rates && comes_back(deadlock, i, rate)));
  };

  std::uint64_t entries = rates.entries();
  for (const SelfLoop& loop : chain.self_loops) entries -= left_out(loop.state, loop.state, loop.value) ? 1 : 0;
  if (generator)
    entries += static_cast<std::uint64_t>(
        std::count_if(chain.exit_rate.begin(), chain.exit_rate.end(), [](double rate) { return rate > 0; }));

  TextWriter text(files.add(path));
  text << "%%MatrixMarket matrix coordinate real general\n% " << name(content) << '\n';
  text << chain.size() << ' ' << chain.size() << ' ' << entries << '\n';
  for (State i = 0; i < chain.size(); ++i) {
    const std::uint64_t row = i + std::uint64_t{1};
    if (generator && chain.exit_rate[i] > 0) text << row << ' ' << row << ' ' << -chain.exit_rate[i] << '\n';
    for (std::uint64_t k = rates.row_start[i]; k < rates.row_start[i + std::size_t{1}]; ++k) {
      const State j = rates.column[k];
      if (!left_out(i, j, rates.value[k])) text << row << ' ' << j + std::uint64_t{1} << ' ' << rates.value[k] << '\n';
    }
  }
  text.finish();
  return notes_on(model, content, rates);
}

}  // namespace steady::detail
