// Both parts of a sweep's matrix in a storage, for the operators of every device.
#pragma once

#include <concepts>
#include <utility>
#include <vector>

#include "formats/chain/levels.hpp"
#include "formats/matrix/mask.hpp"
#include "formats/matrix/slices.hpp"

namespace steady::detail {

// First what a sweep in this order reads new, then what it reads old. Throws Error where they do not fit.
template <class Storage>
std::vector<Storage> make_parts(const Csr& inflow, const LevelOrder& order, const Slices& slices) {
  std::vector<Storage> parts;
  if constexpr (std::constructible_from<Storage, Mask>) {
    SplitMask mask = to_split_mask(inflow, order, slices);
    parts.emplace_back(std::move(mask.earlier));
    parts.emplace_back(std::move(mask.later));
  } else {
    SplitMatrix matrix = split(inflow, order);
    parts.emplace_back(std::move(matrix.earlier), slices);
    parts.emplace_back(std::move(matrix.later), slices);
  }
  return parts;
}

}  // namespace steady::detail
