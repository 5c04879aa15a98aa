// Finds the parts of a combined file by their headers.
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include <steady/error.hpp>

#include "formats/io/scanner.hpp"
#include "formats/model/prism_explicit/parts.hpp"
#include "formats/model/prism_explicit/prism_explicit.hpp"

namespace steady::detail::prism_explicit {

namespace {

enum class Heading { none, structure, transitions, states, labels, state_rewards, transition_rewards };

Heading heading_of(std::string_view line) {
  if (!line.starts_with("# ")) return Heading::none;
  line.remove_prefix(2);
  if (line.starts_with("Transitions (")) return Heading::transitions;
  if (line.starts_with("States")) return Heading::states;
  if (line.starts_with("Labels")) return Heading::labels;
  if (line.starts_with("Reward structure")) return Heading::structure;
  if (line.starts_with("State rewards")) return Heading::state_rewards;
  if (line.starts_with("Transition rewards")) return Heading::transition_rewards;
  return Heading::none;
}

struct Section {
  Heading heading;
  std::size_t first;  // its first byte
  std::size_t line;   // and that one's line, from 0
};

// In the order of the file. A reward structure's name belongs to the rewards that follow.
std::vector<Section> find_sections(std::string_view text) {
  std::vector<Section> sections;
  std::size_t line = 0;
  for (std::size_t at = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0; at < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const Heading heading = heading_of(text.substr(at, end - at));
    if (!sections.empty() && sections.back().heading == Heading::structure && heading != Heading::none)
      sections.back().heading = heading;
    else if (heading != Heading::none)
      sections.push_back({heading, at, line});
    at = end + 1;
  }
  return sections;
}

}  // namespace

Model read_prism_combined(const std::string& path, std::string&& text, const ReadOptions& options) {
  Parts parts;
  std::string_view structure;  // the line that names the last rewards
  const std::vector<Section> sections = find_sections(text);
  for (std::size_t k = 0; k < sections.size(); ++k) {
    const auto& [heading, first, line] = sections[k];
    const std::size_t last = k + 1 < sections.size() ? sections[k + 1].first : text.size();
    const Part part{path, [&text, first = first, last, line = line] {
                      return std::string(line, '\n') +
                             text.substr(first, last - first);  // its lines keep their numbers
                    }};
    const auto set = [&](Part& place) {
      if (place.there()) throw Error(fmt::format("{}:{}: this part for the second time", path, line + 1));
      place = part;
    };
    if (heading == Heading::transitions) set(parts.transitions);
    if (heading == Heading::states) set(parts.states);
    if (heading == Heading::labels) set(parts.labels);
    if (heading != Heading::state_rewards && heading != Heading::transition_rewards) continue;
    const std::string_view named = std::string_view(text).substr(first, text.find('\n', first) - first);
    const bool same =
        named == structure && heading == Heading::transition_rewards && !parts.rewards.back().transitions.there();
    structure = named;
    if (!same) parts.rewards.emplace_back();
    (heading == Heading::state_rewards ? parts.rewards.back().states : parts.rewards.back().transitions) = part;
  }
  if (!parts.transitions.there()) throw Error(fmt::format("{}: no line '# Transitions (CTMC)' or (DTMC)", path));
  return assemble(parts, options);
}

}  // namespace steady::detail::prism_explicit
