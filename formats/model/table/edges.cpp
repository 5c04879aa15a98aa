// A list of transitions.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <unordered_map>

#include <steady/error.hpp>

#include "formats/model/explicit_chain.hpp"
#include "formats/model/table/entries.hpp"

namespace steady::detail::table {

namespace {

// What the states are called, in the order in which they are met.
class StateNames {
 public:
  State number(const DelimitedLines& at, std::string_view name) {
    if (name.empty()) at.fail("a state's name expected, found an empty cell");
    const auto [place, is_new] = numbers_.try_emplace(name, static_cast<State>(names_.size()));
    if (is_new) names_.push_back(name);
    return place->second;
  }
  State source(const DelimitedLines& at, std::string_view name) {
    const State state = number(at, name);
    if (state >= place_as_source_.size()) place_as_source_.resize(state + std::size_t{1}, none);
    if (place_as_source_[state] == none) place_as_source_[state] = sources_++;
    return state;
  }

  std::size_t size() const { return names_.size(); }

  // The states in their order: ascending where all are numbers, else as sources are met, then the others.
  std::vector<State> order() {
    std::vector<State> order(names_.size());
    std::iota(order.begin(), order.end(), State{0});
    place_as_source_.resize(names_.size(), none);
    if (std::all_of(names_.begin(), names_.end(), is_whole))
      std::sort(order.begin(), order.end(), [&](State a, State b) {
        return names_[a].size() != names_[b].size() ? names_[a].size() < names_[b].size() : names_[a] < names_[b];
      });
    else
      std::stable_sort(order.begin(), order.end(),
                       [&](State a, State b) { return place_as_source_[a] < place_as_source_[b]; });
    return order;
  }

  // In this order; none where they are 0, 1, 2, ...
  std::vector<std::string> names(const std::vector<State>& order) const {
    bool counted = true;
    std::vector<std::string> names;
    for (const State state : order) {
      counted = counted && names_[state] == std::to_string(names.size());
      names.emplace_back(names_[state]);
    }
    return counted ? std::vector<std::string>{} : names;
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  // Without leading zeros, so that no two are the same number.
  static bool is_whole(std::string_view name) {
    return name.find_first_not_of("0123456789") == std::string_view::npos && (name[0] != '0' || name.size() == 1);
  }

  std::unordered_map<std::string_view, State> numbers_;
  std::vector<std::string_view> names_;
  std::vector<std::size_t> place_as_source_;
  std::size_t sources_ = 0;
};

}  // namespace

MatrixFile read_edges(const Table& table, const EdgeColumns& columns, const ReadOptions& options,
                      std::vector<std::string>& notes) {
  if (options.transposed && columns.known)
    throw Error(fmt::format("{}: --transposed, but the header says which column is from and which is to", table.path));
  require_memory_for(table.path, 0, table.count, options.memory_limit);
  StateNames states;
  Entries entries(table, options);
  DelimitedLines rows = table.rows(columns.header);
  while (rows.next()) {
    const auto [source, target] =
        options.transposed ? std::pair(columns.to, columns.from) : std::pair(columns.from, columns.to);
    const State from = states.source(rows, rows.cells()[source]);
    const State to = states.number(rows, rows.cells()[target]);
    entries.add(rows, from, to, rows.cells()[columns.value]);
  }
  if (entries.count() == 0) rows.fail("no transitions");
  require_states(rows.scanner(), states.size());
  require_memory_for(table.path, states.size(), table.count, options.memory_limit);
  const std::vector<State> order = states.order();
  std::vector<State> number(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) number[order[i]] = static_cast<State>(i);
  entries.renumber(number);
  MatrixFile file = std::move(entries).matrix(order.size(), notes);
  file.names = states.names(order);
  return file;
}

}  // namespace steady::detail::table
