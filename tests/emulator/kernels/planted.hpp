// Kernels with a mistake in each: what the emulator is there to find.
#pragma once

#include <cuda_runtime.h>

namespace planted {

void missing_barrier(const double* x, double* y);  // 64 values: y[i] = x[63 - i], if it had its barrier
void late_write(double* x);                        // 64 values turned round by one, if it had its second barrier
void missing_warp_barrier(const int* x, int* y);   // 32 values: y[i] = x[31 - i]
void divergent_barrier();                          // half the block waits at another barrier
void exited_lane(int* y);                          // shuffles among 32 lanes, of which 12 have returned
void unnamed_caller(int* y);                       // a mask without the caller
void different_masks(int* y);                      // the halves of a warp name different lanes
void shuffle_against_barrier(int* y);              // one lane waits for the block, the others for it
void outside_the_mask(int* y);                     // reads a lane that takes no part
void off_by_one(const double* x, double* y, unsigned rows);  // one row too many
void beyond_shared(double* y);                               // reads behind static shared memory
void beyond_dynamic_shared(double* y);                       // writes behind dynamic shared memory
void grid_barrier_without_all(bool cooperative);             // the last block does not come
void spin_for_ever(unsigned* flag);
void read(const double* x, double* y, unsigned index);  // y[0] = x[index]

}  // namespace planted
