// The machine underneath the stand-in CUDA headers: one fiber a CUDA thread, all on one host thread.
//
// A thread runs until it must wait for others (barrier, shuffle, ballot ...) or ends; then the schedule picks
// the next one. The results are therefore those of one legal interleaving, the same on every run, and a kernel
// that relies on an order which no barrier enforces gives other results under another schedule. What the
// programming guide calls undefined is reported as a Violation that names the kernel, the block and the thread.
// Weak memory effects are not modelled: every write is visible at once.
//
// Only one host thread may use the emulator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <source_location>
#include <stdexcept>
#include <string>

struct uint3 {
  unsigned x, y, z;
};

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
  constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
  constexpr std::size_t volume() const { return std::size_t{x} * y * z; }
};

// CUDA's own names. The scheduler sets them before it resumes a thread.
extern uint3 threadIdx, blockIdx;
extern dim3 blockDim, gridDim;
constexpr int warpSize = 32;

namespace simt {

using Site = std::source_location;

// A kernel did what CUDA leaves undefined.
class Violation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The order in which warps, lanes and blocks run. The environment variable STEADY_SCHEDULE (forward, reverse,
// random or random:seed) gives the first one; forward without it.
struct Schedule {
  enum class Order { forward, reverse, random } order = Order::forward;
  std::uint64_t seed = 1;
};
void set_schedule(Schedule schedule);
Schedule schedule();
Schedule to_schedule(const std::string& text);  // throws std::invalid_argument

// How many times in a row all that can run may spin before it counts as a deadlock; 1,000,000 at first.
void set_patience(long rounds);

// What fills memory that nobody has written yet: another byte under each schedule.
unsigned char fresh_byte();

struct Launch {
  dim3 grid, block;
  std::size_t shared_bytes = 0;
  bool cooperative = false;            // all blocks resident: this_grid().sync() works
  const void* kernel = nullptr;        // its address: finds its name for reports
  std::function<void()> call;          // one thread's run
  std::function<void()> after_blocks;  // checks of memory, after the last block
};
void run(const Launch& launch);

// --- the functions that the stand-in headers are made of; each is called by a running thread -------------------------

unsigned lane();
unsigned thread_rank();  // within the block

// Waits for all lanes of `mask` at the same `intrinsic` with the same mask. Gives the 32 values deposited, which
// hold until the caller's next wait; the caller may look only at lanes of its mask.
const std::uint64_t* exchange(const char* intrinsic, unsigned mask, std::uint64_t value, const Site& site);

// Waits for the lanes of `mask` that have not ended.
void warp_barrier(unsigned mask, const Site& site);

// The lanes that meet here when no lane of the warp can go on otherwise.
unsigned converged_lanes(const Site& site);

struct Votes {
  int threads, in_favour;
};
Votes block_barrier(const char* intrinsic, bool vote, const Site& site);
void grid_barrier(const Site& site);

// Lets everyone else go first: a spinning thread must call it (__nanosleep), or the emulator hangs.
void yield(const Site& site);

void* dynamic_shared(std::size_t alignment);
std::size_t dynamic_shared_bytes();

// Throws a Violation of the running thread.
[[noreturn]] void violation(const char* intrinsic, const Site& site, const std::string& what);

bool inside_kernel();

}  // namespace simt
