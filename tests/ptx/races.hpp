// Which accesses to memory are ordered, and which race: a vector clock for each lane of a warp, epochs between the
// barriers of a block, and between blocks what fences and atomics pass on (PTX ISA 9.0, chapter 8: memory consistency).
//
// Flanagan and Freund, FastTrack: efficient and precise dynamic race detection, PLDI 2009.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "tests/ptx/program.hpp"

namespace ptx {

constexpr unsigned warp_size = 32;

// By lanes of one warp, or by several warps of a block.
struct Access {
  static constexpr std::uint32_t several = ~std::uint32_t{0};

  std::uint64_t launch = 0;  // 0: none
  std::uint32_t block = 0, epoch = 0, now = 0;
  std::uint32_t warp = 0, lanes = 0;
};

// What is known of four bytes of memory, or of one where narrower accesses touch it.
struct Cell {
  Access write;                     // the last one that was no atomic
  Access read;                      // since then, by the block that read last
  std::vector<Access> other_reads;  // by other blocks
  std::vector<Access> atomics;      // since then, one a block; the last one by the block that came last
};

// Of a piece of memory, made at the first access. What is accessed by words and by parts of words in one launch is not
// compared.
struct Cells {
  std::vector<Cell> of_words, of_bytes;
};

class Races {
 public:
  void begin_launch();
  void begin_block(std::uint32_t block, std::uint32_t threads);

  // The access that is not ordered with this one, if there is one.
  std::optional<Access> read(Cell& cell, std::uint32_t thread) const;
  std::optional<Access> write(Cell& cell, std::uint32_t thread) const;
  // One that orders nothing by itself: fences around it do, and then what was before the earlier thread's fence, not
  // the atomic itself. `address`: of the word.
  std::optional<Access> atomic(Cell& cell, std::uint32_t thread, Word address);

  void fence(std::uint32_t thread);
  void warp_barrier(std::uint32_t warp, std::uint32_t lanes);
  void block_barrier();

 private:
  using Clocks = std::array<std::uint32_t, warp_size>;  // of the lanes of a warp

  // What a thread had done, and knew of its warp, at a fence.
  struct Release {
    std::uint32_t block, epoch, warp;
    Clocks known;
  };

  // The first releases of a word.
  struct Seen {
    Word address;
    std::size_t count;
  };

  struct Thread {
    std::uint32_t now = 1;
    Clocks known{};  // what other lanes did before that is ordered before what this one does
    std::optional<Release> released;
    std::vector<Seen> observed;  // by atomics
    std::vector<Seen> acquired;  // and then by a fence
  };

  static void merge(std::vector<Seen>& into, const std::vector<Seen>& from);
  static bool covers(std::uint32_t epoch, std::uint32_t warp, const Clocks& known, const Access& access);
  bool is_ordered(const Access& earlier, std::uint32_t thread) const;
  bool conflicts(const Access& earlier, std::uint32_t thread) const;
  std::optional<Access> conflicting(const std::vector<Access>& earlier, std::uint32_t thread) const;
  std::optional<Access> conflicting_but_atomics(const Cell& cell, std::uint32_t thread) const;
  static void join(Access& last, const Access& mine);  // of one block
  Access access_of(std::uint32_t thread) const;

  std::uint64_t launch_ = 0;
  std::uint32_t block_ = 0, epoch_ = 0;
  bool anything_seen_ = false;  // by any thread of the block
  std::vector<Thread> threads_;
  std::unordered_map<Word, std::vector<Release>> releases_;
};

}  // namespace ptx
