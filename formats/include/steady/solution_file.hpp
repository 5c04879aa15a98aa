/// @file
/// A solution as a file: one probability a state, in the order of the chain's states.
#pragma once

#include <string>
#include <vector>

#include <steady/chain.hpp>

namespace steady {

/// How good the distribution is; written where the format can carry it.
struct SolutionMark {
  bool converged = true;  ///< whether the solve reached its tolerance
  double residual = 0;    ///< of the distribution
};

/// Throws Error where write_solution() would: an extension that no format has (it lists those there are), or a place
/// that cannot be written. What a program asks before a long solve.
void require_solution_path(const std::string& path);

/// Every state with 17 significant digits, in the format of the path's extension (.txt .csv .npy .json .ss .m), which
/// .gz or .xz may follow; "-" is standard output, as text. Written whole or not at all. Throws Error as above, on a
/// full disk, and on a distribution of another size than the chain's.
void write_solution(const std::string& path, const Chain& chain, const std::vector<double>& distribution,
                    const SolutionMark& mark);

/// One finite number a state, neither normalised nor checked for sign; "-" is standard input, as text. Throws Error
/// with file, line and value on anything else, and where the file tells other variables' values than the chain's.
std::vector<double> read_solution(const std::string& path, const Chain& chain);

}  // namespace steady
