// Numbers as kernels are given them.
#pragma once

#include <cuda_runtime.h>

#include <vector>

#include "formats/vectors/cuda_number.hpp"

namespace steady::detail {

struct Scalar {
  double known;
  const double* slot;
  __device__ double get() const { return slot ? known * *slot : known; }
};

inline Scalar scalar(const CudaNumber& x) { return {x.known(), x.slot()}; }

// Queues the arithmetic that is on the list. Called before every launch that reads or writes numbers.
void compute_pending();

// x goes to the slot of `to`, which is a number that changes: for what an IterationLoop carries from one iteration to
// the next alone.
void put(const CudaNumber& x, const CudaNumber& to);

// While it lives, all slots that are taken go to `kept`, too, as a graph that is recorded writes to them whenever it is
// replayed. Made before the recording begins; what is on the list at its end is dropped.
class KeptSlots {
 public:
  explicit KeptSlots(std::vector<CudaNumber>& kept);
  KeptSlots(const KeptSlots&) = delete;
  KeptSlots& operator=(const KeptSlots&) = delete;
  ~KeptSlots();
};

}  // namespace steady::detail
