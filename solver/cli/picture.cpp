#include "solver/cli/picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <vector>

#include "formats/base/with_commas.hpp"
#include "solver/cli/svg.hpp"

namespace steady::cli {

using namespace detail;
namespace {

constexpr double side = 480;  // of each of the two drawings, in pixels
constexpr double top = 56, left = 70, gap = 120;
constexpr std::size_t most_cells = 160, most_bars = 40;
constexpr std::array<const char*, 6> shades = {"#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#08306b"};

std::string frame(double x) {
  return fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#444\"/>\n", x, top,
                     side, side);
}

// Transitions in each cell of the matrix, row after row.
std::vector<std::uint64_t> count_cells(const Chain& chain, std::size_t cells) {
  const std::size_t n = chain.size();
  std::vector<std::uint64_t> count(cells * cells, 0);
  const auto cell = [&](std::size_t state) { return state * cells / n; };
  for (std::size_t i = 0; i < n; ++i)
    for (std::uint64_t k = chain.inflow.row_start[i]; k < chain.inflow.row_start[i + 1]; ++k)
      ++count[cell(chain.inflow.column[k]) * cells + cell(i)];
  for (const SelfLoop& loop : chain.self_loops) ++count[cell(loop.state) * (cells + 1)];
  return count;
}

std::string draw_matrix(const Chain& chain) {
  const std::size_t n = chain.size(), cells = std::min(n, most_cells);
  const std::vector<std::uint64_t> count = count_cells(chain, cells);
  const std::uint64_t fullest = *std::max_element(count.begin(), count.end());
  const double width = side / static_cast<double>(cells);
  const auto shade = [&](std::uint64_t entries) {
    if (fullest <= 1) return shades.size() - 1;
    const double part = std::log(static_cast<double>(entries)) / std::log(static_cast<double>(fullest));
    return static_cast<std::size_t>(std::lround(part * (shades.size() - 1)));
  };
  std::array<std::string, shades.size()> paths;
  for (std::size_t row = 0; row < cells; ++row)
    for (std::size_t column = 0; column < cells; ++column)
      if (const std::uint64_t entries = count[row * cells + column]; entries > 0)
        paths[shade(entries)] +=
            fmt::format("M{:.2f} {:.2f}h{:.2f}v{:.2f}h{:.2f}z", left + static_cast<double>(column) * width,
                        top + static_cast<double>(row) * width, width, width, -width);
  std::string svg;
  for (std::size_t s = 0; s < shades.size(); ++s)
    if (!paths[s].empty()) svg += fmt::format("<path fill=\"{}\" d=\"{}\"/>\n", shades[s], paths[s]);
  svg += frame(left);
  svg += label(left - 8, top + 10, "end", "0");
  svg += label(left - 8, top + side, "end", with_commas(n - 1));
  svg += label(left, top + side + 18, "start", "from a state (down) to a state (across)");
  svg += label(left + side, top + side + 18, "end",
               cells == n ? "a cell a transition" : fmt::format("fullest cell: {} transitions", with_commas(fullest)));
  return svg;
}

// States by their number of transitions.
std::vector<std::size_t> count_degrees(const Chain& chain) {
  std::vector<std::size_t> degree(chain.size(), 0);
  for (const State source : chain.inflow.column) ++degree[source];
  for (const SelfLoop& loop : chain.self_loops) ++degree[loop.state];
  std::vector<std::size_t> states(*std::max_element(degree.begin(), degree.end()) + 1, 0);
  for (const std::size_t d : degree) ++states[d];
  return states;
}

std::string draw_histogram(const Chain& chain) {
  const std::vector<std::size_t> states = count_degrees(chain);
  const std::size_t in_bar = (states.size() + most_bars - 1) / most_bars;
  std::vector<std::size_t> bars((states.size() + in_bar - 1) / in_bar, 0);
  for (std::size_t d = 0; d < states.size(); ++d) bars[d / in_bar] += states[d];
  const std::size_t highest = *std::max_element(bars.begin(), bars.end());
  const double x0 = left + side + gap, width = side / static_cast<double>(bars.size());
  std::string svg;
  const std::size_t every = std::max<std::size_t>(1, bars.size() / 10);
  for (std::size_t b = 0; b < bars.size(); ++b) {
    const double height = 0.95 * side * static_cast<double>(bars[b]) / static_cast<double>(highest);
    const double x = x0 + static_cast<double>(b) * width;
    if (bars[b] > 0)
      svg += fmt::format("<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" fill=\"{}\"/>\n",
                         x + 0.1 * width, top + side - height, 0.8 * width, height, shades[4]);
    if (b % every == 0) svg += label(x + width / 2, top + side + 18, "middle", fmt::format("{}", b * in_bar));
  }
  svg += frame(x0);
  svg += label(x0 - 8, top + 0.05 * side + 5, "end", with_commas(highest));
  svg += label(x0 - 8, top + side, "end", "0");
  svg += label(x0 + side / 2, top + side + 38, "middle",
               in_bar == 1 ? "transitions of a state" : fmt::format("transitions of a state, {} in a bar", in_bar));
  return svg;
}

}  // namespace

std::string picture(const std::string& title, const Chain& chain) {
  constexpr double width = left + side + gap + side + 30, height = top + side + 60;
  std::string svg;
  svg += label(
      left, 24, "start",
      fmt::format("{}: {} states, {} transitions", title, with_commas(chain.size()), with_commas(chain.transitions())));
  svg += label(left, top - 10, "start", "transitions");
  svg += label(left + side + gap, top - 10, "start", "states with so many transitions");
  return svg_document(width, height, svg + draw_matrix(chain) + draw_histogram(chain));
}

}  // namespace steady::cli
