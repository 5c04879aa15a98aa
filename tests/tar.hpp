// A tar made byte by byte, as POSIX says (ustar), independent of the library that reads it.
#pragma once

#include <cstdio>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace steady {

using NamedFiles = std::vector<std::pair<std::string, std::string>>;  // name, content

inline std::string tar_of(const NamedFiles& files) {
  std::string tar;
  for (const auto& [name, content] : files) {
    char header[513] = {};
    std::snprintf(header, 100, "%s", name.c_str());
    std::memcpy(header + 100, "0000644", 8);
    std::memcpy(header + 108, "0000000", 8);
    std::memcpy(header + 116, "0000000", 8);
    std::snprintf(header + 124, 12, "%011zo", content.size());
    std::memcpy(header + 136, "00000000000", 12);
    std::memset(header + 148, ' ', 8);
    header[156] = '0';
    std::memcpy(header + 257, "ustar\00000", 8);
    unsigned sum = 0;
    for (int k = 0; k < 512; ++k) sum += static_cast<unsigned char>(header[k]);
    std::snprintf(header + 148, 8, "%06o", sum);
    tar.append(header, 512);
    tar += content;
    tar.append((512 - content.size() % 512) % 512, '\0');
  }
  return tar + std::string(1024, '\0');
}

// Numbers as they lie in memory.
template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace steady
