// A stand-in for CUDA's header of this name: blocks, tiles of a warp, the lanes that met, and the grid.
#pragma once

#include <bit>

#include "cuda_runtime.h"

namespace cooperative_groups {

using simt::Site;

struct thread_block {
  void sync(Site site = Site::current()) const { simt::block_barrier("thread_block::sync", false, site); }
  static unsigned thread_rank() { return simt::thread_rank(); }
  static unsigned num_threads() { return static_cast<unsigned>(blockDim.volume()); }
  static unsigned size() { return num_threads(); }
  static dim3 group_index() { return blockIdx; }
  static dim3 thread_index() { return threadIdx; }
  static dim3 dim_threads() { return blockDim; }
};
inline thread_block this_thread_block() { return {}; }

// A group within one warp: lanes of `mask`, of which the caller is number thread_rank().
class WarpGroup {
 public:
  explicit WarpGroup(unsigned mask) : mask_(mask) {}

  void sync(Site site = Site::current()) const { simt::warp_barrier(mask_, site); }
  unsigned thread_rank() const { return std::popcount(mask_ & ((1u << simt::lane()) - 1)); }
  unsigned num_threads() const { return std::popcount(mask_); }
  unsigned size() const { return num_threads(); }

  template <typename T>
  T shfl(T value, int rank, Site site = Site::current()) const {
    return __shfl_sync(mask_, value, lane_of(rank, site), 32, site);
  }
  template <typename T>
  T shfl_up(T value, unsigned delta, Site site = Site::current()) const {
    return from_rank("shfl_up", value, static_cast<int>(thread_rank() - delta), site);
  }
  template <typename T>
  T shfl_down(T value, unsigned delta, Site site = Site::current()) const {
    return from_rank("shfl_down", value, static_cast<int>(thread_rank() + delta), site);
  }
  template <typename T>
  T shfl_xor(T value, unsigned bits, Site site = Site::current()) const {
    return from_rank("shfl_xor", value, static_cast<int>(thread_rank() ^ bits), site);
  }
  unsigned ballot(int predicate, Site site = Site::current()) const {
    return compressed(__ballot_sync(mask_, predicate, site));
  }
  int any(int predicate, Site site = Site::current()) const { return __any_sync(mask_, predicate, site); }
  int all(int predicate, Site site = Site::current()) const { return __all_sync(mask_, predicate, site); }
  template <typename T>
  unsigned match_any(T value, Site site = Site::current()) const {
    return compressed(__match_any_sync(mask_, value, site));
  }

 private:
  int lane_of(int rank, const Site& site) const {
    unsigned rest = mask_;
    if (rank < 0 || rank >= std::popcount(mask_)) simt::violation("shfl", site, "reads a rank outside the group");
    for (int k = 0; k < rank; ++k) rest &= rest - 1;
    return std::countr_zero(rest);
  }
  // A rank outside the group: one's own value.
  template <typename T>
  T from_rank(const char* word, T value, int rank, const Site& site) const {
    const std::uint64_t* values = simt::exchange(word, mask_, simt::to_bits(value), site);
    if (rank < 0 || rank >= std::popcount(mask_)) return value;
    return simt::from_bits<T>(values[lane_of(rank, site)]);
  }
  // The group's bits of a mask of lanes, moved together.
  unsigned compressed(unsigned lanes) const {
    unsigned result = 0, rank = 0;
    for (unsigned rest = mask_; rest; rest &= rest - 1) result |= (lanes >> std::countr_zero(rest) & 1) << rank++;
    return result;
  }

  unsigned mask_;
};

template <unsigned Size, typename Parent = void>
class thread_block_tile : public WarpGroup {
  static_assert(Size >= 1 && Size <= 32 && std::has_single_bit(Size));

 public:
  thread_block_tile()
      : WarpGroup((Size == 32 ? 0xffffffff : (1u << Size % 32) - 1) << simt::thread_rank() % 32 / Size * Size) {}
  static constexpr unsigned num_threads() { return Size; }
  static constexpr unsigned size() { return Size; }
  static unsigned meta_group_rank() { return simt::thread_rank() / Size; }
  static unsigned meta_group_size() { return (thread_block::num_threads() + Size - 1) / Size; }
};
template <unsigned Size, typename Parent>
thread_block_tile<Size, Parent> tiled_partition(const Parent&) {
  return {};
}

struct coalesced_group : WarpGroup {
  using WarpGroup::WarpGroup;
};
inline coalesced_group coalesced_threads(Site site = Site::current()) {
  return coalesced_group(simt::converged_lanes(site));
}

struct grid_group {
  void sync(Site site = Site::current()) const { simt::grid_barrier(site); }
  static bool is_valid() { return true; }
  static unsigned long long num_blocks() { return gridDim.volume(); }
  static unsigned long long block_rank() {
    return (static_cast<unsigned long long>(blockIdx.z) * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  }
  static unsigned long long num_threads() { return num_blocks() * blockDim.volume(); }
  static unsigned long long size() { return num_threads(); }
  static unsigned long long thread_rank() { return block_rank() * blockDim.volume() + simt::thread_rank(); }
  static dim3 dim_blocks() { return gridDim; }
};
inline grid_group this_grid() { return {}; }

template <typename Group>
void sync(const Group& group, Site site = Site::current()) {
  group.sync(site);
}

}  // namespace cooperative_groups
