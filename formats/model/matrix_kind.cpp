#include "formats/model/matrix_kind.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <steady/error.hpp>

#include "formats/model/explicit_chain.hpp"

namespace steady::detail {

namespace {

enum class Meaning { generator, rounded_generator, rates, probabilities };

constexpr double zero_sum = 1e-9;   // a generator's row sum over its largest entry is at most this
constexpr double near_zero = 1e-2;  // or this, where its numbers were rounded

struct Line {  // a row or a column
  double sum = 0;
  double largest = 0;  // absolute value

  void add(double value) {
    sum += value;
    largest = std::max(largest, std::abs(value));
  }
};

std::vector<Line> rows_of(const Csr& matrix) {
  std::vector<Line> rows(matrix.rows());
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k) rows[i].add(matrix.value[k]);
  return rows;
}

std::vector<Line> columns_of(const Csr& matrix) {
  std::vector<Line> columns(matrix.rows());
  for (std::uint64_t k = 0; k < matrix.entries(); ++k) columns[matrix.column[k]].add(matrix.value[k]);
  return columns;
}

bool sums_to_zero(const Line& line, double tolerance) { return std::abs(line.sum) <= tolerance * line.largest; }
bool sums_to_one(const Line& line) { return std::abs(line.sum - 1) <= one_sum; }

RowNames called_in(const MatrixFile& file) { return {file.transposed ? "column" : "row", file.first_row, file.names}; }

// Finds out what a matrix is; throws Error where a row does not fit.
class Reading {
 public:
  Reading(const std::string& path, const MatrixFile& file, const ReadOptions& options, std::vector<std::string>& notes)
      : path_(path),
        file_(file),
        options_(options),
        notes_(notes),
        called_(called_in(file)),
        rows_(rows_of(file.outgoing)) {}

  Meaning meaning() {
    if (options_.kind == Kind::dtmc || options_.rescale) return probabilities();
    if (all(rows_, [](const Line& row) { return sums_to_zero(row, zero_sum); })) {
      note(fmt::format("every {} sums to 0: read as the generator of a ctmc", row()));
      return Meaning::generator;
    }
    if (!file_.negative_diagonal.empty()) return rounded_generator();
    if (const std::size_t i = first_unless(rows_, [](const Line& row) { return std::isfinite(row.sum); }); i < size())
      throw Error(fmt::format("{}: {} sums to {}", path_, called_(i), rows_[i].sum));
    if (!options_.kind && !file_.pattern && looks_like_probabilities()) return Meaning::probabilities;
    note("read as the rates of a ctmc");
    return Meaning::rates;
  }

 private:
  std::size_t size() const { return rows_.size(); }
  const char* row() const { return file_.transposed ? "column" : "row"; }

  // The first line that does not fit; the number of lines where there is none.
  template <class Fits>
  static std::size_t first_unless(const std::vector<Line>& lines, Fits fits) {
    return static_cast<std::size_t>(std::find_if_not(lines.begin(), lines.end(), fits) - lines.begin());
  }
  template <class Fits>
  static bool all(const std::vector<Line>& lines, Fits fits) {
    return first_unless(lines, fits) == lines.size();
  }

  // Where nobody said what the matrix is.
  void note(std::string text) {
    if (!options_.kind) notes_.push_back(std::move(text));
  }

  // Throws Error where the columns fit, and the rows, as the caller knows, do not.
  template <class Fits>
  void require_no_columns(const char* sum, std::size_t wrong, Fits fits) const {
    if (!all(columns_of(file_.outgoing), fits)) return;
    const bool transposed = file_.transposed;
    const bool may_be_rates = !options_.kind && file_.negative_diagonal.empty();
    throw Error(fmt::format("{}: {} sums to {} and every {} to {}: {} --transposed row i holds what {} state i{}",
                            path_, called_(wrong), rows_[wrong].sum, transposed ? "row" : "column", sum,
                            transposed ? "without" : "with", transposed ? "leaves" : "flows into",
                            may_be_rates ? "; --kind ctmc takes the numbers as rates as they stand" : ""));
  }

  Meaning probabilities() const {
    if (!file_.negative_diagonal.empty())
      throw Error(fmt::format("{}: a negative probability", file_.negative_diagonal));
    const std::size_t wrong = first_unless(rows_, sums_to_one);
    if (wrong < size()) require_no_columns("1", wrong, sums_to_one);
    if (const std::size_t i = first_empty(); i < size())
      throw Error(
          fmt::format("{}: {} is empty: probabilities sum to 1; a state that is never left has a 1 on the "
                      "diagonal, or none in a matrix of rates (--kind ctmc)",
                      path_, called_(i)));
    require_probabilities(path_, file_.outgoing, called_, options_.rescale ? near_one : one_sum, true);
    return Meaning::probabilities;
  }

  // Of rows without a kind. Throws Error where they are probabilities but for rounding, or by columns.
  bool looks_like_probabilities() {
    if (rows_sum_to_one(file_.outgoing, near_one)) {
      require_probabilities(path_, file_.outgoing, called_, one_sum, true);
      const std::size_t empty = first_empty();
      if (empty == size()) note(fmt::format("every {} sums to 1: read as the probabilities of a dtmc", row()));
      if (empty < size())
        notes_.push_back(fmt::format("every {} sums to 1 but {}, which is empty: as rates, its state is never left",
                                     row(), called_(empty)));
      return empty == size();
    }
    double total = 0;  // which tells most matrices of rates without a look at the columns
    for (const Line& row : rows_) total += row.sum;
    const auto n = static_cast<double>(size());
    if (std::abs(total - n) <= 2 * one_sum * n) require_no_columns("1", first_unless(rows_, sums_to_one), sums_to_one);
    return false;
  }

  // A diagonal with negative entries is a generator's.
  Meaning rounded_generator() const {
    const auto nearly = [](const Line& line) { return sums_to_zero(line, near_zero); };
    const std::size_t wrong = first_unless(rows_, [](const Line& row) { return sums_to_zero(row, zero_sum); });
    if (!all(rows_, nearly)) require_no_columns("0", first_unless(rows_, nearly), nearly);
    const bool rounded = all(rows_, nearly);
    if (!rounded || options_.kind != Kind::ctmc)
      throw Error(
          fmt::format("{}: a negative diagonal entry, as in a generator, but {} sums to {} and not to 0{}",
                      file_.negative_diagonal, called_(wrong), rows_[wrong].sum,
                      rounded ? "; --kind ctmc takes the rates beside the diagonal, and not the diagonal" : ""));
    notes_.push_back(
        fmt::format("{} sums to {} and not to 0: the rates beside the diagonal are taken, each diagonal "
                    "entry as minus their sum",
                    called_(wrong), rows_[wrong].sum));
    return Meaning::rounded_generator;
  }

  std::size_t first_empty() const {
    return first_unless(rows_, [](const Line& row) { return row.largest > 0; });
  }

  const std::string& path_;
  const MatrixFile& file_;
  const ReadOptions& options_;
  std::vector<std::string>& notes_;
  RowNames called_;
  std::vector<Line> rows_;
};

void drop_diagonal(Csr& matrix) {
  for (std::size_t i = 0; i < matrix.rows(); ++i)
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k)
      if (matrix.column[k] == i) matrix.value[k] = 0;
}

}  // namespace

void set_chain(const std::string& path, MatrixFile&& file, const ReadOptions& options, Model& model) {
  const Meaning meaning = Reading(path, file, options, model.notes).meaning();
  if (meaning == Meaning::generator || meaning == Meaning::rounded_generator) drop_diagonal(file.outgoing);
  if (meaning == Meaning::probabilities) rescale_rows(file.outgoing, called_in(file), model.notes, file.errors);
  model.chain = make_chain(meaning == Meaning::probabilities ? Kind::dtmc : Kind::ctmc, file.outgoing, Checked::yes);
  model.chain.rate_error = file.errors.of_states();
  model.chain.states.names = std::move(file.names);
  std::vector<bool> deadlock = mend_deadlocks(model.chain, model.notes);
  find_or_add_label(model.chain, "init").holds[0] = true;
  find_or_add_label(model.chain, "deadlock").holds = std::move(deadlock);
}

}  // namespace steady::detail
