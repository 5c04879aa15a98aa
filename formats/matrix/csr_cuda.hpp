// Products with a Csr matrix that lies in the memory of a CUDA device. No CUDA header is needed here.
#pragma once

#include <cstddef>
#include <cstdint>

#include "formats/matrix/csr.hpp"

struct CUstream_st;  // cudaStream_t is a pointer to it

namespace steady {

// Csr's arrays on the device, not owned. Fewer than 2^32 rows.
struct CsrOnDevice {
  std::size_t rows = 0;
  std::size_t entries = 0;
  const std::uint64_t* row_start = nullptr;  // rows + 1
  const State* column = nullptr;
  const double* value = nullptr;
};

// y = R x, one thread a row. Queued on the stream; throws Error if the launch fails.
void csr_scalar_product(const CsrOnDevice& matrix, const double* x, double* y, CUstream_st* stream);

// y = R x, a row for 2 to 32 neighbouring lanes: as many as the mean row has entries, rounded up to a power of two.
void csr_vector_product(const CsrOnDevice& matrix, const double* x, double* y, CUstream_st* stream);

// How many lanes that is.
unsigned csr_vector_width(const CsrOnDevice& matrix);

}  // namespace steady
