// Sums in a file that are not quite what they should be, because the file's numbers are rounded: tools write 6 digits,
// or 4, and rounded sums need not agree with the sums of rounded numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <steady/chain.hpp>
#include <steady/csr.hpp>

namespace steady::detail {

class RoundedSums {
 public:
  struct Sum {
    double expected, sum;  // the exit rate, or 1, and what the numbers sum to
    std::uint64_t state;
    std::size_t line;
  };

  // A number of the file. How many digits the file has is the most that any number shows.
  void read(std::string_view decimal);

  // A sum of these numbers that may be further than the tolerance from what is expected; that is a number of the file,
  // or exact.
  void look_at(const Sum& sum, double tolerance, std::span<const Triplet> numbers, bool expected_is_exact);

  // After the last number: throws Error where a sum is further off than the file's digits explain, and else adds a note
  // where one is off. `kind` says what the sums are of, rates or probabilities.
  void judge(const std::string& path, Kind kind, std::vector<std::string>& notes) const;

 private:
  int digits_ = 0;
  Sum oddest_{};
  double excess_ = 0;  // of the oddest: how far it is off, over what a file of no digits would explain
};

}  // namespace steady::detail
