// The inflow matrix, written once, in its final order: how many transitions lead to each state is known, at most, and
// they come in the order of their sources. Neighbouring states have neighbouring targets, so that rows are shared out
// to the buckets of the chunks some neighbours at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <steady/csr.hpp>

#include "formats/model/prism/explore/workers.hpp"

namespace steady::detail::prism {

class InflowBuilder {
 public:
  // row_start: one entry a state, and one more; from one to the next there is room for so many transitions.
  explicit InflowBuilder(std::vector<std::uint64_t>&& row_start);

  std::size_t states() const { return matrix_.rows(); }
  std::uint64_t room() const { return matrix_.entries(); }

  // The bucket of a chunk's transitions to `target`.
  static std::size_t bucket_of(State target) { return target / neighbours % StateSet::shard_count; }

  // Adds the incoming transitions in the chunks' buckets. False where there is no room for them, and then nothing more
  // may be added.
  [[nodiscard]] bool add(const std::vector<Chunk>& chunks);

  // The matrix; nothing where transitions of one row lie in the room of another. This object is then empty.
  std::optional<Csr> finish();

 private:
  static constexpr std::size_t neighbours = 1024;

  bool add_run(std::span<const IncomingTransition> incoming);
  bool close_gaps();

  Csr matrix_;                 // row_start: where each row's next entry goes
  std::uint64_t written_ = 0;  // entries
};

}  // namespace steady::detail::prism
