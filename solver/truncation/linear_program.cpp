#include "solver/truncation/linear_program.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>

namespace steady::detail {

namespace {

constexpr double moved_limit = 1e-7;
constexpr double negligible = 1e-11;  // of an entry beside the largest ones, which are about 1
constexpr int most_steps = 10'000;

// Each basic variable is its row's limit less the row times the others; the objective, in the last row, likewise.
class Dictionary {
 public:
  explicit Dictionary(const LinearProgram& program) : n_(program.objective.size()), m_(program.rows.size()) {
    for (std::size_t i = 0; i < m_; ++i) {
      table_.push_back(program.rows[i]);
      table_.back().push_back(program.limits[i] + moved_limit * static_cast<double>(i + 1) / static_cast<double>(m_));
    }
    table_.push_back(program.objective);
    for (double& entry : table_.back()) entry = -entry;
    table_.back().push_back(0);
    outside_.resize(n_);
    inside_.resize(m_);
    std::iota(outside_.begin(), outside_.end(), std::size_t{0});
    std::iota(inside_.begin(), inside_.end(), n_);
  }

  std::vector<double> run() {
    for (int step = 0; step < most_steps; ++step) {
      const auto objective = table_.back().begin();
      const auto enters = std::min_element(objective, objective + static_cast<std::ptrdiff_t>(n_));
      if (!(*enters < -negligible)) return solution();
      const auto column = static_cast<std::size_t>(enters - objective);
      const std::optional<std::size_t> row = leaving(column);
      if (!row) return {};
      pivot(*row, column);
    }
    return {};
  }

 private:
  // The row that limits the column's variable most; none where nothing does.
  std::optional<std::size_t> leaving(std::size_t column) const {
    std::optional<std::size_t> row;
    double least = INFINITY;
    for (std::size_t i = 0; i < m_; ++i) {
      const double entry = table_[i][column];
      if (!(entry > negligible) || !(table_[i][n_] / entry < least)) continue;
      least = table_[i][n_] / entry;
      row = i;
    }
    return row;
  }

  void pivot(std::size_t row, std::size_t column) {
    const double by = 1 / table_[row][column];
    table_[row][column] = 1;
    for (double& entry : table_[row]) entry *= by;
    for (std::size_t i = 0; i <= m_; ++i) {
      const double factor = table_[i][column];
      if (i == row || factor == 0) continue;
      table_[i][column] = 0;
      for (std::size_t k = 0; k <= n_; ++k) table_[i][k] -= factor * table_[row][k];
    }
    std::swap(inside_[row], outside_[column]);
  }

  std::vector<double> solution() const {
    std::vector<double> y(n_);
    for (std::size_t i = 0; i < m_; ++i)
      if (inside_[i] < n_) y[inside_[i]] = table_[i][n_];
    return y;
  }

  std::size_t n_, m_;
  std::vector<std::vector<double>> table_;
  std::vector<std::size_t> outside_, inside_;  // which variable each column, and each row, is of; slacks from n on
};

}  // namespace

std::vector<double> maximize(const LinearProgram& program) { return Dictionary(program).run(); }

}  // namespace steady::detail
