#include "formats/model/matrix_meaning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "formats/error.hpp"
#include "formats/model/explicit_chain.hpp"

namespace steady {

namespace {

enum class Meaning { generator, rates, probabilities };

constexpr double zero_sum = 1e-9;  // a generator's row sum over its largest entry is at most this

struct Row {
  double sum = 0;
  double largest = 0;  // absolute value
};

Row look_at(const Csr& matrix, std::size_t i) {
  Row row;
  for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k) {
    row.sum += matrix.value[k];
    row.largest = std::max(row.largest, std::abs(matrix.value[k]));
  }
  return row;
}

// The first row for which holds(row) is false; the number of rows where there is none.
template <class Holds>
std::size_t first_row_unless(const Csr& matrix, Holds holds) {
  std::size_t i = 0;
  while (i < matrix.rows() && holds(look_at(matrix, i))) ++i;
  return i;
}

bool sums_to_zero(const Row& row) { return std::abs(row.sum) <= zero_sum * row.largest; }
bool sums_to_one(const Row& row) { return std::abs(row.sum - 1) <= one_sum; }

// Throws Error where a row does not fit.
Meaning meaning_of(const std::string& path, const MatrixFile& file, std::optional<Kind> kind) {
  const Csr& matrix = file.outgoing;
  const std::size_t n = matrix.rows();
  const auto sum = [&](std::size_t i) { return look_at(matrix, i).sum; };
  if (kind == Kind::dtmc) {
    if (!file.negative_diagonal.empty()) throw Error(fmt::format("{}: a negative probability", file.negative_diagonal));
    const std::size_t wrong = first_row_unless(matrix, sums_to_one);
    if (wrong < n)
      throw Error(fmt::format("{}: {} {} sums to {}: probabilities sum to 1", path, file.row, wrong + file.first_row,
                              sum(wrong)));
    return Meaning::probabilities;
  }
  const std::size_t not_zero = first_row_unless(matrix, sums_to_zero);
  if (not_zero == n) return Meaning::generator;
  if (!file.negative_diagonal.empty())
    throw Error(fmt::format("{}: a negative diagonal entry, as in a generator, but {} {} sums to {} and not to 0",
                            file.negative_diagonal, file.row, not_zero + file.first_row, sum(not_zero)));
  const std::size_t infinite = first_row_unless(matrix, [](const Row& row) { return std::isfinite(row.sum); });
  if (infinite < n)
    throw Error(fmt::format("{}: {} {} sums to {}", path, file.row, infinite + file.first_row, sum(infinite)));
  if (!kind && !file.pattern && first_row_unless(matrix, sums_to_one) == n) return Meaning::probabilities;
  return Meaning::rates;
}

std::string note_of(Meaning meaning, const char* row) {
  switch (meaning) {
    case Meaning::generator:
      return fmt::format("every {} sums to 0: read as the generator of a ctmc", row);
    case Meaning::probabilities:
      return fmt::format("every {} sums to 1: read as the probabilities of a dtmc", row);
    case Meaning::rates:
      break;
  }
  return "read as the rates of a ctmc";
}

void drop_diagonal(Csr& matrix) {
  for (std::size_t i = 0; i < matrix.rows(); ++i)
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k)
      if (matrix.column[k] == i) matrix.value[k] = 0;
}

}  // namespace

void set_chain(const std::string& path, MatrixFile&& file, std::optional<Kind> kind, Model& model) {
  const Meaning meaning = meaning_of(path, file, kind);
  if (!kind) model.notes.push_back(note_of(meaning, file.row));
  if (meaning == Meaning::generator) drop_diagonal(file.outgoing);
  if (meaning == Meaning::probabilities)
    rescale_rows(file.outgoing, file.row, file.first_row, model.notes, file.errors);
  model.chain = make_chain(meaning == Meaning::probabilities ? Kind::dtmc : Kind::ctmc, file.outgoing, Checked::yes);
  model.chain.rate_error = file.errors.of_states();
  std::vector<bool> deadlock = mend_deadlocks(model.chain, model.notes);
  find_or_add_label(model.chain, "init").holds[0] = true;
  find_or_add_label(model.chain, "deadlock").holds = std::move(deadlock);
}

}  // namespace steady
