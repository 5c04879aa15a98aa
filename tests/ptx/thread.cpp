// What a thread does by itself.
#include <algorithm>
#include <cstring>

#include "tests/ptx/block.hpp"
#include "tests/ptx/conditions.hpp"
#include "tests/ptx/violation.hpp"

namespace ptx {
namespace {

Word read_value(const std::byte* from, unsigned bytes, bool is_signed) {
  Word value = 0;
  std::memcpy(&value, from, bytes);
  const unsigned unused = 64 - 8 * bytes;
  return is_signed ? static_cast<Word>(static_cast<std::int64_t>(value << unused) >> unused) : value;
}

Word low_half(Word value, unsigned bytes) { return value & ((Word{1} << 4 * bytes) - 1); }

}  // namespace

void Block::advance(Thread& thread) {
  const Function& function = *thread.function;
  Word* const r = thread.registers;
  for (;; ++thread.next) {
    const Instruction& i = function.code[thread.next];
    if (i.guarded && ((r[i.guard] & 1) != 0) == i.unless) continue;
    switch (i.kind) {
      case Kind::compute:
        r[i.to[0]] = i.operation(r[i.from[0]], r[i.from[1]], r[i.from[2]]);
        break;
      case Kind::load:
        load(i, thread);
        break;
      case Kind::branch:
        thread.next = i.target - 1;
        break;
      case Kind::leave:
        thread.state = State::done;
        return;
      case Kind::block_barrier:
        thread.state = State::at_block;
        return;
      case Kind::warp_barrier:
      case Kind::vote:
      case Kind::shuffle:
        thread.state = State::at_warp;
        return;
      default:
        do_rarer(i, thread);
    }
  }
}

void Block::do_rarer(const Instruction& i, Thread& thread) {
  Word* const r = thread.registers;
  const Word from = r[i.from[0]];
  switch (i.kind) {
    case Kind::pack:
      r[i.to[0]] = low_half(from, i.bytes) | r[i.from[1]] << 4 * i.bytes;
      break;
    case Kind::unpack:
      r[i.to[0]] = low_half(from, i.bytes);
      r[i.to[1]] = low_half(from >> 4 * i.bytes, i.bytes);
      break;
    case Kind::store:
      return store(i, thread);
    case Kind::atomic:
      return atomic(i, thread);
    case Kind::fence:
      return races_.fence(thread.number);
    case Kind::call:
      return call(thread.function->calls[i.target], thread);
    default:
      throw Violation("an instruction that no thread does by itself");
  }
}

void Block::load(const Instruction& i, Thread& thread) {
  const std::byte* const from = locate(i, thread, Use::read);
  for (unsigned k = 0; k < i.values; ++k)
    thread.registers[i.to[k]] = read_value(from + k * i.bytes, i.bytes, i.is_signed);
}

void Block::store(const Instruction& i, Thread& thread) {
  std::byte* const to = locate(i, thread, Use::write);
  for (unsigned k = 0; k < i.values; ++k) std::memcpy(to + k * i.bytes, &thread.registers[i.from[k + 1]], i.bytes);
}

void Block::atomic(const Instruction& i, Thread& thread) {
  std::byte* const place = locate(i, thread, Use::atomic);
  const Word old = read_value(place, i.bytes, false);
  Word operand = 0;
  std::memcpy(&operand, &thread.registers[i.from[1]], i.bytes);
  const Word fresh = i.mode == Mode::add   ? old + operand
                     : i.mode == Mode::max ? std::max(old, operand)
                                           : (old >= operand ? 0 : old + 1);
  std::memcpy(place, &fresh, i.bytes);
  thread.registers[i.to[0]] = old;
}

void Block::call(const Call& call, Thread& caller) {
  if (!call.function)
    return set_condition(read_value(caller.frame + call.arguments.at(0), 8, false),
                         static_cast<unsigned>(read_value(caller.frame + call.arguments.at(1), 4, false)));
  const Function& function = *call.function;
  std::vector<Word> registers = function.initial;
  std::copy_n(caller.registers, first_free, registers.begin());
  std::vector<std::byte> frame(function.frame_bytes), local(function.local_bytes, std::byte{0xff});
  const std::size_t results = function.has_result ? 1 : 0;
  if (call.results.size() > results || call.arguments.size() + results != function.parameters.size())
    throw Violation("a call of " + function.name + " with other arguments than it has");
  for (std::size_t k = 0; k < call.arguments.size(); ++k) {
    const Variable& parameter = function.parameters[k + results];
    std::memcpy(frame.data() + parameter.offset, caller.frame + call.arguments[k], parameter.bytes);
  }
  Thread callee{&function, registers.data(), frame.data(), local.data(), caller.number, 0, State::ready};
  advance(callee);
  if (callee.state != State::done) throw Violation("a function that is called waits for other threads");
  if (!call.results.empty())
    std::memcpy(caller.frame + call.results[0], frame.data() + function.parameters[0].offset,
                function.parameters[0].bytes);
}

// Throws Violation where the thread may not touch it.
std::byte* Block::locate(const Instruction& i, const Thread& thread, Use use) {
  const Word address = thread.registers[i.from[0]] + static_cast<Word>(i.offset);
  const unsigned bytes = i.bytes * i.values;
  if (address % bytes != 0) throw Violation("an address that is not aligned: " + std::to_string(address));
  const auto within = [&](auto* memory, std::size_t size) {
    if (address > size || bytes > size - address) throw Violation("behind what the thread has of that memory");
    return const_cast<std::byte*>(memory) + address;
  };
  switch (i.space) {
    case Space::parameters:
      return within(launch_.parameters.data(), launch_.parameters.size());
    case Space::frame:
      return within(thread.frame, thread.function->frame_bytes);
    case Space::local:
      return within(thread.local, thread.function->local_bytes);
    case Space::shared:
      return shared_memory(static_cast<std::uint32_t>(address), bytes, thread, use);
    case Space::generic:
      if (address >> 32 == shared_window >> 32)
        return shared_memory(static_cast<std::uint32_t>(address), bytes, thread, use);
      break;
    case Space::global:
      break;
  }
  return global_memory(address, bytes, thread, use);
}

std::byte* Block::shared_memory(Word address, unsigned bytes, const Thread& thread, Use use) {
  if (address > shared_.size() || bytes > shared_.size() - address)
    throw Violation("byte " + std::to_string(address) + " of " + std::to_string(shared_.size()) + " of shared memory");
  note(shared_cells_, address, shared_.size(), bytes, thread, use, address);
  return shared_.data() + address;
}

std::byte* Block::global_memory(Word address, unsigned bytes, const Thread& thread, Use use) {
  Allocation* unknown = nullptr;
  Allocation*& recent = thread.function == &kernel_ ? recent_[thread.next] : unknown;
  if (!recent || address - recent->base >= recent->bytes || bytes > recent->bytes - (address - recent->base))
    recent = &device_memory().find(address, bytes);
  note(recent->cells, address - recent->base, recent->bytes, bytes, thread, use, address);
  return recent->contents.data() + (address - recent->base);
}

void Block::note(Cells& cells, Word offset, std::size_t size, unsigned bytes, const Thread& thread, Use use,
                 Word address) {
  const unsigned width = bytes < 4 ? 1 : 4;
  std::vector<Cell>& all = bytes < 4 ? cells.of_bytes : cells.of_words;
  if (all.empty()) all.resize((size + width - 1) / width);
  for (Word k = offset / width; k <= (offset + bytes - 1) / width; ++k) {
    Cell& cell = all[k];
    const auto other = use == Use::read    ? races_.read(cell, thread.number)
                       : use == Use::write ? races_.write(cell, thread.number)
                                           : races_.atomic(cell, thread.number, address);
    if (!other) continue;
    const std::string warp = other->warp == Access::several ? "several warps" : "warp " + std::to_string(other->warp);
    throw Violation("a race with block " + std::to_string(other->block) + ", " + warp + ", in " +
                    (&cells == &shared_cells_ ? "shared" : "global") + " memory");
  }
}

}  // namespace ptx
