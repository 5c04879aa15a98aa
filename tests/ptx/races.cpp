#include "tests/ptx/races.hpp"

#include <algorithm>

namespace ptx {

void Races::begin_launch() {
  ++launch_;
  releases_.clear();
}

void Races::begin_block(std::uint32_t block, std::uint32_t threads) {
  block_ = block;
  epoch_ = 0;
  anything_seen_ = false;
  threads_.assign(threads, {});
}

std::optional<Access> Races::read(Cell& cell, std::uint32_t thread) const {
  if (conflicts(cell.write, thread)) return cell.write;
  if (const auto other = conflicting(cell.atomics, thread)) return other;
  const Access mine = access_of(thread);
  Access& last = cell.read;
  if (last.launch != launch_) {
    cell.other_reads.clear();
    last = mine;
  } else if (last.block != block_) {
    cell.other_reads.push_back(last);
    last = mine;
  } else {
    join(last, mine);
  }
  return std::nullopt;
}

std::optional<Access> Races::write(Cell& cell, std::uint32_t thread) const {
  if (const auto other = conflicting_but_atomics(cell, thread)) return other;
  if (const auto other = conflicting(cell.atomics, thread)) return other;
  cell.write = access_of(thread);
  cell.read = {};
  cell.other_reads.clear();
  cell.atomics.clear();
  return std::nullopt;
}

// Those of a word need not be ordered with each other: what is not an atomic must be with all of them.
std::optional<Access> Races::atomic(Cell& cell, std::uint32_t thread, Word address) {
  if (const auto other = conflicting_but_atomics(cell, thread)) return other;
  if (!cell.atomics.empty() && cell.atomics.back().launch != launch_) cell.atomics.clear();
  if (cell.atomics.empty() || cell.atomics.back().block != block_)
    cell.atomics.push_back(access_of(thread));
  else
    join(cell.atomics.back(), access_of(thread));
  std::vector<Release>& releases = releases_[address];
  if (!releases.empty()) {
    merge(threads_[thread].observed, {{address, releases.size()}});
    anything_seen_ = true;
  }
  if (threads_[thread].released) releases.push_back(*threads_[thread].released);
  return std::nullopt;
}

void Races::fence(std::uint32_t thread) {
  Thread& t = threads_[thread];
  t.known[thread % warp_size] = ++t.now;
  t.released = {block_, epoch_, thread / warp_size, t.known};
  merge(t.acquired, t.observed);
}

void Races::warp_barrier(std::uint32_t warp, std::uint32_t lanes) {
  Clocks joined{};
  const auto for_lanes = [&](auto action) {
    for (std::uint32_t lane = 0; lane < warp_size; ++lane)
      if (lanes >> lane & 1) action(lane, threads_[warp * warp_size + lane]);
  };
  for_lanes([&](std::uint32_t lane, Thread& t) {
    t.known[lane] = ++t.now;
    for (std::uint32_t k = 0; k < warp_size; ++k) joined[k] = std::max(joined[k], t.known[k]);
  });
  for_lanes([&](std::uint32_t, Thread& t) { t.known = joined; });
}

// What one thread has seen, all have: also for their fences.
void Races::block_barrier() {
  ++epoch_;
  if (!anything_seen_) return;
  std::vector<Seen> observed, acquired;
  for (const Thread& t : threads_) merge(observed, t.observed), merge(acquired, t.acquired);
  for (Thread& t : threads_) t.observed = observed, t.acquired = acquired;
}

void Races::merge(std::vector<Seen>& into, const std::vector<Seen>& from) {
  for (const Seen& seen : from) {
    const auto same = std::find_if(into.begin(), into.end(), [&](const Seen& s) { return s.address == seen.address; });
    if (same == into.end())
      into.push_back(seen);
    else
      same->count = std::max(same->count, seen.count);
  }
}

bool Races::covers(std::uint32_t epoch, std::uint32_t warp, const Clocks& known, const Access& access) {
  if (access.epoch < epoch) return true;
  if (access.warp != warp) return false;
  for (std::uint32_t lane = 0; lane < warp_size; ++lane)
    if ((access.lanes >> lane & 1) && known[lane] <= access.now) return false;
  return true;
}

bool Races::is_ordered(const Access& earlier, std::uint32_t thread) const {
  const Thread& t = threads_[thread];
  const std::uint32_t warp = thread / warp_size, own = std::uint32_t{1} << thread % warp_size;
  if (earlier.block == block_) {
    Access by_others = earlier;
    by_others.lanes &= ~own;  // a thread's own come in the order of its program
    return covers(epoch_, warp, t.known, earlier.warp == warp ? by_others : earlier);
  }
  for (const Seen& seen : t.acquired) {
    const std::vector<Release>& releases = releases_.at(seen.address);
    for (std::size_t k = 0; k < seen.count; ++k)
      if (releases[k].block == earlier.block && covers(releases[k].epoch, releases[k].warp, releases[k].known, earlier))
        return true;
  }
  return false;
}

bool Races::conflicts(const Access& earlier, std::uint32_t thread) const {
  return earlier.launch == launch_ && !is_ordered(earlier, thread);
}

std::optional<Access> Races::conflicting(const std::vector<Access>& earlier, std::uint32_t thread) const {
  for (const Access& access : earlier)
    if (conflicts(access, thread)) return access;
  return std::nullopt;
}

std::optional<Access> Races::conflicting_but_atomics(const Cell& cell, std::uint32_t thread) const {
  for (const Access& earlier : {cell.write, cell.read})
    if (conflicts(earlier, thread)) return earlier;
  return conflicting(cell.other_reads, thread);
}

void Races::join(Access& last, const Access& mine) {
  if (last.epoch != mine.epoch) {
    last = mine;
  } else if (last.warp == mine.warp) {
    last.lanes |= mine.lanes;
    last.now = std::max(last.now, mine.now);
  } else {
    last.warp = Access::several;
  }
}

Access Races::access_of(std::uint32_t thread) const {
  return {launch_, block_, epoch_, threads_[thread].now, thread / warp_size, std::uint32_t{1} << thread % warp_size};
}

}  // namespace ptx
