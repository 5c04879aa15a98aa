#include "formats/model/npz.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <steady/error.hpp>

#include "formats/base/memory.hpp"
#include "formats/io/archive.hpp"
#include "formats/io/npy.hpp"
#include "formats/io/scanner.hpp"
#include "formats/model/matrix_kind.hpp"

namespace steady::detail {

namespace {

// The arrays by name.
class Arrays {
 public:
  Arrays(const std::string& path, const std::string& content, const ReadOptions& options)
      : path_(path), archive_(path, content, Archive::Form::zip, options.memory_limit) {}

  NpyNumbers numbers(const std::string& name, std::size_t dimensions = 1) const {
    return {fmt::format("{}: {}", path_, name), array(name), dimensions};
  }

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

// The number of states of a matrix of so many rows and columns, which `array` says.
std::uint64_t states_of(const std::string& path, const NpyNumbers& array, std::uint64_t rows, std::uint64_t columns) {
  constexpr std::uint64_t most = std::numeric_limits<State>::max() - 1u;
  if (rows != columns) array.fail(fmt::format("{} rows and {} columns: a chain's matrix is square", rows, columns));
  if (rows == 0) array.fail("0 rows: a chain has at least one state");
  if (rows > most)
    throw Error(fmt::format("{}: {} states: at most {} can be numbered", path, rows, most), Error::Cause::machine);
  return rows;
}

std::uint64_t states_of(const std::string& path, const NpyNumbers& shape) {
  if (shape.size() != 2) shape.fail("it is not of two numbers");
  const std::uint64_t rows = shape.index(0, std::numeric_limits<std::int64_t>::max());
  return states_of(path, shape, rows, shape.index(1, std::numeric_limits<std::int64_t>::max()));
}

// The formats: each calls use(row, column, k) for each entry of the arrays, k being its place among the values, and
// throws Error where the arrays do not fit together.

void require_as_many(const NpyNumbers& indices, std::uint64_t values) {
  if (indices.size() != values) indices.fail(fmt::format("{} indices for {} values", indices.size(), values));
}

template <class Use>
void for_each_coo(const Arrays& arrays, std::uint64_t states, const NpyNumbers& data, Use use) {
  const NpyNumbers rows = arrays.numbers("row.npy"), columns = arrays.numbers("col.npy");
  require_as_many(rows, data.size());
  require_as_many(columns, data.size());
  for (std::uint64_t k = 0; k < data.size(); ++k) use(rows.index(k, states), columns.index(k, states), k);
}

// Calls use(line, column, k) for what indptr and indices list.
template <class Use>
void for_each_listed(const Arrays& arrays, std::uint64_t lines, std::uint64_t values, Use use) {
  const NpyNumbers indices = arrays.numbers("indices.npy"), start = arrays.numbers("indptr.npy");
  require_as_many(indices, values);
  if (start.size() != lines + 1) start.fail(fmt::format("{} numbers for {} rows or columns", start.size(), lines));
  if (start.index(0, values + 1) != 0) start.fail("it does not start with 0");
  std::uint64_t first = 0;
  for (std::uint64_t line = 0; line < lines; ++line) {
    const std::uint64_t last = start.index(line + 1, values + 1);
    if (last < first) start.fail(fmt::format("{} after {}", last, first));
    for (; first < last; ++first) use(line, indices.index(first, lines), first);
  }
}

// Blocks in the places of the entries of a csr.
template <class Use>
void for_each_bsr(const Arrays& arrays, std::uint64_t states, const NpyNumbers& data, Use use) {
  const std::uint64_t blocks = data.shape()[0], height = data.shape()[1], width = data.shape()[2];
  if (height == 0 || height != width || states % height != 0)
    data.fail(fmt::format("blocks of {} rows and {} columns in a matrix of {} rows: square blocks that fit are read",
                          height, width, states));
  for_each_listed(arrays, states / height, blocks, [&](std::uint64_t row, std::uint64_t column, std::uint64_t block) {
    for (std::uint64_t i = 0; i < height; ++i)
      for (std::uint64_t j = 0; j < width; ++j) use(row * height + i, column * width + j, data.at({block, i, j}));
  });
}

// A row of the data for each diagonal: its number j stands in column j of the matrix.
template <class Use>
void for_each_dia(const Arrays& arrays, std::uint64_t states, const NpyNumbers& data, Use use) {
  const NpyNumbers offsets = arrays.numbers("offsets.npy");
  if (offsets.size() != data.shape()[0])
    offsets.fail(fmt::format("{} offsets for {} diagonals", offsets.size(), data.shape()[0]));
  for (std::uint64_t d = 0; d < offsets.size(); ++d)
    for (std::uint64_t j = 0; j < std::min(states, data.shape()[1]); ++j) {
      const std::uint64_t row = j - static_cast<std::uint64_t>(offsets.whole(d));  // modulo 2^64
      if (row < states) use(row, j, data.at({d, j}));
    }
}

// Calls use(row, column, k) for every entry.
template <class Use>
void for_each_entry(const std::string& path, const std::string& format, const Arrays& arrays, std::uint64_t states,
                    const NpyNumbers& data, Use use) {
  if (format == "coo") return for_each_coo(arrays, states, data, use);
  if (format == "csr") return for_each_listed(arrays, states, data.size(), use);
  if (format == "bsr") return for_each_bsr(arrays, states, data, use);
  if (format == "dia") return for_each_dia(arrays, states, data, use);
  if (format == "csc")
    return for_each_listed(arrays, states, data.size(),
                           [&](std::uint64_t column, std::uint64_t row, std::uint64_t k) { use(row, column, k); });
  throw Error(
      fmt::format("{}: format {}: coo, csr, csc, bsr and dia are read; save it by save_npz(file, matrix.tocsr())", path,
                  in_quotes(format)));
}

// Of the values, by the format.
std::size_t dimensions_of(const std::string& format) { return format == "bsr" ? 3 : format == "dia" ? 2 : 1; }

// The chain of the entries, of which for_each(use) calls use(row, column, k), k being the place among the values. Zeros
// are entries unless they are `padding`. The content, in which the data lies, is given up when it has been read.
template <class ForEach>
Model model_of(const std::string& path, std::string& content, std::uint64_t states, const NpyNumbers& data,
               bool padding, const ReadOptions& options, ForEach for_each) {
  std::uint64_t room = data.size();
  if (padding) {
    room = 0;
    for (std::uint64_t k = 0; k < data.size(); ++k) room += data.real(k) != 0 ? 1 : 0;
  }
  require_memory(path, fmt::format("a matrix of {} states and {} entries", states, room),
                 28.0 * static_cast<double>(room) + 56.0 * static_cast<double>(states), options.memory_limit);

  MatrixFile matrix;
  matrix.errors = RateErrors(options.rate_errors);
  matrix.transposed = options.transposed;
  std::vector<Triplet> triplets;
  triplets.reserve(room);
  for_each([&](std::uint64_t i, std::uint64_t j, std::uint64_t k) {
    const double value = data.real(k);
    if (!std::isfinite(value)) data.fail(fmt::format("row {}, column {}: {} is not finite", i, j, value));
    if (padding && value == 0) return;
    if (value < 0 && i != j) data.fail(fmt::format("row {}, column {}: {} is negative", i, j, value));
    if (value < 0 && matrix.negative_diagonal.empty()) matrix.negative_diagonal = fmt::format("{}: row {}", path, i);
    const auto [from, to] = options.transposed ? std::pair(j, i) : std::pair(i, j);
    triplets.push_back({static_cast<State>(from), static_cast<State>(to), value});
    if (matrix.errors.wanted()) matrix.errors.read(static_cast<State>(from), data.error(k));
  });
  const std::size_t entries = triplets.size();
  matrix.outgoing = to_csr(states, std::move(triplets), Checked::yes);
  matrix.errors.added(matrix.outgoing);
  std::string().swap(content);
  Model model;
  if (entries > matrix.outgoing.entries())
    model.notes.push_back(
        fmt::format("{} entries repeat the place of another one: added", entries - matrix.outgoing.entries()));
  set_chain(path, std::move(matrix), options, model);
  return model;
}

}  // namespace

Model read_npz(const std::string& path, std::string&& content, const ReadOptions& options) {
  const Arrays arrays(path, content, options);
  const std::string format = arrays.format();
  const std::uint64_t states = states_of(path, arrays.numbers("shape.npy"));
  const NpyNumbers data = arrays.numbers("data.npy", dimensions_of(format));
  const bool padding = dimensions_of(format) > 1;  // with zeros that are no entries
  return model_of(path, content, states, data, padding, options,
                  [&](auto use) { for_each_entry(path, format, arrays, states, data, use); });
}

Model read_npy_matrix(const std::string& path, std::string&& content, const ReadOptions& options) {
  const NpyNumbers data(path, read_npy(path, content), 2);
  const std::uint64_t states = states_of(path, data, data.shape()[0], data.shape()[1]);
  return model_of(path, content, states, data, true, options, [&](auto use) {
    for (std::uint64_t i = 0; i < states; ++i)
      for (std::uint64_t j = 0; j < states; ++j) use(i, j, data.at({i, j}));
  });
}

}  // namespace steady::detail
