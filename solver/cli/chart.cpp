#include "solver/cli/chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "solver/cli/svg.hpp"

namespace steady::cli {
namespace {

constexpr double chart_width = 460, chart_height = 340;  // of a chart with its margins, in pixels
constexpr double before = 78, above = 40, behind = 20, below = 50;
constexpr std::size_t in_a_row = 2;
constexpr double ink_width = 1.4;
constexpr std::array<const char*, 6> dashes = {"none", "7 4", "2 3", "9 3 2 3", "12 4", "4 2"};
constexpr const char* ink = "#111";
constexpr const char* faint = "#ddd";
constexpr const char* grey = "#999";

// One axis: which numbers are where.
class Axis {
 public:
  Axis(double low, double high, double from, double to, bool logarithmic)
      : low_(low), high_(high), from_(from), to_(to), logarithmic_(logarithmic) {}

  double operator()(double value) const {
    const double at = logarithmic_ ? std::log10(value) : value;
    return from_ + (std::clamp(at, low_, high_) - low_) / (high_ - low_) * (to_ - from_);
  }

  // About five round numbers, in the axis' own units.
  std::vector<double> ticks() const {
    const double power = std::pow(10, std::floor(std::log10((high_ - low_) / 5)));
    double step = power;
    for (const double factor : {2.0, 5.0, 10.0})
      if ((high_ - low_) / step > 6) step = factor * power;
    if (logarithmic_) step = std::max(1.0, std::round(step));
    std::vector<double> all;
    const double first = std::ceil(low_ / step - 1e-9) + 0.0;  // no -0
    for (double k = first; k * step <= high_ + 1e-9 * step; ++k)
      all.push_back(logarithmic_ ? std::pow(10, k * step) : k * step);
    return all;
  }

 private:
  double low_, high_, from_, to_;
  bool logarithmic_;
};

bool drawable(const ChartPoint& point, bool logarithmic) {
  return std::isfinite(point.x) && std::isfinite(point.y) && (!logarithmic || point.y > 0);
}

// The axis for the numbers of all points.
template <class Low, class High>
Axis axis_for(const Chart& chart, double from, double to, bool logarithmic, Low low_of, High high_of) {
  double low = INFINITY, high = -INFINITY;
  for (const ChartLine& line : chart.lines)
    for (const ChartPoint& point : line.points) {
      if (!drawable(point, chart.logarithmic)) continue;
      const auto scaled = [&](double value) { return logarithmic ? std::log10(value) : value; };
      low = std::min(low, scaled(low_of(point)));
      high = std::max(high, scaled(high_of(point)));
    }
  if (!(low <= high)) low = 0, high = 1;
  const double least = std::max(std::abs(low), std::abs(high)) * 1e-6;  // between numbers that are nearly the same
  const double room = high - low > least ? 0.04 * (high - low) : std::max(least, high == 0 && low == 0 ? 1 : 0.0);
  return {low - room, high + room, from, to, logarithmic};
}

std::string mark(std::size_t kind, double x, double y) {
  constexpr double r = 3.2;
  const auto path = [&](const std::string& d) {
    return fmt::format("<path d=\"{}\" fill=\"{}\" stroke=\"{}\"/>\n", d, kind % 2 == 0 ? ink : "white", ink);
  };
  switch (kind % 4) {
    case 1:
      return path(fmt::format("M{:.2f} {:.2f}h{}v{}h{}z", x - r, y - r, 2 * r, 2 * r, -2 * r));
    case 2:
      return path(fmt::format("M{:.2f} {:.2f}l{} {}h{}z", x, y - r, r, 2 * r, -2 * r));
    default:
      return fmt::format("<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{}\" fill=\"{}\" stroke=\"{}\"/>\n", x, y, r,
                         kind % 4 == 0 ? ink : "white", ink);
  }
}

std::string polyline(const std::string& points, std::size_t kind) {
  return fmt::format(
      "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" stroke-dasharray=\"{}\"/>\n", points,
      ink, ink_width, dashes[kind % dashes.size()]);
}

class Drawing {
 public:
  Drawing(const Chart& chart, double x, double y)
      : chart_(chart),
        left_(x + before),
        right_(x + chart_width - behind),
        top_(y + above),
        bottom_(y + chart_height - below),
        across_(axis_for(
            chart, left_, right_, false, [&](const ChartPoint& p) { return p.x - half_column(); },
            [&](const ChartPoint& p) { return p.x + half_column(); })),
        up_(axis_for(
            chart, bottom_, top_, chart.logarithmic, [&](const ChartPoint& p) { return columns() ? 0 : p.low; },
            [](const ChartPoint& p) { return p.high; })) {}

  std::string svg() const {
    std::string text = axes();
    for (std::size_t k = 0; k < chart_.lines.size(); ++k)
      text += columns() ? draw_columns(chart_.lines[k]) : draw_line(chart_.lines[k], k);
    return text + legend();
  }

 private:
  bool columns() const { return chart_.style == Chart::Style::columns; }
  double half_column() const { return columns() ? 0.5 : 0; }

  std::string axes() const {
    std::string text = label(left_, top_ - 12, "start", chart_.title);
    for (const double tick : up_.ticks()) {
      text += line(left_, up_(tick), right_, up_(tick), faint);
      text += label(left_ - 6, up_(tick) + 4, "end", fmt::format("{:.6g}", tick));
    }
    for (const double tick : across_.ticks()) {
      text += line(across_(tick), bottom_, across_(tick), bottom_ + 5, ink);
      text += label(across_(tick), bottom_ + 19, "middle", fmt::format("{:.6g}", tick));
    }
    text += rectangle(left_, top_, right_ - left_, bottom_ - top_, "none", ink);
    text += label((left_ + right_) / 2, bottom_ + 37, "middle", chart_.across);
    return text + label(right_, top_ - 12, "end", chart_.up);
  }

  std::string draw_columns(const ChartLine& line) const {
    std::string text;
    for (const ChartPoint& point : line.points) {
      if (!drawable(point, chart_.logarithmic)) continue;
      const double x = across_(point.x - 0.4), y = up_(point.y);
      text += rectangle(x, y, across_(point.x + 0.4) - x, up_(0) - y, grey, ink);
      text += bar(point);
    }
    return text;
  }

  // From the one end of what is proven to the other; nothing where that is less than is seen.
  std::string bar(const ChartPoint& point) const {
    const double x = across_(point.x), low = up_(point.low), high = up_(point.high);
    if (low - high < 1) return "";
    return line(x, low, x, high, ink) + line(x - 4, low, x + 4, low, ink) + line(x - 4, high, x + 4, high, ink);
  }

  std::string draw_line(const ChartLine& line, std::size_t kind) const {
    const bool marked = chart_.style == Chart::Style::marked_lines;
    std::string points, marks;
    for (const ChartPoint& point : line.points) {
      if (!drawable(point, chart_.logarithmic)) continue;
      points += fmt::format("{:.2f},{:.2f} ", across_(point.x), up_(point.y));
      if (marked) marks += bar(point) + mark(kind, across_(point.x), up_(point.y));
    }
    return polyline(points, kind) + marks;
  }

  std::string legend() const {
    constexpr std::size_t most = 8;
    std::string text;
    for (std::size_t k = 0; k < std::min(chart_.lines.size(), most); ++k) {
      if (chart_.lines[k].label.empty()) continue;
      const double y = top_ + 16 + 16 * static_cast<double>(k);
      text += polyline(fmt::format("{:.2f},{:.2f} {:.2f},{:.2f}", right_ - 44, y - 4, right_ - 12, y - 4), k);
      if (chart_.style == Chart::Style::marked_lines) text += mark(k, right_ - 28, y - 4);
      text += label(right_ - 50, y, "end", chart_.lines[k].label);
    }
    return text;
  }

  const Chart& chart_;
  double left_, right_, top_, bottom_;
  Axis across_, up_;
};

}  // namespace

std::string charts_as_svg(const std::string& title, const std::vector<Chart>& charts) {
  constexpr double head = 36;
  const std::size_t columns = std::min(std::max<std::size_t>(charts.size(), 1), in_a_row);
  const std::size_t rows = (charts.size() + in_a_row - 1) / in_a_row;
  std::string inside = label(before, 24, "start", title);
  for (std::size_t k = 0; k < charts.size(); ++k)
    inside += Drawing(charts[k], chart_width * static_cast<double>(k % in_a_row),
                      head + chart_height * static_cast<double>(k / in_a_row))
                  .svg();
  return svg_document(chart_width * static_cast<double>(columns), head + chart_height * static_cast<double>(rows),
                      inside);
}

}  // namespace steady::cli
