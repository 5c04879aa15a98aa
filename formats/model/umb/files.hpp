// The binary files of a .umb archive: little-endian numbers, read where they lie.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "formats/io/archive.hpp"

namespace steady::detail::umb {

static_assert(std::endian::native == std::endian::little, "the numbers are read as they lie in memory");

// One value of type T for each index; 0 for all where the file is absent, and behind its end: an index may itself come
// from a file that has changed since it was checked.
template <class T>
class Values {
 public:
  Values() = default;
  explicit Values(std::string_view bytes) : data_(bytes.data()), size_(bytes.size() / sizeof(T)) {}

  bool present() const { return data_ != nullptr; }
  std::size_t size() const { return size_; }
  T operator[](std::size_t i) const {
    T value{};
    if (i < size_) std::memcpy(&value, data_ + i * sizeof(T), sizeof(T));
    return value;
  }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

// One bit for each index; false for all where the file is absent.
class Bits {
 public:
  Bits() = default;
  explicit Bits(std::string_view bytes) : words_(bytes) {}
  bool operator[](std::size_t i) const { return words_.present() && (words_[i / 64] >> i % 64 & 1) != 0; }

 private:
  Values<std::uint64_t> words_;
};

// Where each index's targets begin and end; index i has target i alone where the file is absent.
class Intervals {
 public:
  Intervals() = default;
  explicit Intervals(std::string_view bytes) : start_(bytes) {}
  bool present() const { return start_.present(); }
  std::uint64_t begin(std::size_t i) const { return start_.present() ? start_[i] : i; }
  std::uint64_t end(std::size_t i) const { return start_.present() ? start_[i + 1] : i + 1; }

 private:
  Values<std::uint64_t> start_;
};

// The files of an archive, their sizes checked against the counts of its index before anything is read. Each function
// throws Error, naming the file, where it has another size.
class Files {
 public:
  Files(const std::string& path, const Archive& archive) : path_(path), archive_(archive) {}

  // n values; where absent, none.
  template <class T>
  Values<T> values(const std::string& name, std::uint64_t n) const {
    const std::string_view* file = find(name, n, sizeof(T));
    return file == nullptr ? Values<T>() : Values<T>(*file);
  }
  Bits bits(const std::string& name, std::uint64_t n) const;
  // From n indices onto m targets: starts at 0, does not descend, ends with m. Throws Error, too, where it is absent
  // and n is not m.
  Intervals intervals(const std::string& name, std::uint64_t n, std::uint64_t m) const;
  // n records of so many bytes.
  std::string_view records(const std::string& name, std::uint64_t n, std::uint64_t bytes) const;

 private:
  // Throws Error unless the file is absent or has `count` elements of `bytes` each.
  const std::string_view* find(const std::string& name, std::uint64_t count, std::uint64_t bytes) const;

  const std::string& path_;
  const Archive& archive_;
};

}  // namespace steady::detail::umb
