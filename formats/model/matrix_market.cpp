#include "formats/model/matrix_market.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "formats/error.hpp"
#include "formats/file.hpp"
#include "formats/memory.hpp"
#include "formats/scanner.hpp"

namespace steady {

namespace {

enum class Field { real, integer, pattern };
enum class Meaning { generator, rates, probabilities };

constexpr double zero_sum = 1e-9;   // a generator's row sum over its largest entry is at most this
constexpr double one_sum = 1e-5;    // a row of probabilities sums to 1 within this
constexpr double rounding = 1e-12;  // and is rescaled, with a note, where it is further than this from 1

struct Header {
  Field field;
  std::size_t states;
  std::uint64_t entries;
};

std::string lower_case(std::string_view word) {
  std::string result(word);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

Field read_banner(Scanner& scanner) {
  const bool any = scanner.next_line('\n');
  if (!any || lower_case(scanner.word()) != "%%matrixmarket")
    scanner.fail("a Matrix Market file starts with %%MatrixMarket");
  const std::string object = lower_case(scanner.word());
  const std::string format = lower_case(scanner.word());
  const std::string field = lower_case(scanner.word());
  const std::string symmetry = lower_case(scanner.word());
  scanner.end_line();
  if (object != "matrix") scanner.fail(fmt::format("object {} is not a matrix", in_quotes(object)));
  if (format == "array") scanner.fail("format 'array' (a dense matrix) is not built yet; write it as 'coordinate'");
  if (format != "coordinate") scanner.fail(fmt::format("format {} is not known: 'coordinate' is", in_quotes(format)));
  if (field == "complex") scanner.fail("field 'complex': rates are real");
  if (symmetry == "symmetric") scanner.fail("symmetry 'symmetric' is not built yet; write both halves as 'general'");
  if (symmetry == "skew-symmetric" || symmetry == "hermitian")
    scanner.fail(fmt::format("symmetry '{}': rates are real and not negative", symmetry));
  if (symmetry != "general") scanner.fail(fmt::format("symmetry {} is not known: 'general' is", in_quotes(symmetry)));
  if (field == "real" || field == "double") return Field::real;
  if (field == "integer") return Field::integer;
  if (field == "pattern") return Field::pattern;
  scanner.fail(fmt::format("field {} is not known: 'real', 'integer' and 'pattern' are", in_quotes(field)));
}

Header read_header(Scanner& scanner, const std::string& path, std::uint64_t memory_limit) {
  const Field field = read_banner(scanner);
  if (!scanner.next_line('%')) scanner.fail("the file ends before its size line 'rows columns entries'");
  std::uint64_t sizes[3];
  const char* const names[] = {"the number of rows", "the number of columns", "the number of entries"};
  for (int k = 0; k < 3; ++k) {
    sizes[k] = scanner.natural(names[k]);
    scanner.end_number(names[k]);
  }
  scanner.end_line();
  const auto [rows, columns, entries] = sizes;
  if (rows != columns) scanner.fail(fmt::format("{} rows and {} columns: a chain's matrix is square", rows, columns));
  if (rows == 0) scanner.fail("0 rows: a chain has at least one state");
  if (rows > std::numeric_limits<State>::max() - 1u)
    throw Error(
        fmt::format("{}: {} states: at most {} can be numbered", path, rows, std::numeric_limits<State>::max() - 1u),
        Error::Cause::machine);
  // "1 1\n" is the shortest entry; the last one needs no line end.
  if (entries > (scanner.bytes_left() + 1) / 4)
    scanner.fail(fmt::format("{} entries are promised, more than the rest of the file can hold", entries));
  const Header header{field, rows, entries};
  // The entries as triplets and in rows, then in rows and in columns; row starts, exit rates and what sorting needs.
  require_memory(path, fmt::format("a matrix of {} states and {} entries", rows, entries),
                 28.0 * static_cast<double>(entries) + 56.0 * static_cast<double>(rows), memory_limit);
  return header;
}

// Calls use(row, column, value, line) for each entry in the order of the file, rows and columns from 0.
template <class Use>
void for_each_entry(Scanner scanner, const Header& header, Use use) {
  const auto index = [&](const char* what) {
    const Scanner before = scanner;
    const std::uint64_t value = scanner.natural(what);
    scanner.end_number(what);
    if (value < 1 || value > header.states)
      before.fail(fmt::format("{} {} is not in 1..{}", what, value, header.states));
    return static_cast<State>(value - 1);
  };
  for (std::uint64_t k = 0; k < header.entries; ++k) {
    if (!scanner.next_line('%')) scanner.fail(fmt::format("the file ends after {} of {} entries", k, header.entries));
    const State row = index("row");
    const State column = index("column");
    double value = 1;
    if (header.field == Field::real)
      value = scanner.number("value");
    else if (header.field == Field::integer)
      value = static_cast<double>(scanner.integer("integer value"));
    if (header.field != Field::pattern) scanner.end_number("value");
    scanner.end_line();
    use(row, column, value, scanner);
  }
  if (scanner.next_line('%'))
    scanner.fail(fmt::format("more than the {} entries promised: {}", header.entries, scanner.next_in_quotes()));
}

// "3 entries at a place already taken, the first in line 7: added".
std::string note_of_duplicates(const Scanner& entries, const Header& header, std::uint64_t count) {
  struct Place {
    std::uint64_t row_and_column;
    std::size_t line;
    auto operator<=>(const Place&) const = default;
  };
  std::vector<Place> places;
  places.reserve(header.entries);
  for_each_entry(entries, header, [&](State row, State column, double, const Scanner& scanner) {
    places.push_back({std::uint64_t{row} << 32 | column, scanner.line()});
  });
  std::sort(places.begin(), places.end());
  std::size_t first = std::numeric_limits<std::size_t>::max();
  for (std::size_t k = 1; k < places.size(); ++k)
    if (places[k].row_and_column == places[k - 1].row_and_column) first = std::min(first, places[k].line);
  return count == 1 ? fmt::format("line {} repeats the place of an earlier entry: added to it", first)
                    : fmt::format("{} entries repeat the place of an earlier one, the first in line {}: added to it",
                                  count, first);
}

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

// Throws Error where a row does not fit. `negative`: the line of the first negative diagonal entry; 0: none.
Meaning meaning_of(const std::string& path, const Csr& matrix, Field field, std::size_t negative,
                   std::optional<Kind> kind) {
  const std::size_t n = matrix.rows();
  const auto sum = [&](std::size_t i) { return look_at(matrix, i).sum; };
  if (kind == Kind::dtmc) {
    if (negative != 0) throw Error(fmt::format("{}:{}: a negative probability", path, negative));
    const std::size_t wrong = first_row_unless(matrix, sums_to_one);
    if (wrong < n)
      throw Error(fmt::format("{}: row {} sums to {}: probabilities sum to 1", path, wrong + 1, sum(wrong)));
    return Meaning::probabilities;
  }
  const std::size_t not_zero = first_row_unless(matrix, sums_to_zero);
  if (not_zero == n) return Meaning::generator;
  if (negative != 0)
    throw Error(fmt::format("{}:{}: a negative diagonal entry, as in a generator, but row {} sums to {} and not to 0",
                            path, negative, not_zero + 1, sum(not_zero)));
  const std::size_t infinite = first_row_unless(matrix, [](const Row& row) { return std::isfinite(row.sum); });
  if (infinite < n) throw Error(fmt::format("{}: row {} sums to {}", path, infinite + 1, sum(infinite)));
  if (!kind && field != Field::pattern && first_row_unless(matrix, sums_to_one) == n) return Meaning::probabilities;
  return Meaning::rates;
}

const char* note_of(Meaning meaning) {
  switch (meaning) {
    case Meaning::generator:
      return "every row sums to 0: read as the generator of a ctmc";
    case Meaning::probabilities:
      return "every row sums to 1: read as the probabilities of a dtmc";
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

void rescale_rows(Csr& matrix, std::vector<std::string>& notes) {
  std::size_t rows = 0;
  std::size_t worst_row = 0;
  double worst_sum = 1;
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    const double sum = look_at(matrix, i).sum;
    if (std::abs(sum - 1) <= rounding) continue;
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k) matrix.value[k] /= sum;
    ++rows;
    if (std::abs(sum - 1) > std::abs(worst_sum - 1)) {
      worst_row = i;
      worst_sum = sum;
    }
  }
  if (rows > 0)
    notes.push_back(fmt::format("{} row{} of probabilities rescaled to sum to 1; row {} was furthest, with {}", rows,
                                rows == 1 ? "" : "s", worst_row + 1, worst_sum));
}

// A self-loop for every state that nothing leaves, and the labels "init" and "deadlock".
void mend_deadlocks(Chain& chain, std::vector<std::string>& notes) {
  const std::size_t n = chain.size();
  Label init{"init", std::vector<bool>(n)};
  Label deadlock{"deadlock", std::vector<bool>(n)};
  init.holds[0] = true;
  std::vector<SelfLoop> loops;
  std::size_t mended = 0;
  std::size_t first = 0;
  auto next = chain.self_loops.begin();
  for (std::size_t i = 0; i < n; ++i) {
    if (next != chain.self_loops.end() && next->state == i) {
      loops.push_back(*next++);
    } else if (chain.exit_rate[i] == 0) {
      if (mended++ == 0) first = i;
      loops.push_back({static_cast<State>(i), 1.0});
      deadlock.holds[i] = true;
    }
  }
  if (mended > 0)
    notes.push_back(mended == 1 ? fmt::format("state {} has no transition: it gets a self-loop of rate 1", first)
                                : fmt::format("{} states have no transition, the first is {}: they get a self-loop of "
                                              "rate 1",
                                              mended, first));
  chain.self_loops = std::move(loops);
  chain.labels.push_back(std::move(init));
  chain.labels.push_back(std::move(deadlock));
}

}  // namespace

Model read_matrix_market(const std::string& path, std::string&& text, const ReadOptions& options) {
  require_text(path, text);
  Scanner scanner(path, text);
  const Header header = read_header(scanner, path, options.memory_limit);
  Model model;
  if (header.field == Field::pattern)
    model.notes.push_back(fmt::format("a pattern file holds no values: every entry is a {} of 1",
                                      options.kind == Kind::dtmc ? "probability" : "rate"));

  std::vector<Triplet> triplets;
  triplets.reserve(header.entries);
  std::size_t negative_diagonal = 0;  // its line
  for_each_entry(scanner, header, [&](State row, State column, double value, const Scanner& at) {
    if (value < 0 && row != column)
      at.fail(fmt::format("row {}, column {}: {} is negative", row + 1, column + 1, value));
    if (value < 0 && negative_diagonal == 0) negative_diagonal = at.line();
    triplets.push_back({row, column, value});
  });
  Csr outgoing = to_csr(header.states, std::move(triplets));
  if (const std::uint64_t repeated = header.entries - outgoing.entries(); repeated > 0)
    model.notes.push_back(note_of_duplicates(scanner, header, repeated));
  std::string().swap(text);

  const Meaning meaning = meaning_of(path, outgoing, header.field, negative_diagonal, options.kind);
  if (!options.kind) model.notes.emplace_back(note_of(meaning));
  if (meaning == Meaning::generator) drop_diagonal(outgoing);
  if (meaning == Meaning::probabilities) rescale_rows(outgoing, model.notes);
  model.chain = make_chain(meaning == Meaning::probabilities ? Kind::dtmc : Kind::ctmc, outgoing);
  mend_deadlocks(model.chain, model.notes);
  return model;
}

}  // namespace steady
