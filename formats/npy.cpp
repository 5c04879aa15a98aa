#include "formats/npy.hpp"

#include <fmt/format.h>

#include <charconv>

#include "formats/error.hpp"
#include "formats/scanner.hpp"

namespace steady {

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
    while (at != end) {
      std::uint64_t size = 0;
      const auto [stop, problem] = std::from_chars(at, end, size);
      if (problem != std::errc()) break;
      shape.push_back(size);
      at = stop;
      while (at != end && (*at == ',' || *at == ' ')) ++at;
    }
    if (at == end) return shape;
  }
  throw Error(fmt::format("{}: shape {} is none", path, in_quotes(text.substr(0, 20))));
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
  std::uint64_t bytes = bytes_of(path, array.type);
  for (const std::uint64_t size : array.shape)
    if (__builtin_mul_overflow(bytes, size, &bytes)) throw Error(fmt::format("{}: its shape is too large", path));
  if (array.values.size() != bytes)
    throw Error(fmt::format("{}: {} bytes of numbers instead of {}", path, array.values.size(), bytes));
  return array;
}

std::string npy_header(std::uint64_t values) {
  constexpr std::size_t before_dictionary = magic.size() + 4;  // version, length
  std::string dictionary = fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({},), }}", values);
  while ((before_dictionary + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
  dictionary += '\n';
  std::string header(magic);
  header += {'\x01', '\x00', static_cast<char>(dictionary.size() & 0xff), static_cast<char>(dictionary.size() >> 8)};
  return header + dictionary;
}

}  // namespace steady
