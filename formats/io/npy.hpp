// NumPy's format of one array, .npy versions 1.0 to 3.0: a header that is a dictionary, then the numbers.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace steady::detail {

struct NpyArray {
  std::string_view type;             // such as "<f8", 64-bit numbers, or "|S3", a text of three bytes
  std::vector<std::uint64_t> shape;  // empty for one value alone
  std::string_view values;           // as they lie in memory
  bool by_columns = false;           // fortran_order: the first index runs fastest
};

// The elements of an array, of numbers of any type that can be a rate or an index: whole numbers, truth values and
// numbers of 2, 4 or 8 bytes or of x87's 10, in either order of bytes.
class NpyNumbers {
 public:
  // Throws Error, calling the array by `place`, for another type or number of dimensions.
  NpyNumbers(std::string place, const NpyArray& array, std::size_t dimensions);

  std::uint64_t size() const { return size_; }  // of all elements
  const std::vector<std::uint64_t>& shape() const { return shape_; }

  // The place of an element for the functions below; as many indices as there are dimensions.
  std::uint64_t at(std::initializer_list<std::uint64_t> indices) const;

  double real(std::uint64_t k) const;
  double error(std::uint64_t k) const;  // of real(k), relative to it: an upper bound
  // A whole number below `bound`; throws Error for another one.
  std::uint64_t index(std::uint64_t k, std::uint64_t bound) const;
  std::int64_t whole(std::uint64_t k) const;  // throws Error where it is none

  [[noreturn]] void fail(const std::string& what) const;

 private:
  std::uint64_t bits(std::uint64_t k) const;
  double half(std::uint64_t k) const;
  double extended(std::uint64_t k) const;

  std::string place_;
  const char* values_;
  std::vector<std::uint64_t> shape_;
  bool by_columns_;
  std::uint64_t size_ = 1;
  char kind_;          // f, i, u or b
  std::size_t bytes_;  // of an element
  bool big_endian_;
};

// `content` must outlive it. Throws Error naming `path` where there is no such header, or where the values have another
// size than type and shape say.
NpyArray read_npy(const std::string& path, std::string_view content);

// What comes before the values of a one-dimensional array of 64-bit numbers.
std::string npy_header(std::uint64_t values);

}  // namespace steady::detail
