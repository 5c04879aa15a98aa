// Charts as SVG, readable in black and white: lines told apart by dashes and marks, proven bounds as bars.
#pragma once

#include <string>
#include <vector>

namespace steady::cli {

struct ChartPoint {
  double x, y;
  double low, high;  // of the bar; both y where there is none
};

struct ChartLine {
  std::string label;  // empty: none
  std::vector<ChartPoint> points;
};

struct Chart {
  enum class Style { marked_lines, steps, columns };  // with a mark a point; without; a column a point, of one line
  std::string title, across, up;                      // what it shows; what the axes are
  Style style = Style::marked_lines;
  bool logarithmic = false;  // the axis up; points that are not positive are left out
  std::vector<ChartLine> lines;
};

// All of them on one sheet, in rows of two. Points that are not finite are left out.
std::string charts_as_svg(const std::string& title, const std::vector<Chart>& charts);

}  // namespace steady::cli
