// Products of dense blocks, for eliminations: the same bits on every processor and for any number of threads.
#pragma once

#include <cstddef>

#include "formats/base/extended_range.hpp"

namespace steady::detail {

// Of a matrix m with `size` columns, stored by rows: the rows first_row .. last_row and the columns from first_column
// on are changed, by the columns and the rows from .. to.
struct ProductBlock {
  std::size_t size, first_row, last_row, first_column, from, to;
};

// m(i, j) += sum over k of m(i, k) m(k, j), added in the order of k, each product rounded.
void add_products(double* m, const ProductBlock& block);
void add_products(ExtendedRange* m, const ProductBlock& block);

}  // namespace steady::detail
