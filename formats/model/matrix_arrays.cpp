#include "formats/model/matrix_arrays.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"
#include "formats/base/thread_count.hpp"
#include "formats/chain/rate_errors.hpp"
#include "formats/model/matrix_kind.hpp"
#include "formats/model/model_format.hpp"
#include "formats/model/prism/language/vocabulary.hpp"

namespace steady::detail {

namespace {

template <class Start, class Index>
class ArrayReader {
 public:
  ArrayReader(const MatrixArrays<Start, Index>& arrays, const std::string& name, const ReadOptions& options)
      : arrays_(arrays), name_(name), transposed_(options.transposed), lines_(arrays.start.size() - 1) {}

  // Throws Error unless the arrays fit together and each number may stand where it does. Another thread may write to
  // the arrays meanwhile: every number is read once, and checked as it was read.
  void read() {
    if (lines_ == 0) throw Error(fmt::format("{}: 0 rows: a chain has at least one state", name_));
    if (arrays_.index.size() != arrays_.value.size())
      throw Error(fmt::format("{}: {} indices for {} values", name_, arrays_.index.size(), arrays_.value.size()));
    read_starts();
    kept_.column.reserve(kept_.row_start[lines_]);
    kept_.value.reserve(kept_.row_start[lines_]);
    for (std::size_t line = 0; line < lines_; ++line)
      for (std::uint64_t k = kept_.row_start[line]; k < kept_.row_start[line + 1]; ++k)
        read_entry(line, arrays_.index[k], arrays_.value[k]);
  }

  // "matrix: row 3" of the first negative entry on the diagonal; empty where there is none.
  std::string negative_diagonal() const {
    for (std::size_t line = 0; line < lines_; ++line)
      for (std::uint64_t k = kept_.row_start[line]; k < kept_.row_start[line + 1]; ++k)
        if (kept_.column[k] == line && kept_.value[k] < 0) return fmt::format("{}: row {}", name_, line);
    return "";
  }

  // What leaves each state, columns ascending; entries at the same place are added. `errors`: of these sums, nothing
  // else was rounded yet. The last that is asked of this.
  Csr outgoing(RateErrors& errors) {
    Csr matrix = arrays_.lines_are_columns == transposed_ ? std::move(kept_) : transpose(kept_, Checked::yes);
    kept_ = {};
    for (std::size_t i = 0; errors.wanted() && i < lines_; ++i)
      for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k)
        errors.read(static_cast<State>(i), 0);
    add_up(matrix);
    errors.added(matrix);
    return matrix;
  }

 private:
  void read_starts() {
    const std::size_t entries = arrays_.value.size();
    if (const Start start = arrays_.start[0]; start != 0)
      throw Error(fmt::format("{}: the first row start is {}, not 0", name_, start));
    kept_.row_start.assign(1, 0);
    kept_.row_start.reserve(lines_ + 1);
    for (std::size_t line = 1; line <= lines_; ++line) {
      const Start start = arrays_.start[line];
      if (std::cmp_less(start, kept_.row_start.back()) || std::cmp_greater(start, entries))
        throw Error(fmt::format("{}: row start {} is {}, after {}, of {} entries", name_, line, start,
                                kept_.row_start.back(), entries));
      kept_.row_start.push_back(static_cast<std::uint64_t>(start));
    }
  }

  void read_entry(std::size_t line, Index index, double value) {
    const bool inside = std::cmp_greater_equal(index, 0) && std::cmp_less(index, lines_);
    if (!inside || !std::isfinite(value) || (value < 0 && !std::cmp_equal(index, line)))
      refuse(line, index, value, inside);
    kept_.column.push_back(static_cast<State>(index));
    kept_.value.push_back(value);
  }

  [[noreturn]] void refuse(std::size_t line, Index index, double value, bool inside) const {
    const std::string place = arrays_.lines_are_columns ? fmt::format("{}: row {}, column {}", name_, index, line)
                                                        : fmt::format("{}: row {}, column {}", name_, line, index);
    if (!inside) throw Error(fmt::format("{}: a matrix of {} states ends at {}", place, lines_, lines_ - 1));
    throw Error(fmt::format("{}: {} is {}", place, value, std::isfinite(value) ? "negative" : "not finite"));
  }

  // Sorts rows that are not in order, and adds entries at the same place.
  static void add_up(Csr& matrix) {
    std::vector<std::pair<State, double>> row;
    std::uint64_t kept = 0, begin = 0;
    for (std::size_t i = 0; i < matrix.rows(); ++i) {
      const std::uint64_t end = matrix.row_start[i + 1];
      row.clear();
      for (std::uint64_t k = begin; k < end; ++k) row.emplace_back(matrix.column[k], matrix.value[k]);
      const auto by_column = [](const auto& a, const auto& b) { return a.first < b.first; };
      if (!std::is_sorted(row.begin(), row.end(), by_column)) std::stable_sort(row.begin(), row.end(), by_column);
      for (std::size_t k = 0; k < row.size(); ++k) {
        if (k > 0 && row[k].first == row[k - 1].first) {
          matrix.value[kept - 1] += row[k].second;
          continue;
        }
        matrix.column[kept] = row[k].first;
        matrix.value[kept++] = row[k].second;
      }
      begin = end;
      matrix.row_start[i + 1] = kept;
    }
    matrix.column.resize(kept);
    matrix.value.resize(kept);
  }

  const MatrixArrays<Start, Index>& arrays_;
  const std::string& name_;
  bool transposed_;
  std::size_t lines_;
  Csr kept_;  // the lines as they were read
};

void require_room(const std::string& name, std::size_t states, std::size_t entries, std::uint64_t limit) {
  constexpr std::size_t most = std::numeric_limits<State>::max() - 1u;
  if (states > most)
    throw Error(fmt::format("{}: {} states: at most {} can be numbered", name, states, most), Error::Cause::machine);
  require_memory(name, fmt::format("a matrix of {} states and {} entries", states, entries),
                 24.0 * static_cast<double>(entries) + 40.0 * static_cast<double>(states), limit);
}

}  // namespace

template <class Start, class Index>
Model model_of(const MatrixArrays<Start, Index>& arrays, const std::string& name, const ReadOptions& options) {
  const ThreadCount threads(options.threads);
  if (!options.from.empty()) throw Error(fmt::format("{}: --from is of a file, and this is none", name));
  require_taken(name, "matrix", {.kind = true, .transposed = true}, options);
  if (arrays.start.empty()) throw Error(fmt::format("{}: no row starts", name));
  require_room(name, arrays.start.size() - 1, arrays.value.size(), options.memory_limit);
  ArrayReader reader(arrays, name, options);
  reader.read();
  MatrixFile file;
  file.negative_diagonal = reader.negative_diagonal();
  file.errors = RateErrors(options.rate_errors);
  file.outgoing = reader.outgoing(file.errors);
  file.transposed = options.transposed;
  Model model;
  set_chain(name, std::move(file), options, model);
  if (options.rescale && model.chain.kind == Kind::ctmc)
    throw Error(fmt::format("{}: --rescale is of probabilities, and these are the rates of a ctmc", name));
  if (options.rates_within > 0) widen(model.chain.rate_error, model.chain.size(), options.rates_within);
  model.vocabulary = prism::make_vocabulary(model.chain);
  return model;
}

template Model model_of(const MatrixArrays<std::int32_t, std::int32_t>&, const std::string&, const ReadOptions&);
template Model model_of(const MatrixArrays<std::int64_t, std::int64_t>&, const std::string&, const ReadOptions&);
template Model model_of(const MatrixArrays<std::uint64_t, State>&, const std::string&, const ReadOptions&);

}  // namespace steady::detail

steady::Model steady::make_model(const Csr& matrix, const ReadOptions& options, const std::string& name) {
  return detail::model_of(detail::MatrixArrays<std::uint64_t, State>{matrix.row_start, matrix.column, matrix.value},
                          name, options);
}
