// A block of threads. Each thread runs by itself until it waits for others of its warp or of the block: no order
// between threads but the one that the program asks for.
#pragma once

#include <cstddef>
#include <optional>
#include <random>
#include <vector>

#include "tests/ptx/device_memory.hpp"
#include "tests/ptx/program.hpp"
#include "tests/ptx/races.hpp"
#include "tests/ptx/schedule.hpp"

namespace ptx {

struct Launch {
  const Function* kernel = nullptr;
  std::uint32_t blocks = 0, threads = 0;  // of a block
  std::uint32_t dynamic_shared_bytes = 0;
  std::vector<std::byte> parameters;
};

class Block {
 public:
  Block(const Launch& launch, Races& races, Order& order);

  // Throws Violation.
  void run(std::uint32_t number);

 private:
  enum class State : std::uint8_t { ready, at_warp, at_block, done };

  struct Thread {
    const Function* function = nullptr;
    Word* registers = nullptr;
    std::byte *frame = nullptr, *local = nullptr;
    std::uint32_t number = 0;
    std::uint32_t next = 0;  // instruction
    State state = State::ready;
  };

  // --- block.cpp: who runs when
  void begin(std::uint32_t number);
  bool run_warp(std::uint32_t warp);  // false: all of its threads waited already
  bool meet_at_block_barrier();       // true: all threads are done
  [[noreturn]] void fail(const Thread& thread, const std::string& what) const;

  // --- thread.cpp: what a thread does
  void advance(Thread& thread);  // until it waits or is done
  void do_rarer(const Instruction& i, Thread& thread);
  void load(const Instruction& i, Thread& thread);
  void store(const Instruction& i, Thread& thread);
  void atomic(const Instruction& i, Thread& thread);
  void call(const Call& call, Thread& caller);
  enum class Use : std::uint8_t { read, write, atomic };
  std::byte* locate(const Instruction& i, const Thread& thread, Use use);
  std::byte* shared_memory(Word address, unsigned bytes, const Thread& thread, Use use);
  std::byte* global_memory(Word address, unsigned bytes, const Thread& thread, Use use);
  // Throws Violation where it races. `offset`: in what has the cells, of `size` bytes.
  void note(Cells& cells, Word offset, std::size_t size, unsigned bytes, const Thread& thread, Use use, Word address);

  // --- warp.cpp: what the lanes of a warp do together
  bool release_warp(std::uint32_t warp);  // whether any lanes that waited go on
  std::uint32_t mask_of(const Thread& thread) const;
  std::uint32_t lanes_waited_for(const Thread& thread) const;
  bool all_are_here(const Thread& thread, std::uint32_t lanes) const;
  void do_together(const Instruction& i, std::uint32_t warp, std::uint32_t lanes);
  void shuffle(const Instruction& i, std::uint32_t warp, std::uint32_t lanes);

  const Launch& launch_;
  const Function& kernel_;
  Races& races_;
  Order& order_;
  std::uint32_t number_ = 0, warps_;
  std::vector<Thread> threads_;
  std::vector<Word> registers_;
  std::vector<std::byte> frames_, locals_, shared_;
  Cells shared_cells_;
  std::vector<Allocation*> recent_;  // of each instruction, the allocation that it touched last
};

}  // namespace ptx
