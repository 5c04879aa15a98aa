#include "tests/matrices.hpp"

#include <random>

#include "bench/families/chains.hpp"

namespace steady::reference {

Csr random_matrix(std::size_t rows, std::size_t degree, std::size_t distinct, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<State> any(0, static_cast<State>(rows - 1));
  std::uniform_int_distribution<std::size_t> value(1, distinct);
  std::vector<Triplet> triplets;
  for (State i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < degree; ++k)
      if (const State j = any(random); j != i)
        triplets.push_back({i, j, 0.1 + static_cast<double>(value(random)) / static_cast<double>(distinct)});
  return to_csr(rows, std::move(triplets));
}

std::vector<AwkwardMatrix> awkward_matrices() {
  std::vector<AwkwardMatrix> all;
  const auto add = [&all](std::string name, Csr matrix) {
    std::mt19937 random(17);
    std::uniform_real_distribution<double> exit(0.5, 2);
    std::vector<double> exit_rate(matrix.rows());
    for (double& rate : exit_rate) rate = exit(random);
    all.push_back({std::move(name), std::move(matrix), std::move(exit_rate)});
  };
  for (const std::size_t rows : {1, 2, 31, 32, 33, 64, 65})
    add(std::to_string(rows) + " rows", random_matrix(rows, 3, 5, static_cast<std::uint32_t>(rows)));
  add("no entries", Csr{std::vector<std::uint64_t>(41, 0), {}, {}});

  std::vector<Triplet> some_rows, dense_row, dense_column, band;
  for (State i = 0; i < 300; ++i) {
    if (i % 40 < 3) some_rows.push_back({i, (i + 150) % 300, 2});
    if (i != 77) dense_row.push_back({77, i, 0.01 * (i + 1)});
    if (i != 77) dense_column.push_back({i, 77, 0.5});
    dense_row.push_back({i, (i + 1) % 300, 1});
    dense_column.push_back({i, (i + 1) % 300, 1});
    for (State j = 1; j < 6; ++j)
      if (i >= j) band.push_back({i, i - j, 1.0 / j});
  }
  add("empty rows", to_csr(300, std::move(some_rows)));
  add("one dense row", to_csr(300, std::move(dense_row)));
  add("one dense column", to_csr(300, std::move(dense_column)));
  add("band below the diagonal", to_csr(300, std::move(band)));
  add("all rates equal", random_matrix(1000, 6, 1, 2));
  add("all rates distinct", random_matrix(3000, 6, std::size_t{1} << 30, 3));
  add("wide random", random_matrix(100000, 5, 7, 4));
  for (auto* family : {families::kanban, families::fms, families::polling}) {
    Chain chain = family(family == families::polling ? 6 : 2);
    all.push_back({std::to_string(chain.size()) + " states of a family", std::move(chain.inflow), chain.exit_rate});
  }
  return all;
}

}  // namespace steady::reference
