#include "formats/model/prism_explicit/states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "formats/io/file.hpp"
#include "formats/io/scanner.hpp"

namespace steady::detail::prism_explicit {

namespace {

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return is_letter(c) || c == '_'; };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// "(x,ok)"; the scanner is in its line.
std::vector<Variable> read_names(Scanner& scanner) {
  std::string_view line = scanner.rest_of_line();
  while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
  if (!line.starts_with('(') || !line.ends_with(')')) scanner.fail("the variables' names expected, as in '(x,y)'");
  line = line.substr(1, line.size() - 2);
  std::vector<Variable> variables;
  bool more = !line.empty();
  while (more) {
    const std::size_t comma = std::min(line.find(','), line.size());
    const std::string_view name = line.substr(0, comma);
    if (!is_name(name)) scanner.fail(fmt::format("{} is not a variable's name", in_quotes(name)));
    for (const Variable& v : variables)
      if (v.name == name) scanner.fail(fmt::format("the variable {} for the second time", name));
    variables.push_back({std::string(name)});
    more = comma < line.size();
    line.remove_prefix(std::min(comma + 1, line.size()));
  }
  return variables;
}

std::int64_t truth(Scanner& scanner) {
  const std::string_view word = scanner.token(",)");
  if (word != "true" && word != "false") scanner.fail(fmt::format("a value expected, found {}", in_quotes(word)));
  return word == "true" ? 1 : 0;
}

// Calls use(state, variable, value, boolean) for the values of all the states, in the order of the file.
template <class Use>
void for_each_value(Scanner scanner, std::size_t variables, std::size_t count, Use use) {
  std::vector<bool> seen(count);
  std::size_t states = 0;
  const auto expect = [&](char c) {
    if (!scanner.skip(c)) scanner.fail(fmt::format("'{}' expected, found {}", c, scanner.next_in_quotes()));
  };
  for (; scanner.next_line('#'); ++states) {
    const std::uint64_t state = scanner.natural("state");
    if (state >= count) scanner.fail(fmt::format("state {}: the transitions have {} states", state, count));
    if (seen[state]) scanner.fail(fmt::format("state {} for the second time", state));
    seen[state] = true;
    expect(':');
    expect('(');
    for (std::size_t v = 0; v < variables; ++v) {
      if (v > 0) expect(',');
      const char first = scanner.peek();
      const bool boolean = first == 't' || first == 'f';
      const std::int64_t value = boolean ? truth(scanner) : scanner.integer("a value");
      use(state, v, value, boolean, scanner);
    }
    expect(')');
    scanner.end_line();
  }
  if (states < count) scanner.fail(fmt::format("the file ends after {} of {} states", states, count));
}

}  // namespace

States read_states(const std::string& path, const std::string& text, std::size_t count) {
  require_text(path, text);
  Scanner scanner(path, text);
  if (!scanner.next_line('#')) scanner.fail("the variables' names expected, as in '(x,y)'");
  std::vector<Variable> variables = read_names(scanner);

  std::vector<bool> known(variables.size());
  for_each_value(scanner, variables.size(), count,
                 [&](std::size_t, std::size_t v, std::int64_t value, bool boolean, const Scanner& at) {
                   Variable& variable = variables[v];
                   if (!known[v]) variable = {variable.name, boolean, value, value};
                   known[v] = true;
                   if (variable.boolean != boolean)
                     at.fail(fmt::format("variable {} has both numbers and truth values", variable.name));
                   variable.low = std::min(variable.low, value);
                   variable.high = std::max(variable.high, value);
                 });
  for (Variable& variable : variables)
    if (variable.boolean) variable.low = 0, variable.high = 1;

  States states;
  states.packing = Packing(std::move(variables));
  const std::size_t words = states.packing.words();
  states.words.resize(count * words);
  for_each_value(scanner, states.packing.variables().size(), count,
                 [&](std::size_t state, std::size_t v, std::int64_t value, bool, const Scanner&) {
                   states.packing.set(states.words.data() + state * words, v, value);
                 });
  return states;
}

}  // namespace steady::detail::prism_explicit
