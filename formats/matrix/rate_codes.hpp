// The distinct values of a matrix, numbered: chains have few distinct rates, so that a code says which in a few bits.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formats/base/hash_table.hpp"

namespace steady::detail {

class RateCodes {
 public:
  // More make a table that no longer stays in a processor's nearest cache or a GPU block's shared memory: 32 kB.
  static constexpr std::size_t most = 4096;

  RateCodes() = default;
  // Stops looking after more than `most`.
  explicit RateCodes(const std::vector<double>& values);

  bool too_many() const { return rate_.size() > most; }
  std::string reason() const;  // why a storage by codes does not fit; empty: there are few enough
  // By code, in order of first appearance.
  const std::vector<double>& rates() const { return rate_; }
  // Of one of the values.
  std::uint32_t code(double value) const {
    return codes_.find(hash(value), [&](std::uint32_t code) { return rate_[code] == value; });
  }
  // Of a value that may be new; any number once there are too many.
  std::uint32_t insert(double value);

 private:
  static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);

  static std::uint64_t hash(double value) { return std::bit_cast<std::uint64_t>(value) * 0x9E3779B97F4A7C15u; }

  HashTable<std::uint32_t, none> codes_{4 * most};
  std::vector<double> rate_;
};

// Bits that tell so many codes apart.
unsigned bits_for(std::size_t codes);

}  // namespace steady::detail
