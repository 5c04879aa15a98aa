#include "formats/model/matrix_content.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <steady/error.hpp>

namespace steady::detail {

namespace {

const Label* find_label(const Chain& chain, std::string_view name) {
  const auto found =
      std::find_if(chain.labels.begin(), chain.labels.end(), [&](const Label& l) { return l.name == name; });
  return found == chain.labels.end() ? nullptr : &*found;
}

}  // namespace

MatrixOfChain::MatrixOfChain(const std::string& path, const Model& model, MatrixContent asked)
    : model_(model), deadlock_(find_label(model.chain, "deadlock")), content_(asked) {
  const Chain& chain = model.chain;
  const bool automatic = asked == MatrixContent::automatic;
  if (chain.kind == Kind::dtmc) {
    if (!automatic && asked != MatrixContent::probabilities)
      throw Error(fmt::format("{}: a dtmc has probabilities, neither rates nor a generator", path));
    content_ = MatrixContent::probabilities;
  } else if (asked == MatrixContent::probabilities) {
    throw Error(fmt::format("{}: a ctmc has rates, not probabilities", path));
  } else if (automatic) {
    const bool lossless = std::all_of(chain.self_loops.begin(), chain.self_loops.end(),
                                      [&](const SelfLoop& loop) { return comes_back(loop.state, loop.value); });
    content_ = lossless ? MatrixContent::generator : MatrixContent::rates;
  }
  rates_ = outgoing_rates(chain, Checked::yes);
}

// A self-loop of rate 1 of a state marked as a deadlock comes back by itself.
bool MatrixOfChain::comes_back(State state, double rate) const {
  return rate == 1 && deadlock_ != nullptr && deadlock_->holds[state];
}

bool MatrixOfChain::left_out(State state, double self_loop) const {
  return content_ == MatrixContent::generator || (content_ == MatrixContent::rates && comes_back(state, self_loop));
}

std::uint64_t MatrixOfChain::entries() const {
  const Chain& chain = model_.chain;
  std::uint64_t entries = rates_.entries();
  for (const SelfLoop& loop : chain.self_loops) entries -= left_out(loop.state, loop.value) ? 1 : 0;
  if (content_ == MatrixContent::generator)
    entries += static_cast<std::uint64_t>(
        std::count_if(chain.exit_rate.begin(), chain.exit_rate.end(), [](double rate) { return rate > 0; }));
  return entries;
}

bool MatrixOfChain::ambiguous() const {
  if (content_ != MatrixContent::rates) return false;
  bool zero = true;
  bool one = true;
  for (std::size_t i = 0; i < rates_.rows(); ++i) {
    double sum = 0;
    for (std::uint64_t k = rates_.row_start[i]; k < rates_.row_start[i + 1]; ++k) sum += rates_.value[k];
    zero = zero && sum == 0;
    one = one && std::abs(sum - 1) <= 1e-4;
  }
  return zero || one;
}

std::vector<std::string> MatrixOfChain::notes() const {
  const Chain& chain = model_.chain;
  std::string lost;
  const auto lose = [&](bool there, std::string_view what) {
    if (there) lost += fmt::format("{}{}", lost.empty() ? "" : ", ", what);
  };
  lose(chain.states.has_variables(), "variables");
  lose(std::any_of(chain.labels.begin(), chain.labels.end(),
                   [](const Label& l) { return l.name != "init" && l.name != "deadlock"; }),
       "labels");
  lose(!chain.rewards.empty(), "rewards");
  lose(chain.initial.size() != 1 || chain.initial[0].state != 0, "initial states");
  lose(content_ == MatrixContent::generator && chain.self_loops.size() > 0, "self-loops");
  if (lost.empty()) return {};
  return {fmt::format("a matrix holds no {}", lost)};
}

}  // namespace steady::detail
