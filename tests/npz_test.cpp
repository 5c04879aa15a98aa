// .npz files as scipy.sparse.save_npz writes them: what they mean, and that bad ones are refused.
#include "formats/model/npz.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>

#include <steady/error.hpp>

#include "catch.hpp"
#include "formats/io/npy.hpp"
#include "tar.hpp"
#include "zip.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

std::string npy(const std::string& type, const std::string& shape, const std::string& values) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + little_endian(header.size(), 2) + header + values;
}

template <class T>
std::string npy(const std::string& type, const std::vector<T>& values) {
  return npy(type, "(" + std::to_string(values.size()) + ",)", bytes_of(values));
}

using Arrays = std::map<std::string, std::string>;

// 0 -> 1 at 2, 1 -> 0 at 3, 1 -> 2 at 1, 2 -> 0 at 0.5: rates.
Arrays csr() {
  return {{"format.npy", npy("|S3", "()", "csr")},
          {"shape.npy", npy<std::int64_t>("<i8", {3, 3})},
          {"data.npy", npy<double>("<f8", {2, 3, 1, 0.5})},
          {"indices.npy", npy<std::int32_t>("<i4", {1, 0, 2, 0})},
          {"indptr.npy", npy<std::int32_t>("<i4", {0, 1, 3, 4})}};
}

Model read(const Arrays& arrays, const ReadOptions& options = {}, bool deflate = false) {
  Model model = read_npz("m.npz", zip_of({arrays.begin(), arrays.end()}, deflate), options);
  validate(model.chain);
  return model;
}

std::string refused(const Arrays& arrays, const ReadOptions& options = {}, Error::Cause cause = Error::Cause::input) {
  try {
    read(arrays, options);
  } catch (const Error& error) {
    CHECK(error.cause == cause);
    CHECK_THAT(error.what(), StartsWith("m.npz: "));
    return error.what();
  }
  FAIL_CHECK("read");
  return "";
}

std::string refused_with(const std::string& name, const std::string& array) {
  Arrays arrays = csr();
  arrays[name] = array;
  return refused(arrays);
}

double rate(const Chain& chain, State from, State to) {
  for (std::uint64_t k = chain.inflow.row_start[to]; k < chain.inflow.row_start[to + 1]; ++k)
    if (chain.inflow.column[k] == from) return chain.inflow.value[k];
  return 0;
}

void check_rates(const Model& model) {
  CHECK(model.chain.kind == Kind::ctmc);
  CHECK(model.chain.exit_rate == std::vector<double>{2, 4, 0.5});
  CHECK(rate(model.chain, 0, 1) == 2);
  CHECK(rate(model.chain, 1, 0) == 3);
  CHECK(rate(model.chain, 1, 2) == 1);
  CHECK(rate(model.chain, 2, 0) == 0.5);
}

}  // namespace

TEST_CASE("npz: csr and csc, stored and deflated, indices of any size") {
  check_rates(read(csr()));
  check_rates(read(csr(), {}, true));
  Arrays csc = csr();
  csc["format.npy"] = npy("<U3", "()", bytes_of<char32_t>({U'c', U's', U'c'}));
  csc["data.npy"] = npy<float>("<f4", {3, 0.5, 2, 1});
  csc["indices.npy"] = npy<std::int64_t>("<i8", {1, 2, 0, 1});
  csc["indptr.npy"] = npy<std::int64_t>("<i8", {0, 2, 3, 4});
  check_rates(read(csc));
  ReadOptions transposed;
  transposed.transposed = true;
  csc["format.npy"] = npy("|S3", "()", "csr");
  check_rates(read(csc, transposed));

  Arrays unordered = csr();
  unordered["data.npy"] = npy<std::int16_t>("<i2", {2, 1, 3, 1});
  unordered["indices.npy"] = npy<std::uint64_t>("<u8", {1, 2, 0, 0});
  CHECK(rate(read(unordered).chain, 1, 0) == 3);
  CHECK(rate(read(unordered).chain, 2, 0) == 1);
}

TEST_CASE("npz: coo, bsr and dia") {
  Arrays coo = csr();
  coo.erase("indptr.npy");
  coo.erase("indices.npy");
  coo["format.npy"] = npy("|S3", "()", "coo");
  coo["row.npy"] = npy<std::int32_t>("<i4", {0, 1, 1, 2});
  coo["col.npy"] = npy<std::int32_t>("<i4", {1, 0, 2, 0});
  check_rates(read(coo));
  coo["col.npy"] = npy<std::int32_t>("<i4", {1, 0, 2});
  CHECK_THAT(refused(coo), ContainsSubstring("col.npy: 3 indices for 4 values"));
  coo["col.npy"] = npy<std::int32_t>("<i4", {1, 0, 3, 0});
  CHECK_THAT(refused(coo), ContainsSubstring("col.npy: number 2 is 3, not in 0..2"));

  // 0 -> 2 at 5, 1 -> 2 at 6, 2 -> 0 at 7, 3 -> 0 at 8, in two blocks.
  Arrays bsr{{"format.npy", npy("|S3", "()", "bsr")},
             {"shape.npy", npy<std::int64_t>("<i8", {4, 4})},
             {"data.npy", npy("<f8", "(2, 2, 2)", bytes_of<double>({5, 0, 6, 0, 7, 0, 8, 0}))},
             {"indices.npy", npy<std::int32_t>("<i4", {1, 0})},
             {"indptr.npy", npy<std::int32_t>("<i4", {0, 1, 2})}};
  CHECK(read(bsr).chain.exit_rate == std::vector<double>{5, 6, 7, 8});
  CHECK(rate(read(bsr).chain, 1, 2) == 6);
  CHECK(rate(read(bsr).chain, 3, 0) == 8);
  CHECK(read(bsr).chain.transitions() == 4);  // the zeros of the blocks are none
  bsr["data.npy"] = npy("<f8", "(2, 1, 4)", bytes_of<double>({5, 0, 6, 0, 7, 0, 8, 0}));
  CHECK_THAT(refused(bsr), ContainsSubstring("blocks of 1 rows and 4 columns"));
  bsr["data.npy"] = npy("<f8", "(0, 3, 3)", "");
  CHECK_THAT(refused(bsr), ContainsSubstring("blocks of 3 rows and 3 columns in a matrix of 4 rows"));

  // Diagonals 1 and -2: entry j stands in column j.
  Arrays dia{{"format.npy", npy("|S3", "()", "dia")},
             {"shape.npy", npy<std::int64_t>("<i8", {3, 3})},
             {"data.npy", npy("<f8", "(2, 3)", bytes_of<double>({9, 2, 3, 4, 9, 9}))},
             {"offsets.npy", npy<std::int32_t>("<i4", {1, -2})}};
  CHECK(read(dia).chain.exit_rate == std::vector<double>{2, 3, 4});
  CHECK(rate(read(dia).chain, 0, 1) == 2);
  CHECK(rate(read(dia).chain, 1, 2) == 3);
  CHECK(rate(read(dia).chain, 2, 0) == 4);
  std::string by_columns = npy("<f8", "(2, 3)", bytes_of<double>({9, 4, 2, 9, 3, 9}));
  by_columns.replace(by_columns.find("False"), 5, "True ");
  dia["data.npy"] = by_columns;
  CHECK(read(dia).chain.exit_rate == std::vector<double>{2, 3, 4});
  dia["offsets.npy"] = npy<std::int32_t>("<i4", {1});
  CHECK_THAT(refused(dia), ContainsSubstring("1 offsets for 2 diagonals"));
  dia["offsets.npy"] = npy<std::int64_t>("<i8", {1, std::numeric_limits<std::int64_t>::min()});
  CHECK(read(dia).chain.exit_rate == std::vector<double>{2, 3, 0});
}

TEST_CASE("npz: numbers in the other order of bytes and of 16 bytes") {
  const auto reversed = [](std::string bytes, std::size_t size) {
    for (std::size_t k = 0; k < bytes.size(); k += size)
      std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(k),
                   bytes.begin() + static_cast<std::ptrdiff_t>(k + size));
    return bytes;
  };
  Arrays arrays = csr();
  arrays["data.npy"] = npy(">f4", "(4,)", reversed(bytes_of<float>({2, 3, 1, 0.5}), 4));
  arrays["indices.npy"] = npy(">i2", "(4,)", reversed(bytes_of<std::int16_t>({1, 0, 2, 0}), 2));
  check_rates(read(arrays));
  arrays["indices.npy"] = npy(">i2", "(4,)", reversed(bytes_of<std::int16_t>({1, 0, -2, 0}), 2));
  CHECK_THAT(refused(arrays), ContainsSubstring("number 2 is -2"));

  // x87's 2, 3, 1 and 1/3: mantissa, then exponent and sign; what fills up the 16 bytes is anything.
  const auto extended = [](std::uint64_t mantissa, std::uint64_t exponent) {
    return little_endian(mantissa, 8) + little_endian(exponent, 2) + "padded";
  };
  const std::uint64_t one = 1ull << 63;
  arrays = csr();
  arrays["data.npy"] = npy("<f16", "(4,)",
                           extended(one, 0x4000) + extended(one | one >> 1, 0x4000) + extended(one, 0x3fff) +
                               extended(0xaaaaaaaaaaaaaaab, 0x3ffd));
  const Model model = read(arrays, {.rate_errors = true});
  CHECK(model.chain.exit_rate == std::vector<double>{2, 4, 1.0 / 3});
  CHECK(model.chain.rate_error[2] > 0);
  arrays["data.npy"] = npy("<f16", "(4,)", extended(one, 0x7fff) + std::string(48, '\0'));
  CHECK_THAT(refused(arrays), ContainsSubstring("nan is not finite"));
}

TEST_CASE("npz: generator, probabilities and rates are told apart as in a Matrix Market file") {
  Arrays arrays = csr();
  arrays["data.npy"] = npy<double>("<f8", {-2, 2, 3, -3});
  arrays["indices.npy"] = npy<std::int32_t>("<i4", {0, 1, 0, 1});
  arrays["indptr.npy"] = npy<std::int32_t>("<i4", {0, 2, 4, 4});
  Model model = read(arrays);
  CHECK(model.chain.kind == Kind::ctmc);
  CHECK(model.chain.exit_rate == std::vector<double>{2, 3, 0});
  CHECK(model.chain.self_loops.size() == 1);
  arrays = csr();
  arrays["data.npy"] = npy<double>("<f8", {1, 0.75, 0.25, 1});
  CHECK(read(arrays).chain.kind == Kind::dtmc);
  CHECK(read(arrays, {.kind = Kind::ctmc}).chain.kind == Kind::ctmc);
  CHECK_THAT(refused(csr(), {.kind = Kind::dtmc}), ContainsSubstring("row 0 sums to 2"));
  arrays["indices.npy"] = npy<std::int32_t>("<i4", {1, 2, 2, 0});
  model = read(arrays);
  CHECK(rate(model.chain, 1, 2) == 1);
  CHECK_THAT(model.notes[0], ContainsSubstring("1 entries repeat"));
}

TEST_CASE("npz: other formats and types are refused by name") {
  for (const std::string format : {"lil", "dok", ""})
    CHECK_THAT(refused_with("format.npy", npy("|S3", "()", format + std::string(3 - format.size(), '\0'))),
               ContainsSubstring("format '" + format + "'") && ContainsSubstring("tocsr()"));
  CHECK_THAT(refused_with("format.npy", npy<double>("<f8", {1})), ContainsSubstring("format.npy: no text"));
  CHECK_THAT(refused_with("data.npy", npy("<c16", "(4,)", std::string(64, '\0'))),
             ContainsSubstring("data.npy: its type '<c16'"));
  CHECK_THAT(refused_with("data.npy", npy(">f16", "(4,)", std::string(64, '\0'))),
             ContainsSubstring("another machine's order"));
  CHECK_THAT(refused_with("data.npy", npy("<f3", "(4,)", std::string(12, '\0'))), ContainsSubstring("'<f3'"));
  CHECK_THAT(refused_with("data.npy", npy("|O", "(4,)", "")), ContainsSubstring("'|O'"));
  CHECK_THAT(refused_with("data.npy", npy("<f8", "(2, 2)", std::string(32, '\0'))), ContainsSubstring("2 dimensions"));
  CHECK_THAT(refused_with("indices.npy", npy<double>("<f8", {1, 0, 2, 0})), ContainsSubstring("not whole"));
}

TEST_CASE("npz: arrays that do not fit together are refused with their place") {
  for (const auto& [name, array] : csr()) {
    Arrays arrays = csr();
    arrays.erase(name);
    CHECK_THAT(refused(arrays), ContainsSubstring("no " + name));
    for (std::size_t size = 0; size < array.size(); ++size)
      CHECK_THAT(refused_with(name, array.substr(0, size)), StartsWith("m.npz: "));
  }
  const auto indptr = [](const std::vector<std::int32_t>& values) {
    return refused_with("indptr.npy", npy("<i4", values));
  };
  CHECK_THAT(indptr({0, 1, 3}), ContainsSubstring("3 numbers for 3 rows"));
  CHECK_THAT(indptr({1, 1, 3, 4}), ContainsSubstring("does not start with 0"));
  CHECK_THAT(indptr({0, 3, 1, 4}), ContainsSubstring("1 after 3"));
  CHECK_THAT(indptr({0, 1, 3, 5}), ContainsSubstring("number 3 is 5"));
  CHECK_THAT(indptr({0, 1, -3, 4}), ContainsSubstring("number 2 is -3"));
  CHECK_THAT(refused_with("indices.npy", npy<std::int32_t>("<i4", {1, 0, 3, 0})),
             ContainsSubstring("number 2 is 3, not in 0..2"));
  CHECK_THAT(refused_with("indices.npy", npy<std::int32_t>("<i4", {1, 0, -1, 0})), ContainsSubstring("number 2 is -1"));
  CHECK_THAT(refused_with("indices.npy", npy<std::int32_t>("<i4", {1, 0, 2})),
             ContainsSubstring("3 indices for 4 values"));
  CHECK_THAT(refused_with("data.npy", npy<double>("<f8", {2, 3, NAN, 1})),
             ContainsSubstring("row 1, column 2: nan is not finite"));
  CHECK_THAT(refused_with("data.npy", npy<double>("<f8", {2, 3, -1, 1})),
             ContainsSubstring("row 1, column 2: -1 is negative"));
  CHECK_THAT(refused_with("shape.npy", npy<std::int64_t>("<i8", {3, 4})), ContainsSubstring("3 rows and 4 columns"));
  CHECK_THAT(refused_with("shape.npy", npy<std::int64_t>("<i8", {0, 0})), ContainsSubstring("at least one state"));
  CHECK_THAT(refused_with("shape.npy", npy<std::int64_t>("<i8", {-3, -3})), ContainsSubstring("number 0 is -3"));
  Arrays huge = csr();
  huge["shape.npy"] = npy<std::int64_t>("<i8", {1'000'000'000'000, 1'000'000'000'000});
  CHECK_THAT(refused(huge, {}, Error::Cause::machine), ContainsSubstring("1000000000000 states"));
  huge["shape.npy"] = npy<std::int64_t>("<i8", {4'000'000'000, 4'000'000'000});
  CHECK_THAT(refused(huge, {.memory_limit = 1 << 30}, Error::Cause::machine), ContainsSubstring("limit on memory"));
  huge["data.npy"] = npy("<f8", "(4611686018427387904,)", "");
  CHECK_THAT(refused(huge), ContainsSubstring("too large"));
  huge["data.npy"] = npy("<f8", "(1000000000000,)", "");
  CHECK_THAT(refused(huge), ContainsSubstring("0 bytes of numbers instead of 8000000000000"));
}

TEST_CASE("npz: a zip that inflates without end is refused, and what is no zip") {
  Arrays bomb = csr();
  bomb["data.npy"] = std::string(50'000'000, '\0');
  const auto message = [](std::string content) -> std::string {
    try {
      read_npz("m.npz", std::move(content), {.memory_limit = 1 << 20});
    } catch (const Error& error) {
      return error.what();
    }
    return "read";
  };
  CHECK_THAT(message(zip_of({bomb.begin(), bomb.end()}, true)), ContainsSubstring("limit on memory"));
  CHECK_THAT(message(""), ContainsSubstring("not a zip"));
  CHECK_THAT(message("\x93NUMPY"), ContainsSubstring("not a zip"));
  CHECK_THAT(message("PK\3\4"), StartsWith("m.npz: "));
}

TEST_CASE("npz: a file cut or changed anywhere is read or refused, never worse") {
  const Arrays good = csr();
  const std::string whole = zip_of({good.begin(), good.end()}, false);
  const auto attempt = [](std::string content) {
    try {
      validate(read_npz("m.npz", std::move(content), {.memory_limit = 1 << 28}).chain);
    } catch (const Error& error) {
      REQUIRE(std::string(error.what()).size() < 500);
    }
  };
  for (std::size_t size = 0; size < whole.size(); ++size) attempt(whole.substr(0, size));
  std::mt19937 random(7);
  for (int k = 0; k < 2000; ++k) {
    Arrays arrays = good;
    auto place = arrays.begin();
    std::advance(place, random() % arrays.size());
    for (unsigned changes = 1 + random() % 3; changes > 0; --changes)
      place->second[random() % place->second.size()] =
          static_cast<char>(random() % 2 == 0 ? random() : "0123456789'(),<>fiu"[random() % 19]);
    attempt(zip_of({arrays.begin(), arrays.end()}, k % 2 == 0));
    std::string content = whole;
    content[random() % content.size()] = static_cast<char>(random());
    attempt(content);
  }
}

TEST_CASE("npy: a dense matrix is the chain of its entries that are not 0") {
  const auto read_dense = [](const std::string& content, const ReadOptions& options = {}) {
    Model model = read_npy_matrix("m.npy", std::string(content), options);
    validate(model.chain);
    return model.chain;
  };
  const std::vector<double> rates = {0, 2, 0, 3, 0, 1, 0.5, 0, 0};
  const Chain sparse = read(csr()).chain;
  const Chain dense = read_dense(npy("<f8", "(3, 3)", bytes_of(rates)));
  CHECK(dense.inflow.row_start == sparse.inflow.row_start);
  CHECK(dense.inflow.column == sparse.inflow.column);
  CHECK(dense.inflow.value == sparse.inflow.value);
  const std::vector<float> generator = {-0.5f, 0.5f, 2, -2};
  CHECK(read_dense(npy("<f4", "(2, 2)", bytes_of(generator))).exit_rate == std::vector<double>{0.5, 2});
  const std::vector<std::int8_t> whole = {0, 1, 1, 0};
  CHECK(read_dense(npy("|i1", "(2, 2)", bytes_of(whole))).kind == Kind::dtmc);
  CHECK(read_dense(npy("|i1", "(2, 2)", bytes_of(whole)), {.kind = Kind::ctmc}).kind == Kind::ctmc);
  const std::vector<double> one = {1};
  CHECK(read_dense(npy("<f8", "(1, 1)", bytes_of(one))).size() == 1);
  const std::vector<double> half = {0, 0, 1, 0};
  CHECK(read_dense(npy("<f8", "(2, 2)", bytes_of(half)), {.transposed = true}).inflow.row_start ==
        std::vector<std::uint64_t>{0, 0, 1});
}

TEST_CASE("npy: numbers of 16 bits, as numpy.float16 has them") {
  const std::vector<std::pair<std::uint16_t, double>> known = {{0x0000, 0},          {0x8000, -0.0},
                                                               {0x3c00, 1},          {0xc000, -2},
                                                               {0x3555, 0x1.554p-2}, {0x7bff, 65504},
                                                               {0x0400, 0x1p-14},    {0x03ff, 1023 * 0x1p-24},
                                                               {0x0001, 0x1p-24},    {0x83ff, -1023 * 0x1p-24},
                                                               {0x7c00, INFINITY},   {0xfc00, -INFINITY}};
  std::vector<std::uint16_t> patterns;
  for (const auto& [pattern, value] : known) patterns.push_back(pattern);
  patterns.push_back(0x7e00);  // no number
  for (const bool big_endian : {false, true}) {
    std::vector<std::uint16_t> stored = patterns;
    if (big_endian)
      for (std::uint16_t& pattern : stored) pattern = static_cast<std::uint16_t>(pattern << 8 | pattern >> 8);
    const std::string content = npy<std::uint16_t>(big_endian ? ">f2" : "<f2", stored);
    const NpyNumbers numbers("halves", read_npy("m.npy", content), 1);
    for (std::size_t k = 0; k < known.size(); ++k) {
      CHECK(numbers.real(k) == known[k].second);
      CHECK(std::signbit(numbers.real(k)) == std::signbit(known[k].second));
      CHECK(numbers.error(k) == 0);
    }
    CHECK(std::isnan(numbers.real(known.size())));
  }
  const std::vector<std::uint16_t> rates = {0, 0x4000, 0x4200, 0};  // 2 and 3
  const Chain chain = read_npy_matrix("m.npy", npy("<f2", "(2, 2)", bytes_of(rates)), {}).chain;
  CHECK(chain.exit_rate == std::vector<double>{2, 3});
}

TEST_CASE("npy: a header that is not as NumPy writes it is refused") {
  const std::string good = npy<double>("<f8", {1, 2});
  const auto with = [&](const std::string& what, const std::string& other) {
    std::string content = good;
    content.replace(content.find(what), what.size(), other);
    try {
      read_npy("m.npy", content);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(with("False", "True ").empty());
  CHECK_THAT(with("False", "Falsy"), ContainsSubstring("fortran_order 'Falsy' is neither True nor False"));
  CHECK_THAT(with("False", "True1"), ContainsSubstring("neither True nor False"));
  CHECK_THAT(with("fortran_order", "fortran_ordre"), ContainsSubstring("neither True nor False"));
  CHECK_THAT(with("(2,), ", "(1 2),"), ContainsSubstring("shape"));
  CHECK_THAT(with("(2,), ", "(,2), "), ContainsSubstring("shape"));
}

TEST_CASE("npy: what is no square matrix of numbers is refused, cut anywhere, too") {
  const auto refused_dense = [](const std::string& content) {
    try {
      validate(read_npy_matrix("m.npy", std::string(content), {}).chain);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const std::vector<double> values = {0, 1, -2, 0};
  CHECK_THAT(refused_dense(npy("<f8", "(2, 2)", bytes_of(values))),
             ContainsSubstring("m.npy: row 1, column 0: -2 is negative"));
  CHECK_THAT(refused_dense(npy("<f8", "(4, 1)", bytes_of(values))), ContainsSubstring("4 rows and 1 columns"));
  CHECK_THAT(refused_dense(npy("<f8", "(4,)", bytes_of(values))), StartsWith("m.npy: "));
  CHECK_THAT(refused_dense(npy("<f8", "(0, 0)", "")), ContainsSubstring("0 rows"));
  const std::vector<double> infinite = {0, 1, INFINITY, 0};
  CHECK_THAT(refused_dense(npy("<f8", "(2, 2)", bytes_of(infinite))), ContainsSubstring("not finite"));
  const std::vector<double> good = {0, 1, 2, 0};
  const std::string whole = npy("<f8", "(2, 2)", bytes_of(good));
  CHECK(refused_dense(whole).empty());
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK(!refused_dense(whole.substr(0, size)).empty());
}
