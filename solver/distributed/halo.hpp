// What a block needs of others: the states outside of it that its transitions lead to. PETSc carries the messages.
#pragma once

#include <cstdint>
#include <vector>

#include "solver/distributed/petsc.hpp"
#include "solver/distributed/ranks.hpp"

namespace steady::detail {

class Halo {
 public:
  // `own`: states of this rank's block. `outside`: other blocks' states by their numbers, ascending, each once.
  Halo(const Ranks& ranks, std::uint64_t own, std::vector<std::int64_t> outside);

  std::size_t size() const { return outside_.size(); }  // states outside
  const std::vector<std::int64_t>& states() const { return outside_; }

  // The values that the states outside have where they are at home. `own`: of the block's states.
  void fetch(const std::vector<double>& own, std::vector<double>& outside) const;
  void fetch(const std::vector<char>& own, std::vector<char>& outside) const;
  // Adds what there is for the states outside to their values at home; the marks are joined.
  void add(const std::vector<double>& outside, std::vector<double>& own) const;
  void join(const std::vector<char>& outside, std::vector<char>& own) const;

 private:
  std::vector<std::int64_t> outside_;
  PetscStars exchange_;
};

}  // namespace steady::detail
