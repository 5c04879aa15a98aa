#include "tests/fuzz/mutation.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace steady::fuzz {

namespace {

constexpr std::size_t longest = 1 << 16;

constexpr std::string_view numbers[] = {"0",
                                        "-1",
                                        "1",
                                        "2147483648",
                                        "4294967295",
                                        "-0",
                                        "0.1",
                                        "1e308",
                                        "18446744073709551615",
                                        "1e-320",
                                        "nan",
                                        "inf",
                                        "1000000000000",
                                        "9223372036854775808",
                                        "-9223372036854775808",
                                        "1e999",
                                        "0x10",
                                        "00000000001",
                                        "4294967294",
                                        "1/0"};
constexpr std::string_view words[] = {" ",
                                      "\n",
                                      "\r\n",
                                      "\t",
                                      "%",
                                      "#",
                                      "//",
                                      "\"",
                                      "'",
                                      "(",
                                      ")",
                                      "[",
                                      "]",
                                      "{",
                                      "}",
                                      ",",
                                      ";",
                                      ":",
                                      "!",
                                      "=",
                                      "->",
                                      "..",
                                      "&",
                                      "|",
                                      "<=",
                                      "@",
                                      "$",
                                      "((((((((((((((((",
                                      "----------------",
                                      "\xff\xfe",
                                      "S=?",
                                      "true"};

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t bound) {
  return bound == 0 ? 0 : static_cast<std::size_t>(random() % bound);
}

// The place of a run of digits, from a random place on; npos where there is none.
std::size_t find_number(const std::string& text, Random& random) {
  return text.find_first_of("0123456789", below(random, text.size()));
}

void change(std::string& text, const std::vector<std::string>& corpus, Random& random) {
  const std::size_t at = below(random, text.size());
  const std::size_t length = 1 + below(random, random() % 4 == 0 ? 200 : 8);
  switch (random() % 9) {
    case 0:
      if (!text.empty()) text[at] = static_cast<char>(text[at] ^ (1 << random() % 8));
      break;
    case 1:
      if (!text.empty()) text[at] = static_cast<char>(random());
      break;
    case 2:
      text.erase(at, length);
      break;
    case 3:
      text.insert(at, text.substr(below(random, text.size()), length));
      break;
    case 4:
      text.insert(at, words[below(random, std::size(words))]);
      break;
    case 5:
      text.resize(at);
      break;
    case 6: {
      const std::string& other = corpus[below(random, corpus.size())];
      text = text.substr(0, at) + other.substr(below(random, other.size()));
      break;
    }
    case 7: {  // eight bytes: a number of a binary file
      constexpr std::uint64_t values[] = {0, 1, ~0ull, 1ull << 32, 1ull << 63, 0x7ff0000000000000, 0x7ff8000000000000};
      const std::uint64_t value = values[below(random, std::size(values))];
      const std::size_t place = at / 8 * 8;
      if (place + 8 <= text.size()) std::memcpy(text.data() + place, &value, 8);
      break;
    }
    default: {
      const std::size_t number = find_number(text, random);
      if (number == std::string::npos) break;
      const std::size_t end = std::min(text.find_first_not_of("0123456789.eE", number), text.size());
      text.replace(number, end - number, numbers[below(random, std::size(numbers))]);
    }
  }
}

// A tar's headers hold the sum of their bytes.
void repair_tar(std::string& tar) {
  for (std::size_t block = 0; block + 512 <= tar.size(); block += 512) {
    if (tar.compare(block + 257, 5, "ustar") != 0) continue;
    tar.replace(block + 148, 8, "        ");
    unsigned sum = 0;
    for (std::size_t k = 0; k < 512; ++k) sum += static_cast<unsigned char>(tar[block + k]);
    char digits[8];
    std::snprintf(digits, sizeof digits, "%06o", sum & 0777777);
    tar.replace(block + 148, 7, digits, 7);
  }
}

std::uint32_t number_at(const std::string& zip, std::size_t place) {
  std::uint32_t number = 0;
  if (place + 4 <= zip.size()) std::memcpy(&number, zip.data() + place, 4);
  return number;
}

// A zip's directory, and the header before each file, hold the file's checksum; those of stored files are set.
void repair_zip(std::string& zip) {
  for (std::size_t entry = zip.find("PK\1\2"); entry != std::string::npos; entry = zip.find("PK\1\2", entry + 4)) {
    const std::size_t header = number_at(zip, entry + 42);
    if (entry + 46 > zip.size() || header + 30 > zip.size()) continue;
    const std::size_t names = number_at(zip, header + 26);
    const std::size_t content = header + 30 + (names & 0xffff) + (names >> 16);
    const std::size_t size = number_at(zip, header + 18);
    if (content > zip.size() || size > zip.size() - content) continue;
    const auto sum = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(zip.data() + content), static_cast<uInt>(size)));
    std::memcpy(zip.data() + entry + 16, &sum, 4);
    std::memcpy(zip.data() + header + 14, &sum, 4);
  }
}

}  // namespace

std::string mutated(const std::vector<std::string>& corpus, std::mt19937_64& random) {
  std::string text = corpus[below(random, corpus.size())];
  for (std::size_t changes = 1 + below(random, random() % 4 == 0 ? 20 : 3); changes > 0; --changes)
    change(text, corpus, random);
  if (text.size() > longest) text.resize(longest);
  repair_tar(text);
  repair_zip(text);
  return text;
}

}  // namespace steady::fuzz
