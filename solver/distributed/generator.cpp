#include "solver/distributed/generator.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "formats/base/larger.hpp"

namespace steady::detail {

namespace {

std::vector<std::int64_t> distinct(std::vector<std::int64_t> columns) {
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  columns.shrink_to_fit();
  return columns;
}

std::vector<std::uint32_t> places_of(const std::vector<std::int64_t>& columns, const std::vector<std::int64_t>& among) {
  std::vector<std::uint32_t> result;
  result.reserve(columns.size());
  for (const std::int64_t column : columns)
    result.push_back(static_cast<std::uint32_t>(std::lower_bound(among.begin(), among.end(), column) - among.begin()));
  return result;
}

}  // namespace

Generator::Generator(const Ranks& ranks, prism::ChainBlock& block)
    : ranks_(ranks),
      states_(block.states),
      first_(block.first),
      exit_rate_(block.model.chain.exit_rate),
      rows_(std::move(block.rows)),
      halo_(ranks, exit_rate_.size(), distinct(rows_.other_column)),
      places_(places_of(rows_.other_column, halo_.states())) {
  find_sizes();
  if (block.model.chain.kind == Kind::ctmc)
    unit_ = ranks.most(std::accumulate(exit_rate_.begin(), exit_rate_.end(), 0.0, larger));
  make_matrix();
}

void Generator::find_sizes() {
  transitions_ = ranks_.sum(static_cast<std::uint64_t>(rows_.own_column.size() + rows_.other_column.size() - size()));
  std::uint64_t longest = 0;
  std::vector<double> into(size()), outside(halo_.size());
  for (std::size_t i = 0; i < size(); ++i) {
    std::uint64_t out = 0;
    for_each_transition(
        i, [&](std::size_t k, double) { ++into[k], ++out; },
        [&](std::size_t place, double) { ++outside[place], ++out; });
    longest = std::max(longest, out);
  }
  halo_.add(outside, into);
  for (const double count : into) longest = std::max(longest, static_cast<std::uint64_t>(count));
  longest_sum_ = ranks_.most(longest);
}

void Generator::make_matrix() {
  const auto n = static_cast<PetscInt>(size()), all = static_cast<PetscInt>(states_);
  if (ranks_.count() == 1)
    return require(MatCreateSeqAIJWithArrays(ranks_.communicator(), n, n, rows_.own_start.data(),
                                             rows_.own_column.data(), rows_.own_value.data(), matrix_.place()));
  require(MatCreateMPIAIJWithSplitArrays(ranks_.communicator(), n, n, all, all, rows_.own_start.data(),
                                         rows_.own_column.data(), rows_.own_value.data(), rows_.other_start.data(),
                                         rows_.other_column.data(), rows_.other_value.data(), matrix_.place()));
}

std::vector<double> Generator::inflow(const std::vector<double>& x) const {
  std::vector<double> flow(size()), outside(halo_.size());
  for (std::size_t i = 0; i < size(); ++i)
    for_each_transition(
        i, [&](std::size_t k, double rate) { flow[k] += x[i] * rate; },
        [&](std::size_t place, double rate) { outside[place] += x[i] * rate; });
  halo_.add(outside, flow);
  return flow;
}

std::vector<double> Generator::mean_ahead(const std::vector<double>& h) const {
  std::vector<double> mean(size()), outside;
  halo_.fetch(h, outside);
  for (std::size_t i = 0; i < size(); ++i)
    for_each_transition(
        i, [&](std::size_t k, double rate) { mean[i] += rate * h[k]; },
        [&](std::size_t place, double rate) { mean[i] += rate * outside[place]; });
  return mean;
}

}  // namespace steady::detail
