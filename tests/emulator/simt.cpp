// The scheduler: which thread runs next, who waits for whom, and who waits in vain.
#include "tests/emulator/simt.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "tests/emulator/fiber.hpp"
#include "tests/emulator/static_shared.hpp"

uint3 threadIdx, blockIdx;
dim3 blockDim, gridDim;

namespace simt {

namespace {

constexpr std::size_t guard_bytes = 256;  // behind dynamic shared memory
constexpr unsigned char guard_byte = 0xfd;
constexpr const char* syncwarp_name = "__syncwarp";
constexpr const char* activemask_word = "__activemask";

enum class Wait : std::uint8_t { none, lanes, converged, block, grid, turn };

struct Thread {
  Fiber* fiber = nullptr;  // while it is neither fresh nor ended
  uint3 index;
  bool ended = false;
  Wait wait = Wait::none;
  bool vote = false;
  const char* intrinsic = "";
  unsigned mask = 0;
  std::uint64_t value = 0;
  Site site;
};

struct Warp {
  unsigned exists = 0, ready = 0, ended = 0;  // one bit a lane
  std::uint64_t published[32];
  unsigned converged = 0;
};

struct Block {
  uint3 index;
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  std::unique_ptr<unsigned char[]> dynamic;
  Image statics;
  Votes votes{};
  bool waits_for_grid = false, done = false;
};

bool same(const char* a, const char* b) { return a == b || std::strcmp(a, b) == 0; }

struct Abandoned {};  // unwinds a thread's stack after another one's violation

Schedule current_schedule = [] {
  const char* text = std::getenv("STEADY_SCHEDULE");
  return text ? to_schedule(text) : Schedule{};
}();

long patience = 1'000'000;
std::vector<StaticVariable> statics;
std::vector<std::unique_ptr<Fiber>> all_fibers;
std::vector<Fiber*> idle_fibers;

// --- the launch that is running --------------------------------------------------------------------------------------

const Launch* launch = nullptr;
Block* block = nullptr;
unsigned running = 0;  // rank within the block
Fiber* running_fiber = nullptr;
bool abandoning = false;
std::exception_ptr failure;
std::mt19937_64 random_numbers{current_schedule.seed};

std::string place(const uint3& v) {
  char text[40];
  std::snprintf(text, sizeof text, "(%u,%u,%u)", v.x, v.y, v.z);
  return text;
}

uint3 index_in(const dim3& shape, std::size_t rank) {
  return {static_cast<unsigned>(rank % shape.x), static_cast<unsigned>(rank / shape.x % shape.y),
          static_cast<unsigned>(rank / shape.x / shape.y)};
}

std::string to_string(const Site& site) {
  const std::string path = site.file_name();
  return path.substr(path.rfind('/') + 1) + ":" + std::to_string(site.line());
}

std::string hexadecimal(unsigned mask) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", mask);
  return text;
}

[[noreturn]] void violation_of(unsigned rank, const std::string& what) {
  const std::string name = function_name(launch->kernel);
  throw Violation("kernel " + (name.empty() ? "(without a symbol)" : name) + ", block " + place(block->index) +
                  ", thread " + place(index_in(launch->block, rank)) + ": " + what);
}

std::string waiting_at(const Thread& thread) {
  return std::string(thread.intrinsic) + " (" + to_string(thread.site) + ")";
}

// --- a thread --------------------------------------------------------------------------------------------------------

void run_thread() {
  try {
    launch->call();
  } catch (const Abandoned&) {
  } catch (...) {
    if (!failure) failure = std::current_exception();
  }
  block->threads[running].ended = true;
}

Fiber* take_fiber() {
  if (idle_fibers.empty()) {
    all_fibers.push_back(std::make_unique<Fiber>(run_thread));
    return all_fibers.back().get();
  }
  Fiber* fiber = idle_fibers.back();
  idle_fibers.pop_back();
  return fiber;
}

void resume(unsigned rank) {
  Thread& thread = block->threads[rank];
  if (!thread.fiber) thread.fiber = take_fiber();
  running = rank;
  running_fiber = thread.fiber;
  threadIdx = thread.index;
  thread.fiber->resume();
  running_fiber = nullptr;
  if (thread.ended) {
    block->warps[rank / 32].ended |= 1u << rank % 32;
    idle_fibers.push_back(thread.fiber);
    thread.fiber = nullptr;
  }
}

// Called by a thread: back to the scheduler until somebody makes it ready.
Thread& wait(Wait kind, const char* intrinsic, const Site& site, unsigned mask = 0, std::uint64_t value = 0,
             bool vote = false) {
  if (abandoning) throw Abandoned{};
  Thread& thread = block->threads[running];
  thread.wait = kind;
  thread.intrinsic = intrinsic;
  thread.site = site;
  thread.mask = mask;
  thread.value = value;
  thread.vote = vote;
  running_fiber->wait();
  if (abandoning) throw Abandoned{};
  thread.wait = Wait::none;
  return thread;
}

// --- a warp ----------------------------------------------------------------------------------------------------------

unsigned lanes_that_wait(unsigned w, Wait kind) {
  unsigned lanes = 0;
  for (unsigned rest = block->warps[w].exists & ~block->warps[w].ended; rest; rest &= rest - 1) {
    const unsigned k = std::countr_zero(rest);
    if (block->threads[32 * w + k].wait == kind) lanes |= 1u << k;
  }
  return lanes;
}

// Releases every group of lanes that is complete. Called when no lane is ready.
void release_lanes(unsigned w) {
  Warp& warp = block->warps[w];
  Thread* threads = &block->threads[32 * w];
  for (unsigned rest = lanes_that_wait(w, Wait::lanes); rest;) {
    const Thread& first = threads[std::countr_zero(rest)];
    unsigned group = 0;
    for (unsigned r = rest; r; r &= r - 1) {
      const Thread& other = threads[std::countr_zero(r)];
      if (other.mask == first.mask && same(other.intrinsic, first.intrinsic)) group |= r & -r;
    }
    const unsigned excused = first.intrinsic == syncwarp_name ? warp.ended | ~warp.exists : 0;
    if ((first.mask & ~excused & ~group) == 0) {
      for (unsigned r = group; r; r &= r - 1) {
        const int k = std::countr_zero(r);
        warp.published[k] = threads[k].value;
      }
      warp.ready |= group;
    }
    rest &= ~group;
  }
  if (warp.ready) return;
  if (const unsigned converging = lanes_that_wait(w, Wait::converged)) {
    const Site& site = threads[std::countr_zero(converging)].site;
    warp.converged = 0;
    for (unsigned r = converging; r; r &= r - 1)
      if (threads[std::countr_zero(r)].site.line() == site.line()) warp.converged |= r & -r;
    warp.ready = warp.converged;
  }
}

[[noreturn]] void report_lanes(unsigned w, unsigned waiting) {
  const Warp& warp = block->warps[w];
  const unsigned rank = 32 * w + std::countr_zero(waiting);
  const Thread& thread = block->threads[rank];
  for (unsigned r = thread.mask; r; r &= r - 1) {
    const unsigned k = std::countr_zero(r);
    const std::string named =
        waiting_at(thread) + " with mask " + hexadecimal(thread.mask) + " names lane " + std::to_string(k);
    if (!(warp.exists >> k & 1)) violation_of(rank, named + ", which does not exist in this block");
    const Thread& other = block->threads[32 * w + k];
    if (other.ended && thread.intrinsic != syncwarp_name) violation_of(rank, named + ", which has exited");
    if (other.ended ||
        (other.wait == Wait::lanes && same(other.intrinsic, thread.intrinsic) && other.mask == thread.mask))
      continue;
    violation_of(rank, named + ", which waits at " + waiting_at(other) +
                           (other.wait == Wait::lanes ? " with mask " + hexadecimal(other.mask) : ""));
  }
  violation_of(rank, waiting_at(thread) + ": deadlock");
}

void run_warp(unsigned w) {
  Warp& warp = block->warps[w];
  const unsigned start = current_schedule.order == Schedule::Order::random ? random_numbers() % 1024 : 0;
  while (warp.ready) {
    const unsigned turn = warp.ready;
    warp.ready = 0;
    for (unsigned k = 0; k < 32; ++k) {
      unsigned lane = k;
      if (current_schedule.order == Schedule::Order::reverse) lane = 31 - k;
      if (current_schedule.order == Schedule::Order::random) lane = (k * (start | 1) + start / 32) % 32;
      if (!(turn >> lane & 1)) continue;
      resume(32 * w + lane);
      if (failure) return;
    }
    if (warp.ended == warp.exists) return;
    release_lanes(w);
  }
  const unsigned waiting = lanes_that_wait(w, Wait::lanes);
  if (waiting && !lanes_that_wait(w, Wait::turn)) report_lanes(w, waiting);
}

// --- a block ---------------------------------------------------------------------------------------------------------

void begin_block(Block& b, std::size_t number) {
  const std::size_t threads = launch->block.volume();
  b.index = index_in(launch->grid, number);
  b.threads.assign(threads, {});
  b.warps.assign((threads + 31) / 32, {});
  for (std::size_t t = 0; t < threads; ++t) {
    b.threads[t].index = index_in(launch->block, t);
    b.warps[t / 32].exists |= 1u << t % 32;
  }
  for (Warp& warp : b.warps) warp.ready = warp.exists;
  b.waits_for_grid = b.done = false;
#if defined(__SANITIZE_ADDRESS__)
  b.dynamic.reset(new unsigned char[launch->shared_bytes]);
#else
  if (!b.dynamic) b.dynamic.reset(new unsigned char[launch->shared_bytes + guard_bytes]);
  std::memset(b.dynamic.get() + launch->shared_bytes, guard_byte, guard_bytes);
#endif
  std::memset(b.dynamic.get(), fresh_byte(), launch->shared_bytes);
  for (const StaticVariable& v : statics)
    if (v.shared) std::memset(v.begin, fresh_byte(), v.bytes);
}

void end_block() {
  block->done = true;
#if !defined(__SANITIZE_ADDRESS__)
  for (std::size_t k = 0; k < guard_bytes; ++k)
    if (block->dynamic[launch->shared_bytes + k] != guard_byte)
      violation_of(0, "byte " + std::to_string(k) + " behind the " + std::to_string(launch->shared_bytes) +
                          " bytes of dynamic shared memory was overwritten");
#endif
}

int pick_warp() {
  const int count = static_cast<int>(block->warps.size());
  const int start = current_schedule.order == Schedule::Order::random ? random_numbers() % count : 0;
  for (int k = 0; k < count; ++k) {
    const int w = current_schedule.order == Schedule::Order::reverse ? count - 1 - k : (start + k) % count;
    if (block->warps[w].ready) return w;
  }
  return -1;
}

// Ranks of the threads that wait so; those that have ended if `kind` is none.
std::vector<unsigned> ranks(Wait kind) {
  std::vector<unsigned> found;
  for (unsigned t = 0; t < block->threads.size(); ++t) {
    const Thread& thread = block->threads[t];
    if (kind == Wait::none ? thread.ended : !thread.ended && thread.wait == kind) found.push_back(t);
  }
  return found;
}

void make_ready(const std::vector<unsigned>& threads) {
  for (unsigned t : threads) block->warps[t / 32].ready |= 1u << t % 32;
}

// Everyone who has not ended waits here: are they all at one and the same barrier?
void release_barrier(const std::vector<unsigned>& waiting) {
  const Thread& first = block->threads[waiting[0]];
  block->votes = {static_cast<int>(waiting.size()), 0};
  for (unsigned t : waiting) {
    const Thread& thread = block->threads[t];
    if (!same(thread.intrinsic, first.intrinsic) || thread.site.line() != first.site.line() ||
        !same(thread.site.file_name(), first.site.file_name()))
      violation_of(t, "divergent barrier: waits at " + waiting_at(thread) + " while thread " +
                          place(index_in(launch->block, waiting[0])) + " waits at " + waiting_at(first));
    block->votes.in_favour += thread.vote;
  }
  make_ready(waiting);
}

enum class Progress { done, at_grid_barrier, spinning };

// Runs the block as far as it comes without other blocks.
Progress run_block(Block& b) {
  block = &b;
  blockIdx = b.index;
  make_ready(ranks(Wait::turn));
  for (;;) {
    for (int w = pick_warp(); w >= 0; w = pick_warp()) {
      run_warp(w);
      if (failure) std::rethrow_exception(failure);
    }
    if (std::all_of(b.warps.begin(), b.warps.end(), [](const Warp& w) { return w.ended == w.exists; })) {
      end_block();
      return Progress::done;
    }
    const std::vector<unsigned> at_barrier = ranks(Wait::block), at_grid = ranks(Wait::grid);
    if (!ranks(Wait::turn).empty()) return Progress::spinning;
    if (!at_grid.empty()) {
      const Thread& waits = b.threads[at_grid[0]];
      if (!at_barrier.empty())
        violation_of(at_barrier[0], "divergent barrier: waits at " + waiting_at(b.threads[at_barrier[0]]) +
                                        " while thread " + place(index_in(launch->block, at_grid[0])) + " waits at " +
                                        waiting_at(waits));
      if (const auto ended = ranks(Wait::none); !ended.empty())
        violation_of(ended[0], "has exited while thread " + place(index_in(launch->block, at_grid[0])) + " waits at " +
                                   waiting_at(waits));
      if (!launch->cooperative) violation_of(at_grid[0], waiting_at(waits) + " in a launch that is not cooperative");
      b.waits_for_grid = true;
      return Progress::at_grid_barrier;
    }
    release_barrier(at_barrier);
  }
}

void abandon(std::vector<Block>& blocks) {
  abandoning = true;
  for (Block& b : blocks) {
    block = &b;
    blockIdx = b.index;
    for (unsigned t = 0; t < b.threads.size(); ++t)
      while (b.threads[t].fiber) resume(t);
  }
  abandoning = false;
}

// --- a grid ----------------------------------------------------------------------------------------------------------

// Blocks run one after the other. A block that must wait for others stays resident while the next ones run;
// in a cooperative launch all of them are resident together.
class Grid {
 public:
  void run() {
    order_.resize(launch->grid.volume());
    for (std::size_t k = 0; k < order_.size(); ++k) order_[k] = k;
    if (current_schedule.order == Schedule::Order::reverse) std::reverse(order_.begin(), order_.end());
    if (current_schedule.order == Schedule::Order::random) std::shuffle(order_.begin(), order_.end(), random_numbers);
    resident_.resize(launch->cooperative ? order_.size() : 1);
    std::exception_ptr thrown;
    try {
      while (started_ < order_.size() || !all_done()) round();
    } catch (...) {
      thrown = std::current_exception();
    }
    if (!thrown) return;
    abandon(resident_);  // outside the handler: exceptions and fibers do not mix
    std::rethrow_exception(thrown);
  }

 private:
  bool all_done() const {
    return std::all_of(resident_.begin(), resident_.begin() + filled_, [](const Block& b) { return b.done; });
  }

  // Every resident block once; blocks that are done make room.
  void round() {
    bool progress = false, spinning = false;
    for (std::size_t k = 0; k < resident_.size(); ++k) {
      const bool fresh = k >= filled_ || resident_[k].done;
      if (fresh && started_ == order_.size()) continue;
      if (!fresh && resident_[k].waits_for_grid) continue;
      if (fresh) {
        begin_block(resident_[k], order_[started_++]);
        filled_ = std::max(filled_, k + 1);
      } else if (resident_.size() > 1) {
        restore(statics, resident_[k].statics);
      }
      const Progress result = run_block(resident_[k]);
      progress = progress || fresh || result != Progress::spinning;
      spinning = spinning || result == Progress::spinning;
      if (result != Progress::done && (resident_.size() > 1 || started_ < order_.size()))
        resident_[k].statics = save(statics);
    }
    if (spinning && started_ < order_.size()) resident_.resize(resident_.size() + 1);
    idle_rounds_ = progress ? 0 : idle_rounds_ + 1;
    if (spinning && idle_rounds_ > patience) report_spinning();
    if (!spinning && started_ == order_.size()) release_grid();
  }

  void release_grid() {
    const Block* waits = nullptr;
    const Block* gone = nullptr;
    for (const Block& b : resident_) (b.waits_for_grid ? waits : gone) = &b;
    if (!waits) return;
    block = const_cast<Block*>(waits);
    if (gone) violation_of(0, "grid barrier: block " + place(gone->index) + " has exited without reaching it");
    for (Block& b : resident_) {
      block = &b;
      b.waits_for_grid = false;
      make_ready(ranks(Wait::grid));
    }
  }

  void report_spinning() {
    for (Block& b : resident_) {
      block = &b;
      if (const auto spinning = ranks(Wait::turn); !b.done && !spinning.empty())
        violation_of(spinning[0], waiting_at(b.threads[spinning[0]]) + ": spins for ever, all others wait or spin too");
    }
  }

  std::vector<std::size_t> order_;  // the blocks' numbers in the order in which they begin
  std::size_t started_ = 0, filled_ = 0;
  std::vector<Block> resident_;
  long idle_rounds_ = 0;
};

}  // namespace

void set_schedule(Schedule schedule) {
  current_schedule = schedule;
  random_numbers.seed(schedule.seed);
}

void set_patience(long rounds) { patience = rounds; }

Schedule schedule() { return current_schedule; }

Schedule to_schedule(const std::string& text) {
  if (text == "forward") return {Schedule::Order::forward};
  if (text == "reverse") return {Schedule::Order::reverse};
  if (text == "random") return {Schedule::Order::random};
  if (text.starts_with("random:")) return {Schedule::Order::random, std::stoull(text.substr(7))};
  throw std::invalid_argument("schedule '" + text + "': not forward, reverse, random or random:seed");
}

unsigned char fresh_byte() {
  switch (current_schedule.order) {
    case Schedule::Order::forward:
      return 0xff;  // not a number
    case Schedule::Order::reverse:
      return 0xa5;  // a tiny negative number
    default:
      return 0x5a;  // a large positive one
  }
}

void run(const Launch& wanted) {
  if (launch) throw Violation("a launch from within a kernel");
  launch = &wanted;
  gridDim = wanted.grid;
  blockDim = wanted.block;
  failure = nullptr;
  if (statics.empty()) statics = static_variables();
  const Image before = save(statics);
  try {
    Grid().run();
    if (wanted.after_blocks) wanted.after_blocks();
  } catch (...) {
    launch = nullptr;
    throw;
  }
  learn(statics, before);
  launch = nullptr;
}

unsigned lane() { return running % 32; }
unsigned thread_rank() { return running; }
bool inside_kernel() { return running_fiber != nullptr; }

void violation(const char* intrinsic, const Site& site, const std::string& what) {
  violation_of(running, std::string(intrinsic) + " (" + to_string(site) + ") " + what);
}

const std::uint64_t* exchange(const char* intrinsic, unsigned mask, std::uint64_t value, const Site& site) {
  if (!(mask >> lane() & 1))
    violation(intrinsic, site, "with mask " + hexadecimal(mask) + ", which does not name the caller");
  wait(Wait::lanes, intrinsic, site, mask, value);
  return block->warps[running / 32].published;
}

void warp_barrier(unsigned mask, const Site& site) { exchange(syncwarp_name, mask, 0, site); }

unsigned converged_lanes(const Site& site) {
  wait(Wait::converged, activemask_word, site);
  return block->warps[running / 32].converged;
}

Votes block_barrier(const char* intrinsic, bool vote, const Site& site) {
  wait(Wait::block, intrinsic, site, 0, 0, vote);
  return block->votes;
}

void grid_barrier(const Site& site) { wait(Wait::grid, "this_grid().sync()", site); }

void yield(const Site& site) { wait(Wait::turn, "__nanosleep", site); }

void* dynamic_shared(std::size_t alignment) {
  if (alignment > alignof(std::max_align_t))
    throw Violation("dynamic shared memory is aligned to " + std::to_string(alignof(std::max_align_t)) + " bytes only");
  return block->dynamic.get();
}

std::size_t dynamic_shared_bytes() { return launch->shared_bytes; }

}  // namespace simt
