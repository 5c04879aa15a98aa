#include "formats/model/matrix_market.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"
#include "formats/base/relative_error.hpp"
#include "formats/io/file.hpp"
#include "formats/io/scanner.hpp"
#include "formats/model/matrix_kind.hpp"

namespace steady::detail {

namespace {

enum class Field { real, integer, unsigned_integer, complex, pattern };

struct Banner {
  Field field;
  bool symmetric;  // an entry below the diagonal stands for the one above it, too
  bool dense;      // format array: every entry, column by column, those below the diagonal where symmetric
};

struct Header : Banner {
  std::size_t states;
  std::uint64_t entries;
};

std::string lower_case(std::string_view word) {
  std::string result(word);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

Field field_called(Scanner& scanner, const std::string& field) {
  if (field == "real" || field == "double") return Field::real;
  if (field == "integer") return Field::integer;
  if (field == "unsigned-integer") return Field::unsigned_integer;
  if (field == "complex") return Field::complex;
  if (field == "pattern") return Field::pattern;
  scanner.fail(fmt::format("field {} is not known: 'real', 'integer', 'unsigned-integer', 'complex' and 'pattern' are",
                           in_quotes(field)));
}

Banner read_banner(Scanner& scanner) {
  const bool any = scanner.next_line('\n');
  if (!any || lower_case(scanner.token()) != "%%matrixmarket")
    scanner.fail("a Matrix Market file starts with %%MatrixMarket");
  const std::string object = lower_case(scanner.token());
  const std::string format = lower_case(scanner.token());
  const std::string field = lower_case(scanner.token());
  const std::string symmetry = lower_case(scanner.token());
  scanner.end_line();
  if (object != "matrix") scanner.fail(fmt::format("object {} is not a matrix", in_quotes(object)));
  if (format != "array" && format != "coordinate")
    scanner.fail(fmt::format("format {} is not known: 'coordinate' and 'array' are", in_quotes(format)));
  if (symmetry == "skew-symmetric") scanner.fail("symmetry 'skew-symmetric': rates are not negative");
  const bool symmetric = symmetry == "symmetric" || symmetry == "hermitian";  // which is the same of real numbers
  if (!symmetric && symmetry != "general")
    scanner.fail(fmt::format("symmetry {} is not known: 'general' and 'symmetric' are", in_quotes(symmetry)));
  const Banner banner{field_called(scanner, field), symmetric, format == "array"};
  if (symmetry == "hermitian" && banner.field != Field::complex)
    scanner.fail("symmetry 'hermitian' is of complex numbers");
  if (banner.dense && banner.field == Field::pattern) scanner.fail("field 'pattern' says nothing of an 'array'");
  return banner;
}

Header read_header(Scanner& scanner, const std::string& path, std::uint64_t memory_limit) {
  const Banner banner = read_banner(scanner);
  if (!scanner.next_line('%')) scanner.fail("the file ends before its size line 'rows columns entries'");
  std::uint64_t sizes[3] = {};
  const char* const names[] = {"the number of rows", "the number of columns", "the number of entries"};
  for (int k = 0; k < (banner.dense ? 2 : 3); ++k) {
    sizes[k] = scanner.natural(names[k]);
    scanner.end_number(names[k]);
  }
  scanner.end_line();
  const auto [rows, columns, listed] = sizes;
  if (rows != columns) scanner.fail(fmt::format("{} rows and {} columns: a chain's matrix is square", rows, columns));
  if (rows == 0) scanner.fail("0 rows: a chain has at least one state");
  if (rows > std::numeric_limits<State>::max() - 1u)
    throw Error(
        fmt::format("{}: {} states: at most {} can be numbered", path, rows, std::numeric_limits<State>::max() - 1u),
        Error::Cause::machine);
  const std::uint64_t entries = !banner.dense ? listed : banner.symmetric ? rows * (rows + 1) / 2 : rows * rows;
  // "1 1\n" is the shortest entry, "0\n" in an array; the last one needs no line end.
  if (entries > (scanner.bytes_left() + 1) / (banner.dense ? 2 : 4))
    scanner.fail(fmt::format("{} entries are promised, more than the rest of the file can hold", entries));
  const Header header{banner, rows, entries};
  // The entries as triplets and in rows, then in rows and in columns; row starts, exit rates and what sorting needs.
  require_memory(path, fmt::format("a matrix of {} states and {} entries", rows, entries),
                 28.0 * (banner.symmetric ? 2 : 1) * static_cast<double>(entries) + 56.0 * static_cast<double>(rows),
                 memory_limit);
  return header;
}

// Of a complex number.
void require_real(Scanner& scanner) {
  const Scanner before = scanner;
  if (scanner.number("imaginary part") != 0)
    scanner.fail(fmt::format("imaginary part {}: rates are real", before.next_in_quotes()));
  scanner.end_number("imaginary part");
}

double read_value(Scanner& scanner, Field field) {
  if (field == Field::pattern) return 1;
  if (field == Field::integer) return static_cast<double>(scanner.integer("integer value"));
  if (field == Field::unsigned_integer) return static_cast<double>(scanner.natural("value"));
  return scanner.number("value");
}

// Calls use(row, column, value, text of the value, line) for each entry in the order of the file, rows and columns from
// 0.
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
  State row = 0, column = 0;
  for (std::uint64_t k = 0; k < header.entries; ++k) {
    if (!scanner.next_line('%')) scanner.fail(fmt::format("the file ends after {} of {} entries", k, header.entries));
    if (!header.dense) {
      row = index("row");
      column = index("column");
    }
    const Scanner before = scanner;
    const double value = read_value(scanner, header.field);
    const std::string_view text = scanner.since(before);
    if (header.field != Field::pattern) scanner.end_number("value");
    if (header.field == Field::complex) require_real(scanner);
    scanner.end_line();
    if (!header.dense || value != 0) use(row, column, value, text, scanner);
    if (header.dense && ++row == header.states) row = header.symmetric ? ++column : (++column, State{0});
  }
  if (scanner.next_line('%'))
    scanner.fail(fmt::format("more than the {} entries promised: {}", header.entries, scanner.next_in_quotes()));
}

// "3 entries repeat the place of an earlier one, the first in line 7: added to it".
std::string note_of_duplicates(const Scanner& entries, const Header& header) {
  struct Place {
    std::uint64_t row_and_column;
    std::size_t line;
    auto operator<=>(const Place&) const = default;
  };
  std::vector<Place> places;
  places.reserve(header.entries);
  for_each_entry(entries, header, [&](State row, State column, double, std::string_view, const Scanner& scanner) {
    places.push_back({std::uint64_t{row} << 32 | column, scanner.line()});
  });
  std::sort(places.begin(), places.end());
  std::size_t first = std::numeric_limits<std::size_t>::max();
  std::size_t count = 0;
  for (std::size_t k = 1; k < places.size(); ++k) {
    if (places[k].row_and_column != places[k - 1].row_and_column) continue;
    first = std::min(first, places[k].line);
    ++count;
  }
  return count == 1 ? fmt::format("line {} repeats the place of an earlier entry: added to it", first)
                    : fmt::format("{} entries repeat the place of an earlier one, the first in line {}: added to it",
                                  count, first);
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

  MatrixFile matrix;
  matrix.errors = RateErrors(options.rate_errors);
  std::vector<Triplet> triplets;
  triplets.reserve(header.symmetric ? 2 * header.entries : header.entries);
  std::size_t negative_diagonal = 0;  // its line
  for_each_entry(
      scanner, header, [&](State row, State column, double value, std::string_view digits, const Scanner& at) {
        if (value < 0 && row != column)
          at.fail(fmt::format("row {}, column {}: {} is negative", row + 1, column + 1, value));
        if (value < 0 && negative_diagonal == 0) negative_diagonal = at.line();
        if (header.symmetric && row < column)
          at.fail(fmt::format("row {}, column {} is above the diagonal: a symmetric file holds the other half", row + 1,
                              column + 1));
        if (options.transposed) std::swap(row, column);
        triplets.push_back({row, column, value});
        if (header.symmetric && row != column) triplets.push_back({column, row, value});
        if (!matrix.errors.wanted()) return;
        const double error = header.field == Field::pattern ? 0 : decimal_error(digits, value);
        matrix.errors.read(row, error);
        if (header.symmetric && row != column) matrix.errors.read(column, error);
      });
  const std::size_t count = triplets.size();
  matrix.outgoing = to_csr(header.states, std::move(triplets), Checked::yes);
  matrix.errors.added(matrix.outgoing);
  if (matrix.outgoing.entries() < count) model.notes.push_back(note_of_duplicates(scanner, header));
  std::string().swap(text);
  if (negative_diagonal != 0) matrix.negative_diagonal = fmt::format("{}:{}", path, negative_diagonal);
  matrix.pattern = header.field == Field::pattern;
  matrix.transposed = options.transposed;
  matrix.first_row = 1;
  set_chain(path, std::move(matrix), options, model);
  return model;
}

}  // namespace steady::detail
