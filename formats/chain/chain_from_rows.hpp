// A chain from the rows of what leaves each state: in parallel, without a matrix of outgoing rates beside the inflow.
//
// A counting sort by target in two passes over the rows. Each thread takes a block of consecutive states and counts the
// targets of its own; the counts, summed over the blocks before, tell each thread where to write, so that sources
// ascend and the result is the same for any number of threads. Beside the chain: 4 bytes a state and thread.
#pragma once

#include <vector>

#include <steady/chain.hpp>

#include "formats/base/memory.hpp"
#include "formats/base/parallel.hpp"
#include "formats/chain/counting_sort.hpp"

namespace steady::detail {

struct Step {
  State target;
  double rate;  // or probability
};

// Of one state: ascending by target, those to one target added in the order given, zeros dropped.
void merge_steps(std::vector<Step>& steps);

// A row was another the second time.
struct RowsChangedBetweenPasses {};

// RateOperator, exit rates and self-loops; the initial distribution is state 0. At most 2^32-1 states.
//
// row(state, add) calls add(target, rate) for each step from a state, in any order. Steps to one target are added in
// the order given, zeros are dropped. Called twice for each state, from several threads. What it throws comes out, of
// the lowest state; and RowsChangedBetweenPasses where the second time there is no room for a step. Fewer steps the
// second time leave entries of 0.
template <class Row>
Chain chain_from_rows(Kind kind, std::size_t n, const Row& row) {
  const std::size_t blocks = block_count(n);
  std::vector<std::vector<State>> before(blocks);
  std::vector<std::vector<SelfLoop>> loops(blocks);
  std::vector<char> merged(blocks, 1);  // whether all rows of the block are as merge_steps leaves them
  Chain chain;
  chain.kind = kind;
  resize_large(chain.exit_rate, n);
  for_numbered_blocks(n, blocks, [&](std::size_t b, std::size_t first, std::size_t last) {
    resize_large(before[b], n);
    State* const counts = before[b].data();
    std::vector<Step> steps;
    std::vector<double> rates;
    for (std::size_t i = first; i < last; ++i) {
      steps.clear();
      rates.clear();
      double loop = 0;
      bool ready = true;
      const auto count = [&](State target, double rate) {
        if (target == i) {
          loop = rate;
          return;
        }
        ++counts[target];
        rates.push_back(rate);
      };
      row(i, [&](State target, double rate) {
        ready = ready && rate != 0 && (steps.empty() || steps.back().target < target);
        steps.push_back({target, rate});
        count(target, rate);
      });
      if (!ready) {  // all anew
        merged[b] = 0;
        for (const Step& step : steps)
          if (step.target != i) --counts[step.target];
        merge_steps(steps);
        rates.clear();
        loop = 0;
        for (const Step& step : steps) count(step.target, step.rate);
      }
      if (loop != 0) loops[b].push_back({static_cast<State>(i), loop});
      chain.exit_rate[i] = sum_ascending(rates);
    }
  });
  for (const std::vector<SelfLoop>& own : loops)
    chain.self_loops.insert(chain.self_loops.end(), own.begin(), own.end());

  make_room(before, chain.inflow);
  for_numbered_blocks(n, blocks, [&](std::size_t b, std::size_t first, std::size_t last) {
    const std::uint64_t* const row_start = chain.inflow.row_start.data();
    State* const places = before[b].data();
    EntryWriter writer(chain.inflow);
    std::vector<Step> steps;
    for (std::size_t i = first; i < last; ++i) {
      const auto write = [&](State target, double rate) {
        if (target == i) return;
        const std::uint64_t place = row_start[target] + places[target]++;
        if (place >= row_start[target + std::size_t{1}]) throw RowsChangedBetweenPasses();
        writer.add(place, static_cast<State>(i), rate);
      };
      if (merged[b] != 0) {
        row(i, write);
        continue;
      }
      steps.clear();
      row(i, [&](State target, double rate) { steps.push_back({target, rate}); });
      merge_steps(steps);
      for (const Step& step : steps) write(step.target, step.rate);
    }
  });
  if (n > 0) chain.initial = {{0, 1.0}};
  return chain;
}

}  // namespace steady::detail
