// The generator Q of a chain that is shared out to the ranks in blocks of consecutive states, and products with it that
// a proof may rest on: PETSc solves with the same arrays, but multiplies nothing here.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/model/prism/explore/chain_block.hpp"
#include "solver/distributed/halo.hpp"
#include "solver/distributed/petsc.hpp"
#include "solver/distributed/ranks.hpp"

namespace steady::detail {

class Generator {
 public:
  // Takes the block's rows; the block must outlive this object.
  Generator(const Ranks& ranks, prism::ChainBlock& block);

  const Ranks& ranks() const { return ranks_; }
  const Halo& halo() const { return halo_; }
  Mat matrix() const { return matrix_; }  // MPIAIJ, Q by rows

  std::uint64_t states() const { return states_; }  // of the whole chain
  std::uint64_t first() const { return first_; }    // of the block
  std::size_t size() const { return exit_rate_.size(); }
  std::uint64_t transitions() const { return transitions_; }  // of the whole chain, without self-loops
  bool owns(std::uint64_t state) const { return state - first_ < size(); }
  const std::vector<double>& exit_rate() const { return exit_rate_; }
  // What a residual is divided by: the largest exit rate, in discrete time 1.
  double residual_unit() const { return unit_; }

  // The sum of x(i) q(i, k) over the states i other than k, for each own state k.
  std::vector<double> inflow(const std::vector<double>& x) const;
  // The sum of q(i, k) h(k) over the states k other than i, for each own state i.
  std::vector<double> mean_ahead(const std::vector<double>& h) const;
  // At most so many products are added up for one state by either, in whatever order.
  std::uint64_t longest_sum() const { return longest_sum_; }

  // Calls use(k, rate) for each transition from own state i to own state k, and use_outside(place, rate) for each to a
  // state of the halo.
  template <class Use, class UseOutside>
  void for_each_transition(std::size_t i, Use use, UseOutside use_outside) const {
    const auto place = [](std::int64_t number) { return static_cast<std::size_t>(number); };
    for (std::size_t e = place(rows_.own_start[i]); e < place(rows_.own_start[i + 1]); ++e)
      if (const std::size_t k = place(rows_.own_column[e]); k != i) use(k, rows_.own_value[e]);
    for (std::size_t e = place(rows_.other_start[i]); e < place(rows_.other_start[i + 1]); ++e)
      use_outside(std::size_t{places_[e]}, rows_.other_value[e]);
  }

 private:
  void find_sizes();
  void make_matrix();

  const Ranks& ranks_;
  std::uint64_t states_, first_, transitions_ = 0, longest_sum_ = 0;
  const std::vector<double>& exit_rate_;
  double unit_ = 1;
  prism::BlockRows rows_;  // PETSc has its matrix in these arrays, and renumbers other_column in its own way
  Halo halo_;
  std::vector<std::uint32_t> places_;  // in the halo, of the entries outside of the block
  PetscMatrix matrix_;
};

}  // namespace steady::detail
