#include "solver/distributed/halo.hpp"

namespace steady::detail {

namespace {

// Each value goes from where it is at home to where it is needed.
void broadcast(PetscSF exchange, MPI_Datatype type, const void* own, void* outside) {
  require(PetscSFBcastBegin(exchange, type, own, outside, MPI_REPLACE));
  require(PetscSFBcastEnd(exchange, type, own, outside, MPI_REPLACE));
}

// The way back; several values for one state become one by the operation.
void reduce(PetscSF exchange, MPI_Datatype type, const void* outside, void* own, MPI_Op operation) {
  require(PetscSFReduceBegin(exchange, type, outside, own, operation));
  require(PetscSFReduceEnd(exchange, type, outside, own, operation));
}

}  // namespace

Halo::Halo(const Ranks& ranks, std::uint64_t own, std::vector<std::int64_t> outside) : outside_(std::move(outside)) {
  PetscBlocks blocks;
  const auto size = static_cast<PetscInt>(own);
  require(PetscLayoutCreateFromSizes(ranks.communicator(), size, PETSC_DETERMINE, 1, blocks.place()));
  require(PetscSFCreate(ranks.communicator(), exchange_.place()));
  require(PetscSFSetGraphLayout(exchange_, blocks, static_cast<PetscInt>(outside_.size()), nullptr, PETSC_OWN_POINTER,
                                outside_.data()));
  require(PetscSFSetUp(exchange_));
}

void Halo::fetch(const std::vector<double>& own, std::vector<double>& outside) const {
  outside.resize(size());
  broadcast(exchange_, MPI_DOUBLE, own.data(), outside.data());
}

void Halo::fetch(const std::vector<char>& own, std::vector<char>& outside) const {
  outside.resize(size());
  broadcast(exchange_, MPI_SIGNED_CHAR, own.data(), outside.data());
}

void Halo::add(const std::vector<double>& outside, std::vector<double>& own) const {
  reduce(exchange_, MPI_DOUBLE, outside.data(), own.data(), MPI_SUM);
}

void Halo::join(const std::vector<char>& outside, std::vector<char>& own) const {
  reduce(exchange_, MPI_SIGNED_CHAR, outside.data(), own.data(), MPI_MAX);
}

}  // namespace steady::detail
