// Some rows of a large matrix, to judge all of it by.
#pragma once

#include <optional>

#include <steady/csr.hpp>

namespace steady::detail {

// In blocks of consecutive rows: one of sixteen blocks, and that with the longest row. None for a matrix that is not
// large, or has a row much longer than the others: no part of it stands for the whole.
std::optional<Csr> sample_of_rows(const Csr& matrix);

}  // namespace steady::detail
