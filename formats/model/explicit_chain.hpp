// What the readers of explicit chains, lists of transitions between numbered states, share.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <steady/chain.hpp>

#include "formats/chain/rate_errors.hpp"
#include "formats/io/scanner.hpp"

namespace steady::detail {

constexpr double sum_rounding = 1e-12;  // of a sum of probabilities
constexpr double one_sum = 1e-5;        // probabilities sum to 1 within this
constexpr double near_one = 1e-2;       // numbers that sum to 1 within this are hardly meant as rates

// A positive number of states that State can number. Throws Error otherwise; at the scanner's line.
std::size_t require_states(const Scanner& scanner, std::uint64_t states);

// Throws Error, cause machine, where so many transitions and states take more than `limit` bytes.
void require_memory_for(const std::string& path, std::uint64_t states, std::uint64_t entries, std::uint64_t limit);

// What messages call the rows of a matrix: "row 3", or "row 'busy'" where the states have names.
struct RowNames {
  std::string_view what;
  std::size_t first = 0;  // the number of row 0
  std::span<const std::string> names = {};

  std::string operator()(std::size_t row) const;
};

// Throws Error where the probabilities of a row that is not empty are further than `tolerance` from a sum of 1. The
// message says what to do about a sum near 1 where `or_rates` they may be rates.
void require_probabilities(const std::string& path, const Csr& rows, const RowNames& called, double tolerance,
                           bool or_rates);

// What a user may do about probabilities that sum to no more than nearly 1, for the end of a message; nothing where the
// sum is further off.
std::string ways_out(double sum, bool or_rates);

// Whether every row that is not empty sums to 1 within the tolerance, and there is one.
bool rows_sum_to_one(const Csr& rows, double tolerance);

// Makes the probabilities of every row that is not empty sum to 1, with a note, where they are further than rounding
// from it.
void rescale_rows(Csr& rows, const RowNames& called, std::vector<std::string>& notes, RateErrors& errors);

// A self-loop of 1 for every state that nothing leaves, with a note. Returns these states.
std::vector<bool> mend_deadlocks(Chain& chain, std::vector<std::string>& notes);

// The label of that name; a new one that holds nowhere, where the chain has none.
Label& find_or_add_label(Chain& chain, std::string_view name);

// The states of positive initial probability. Throws Error where these probabilities differ, which most formats cannot
// hold.
std::vector<bool> equal_starts(const Chain& chain, const std::string& path);

// The states where "init" holds become the initial ones, of equal weights. Throws Error where it holds nowhere.
void start_in(Chain& chain, const std::vector<bool>& init, const std::string& path);

}  // namespace steady::detail
