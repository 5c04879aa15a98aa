// What a storage is: the rows of a matrix, or of a part of it, kept in one of the ways that list.hpp lists. Those of a
// device are in cuda_rows.cuh.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>

#include <steady/csr.hpp>

#include "formats/matrix/footprint.hpp"
#include "formats/matrix/slices.hpp"

namespace steady::detail {

// The names under which a list has it, and what it would take of memory, or why it does not fit.
template <class T>
concept ListedStorage = requires(const Csr& matrix, const Slices& slices) {
  { T::storage } -> std::convertible_to<Storage>;
  { T::kernel } -> std::convertible_to<std::string_view>;
  { T::footprint(matrix, slices) } -> std::same_as<Footprint>;
};

// On the host, for vectors of such numbers. The constructor takes what it needs of the matrix, and throws Error where
// that does not fit.
//   add(slice, x, sum)   sum[r] += row r of the slice times x, for each of its rows, always in one order; sum has
//                        Slices::height entries, however many rows the slice has
template <class T, class Real = double>
concept HostStorage = ListedStorage<T> && std::constructible_from<T, const Csr&, const Slices&> &&
    requires(const T& rows, std::size_t slice, const Real* x, Real* sum) {
  { rows.add(slice, x, sum) } -> std::same_as<void>;
};

// One that begins sums faster than from zeros in memory, which a processor reads slowly just after they were written.
//   begin(slice, x, sum)   add() with sums that are 0
template <class T, class Real>
concept SumStartingStorage = HostStorage<T, Real> &&
    requires(const T& rows, std::size_t slice, const Real* x, Real* sum) {
  { rows.begin(slice, x, sum) } -> std::same_as<void>;
};

// One for vectors of floats, too, where none of its rates is too large or too small for that.
template <class T>
concept SinglePrecisionStorage = HostStorage<T, float> && requires(const T& rows) {
  { rows.rates_are_normal_floats() } -> std::same_as<bool>;
};

}  // namespace steady::detail
