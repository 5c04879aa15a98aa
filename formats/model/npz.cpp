#include "formats/model/npz.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "formats/archive.hpp"
#include "formats/error.hpp"
#include "formats/model/matrix_meaning.hpp"
#include "formats/npy.hpp"
#include "formats/scanner.hpp"

namespace steady {

namespace {

// One of the arrays, of numbers of any type that can be a rate or an index.
class Numbers {
 public:
  Numbers(const std::string& path, const std::string& name, const NpyArray& array)
      : place_(fmt::format("{}: {}", path, name)), values_(array.values.data()) {
    constexpr std::string_view known[] = {"<f8", "<f4", "<i4", "<i8", "<u4", "<u8", "|i1", "|u1", "<i2", "<u2", "|b1"};
    for (std::size_t k = 0; k < std::size(known); ++k)
      if (array.type == known[k]) type_ = static_cast<Type>(k);
    if (type_ == Type::unknown)
      fail(fmt::format("its type {} is not one of real or whole numbers", in_quotes(array.type)));
    if (array.shape.size() != 1) fail(fmt::format("it has {} dimensions and not 1", array.shape.size()));
    size_ = array.shape[0];
  }

  std::uint64_t size() const { return size_; }

  double real(std::uint64_t k) const {
    if (type_ == Type::f8) return as<double>(k);
    if (type_ == Type::f4) return static_cast<double>(as<float>(k));
    if (type_ == Type::u8) return static_cast<double>(as<std::uint64_t>(k));
    return static_cast<double>(whole(k));
  }

  // A whole number below `bound`.
  std::uint64_t index(std::uint64_t k, std::uint64_t bound) const {
    if (type_ == Type::f8 || type_ == Type::f4) fail("its numbers are not whole");
    const std::uint64_t value = type_ == Type::u8 ? as<std::uint64_t>(k) : static_cast<std::uint64_t>(whole(k));
    if (value >= bound)
      fail(fmt::format("number {} is {}, not in 0..{}", k, static_cast<std::int64_t>(value), bound - 1));
    return value;
  }

  [[noreturn]] void fail(const std::string& what) const { throw Error(fmt::format("{}: {}", place_, what)); }

 private:
  enum class Type { f8, f4, i4, i8, u4, u8, i1, u1, i2, u2, b1, unknown };

  template <class T>
  T as(std::uint64_t k) const {
    T value;
    std::memcpy(&value, values_ + k * sizeof(T), sizeof(T));
    return value;
  }

  std::int64_t whole(std::uint64_t k) const {
    switch (type_) {
      case Type::i4:
        return as<std::int32_t>(k);
      case Type::i8:
        return as<std::int64_t>(k);
      case Type::u4:
        return as<std::uint32_t>(k);
      case Type::i1:
        return as<std::int8_t>(k);
      case Type::i2:
        return as<std::int16_t>(k);
      case Type::u2:
        return as<std::uint16_t>(k);
      default:
        return as<std::uint8_t>(k);
    }
  }

  std::string place_;
  const char* values_;
  std::uint64_t size_ = 0;
  Type type_ = Type::unknown;
};

// The five arrays.
class Arrays {
 public:
  Arrays(const std::string& path, const std::string& content, const ReadOptions& options)
      : path_(path), archive_(path, content, Archive::Form::zip, options.memory_limit) {}

  Numbers numbers(const std::string& name) const { return {path_, name, array(name)}; }

  // Of format.npy: "csr".
  std::string format() const {
    const NpyArray value = array("format.npy");
    const bool wide = value.type.substr(1, 1) == "U";
    if (!wide && value.type.substr(1, 1) != "S") throw Error(path_ + ": format.npy: no text");
    std::string text;
    for (std::size_t k = 0; k < value.values.size(); k += wide ? 4 : 1) text += value.values[k];
    return text.substr(0, text.find('\0'));
  }

 private:
  NpyArray array(const std::string& name) const {
    const std::string_view* file = archive_.find(name);
    if (file == nullptr)
      throw Error(fmt::format("{}: no {} in it: not a sparse matrix of scipy.sparse.save_npz", path_, name));
    return read_npy(fmt::format("{}: {}", path_, name), *file);
  }

  const std::string& path_;
  Archive archive_;
};

// Rows, that are columns of a csc, from 0 to before `lines`; calls use(line, place of the entry).
template <class Use>
void for_each_entry(const Numbers& start, std::uint64_t lines, std::uint64_t entries, Use use) {
  if (start.size() != lines + 1) start.fail(fmt::format("{} numbers for {} rows or columns", start.size(), lines));
  if (start.index(0, entries + 1) != 0) start.fail("it does not start with 0");
  std::uint64_t first = 0;
  for (std::uint64_t line = 0; line < lines; ++line) {
    const std::uint64_t last = start.index(line + 1, entries + 1);
    if (last < first) start.fail(fmt::format("{} after {}", last, first));
    for (; first < last; ++first) use(static_cast<State>(line), first);
  }
}

// The number of states.
std::uint64_t states_of(const std::string& path, const Numbers& shape) {
  constexpr std::uint64_t most = std::numeric_limits<State>::max() - 1u;
  if (shape.size() != 2) shape.fail("it is not of two numbers");
  const std::uint64_t rows = shape.index(0, std::numeric_limits<std::int64_t>::max());
  const std::uint64_t columns = shape.index(1, std::numeric_limits<std::int64_t>::max());
  if (rows != columns) shape.fail(fmt::format("{} rows and {} columns: a chain's matrix is square", rows, columns));
  if (rows == 0) shape.fail("0 rows: a chain has at least one state");
  if (rows > most)
    throw Error(fmt::format("{}: {} states: at most {} can be numbered", path, rows, most), Error::Cause::machine);
  return rows;
}

}  // namespace

Model read_npz(const std::string& path, std::string&& content, const ReadOptions& options) {
  const Arrays arrays(path, content, options);
  const std::string format = arrays.format();
  if (format != "csr" && format != "csc")
    throw Error(fmt::format("{}: format {}: csr and csc are read; save it by save_npz(file, matrix.tocsr())", path,
                            in_quotes(format)));
  const std::uint64_t states = states_of(path, arrays.numbers("shape.npy"));
  const Numbers data = arrays.numbers("data.npy");
  const Numbers indices = arrays.numbers("indices.npy");
  const Numbers start = arrays.numbers("indptr.npy");
  if (data.size() != indices.size()) data.fail(fmt::format("{} values for {} indices", data.size(), indices.size()));
  require_memory(path, fmt::format("a matrix of {} states and {} entries", states, data.size()),
                 28.0 * static_cast<double>(data.size()) + 56.0 * static_cast<double>(states), options.memory_limit);

  MatrixFile matrix;
  matrix.errors = RateErrors(options.rate_errors);
  std::vector<Triplet> triplets;
  triplets.reserve(data.size());
  const bool by_column = (format == "csc") != options.transposed;
  for_each_entry(start, states, data.size(), [&](State line, std::uint64_t k) {
    const auto index = static_cast<State>(indices.index(k, states));
    const double value = data.real(k);
    const auto [row, column] = by_column ? std::pair(index, line) : std::pair(line, index);
    if (!std::isfinite(value)) data.fail(fmt::format("row {}, column {}: {} is not finite", row, column, value));
    if (value < 0 && row != column) data.fail(fmt::format("row {}, column {}: {} is negative", row, column, value));
    if (value < 0 && matrix.negative_diagonal.empty()) matrix.negative_diagonal = fmt::format("{}: row {}", path, row);
    triplets.push_back({row, column, value});
    matrix.errors.read(row, 0);
  });
  const std::size_t entries = triplets.size();
  matrix.outgoing = to_csr(states, std::move(triplets), Checked::yes);
  matrix.errors.added(matrix.outgoing);
  matrix.row = options.transposed ? "column" : "row";
  std::string().swap(content);
  Model model;
  if (entries > matrix.outgoing.entries())
    model.notes.push_back(
        fmt::format("{} entries repeat the place of another one: added", entries - matrix.outgoing.entries()));
  set_chain(path, std::move(matrix), options.kind, model);
  return model;
}

}  // namespace steady
