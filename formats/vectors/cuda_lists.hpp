// The operations of lists.hpp on a CUDA device. No CUDA header is needed here.
//
// They are queued like the vectors' operations, and none of them waits. One thread adds up one list.
#pragma once

#include "formats/vectors/cuda.hpp"
#include "formats/vectors/lists.hpp"

namespace steady::detail {

void restrict_sum(const Lists<CudaVector>& lists, const CudaVector& x, CudaVector& y);
void restrict_sum(const Lists<CudaVector>& lists, const CudaVector& a, const CudaVector& x, CudaVector& y);
void restrict_sum(const Lists<CudaVector>& lists, const Flows<CudaVector>& flows, const CudaVector& x, CudaVector& y);

void jacobi_step(const Flows<CudaVector>& flows, double w, const CudaVector* b, const CudaVector& x, CudaVector& y);
void find_residual(const Flows<CudaVector>& flows, const CudaVector& b, const CudaVector& x, CudaVector& r);

void multiply_spread(const CudaArray<std::uint32_t>& of, const CudaVector& f, CudaVector& x);
void prolong_add(const CudaArray<std::uint32_t>& of, const CudaVector& a, const CudaVector& f, CudaVector& x);
void raise_to(double least, CudaVector& x);
void to_the_power(double exponent, CudaVector& x);

static_assert(ListOperations<CudaVector>);

}  // namespace steady::detail
