// NumPy's format of one array, .npy versions 1.0 to 3.0: a header that is a dictionary, then the numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace steady {

struct NpyArray {
  std::string_view type;             // such as "<f8", 64-bit numbers, or "|S3", a text of three bytes
  std::vector<std::uint64_t> shape;  // empty for one value alone
  std::string_view values;           // as they lie in memory
};

// `content` must outlive it. Throws Error naming `path` where there is no such header, or where the values have another
// size than type and shape say. The order of arrays of two dimensions and more is not looked at.
NpyArray read_npy(const std::string& path, std::string_view content);

// What comes before the values of a one-dimensional array of 64-bit numbers.
std::string npy_header(std::uint64_t values);

}  // namespace steady
