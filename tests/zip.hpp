// A zip made byte by byte, its files stored or deflated, independent of the library that reads it.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace steady {

// The `bytes` lowest bytes of a number, the lowest first.
inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int k = 0; k < bytes; ++k) text += static_cast<char>(value >> 8 * k & 0xff);
  return text;
}

inline std::string deflated(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string result(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

inline std::string zip_of(const std::vector<std::pair<std::string, std::string>>& files, bool deflate) {
  std::string zip, directory;
  for (const auto& [name, content] : files) {
    const std::string packed = deflate ? deflated(content) : content;
    const auto sum = crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
    const std::string common = little_endian(20, 2) + little_endian(0, 2) + little_endian(deflate ? 8 : 0, 2) +
                               little_endian(0, 4) + little_endian(sum, 4) + little_endian(packed.size(), 4) +
                               little_endian(content.size(), 4) + little_endian(name.size(), 2) + little_endian(0, 2);
    directory += "PK\1\2" + little_endian(20, 2) + common + little_endian(0, 2) + little_endian(0, 2) +
                 little_endian(0, 2) + little_endian(0, 4) + little_endian(zip.size(), 4) + name;
    zip += "PK\3\4" + common + name + packed;
  }
  const std::size_t start = zip.size();
  zip += directory;
  return zip + "PK\5\6" + little_endian(0, 4) + little_endian(files.size(), 2) + little_endian(files.size(), 2) +
         little_endian(directory.size(), 4) + little_endian(start, 4) + little_endian(0, 2);
}

}  // namespace steady
