#include "formats/io/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include <steady/error.hpp>

#include "formats/base/relative_error.hpp"
#include "formats/io/scanner.hpp"

namespace steady::detail {

namespace {

constexpr std::string_view magic = "\x93NUMPY";

// What follows "'key':" in a header's dictionary, without spaces before it; empty where there is no such key.
std::string_view value_of(std::string_view dictionary, std::string_view key) {
  const std::size_t place = dictionary.find(fmt::format("'{}':", key));
  if (place == std::string_view::npos) return {};
  dictionary.remove_prefix(place + key.size() + 3);
  const std::size_t begin = dictionary.find_first_not_of(' ');
  return begin == std::string_view::npos ? std::string_view{} : dictionary.substr(begin);
}

// The header's dictionary; `values` becomes what comes after it.
std::string_view split(const std::string& path, std::string_view content, std::string_view& values) {
  if (!content.starts_with(magic))
    throw Error(fmt::format("{}: not a .npy file: it does not start with \\x93NUMPY", path));
  const auto byte = [&](std::size_t k) { return static_cast<std::size_t>(static_cast<unsigned char>(content[k])); };
  const bool short_length = content.size() > 6 && byte(6) == 1;
  const std::size_t begin = magic.size() + 2 + (short_length ? 2 : 4);
  if (content.size() < begin) throw Error(fmt::format("{}: the file ends within its header", path));
  if (byte(6) < 1 || byte(6) > 3) throw Error(fmt::format("{}: version {} of .npy is not known", path, byte(6)));
  std::size_t length = byte(8) | byte(9) << 8;
  if (!short_length) length |= byte(10) << 16 | byte(11) << 24;
  if (content.size() - begin < length) throw Error(fmt::format("{}: the file ends within its header", path));
  values = content.substr(begin + length);
  return content.substr(begin, length);
}

// "'<f8'" of the dictionary, without its quotes.
std::string_view type_of(const std::string& path, std::string_view dictionary) {
  const std::string_view text = value_of(dictionary, "descr");
  const std::size_t end = text.find('\'', 1);
  if (!text.starts_with('\'') || end == std::string_view::npos)
    throw Error(fmt::format("{}: type {} is not of one kind of values", path, in_quotes(text.substr(0, 20))));
  return text.substr(1, end - 1);
}

// "(3, 4)" of the dictionary.
std::vector<std::uint64_t> shape_of(const std::string& path, std::string_view dictionary) {
  const std::string_view text = value_of(dictionary, "shape");
  std::vector<std::uint64_t> shape;
  if (text.starts_with('(') && text.find(')') != std::string_view::npos) {
    const char* at = text.data() + 1;
    const char* const end = text.data() + text.find(')');
    const auto skip_spaces = [&] {
      while (at != end && *at == ' ') ++at;
    };
    while (at != end) {
      std::uint64_t size = 0;
      const auto [stop, problem] = std::from_chars(at, end, size);
      if (problem != std::errc()) break;
      shape.push_back(size);
      at = stop;
      skip_spaces();
      if (at == end || *at != ',') break;
      ++at;
      skip_spaces();
    }
    if (at == end) return shape;
  }
  throw Error(fmt::format("{}: shape {} is none", path, in_quotes(text.substr(0, 20))));
}

// Whether the first index runs fastest.
bool fortran_order_of(const std::string& path, std::string_view dictionary) {
  const std::string_view text = value_of(dictionary, "fortran_order");
  const std::string_view word = text.substr(0, text.find_first_of(",} "));
  if (word != "True" && word != "False")
    throw Error(fmt::format("{}: fortran_order {} is neither True nor False", path, in_quotes(word.substr(0, 20))));
  return word == "True";
}

// Bytes of one value: "<f8" has 8, "<U3" three characters of 4.
std::uint64_t bytes_of(const std::string& path, std::string_view type) {
  std::uint64_t size = 0;
  if (type.size() < 3) throw Error(fmt::format("{}: type {} is not known", path, in_quotes(type)));
  const auto [stop, problem] = std::from_chars(type.data() + 2, type.data() + type.size(), size);
  if (problem != std::errc() || stop != type.data() + type.size() || size > 1 << 20)
    throw Error(fmt::format("{}: type {} is not known", path, in_quotes(type)));
  return type[1] == 'U' ? 4 * size : size;
}

}  // namespace

NpyArray read_npy(const std::string& path, std::string_view content) {
  NpyArray array;
  const std::string_view dictionary = split(path, content, array.values);
  array.type = type_of(path, dictionary);
  array.shape = shape_of(path, dictionary);
  array.by_columns = fortran_order_of(path, dictionary);
  std::uint64_t bytes = bytes_of(path, array.type);
  for (const std::uint64_t size : array.shape)
    if (__builtin_mul_overflow(bytes, size, &bytes)) throw Error(fmt::format("{}: its shape is too large", path));
  if (array.values.size() != bytes)
    throw Error(fmt::format("{}: {} bytes of numbers instead of {}", path, array.values.size(), bytes));
  return array;
}

NpyNumbers::NpyNumbers(std::string place, const NpyArray& array, std::size_t dimensions)
    : place_(std::move(place)), values_(array.values.data()), shape_(array.shape), by_columns_(array.by_columns) {
  constexpr std::string_view known[] = {"f8", "f4", "f2", "f16", "i4", "i8", "u4", "u8", "i1", "u1", "i2", "u2", "b1"};
  const std::string_view type = array.type.substr(std::min<std::size_t>(1, array.type.size()));
  if (std::find(std::begin(known), std::end(known), type) == std::end(known))
    fail(fmt::format("its type {} is not one of real or whole numbers", in_quotes(array.type)));
  kind_ = type[0];
  bytes_ = type == "f16" ? 16 : static_cast<std::size_t>(type[1] - '0');
  big_endian_ = array.type[0] == '>';
  if (big_endian_ && bytes_ == 16) fail("numbers of 16 bytes in another machine's order");
  if (shape_.size() != dimensions)
    fail(fmt::format("it has {} dimension{} and not {}", shape_.size(), shape_.size() == 1 ? "" : "s", dimensions));
  for (const std::uint64_t size : shape_) size_ *= size;  // which fits, as the values were there
}

std::uint64_t NpyNumbers::at(std::initializer_list<std::uint64_t> indices) const {
  std::uint64_t place = 0;
  if (by_columns_)
    for (std::size_t d = shape_.size(); d > 0; --d) place = place * shape_[d - 1] + indices.begin()[d - 1];
  else
    for (std::size_t d = 0; d < shape_.size(); ++d) place = place * shape_[d] + indices.begin()[d];
  return place;
}

std::uint64_t NpyNumbers::bits(std::uint64_t k) const {
  const char* const place = values_ + k * bytes_;
  std::uint64_t value = 0;
  if (bytes_ == 4)  // sizes that the compiler knows
    std::memcpy(&value, place, 4);
  else if (bytes_ >= 8)
    std::memcpy(&value, place, 8);
  else
    std::memcpy(&value, place, bytes_);
  return big_endian_ ? __builtin_bswap64(value) >> (64 - 8 * bytes_) : value;
}

// x87's: 64 bits of which the first is the one before the point, then 15 of the exponent and the sign.
double NpyNumbers::extended(std::uint64_t k) const {
  std::uint16_t high = 0;
  std::memcpy(&high, values_ + k * bytes_ + 8, sizeof high);
  constexpr int special = 0x7fff, bias = 16383, fraction_bits = 63;
  const int exponent = high & special;
  const double size =
      exponent == special ? NAN : std::ldexp(static_cast<double>(bits(k)), exponent - bias - fraction_bits);
  return (high >> 15) != 0 ? -size : size;
}

// A sign, 5 bits of the exponent and 10 of the fraction, as IEEE 754 has them.
double NpyNumbers::half(std::uint64_t k) const {
  const auto all = static_cast<unsigned>(bits(k));
  constexpr unsigned special = 31, fraction_bits = 10, one = 1u << fraction_bits;
  constexpr int bias = 15;
  const unsigned exponent = all >> fraction_bits & special, fraction = all % one;
  double size = fraction == 0 ? INFINITY : NAN;
  if (exponent != special) {
    const unsigned digits = exponent == 0 ? fraction : one + fraction;  // below the normal ones all have one exponent
    size = std::ldexp(digits, static_cast<int>(std::max(exponent, 1u)) - bias - static_cast<int>(fraction_bits));
  }
  return (all >> 15) != 0 ? -size : size;
}

double NpyNumbers::real(std::uint64_t k) const {
  if (kind_ == 'f' && bytes_ == 8) return std::bit_cast<double>(bits(k));
  if (kind_ == 'f' && bytes_ == 4) return std::bit_cast<float>(static_cast<std::uint32_t>(bits(k)));
  if (kind_ == 'f' && bytes_ == 2) return half(k);
  if (kind_ == 'f') return extended(k);
  if (kind_ == 'u') return static_cast<double>(bits(k));
  return static_cast<double>(whole(k));
}

double NpyNumbers::error(std::uint64_t k) const {
  constexpr double largest_exact = 0x1p53;  // below, every whole number is a double
  if (bytes_ == 16) return real(k) == 0 || std::isnormal(real(k)) ? half_unit : INFINITY;
  return kind_ != 'f' && std::abs(real(k)) > largest_exact ? half_unit : 0;
}

std::int64_t NpyNumbers::whole(std::uint64_t k) const {
  if (kind_ == 'f') fail("its numbers are not whole");
  if (kind_ != 'i') return static_cast<std::int64_t>(bits(k));
  const auto unused = static_cast<int>(64 - 8 * bytes_);
  return static_cast<std::int64_t>(bits(k) << unused) >> unused;  // with its sign
}

std::uint64_t NpyNumbers::index(std::uint64_t k, std::uint64_t bound) const {
  const auto value = static_cast<std::uint64_t>(whole(k));
  if (value >= bound)
    fail(fmt::format("number {} is {}, not in 0..{}", k, static_cast<std::int64_t>(value), bound - 1));
  return value;
}

void NpyNumbers::fail(const std::string& what) const { throw Error(fmt::format("{}: {}", place_, what)); }

std::string npy_header(std::uint64_t values) {
  constexpr std::size_t before_dictionary = magic.size() + 4;  // version, length
  std::string dictionary = fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({},), }}", values);
  while ((before_dictionary + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
  dictionary += '\n';
  std::string header(magic);
  header += {'\x01', '\x00', static_cast<char>(dictionary.size() & 0xff), static_cast<char>(dictionary.size() >> 8)};
  return header + dictionary;
}

}  // namespace steady::detail
