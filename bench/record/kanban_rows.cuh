// The rows of the kanban system (Ciardo and Tilgner 1996), by rules.
//
// A cell's counters w, x, y, z have w = x + y + z <= t, and cells 2 and 3 fill and empty together, so that w is the
// same in both; every such state can be reached. Hence the rank of a state among all is
//   (rank of cell 1 * pairs + rank of cells 2 and 3) * cells + rank of cell 4
// with the ranks of a cell and of a pair of cells from small tables and closed forms.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <vector>

#include <steady/csr.hpp>

#include "formats/vectors/cuda_array.hpp"

namespace steady::bench {

using namespace detail;

struct KanbanRows {
  static constexpr unsigned most_sources = 16;
  enum Code : unsigned { enter, first_pass, second_pass, leave, back, redo, ok = redo + 4, codes = ok + 4 };

  struct Cell {
    unsigned w, x, y, z;
  };

  unsigned t, cells, pairs;
  const double* rate;           // by code
  const std::uint32_t* cell;    // by rank, a byte for each of w, x, y, z
  const std::uint32_t* pair;    // by rank, 16 bits for each of the two ranks
  const std::uint32_t* second;  // rank of the first pair with a cell 2 of this rank

  __host__ __device__ static unsigned first_rank(unsigned w) { return w * (w + 1) * (w + 2) / 6; }
  __host__ __device__ static unsigned rank(const Cell& c) {
    return first_rank(c.w) + c.x * (2 * c.w + 3 - c.x) / 2 + c.y;
  }

  __host__ __device__ State rank(const Cell& one, const Cell& two, const Cell& three, const Cell& four) const {
    const unsigned both = second[rank(two)] + rank(three) - first_rank(three.w);
    return (rank(one) * pairs + both) * cells + rank(four);
  }

  __host__ __device__ Cell at(unsigned rank_of_cell) const {
    const std::uint32_t c = cell[rank_of_cell];
    return {c & 255, c >> 8 & 255, c >> 16 & 255, c >> 24};
  }

  struct Cells {
    Cell at[4];
  };
  __host__ __device__ Cells of(State state) const {
    const std::uint32_t both = pair[state / cells % pairs];
    return {{at(state / cells / pairs), at(both & 0xffff), at(both >> 16), at(state % cells)}};
  }

  __host__ __device__ static Cell before_entering(const Cell& c) { return {c.w - 1, c.x - 1, c.y, c.z}; }
  __host__ __device__ static Cell before_leaving(const Cell& c) { return {c.w + 1, c.x, c.y, c.z + 1}; }

  // emit(state, code) for every state from which there is a transition to this one.
  template <class Emit>
  __host__ __device__ void sources(State state, Emit emit) const {
    Cells cells_now = of(state);
    Cell(&c)[4] = cells_now.at;
    if (c[0].x > 0) emit(rank(before_entering(c[0]), c[1], c[2], c[3]), enter);
    if (c[0].w < t && c[1].x > 0 && c[2].x > 0)
      emit(rank(before_leaving(c[0]), before_entering(c[1]), before_entering(c[2]), c[3]), first_pass);
    if (c[1].w < t && c[3].x > 0)
      emit(rank(c[0], before_leaving(c[1]), before_leaving(c[2]), before_entering(c[3])), second_pass);
    if (c[3].w < t) emit(rank(c[0], c[1], c[2], before_leaving(c[3])), leave);
    for (unsigned k = 0; k < 4; ++k) {
      const Cell now = c[k];
      const auto moved = [&](const Cell& before, unsigned code) {
        c[k] = before;
        emit(rank(c[0], c[1], c[2], c[3]), code);
        c[k] = now;
      };
      if (now.y > 0) moved({now.w, now.x + 1, now.y - 1, now.z}, redo + k);
      if (now.z > 0) moved({now.w, now.x + 1, now.y, now.z - 1}, ok + k);
      if (now.x > 0) moved({now.w, now.x - 1, now.y + 1, now.z}, back);
    }
  }

  __host__ __device__ double exit_rate(State state) const {
    const Cells cells_now = of(state);
    const Cell(&c)[4] = cells_now.at;
    double sum = 0;
    if (c[0].w < t) sum += rate[enter];
    if (c[0].z > 0 && c[1].w < t) sum += rate[first_pass];
    if (c[1].z > 0 && c[2].z > 0 && c[3].w < t) sum += rate[second_pass];
    if (c[3].z > 0) sum += rate[leave];
    for (unsigned k = 0; k < 4; ++k) {
      if (c[k].x > 0) sum += rate[redo + k] + rate[ok + k];
      if (c[k].y > 0) sum += rate[back];
    }
    return sum;
  }
};

// The tables, and the family with its tables on the device.
struct KanbanTables {
  unsigned t;
  std::vector<std::uint32_t> cell, pair, second;

  explicit KanbanTables(unsigned most) : t(most) {
    for (unsigned w = 0; w <= t; ++w)
      for (unsigned x = 0; x <= w; ++x)
        for (unsigned y = 0; x + y <= w; ++y) cell.push_back(w | x << 8 | y << 16 | (w - x - y) << 24);
    for (std::uint32_t two = 0; two < cell.size(); ++two) {
      second.push_back(static_cast<std::uint32_t>(pair.size()));
      const unsigned w = cell[two] & 255;
      for (std::uint32_t three = KanbanRows::first_rank(w); three < KanbanRows::first_rank(w + 1); ++three)
        pair.push_back(two | three << 16);
    }
  }

  // With tables as these, here or on the device.
  KanbanRows rows(const double* rate, const std::uint32_t* cells, const std::uint32_t* pairs,
                  const std::uint32_t* seconds) const {
    return {t, static_cast<unsigned>(cell.size()), static_cast<unsigned>(pair.size()), rate, cells, pairs, seconds};
  }
};

class Kanban {
 public:
  using Rows = KanbanRows;

  explicit Kanban(unsigned t) : tables_(t), cell_(tables_.cell), pair_(tables_.pair), second_(tables_.second) {}

  std::uint64_t states() const { return std::uint64_t{cell_.size()} * pair_.size() * cell_.size(); }
  std::vector<double> rates() const {
    return {1.0, 0.4, 0.5, 0.9, 0.3, 0.36, 0.42, 0.39, 0.33, 0.84, 0.98, 0.91, 0.77};
  }
  Rows rows(const double* rate) const { return tables_.rows(rate, cell_.data(), pair_.data(), second_.data()); }

 private:
  KanbanTables tables_;
  CudaArray<std::uint32_t> cell_, pair_, second_;
};

}  // namespace steady::bench
