// Who runs when. Threads that have exited count as present at a block's barrier on some devices: here that is a fault,
// as the order of the others would rest on it.
#include "tests/ptx/block.hpp"

#include <algorithm>

#include "tests/ptx/violation.hpp"

namespace ptx {

Block::Block(const Launch& launch, Races& races, Order& order)
    : launch_(launch),
      kernel_(*launch.kernel),
      races_(races),
      order_(order),
      warps_((launch.threads + warp_size - 1) / warp_size),
      threads_(launch.threads),
      registers_(launch.threads * kernel_.initial.size()),
      frames_(launch.threads * kernel_.frame_bytes),
      locals_(launch.threads * kernel_.local_bytes),
      shared_(kernel_.static_shared_bytes + launch.dynamic_shared_bytes),
      recent_(kernel_.code.size()) {}

void Block::run(std::uint32_t number) {
  begin(number);
  do {
    for (bool progress = true; progress;) {
      progress = false;
      for (const std::uint32_t warp : order_.turn(warps_)) progress |= run_warp(warp);
    }
  } while (!meet_at_block_barrier());
}

void Block::begin(std::uint32_t number) {
  number_ = number;
  races_.begin_block(number, launch_.threads);
  std::fill(shared_.begin(), shared_.end(), std::byte{0xff});
  shared_cells_ = {};
  std::fill(locals_.begin(), locals_.end(), std::byte{0xff});
  for (std::uint32_t t = 0; t < launch_.threads; ++t) {
    Word* const registers = registers_.data() + t * kernel_.initial.size();
    std::copy(kernel_.initial.begin(), kernel_.initial.end(), registers);
    registers[tid] = t;
    registers[ntid] = launch_.threads;
    registers[ctaid] = number;
    registers[nctaid] = launch_.blocks;
    registers[laneid] = t % warp_size;
    threads_[t] = {
        &kernel_, registers,   frames_.data() + t * kernel_.frame_bytes, locals_.data() + t * kernel_.local_bytes, t,
        0,        State::ready};
  }
}

bool Block::run_warp(std::uint32_t warp) {
  const std::uint32_t first = warp * warp_size, lanes = std::min(warp_size, launch_.threads - first);
  bool ran = false;
  do {
    for (const std::uint32_t lane : order_.turn(lanes)) {
      Thread& thread = threads_[first + lane];
      if (thread.state != State::ready) continue;
      ran = true;
      try {
        advance(thread);
      } catch (const Violation& violation) {
        fail(thread, violation.what());
      }
    }
  } while (release_warp(warp));
  return ran;
}

bool Block::meet_at_block_barrier() {
  const auto is_done = [](const Thread& t) { return t.state == State::done; };
  if (std::all_of(threads_.begin(), threads_.end(), is_done)) return true;
  const auto waiting = std::find_if(threads_.begin(), threads_.end(), [&](const Thread& t) { return !is_done(t); });
  for (Thread& thread : threads_) {
    if (thread.state == State::at_warp) fail(thread, "waits for lanes that never come");
    if (is_done(thread)) fail(*waiting, "waits at a barrier, and a thread of the block has ended");
    if (thread.next != waiting->next)
      fail(thread, "waits at another barrier than thread " + std::to_string(waiting->number));
  }
  for (Thread& thread : threads_) {
    thread.state = State::ready;
    ++thread.next;
  }
  races_.block_barrier();
  return false;
}

void Block::fail(const Thread& thread, const std::string& what) const {
  const std::string text = thread.next < thread.function->text.size() ? thread.function->text[thread.next] : "its end";
  throw Violation("kernel " + kernel_.name + ", block " + std::to_string(number_) + ", thread " +
                  std::to_string(thread.number) + ", '" + text + "': " + what);
}

}  // namespace ptx
