#include "solver/elimination/dense_product.hpp"

#include <cstring>

namespace steady::detail {
namespace {

template <class Number>
void add_plainly(Number* m, const ProductBlock& b) {
  for (std::size_t i = b.first_row; i < b.last_row; ++i)
    for (std::size_t k = b.from; k < b.to; ++k) {
      const Number factor = m[i * b.size + k];
      if (factor == 0) continue;
      for (std::size_t j = b.first_column; j < b.size; ++j) m[i * b.size + j] += factor * m[k * b.size + j];
    }
}

constexpr std::size_t vector_lanes = 8;
typedef double Lanes __attribute__((vector_size(vector_lanes * sizeof(double))));

// Tiles of 4 rows and `vectors` times 8 columns stay in registers.
template <std::size_t vectors>
[[gnu::always_inline]] inline void add_by_tiles(double* m, const ProductBlock& b) {
  constexpr std::size_t rows = 4, columns = vectors * vector_lanes;
  const std::size_t last_tile_row = b.last_row - (b.last_row - b.first_row) % rows;
  std::size_t j = b.first_column;
  for (; j + columns <= b.size; j += columns)
    for (std::size_t i = b.first_row; i < last_tile_row; i += rows) {
      Lanes tile[rows][vectors];
      for (std::size_t r = 0; r < rows; ++r) std::memcpy(&tile[r], m + (i + r) * b.size + j, sizeof tile[r]);
      for (std::size_t k = b.from; k < b.to; ++k) {
        Lanes row[vectors];
        std::memcpy(&row, m + k * b.size + j, sizeof row);
        for (std::size_t r = 0; r < rows; ++r) {
          const double factor = m[(i + r) * b.size + k];
          for (std::size_t v = 0; v < vectors; ++v) tile[r][v] += factor * row[v];
        }
      }
      for (std::size_t r = 0; r < rows; ++r) std::memcpy(m + (i + r) * b.size + j, &tile[r], sizeof tile[r]);
    }
  add_plainly(m, {b.size, b.first_row, last_tile_row, j, b.from, b.to});
  add_plainly(m, {b.size, last_tile_row, b.last_row, b.first_column, b.from, b.to});
}

void add_baseline(double* m, const ProductBlock& b) { add_plainly(m, b); }

#if defined(__x86_64__)
[[gnu::target("avx2")]] void add_avx2(double* m, const ProductBlock& b) { add_by_tiles<1>(m, b); }
[[gnu::target("avx512f")]] void add_avx512(double* m, const ProductBlock& b) { add_by_tiles<2>(m, b); }
#endif

using Add = void (*)(double*, const ProductBlock&);

Add fastest() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return add_avx512;
  if (__builtin_cpu_supports("avx2")) return add_avx2;
#endif
  return add_baseline;
}

}  // namespace

void add_products(double* m, const ProductBlock& block) {
  static const Add add = fastest();
  constexpr std::size_t worth_tiles = 16;
  (block.size - block.first_column < worth_tiles ? add_baseline : add)(m, block);
}

void add_products(ExtendedRange* m, const ProductBlock& block) { add_plainly(m, block); }

}  // namespace steady::detail
