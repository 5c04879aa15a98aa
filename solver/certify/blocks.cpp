#include "solver/certify/blocks.hpp"

#include <algorithm>
#include <cmath>

#include "solver/certify/certify.hpp"
#include "solver/structure/structure.hpp"

namespace steady::detail {

namespace {

// Whether there is a proof of a chain with the same closed sets, whose reference states are likely in this one, too.
bool is_similar(const LongRun& sets, const std::vector<double>& distribution, const Certificate* similar) {
  constexpr double likely = 0.1;  // beside the most likely state
  if (similar == nullptr || !similar->proof || similar->proof->hitting_times.empty()) return false;  // another kind
  const LongRun& there = similar->proof->sets;
  if (there.component != sets.component) return false;
  for (std::size_t s = 0; s < sets.reference.size(); ++s)
    if (!(distribution[there.reference[s]] >= likely * distribution[sets.reference[s]])) return false;
  return true;
}

}  // namespace

std::size_t Blocks::largest() const {
  std::size_t largest = several() ? outside.size() : 0;
  for (const std::vector<State>& block : inside) largest = std::max(largest, block.size());
  return largest;
}

double Blocks::elimination_cost() const {
  double cost = several() ? std::pow(outside.size(), 3) / 3 : 0;
  for (const std::vector<State>& block : inside) cost += std::pow(block.size(), 3) / 3;
  return cost;
}

Blocks find_blocks(const Chain& chain, const std::vector<double>& distribution, const Certificate* similar) {
  Blocks blocks;
  LongRun& sets = blocks.sets;
  const Components components = find_components(chain);
  std::vector<State> number(components.count, no_component);
  for (std::size_t c = 0; c < components.count; ++c)
    if (components.bottom[c] && components.reachable[c]) {
      number[c] = static_cast<State>(sets.reference.size());
      sets.reference.push_back(no_component);
    }
  blocks.inside.resize(sets.reference.size());
  sets.component.resize(chain.size());
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const auto state = static_cast<State>(i);
    const State own = sets.component[i] = number[components.of[i]];
    if (own == no_component) {
      if (components.reachable[components.of[i]]) blocks.outside.push_back(state);
      continue;
    }
    blocks.inside[own].push_back(state);
    State& reference = sets.reference[own];
    if (reference == no_component || distribution[i] > distribution[reference]) reference = state;
  }
  blocks.similar = is_similar(sets, distribution, similar);
  if (blocks.similar) sets.reference = similar->proof->sets.reference;
  for (std::size_t s = 0; s < blocks.inside.size(); ++s)
    blocks.inside[s].erase(std::find(blocks.inside[s].begin(), blocks.inside[s].end(), sets.reference[s]));
  return blocks;
}

}  // namespace steady::detail
