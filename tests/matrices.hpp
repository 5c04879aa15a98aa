// Awkward square matrices without a diagonal, as inflow matrices with exit rates: for every storage and kernel.
#pragma once

#include <string>
#include <vector>

#include <steady/csr.hpp>

namespace steady::reference {

struct AwkwardMatrix {
  std::string name;
  Csr inflow;
  std::vector<double> exit_rate;
};

// Entries at random places, about `degree` a row; values one of `distinct` different ones.
Csr random_matrix(std::size_t rows, std::size_t degree, std::size_t distinct, std::uint32_t seed);

std::vector<AwkwardMatrix> awkward_matrices();

}  // namespace steady::reference
