// Chains of families whose states have a rank in closed form, generated row by row on the GPU: no list of states, no
// transition that is not in its final place, so that a chain takes little more than its matrix and vectors. For sizes
// beyond those that an explicit state space allows.
//
// States are in lexicographic order of the counters, as everywhere; their numbers fit in 32 bits, everything else that
// is counted takes 64.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "formats/matrix/rate_operator.hpp"
#include "formats/vectors/cuda.hpp"

namespace steady::bench {

using namespace detail;

// Mask storage (formats/matrix/mask.hpp) whose distance has a word of its own, for chains whose distances and rates do
// not fit in one together: 9 bytes an entry. Entry k says: rate[code[k]] in column distance[k] - 31 + r of each row r
// of its slice whose bit of lanes[k] is set. A slice's entries ascend in distance, then in code.
struct WideMask {
  std::vector<std::uint64_t> start;  // of each slice's entries, and their number
  std::vector<std::uint32_t> lanes, distance;
  std::vector<std::uint8_t> code;
  std::vector<double> rate;
};

// Products and whole sweeps; what takes an order of dependency levels throws Error.
class GeneratedChain : public RateOperator<CudaVector> {
 public:
  virtual std::uint64_t transitions() const = 0;
  virtual std::uint64_t entries() const = 0;  // of the storage
  virtual std::uint64_t bytes() const = 0;    // of all that is on the device
  // ||x Q||_1 from the rules alone: rows and exit rates generated anew, nothing read of what is stored.
  virtual double residual_by_rules(const CudaVector& x) const = 0;
  virtual WideMask storage_on_host() const = 0;
  virtual std::vector<double> exit_rates_on_host() const = 0;
};

// Throw Error for a size that is out of range or has too many states to number, NoRoom where the GPU is too small.
std::unique_ptr<GeneratedChain> generate_kanban(int t);          // t in 1..11
std::unique_ptr<GeneratedChain> generate_polling(int stations);  // 2..26

}  // namespace steady::bench
