// A stand-in for CUDA's header of this name. Reductions run over the ranks from the highest distance to the lowest.
#pragma once

#include "cooperative_groups.h"

namespace cooperative_groups {

template <typename T>
struct plus {
  T operator()(T a, T b) const { return a + b; }
};
template <typename T>
struct less {
  T operator()(T a, T b) const { return b < a ? b : a; }
};
template <typename T>
struct greater {
  T operator()(T a, T b) const { return a < b ? b : a; }
};

template <unsigned Size, typename Parent, typename T, typename Combine>
T reduce(const thread_block_tile<Size, Parent>& tile, T value, Combine combine, Site site = Site::current()) {
  for (unsigned distance = Size / 2; distance > 0; distance /= 2)
    value = combine(value, tile.shfl_xor(value, distance, site));
  return value;
}

}  // namespace cooperative_groups
