/// @file
/// What the graph of a chain says before any number is computed.
#pragma once

#include <cstddef>

namespace steady {

/// Number of dependency levels of a Gauss-Seidel sweep in each direction: a state's level is one more than the highest
/// among its sources that the sweep visits earlier (level scheduling, Saltz 1990).
struct Levels {
  std::size_t forward = 0;   ///< states visited in ascending order
  std::size_t backward = 0;  ///< ... in descending order
};

/// Different values among the rates and among the exit rates.
struct DistinctValues {
  std::size_t rates = 0;       ///< between different states
  std::size_t exit_rates = 0;  ///< of states
};

/// All of it, as `steady info` and every report show it.
struct Structure {
  std::size_t components = 0;         ///< strongly connected ones (Tarjan 1972)
  std::size_t bottom_components = 0;  ///< those that can be reached and are never left
  std::size_t transient_states = 0;   ///< in none of these: their long-run probability is 0
  std::size_t period = 1;             ///< largest over the reachable bottom components; 1 for a CTMC
  DistinctValues distinct;            ///< numbers of distinct values
  Levels levels;                      ///< of sweeps
};

}  // namespace steady
