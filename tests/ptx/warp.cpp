// What the lanes of a warp do together: each names by a mask those that must come to the same instruction.
#include <algorithm>
#include <array>

#include "tests/ptx/block.hpp"
#include "tests/ptx/violation.hpp"

namespace ptx {

bool Block::release_warp(std::uint32_t warp) {
  const std::uint32_t first = warp * warp_size, end = std::min(launch_.threads, first + warp_size);
  bool any = false;
  for (std::uint32_t t = first; t < end; ++t) {
    const Thread& thread = threads_[t];
    if (thread.state != State::at_warp) continue;
    const std::uint32_t lanes = lanes_waited_for(thread);
    if (!all_are_here(thread, lanes)) continue;
    do_together(kernel_.code[thread.next], warp, lanes);
    for (std::uint32_t k = first; k < end; ++k) {
      if (!(lanes >> (k - first) & 1)) continue;
      threads_[k].state = State::ready;
      ++threads_[k].next;
    }
    any = true;
  }
  return any;
}

std::uint32_t Block::mask_of(const Thread& thread) const {
  return static_cast<std::uint32_t>(thread.registers[kernel_.code[thread.next].from[1]]);
}

// The mask, after all that may be wrong with it.
std::uint32_t Block::lanes_waited_for(const Thread& thread) const {
  const std::uint32_t lanes = mask_of(thread);
  const std::uint32_t lane = thread.number % warp_size, first = thread.number - lane;
  if (!(lanes >> lane & 1)) fail(thread, "a mask without the lane itself");
  for (std::uint32_t k = 0; k < warp_size; ++k) {
    if (!(lanes >> k & 1)) continue;
    if (first + k >= launch_.threads) fail(thread, "a mask with lanes that the block does not have");
    const Thread& other = threads_[first + k];
    if (other.state == State::done) fail(thread, "a mask with a lane that has ended");
    if (other.state == State::at_block) fail(thread, "a mask with a lane that waits at the block's barrier");
  }
  return lanes;
}

bool Block::all_are_here(const Thread& thread, std::uint32_t lanes) const {
  const std::uint32_t first = thread.number / warp_size * warp_size;
  for (std::uint32_t k = 0; k < warp_size; ++k) {
    if (!(lanes >> k & 1)) continue;
    const Thread& other = threads_[first + k];
    if (other.state != State::at_warp || other.next != thread.next) return false;
    if (mask_of(other) != lanes) fail(thread, "two lanes with different masks");
  }
  return true;
}

void Block::do_together(const Instruction& i, std::uint32_t warp, std::uint32_t lanes) {
  if (i.kind == Kind::warp_barrier) return races_.warp_barrier(warp, lanes);
  if (i.kind == Kind::shuffle) return shuffle(i, warp, lanes);
  const auto registers = [&](std::uint32_t lane) { return threads_[warp * warp_size + lane].registers; };
  std::uint32_t votes = 0;
  for (std::uint32_t k = 0; k < warp_size; ++k)
    if ((lanes >> k & 1) && (registers(k)[i.from[0]] & 1)) votes |= std::uint32_t{1} << k;
  const Word result = i.mode == Mode::ballot ? votes : i.mode == Mode::any ? votes != 0 : votes == lanes;
  for (std::uint32_t k = 0; k < warp_size; ++k)
    if (lanes >> k & 1) registers(k)[i.to[0]] = result;
}

// PTX ISA 9.0, 9.7.9.6: shfl.sync.
void Block::shuffle(const Instruction& i, std::uint32_t warp, std::uint32_t lanes) {
  std::array<Word, warp_size> value{};
  for (std::uint32_t k = 0; k < warp_size; ++k)
    if (lanes >> k & 1) value[k] = threads_[warp * warp_size + k].registers[i.from[0]];
  for (std::uint32_t k = 0; k < warp_size; ++k) {
    if (!(lanes >> k & 1)) continue;
    const Thread& thread = threads_[warp * warp_size + k];
    Word* const r = thread.registers;
    const auto bound = static_cast<std::uint32_t>(r[i.from[3]]);
    const std::uint32_t distance = r[i.from[2]] & 31, clamp = bound & 31, segment = bound >> 8 & 31;
    const std::uint32_t lowest = k & segment, limit = lowest | (clamp & ~segment);
    const std::uint32_t from = i.mode == Mode::up          ? k - distance
                               : i.mode == Mode::down      ? k + distance
                               : i.mode == Mode::butterfly ? k ^ distance
                                                           : lowest | (distance & ~segment);
    const bool inside =
        i.mode == Mode::up ? static_cast<std::int32_t>(from) >= static_cast<std::int32_t>(limit) : from <= limit;
    const std::uint32_t source = inside ? from : k;
    if (!(lanes >> source & 1)) fail(thread, "a value of a lane that the mask does not name");
    r[i.to[0]] = value[source];
    if (i.values == 2) r[i.to[1]] = inside ? 1 : 0;
  }
}

}  // namespace ptx
