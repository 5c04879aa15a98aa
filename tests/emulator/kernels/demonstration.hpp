// Kernels that show each word of the emulator at work. The pointers lead to device memory.
#pragma once

#include <cuda_runtime.h>

namespace demonstration {

constexpr unsigned block_threads = 128;

void count_up(unsigned* counts, std::size_t size, cudaStream_t stream);                 // counts[i] += i
void block_sums(const double* x, double* sums, std::size_t size, cudaStream_t stream);  // one a block
void warp_scan(const int* x, int* prefix_sums, cudaStream_t stream);                    // 32 values
void shuffles(int* results, cudaStream_t stream);    // 6 x 32: index, up, down, xor of the lane in forms listed there
void votes(unsigned* results, cudaStream_t stream);  // 10 values of one block of 64
void reverse_blocks(const double* x, double* y, unsigned blocks, cudaStream_t stream);  // by dynamic shared memory
void block_shares(const double* x, double* shares, double* sums, unsigned blocks, cudaStream_t stream);  // cooperative
void tile_sums(const double* x, double* y, unsigned* met, cudaStream_t stream);  // tiles of 8 in a block of 64
void histogram(const unsigned* bin, unsigned* counts, double* weight, std::size_t size, cudaStream_t stream);
void chained_sum(const double* x, volatile double* running, unsigned* turn, unsigned blocks, cudaStream_t stream);
void rounded(const double* pair, double* results, cudaStream_t stream);  // sum, product up and down, fma
void count_down(unsigned* counter, unsigned* steps, cudaGraphConditionalHandle handle, cudaStream_t stream);

}  // namespace demonstration
