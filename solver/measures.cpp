#include "solver/measures.hpp"

#include <fmt/format.h>

#include <exception>

#include "solver/device/host.hpp"

namespace steady {
namespace {

bool compare(double value, const Threshold& threshold) {
  switch (threshold.relation) {
    case Threshold::Relation::less:
      return value < threshold.bound;
    case Threshold::Relation::at_most:
      return value <= threshold.bound;
    case Threshold::Relation::greater:
      return value > threshold.bound;
    case Threshold::Relation::at_least:
      return value >= threshold.bound;
  }
  return false;
}

}  // namespace

std::vector<Query> default_queries(const Chain& chain) {
  std::vector<Query> queries;
  std::size_t number = 0;
  for (const Reward& reward : chain.rewards) {
    ++number;
    const bool named = !reward.name.empty();
    queries.push_back({named ? reward.name : fmt::format("reward {}", number),
                       named ? fmt::format("R{{\"{}\"}}=? [ S ]", reward.name) : fmt::format("R{{{}}}=? [ S ]", number),
                       [&reward](State s) { return reward.rate[s]; }, std::nullopt});
  }
  for (const Label& label : chain.labels)
    if (label.name != "init" && label.name != "deadlock")
      queries.push_back({label.name, fmt::format("S=? [ \"{}\" ]", label.name),
                         [&label](State s) { return label.holds[s] ? 1.0 : 0.0; }, std::nullopt});
  return queries;
}

Measure evaluate(const Query& query, const std::vector<double>& distribution) {
  std::exception_ptr failure;  // of an expression that has no value in some state; none may leave a thread
  const double value = sum_over_blocks<double>(distribution.size(), [&](std::size_t first, std::size_t last) {
    double block = 0;
    try {
      for (std::size_t i = first; i < last; ++i) block += distribution[i] * query.value(static_cast<State>(i));
    } catch (...) {
#pragma omp critical
      failure = std::current_exception();
    }
    return block;
  });
  if (failure) std::rethrow_exception(failure);
  Measure measure{query.name, query.property, value, std::nullopt};
  if (query.threshold) measure.holds = compare(value, *query.threshold);
  return measure;
}

}  // namespace steady
