// The distinct values of a matrix, numbered: chains have few distinct rates, so that a code says which in a few bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace steady {

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
  std::uint32_t code(double value) const { return slots_[find(value)]; }
  // Of a value that may be new; any number once there are too many.
  std::uint32_t insert(double value);

 private:
  static constexpr std::uint32_t none = static_cast<std::uint32_t>(-1);

  std::size_t find(double value) const;  // the slot where it is or belongs; a hash table with open addressing

  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(4 * most, none);
  std::vector<double> rate_;
};

// Bits that tell so many codes apart.
unsigned bits_for(std::size_t codes);

}  // namespace steady
