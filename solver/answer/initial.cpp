#include "solver/answer/initial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <vector>

#include <steady/error.hpp>
#include <steady/solution_file.hpp>

namespace steady::detail {

namespace {

std::vector<StateProbability> initial_distribution(const std::string& choice, const Chain& chain) {
  std::vector<StateProbability> initial;
  const std::size_t n = chain.size();
  if (choice == "uniform") {
    for (std::size_t i = 0; i < n; ++i) initial.push_back({static_cast<State>(i), 1.0 / static_cast<double>(n)});
    return initial;
  }
  const std::vector<std::string>& names = chain.states.names;
  if (const auto named = std::find(names.begin(), names.end(), choice); named != names.end())
    return {{static_cast<State>(named - names.begin()), 1.0}};
  std::size_t state = 0;
  const auto [end, error] = std::from_chars(choice.data(), choice.data() + choice.size(), state);
  if (error == std::errc() && end == choice.data() + choice.size()) {
    if (state >= n) throw Error(fmt::format("--initial {}: the chain has states 0 to {}", state, n - 1));
    return {{static_cast<State>(state), 1.0}};
  }
  if (!std::filesystem::exists(choice))
    throw Error(fmt::format("--initial {}: neither a state, nor uniform, nor a file", choice));
  const std::vector<double> distribution = read_solution(choice, chain);
  for (std::size_t i = 0; i < n; ++i)
    if (distribution[i] != 0) initial.push_back({static_cast<State>(i), distribution[i]});
  return initial;
}

}  // namespace

void set_initial(const std::string& choice, Chain& chain) {
  chain.initial = initial_distribution(choice, chain);
  validate(chain);
}

}  // namespace steady::detail
