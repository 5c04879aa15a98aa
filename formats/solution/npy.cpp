#include "formats/solution/npy.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>

#include "formats/error.hpp"
#include "formats/scanner.hpp"

namespace steady {

static_assert(std::endian::native == std::endian::little, "the numbers are written as they lie in memory");

namespace {

constexpr std::string_view magic = "\x93NUMPY";

}  // namespace

void write_npy_solution(ReplacedFile& file, const Chain&, const std::vector<double>& distribution,
                        const SolutionMark&) {
  constexpr std::size_t before_dictionary = magic.size() + 4;  // version, length
  std::string dictionary =
      fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({},), }}", distribution.size());
  while ((before_dictionary + dictionary.size() + 1) % 64 != 0) dictionary += ' ';
  dictionary += '\n';

  std::string header(magic);
  header += {'\x01', '\x00', static_cast<char>(dictionary.size() & 0xff), static_cast<char>(dictionary.size() >> 8)};
  file.write(header + dictionary);
  file.write({reinterpret_cast<const char*>(distribution.data()), distribution.size() * sizeof(double)});
}

namespace {

// What follows "'key':" in a header's dictionary, without spaces before it; empty where there is no such key.
std::string_view value_of(std::string_view dictionary, std::string_view key) {
  const std::size_t place = dictionary.find(fmt::format("'{}':", key));
  if (place == std::string_view::npos) return {};
  dictionary.remove_prefix(place + key.size() + 3);
  const std::size_t begin = dictionary.find_first_not_of(' ');
  return begin == std::string_view::npos ? std::string_view{} : dictionary.substr(begin);
}

// The header's dictionary; `numbers` becomes what comes after it.
std::string_view split(const std::string& path, std::string_view content, std::string_view& numbers) {
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
  numbers = content.substr(begin + length);
  return content.substr(begin, length);
}

}  // namespace

std::vector<double> read_npy_solution(const std::string& path, const std::string& content, const Chain& chain) {
  std::string_view numbers;
  const std::string_view dictionary = split(path, content, numbers);
  const std::string_view type = value_of(dictionary, "descr");
  if (!type.starts_with("'<f8'"))
    throw Error(fmt::format("{}: type {}: only '<f8', 64-bit numbers, is read", path, in_quotes(type.substr(0, 8))));
  const std::string_view shape = value_of(dictionary, "shape");
  const std::string_view dimensions = shape.substr(0, shape.find(')'));
  if (dimensions != fmt::format("({},", chain.size()))
    throw Error(fmt::format("{}: shape {}) and not ({},): one number a state", path, dimensions, chain.size()));
  if (numbers.size() != chain.size() * sizeof(double))
    throw Error(
        fmt::format("{}: {} bytes of numbers instead of {}", path, numbers.size(), chain.size() * sizeof(double)));

  std::vector<double> distribution(chain.size());
  std::memcpy(distribution.data(), numbers.data(), numbers.size());
  for (std::size_t i = 0; i < distribution.size(); ++i)
    if (!std::isfinite(distribution[i]))
      throw Error(fmt::format("{}: state {}: {} is not a finite number", path, i, distribution[i]));
  return distribution;
}

}  // namespace steady
