// PETSc's objects, destroyed with their owner, and its error codes as exceptions.
#pragma once

#include <petscksp.h>
#include <petscsf.h>

#include <exception>
#include <string>
#include <type_traits>
#include <utility>

#include <steady/error.hpp>

namespace steady::detail {

static_assert(sizeof(PetscInt) == 8, "PETSc has to be configured with 64-bit indices");
static_assert(std::is_same_v<PetscScalar, double>, "PETSc has to be configured with real doubles");

// Throws Error, cause machine: what is wrong is memory, or the messages between the ranks.
inline void require(PetscErrorCode code) {
  if (code == 0) return;
  const char* text = nullptr;
  PetscErrorMessage(code, &text, nullptr);
  throw Error(std::string("PETSc: ") + (text != nullptr ? text : "error") + " (" + std::to_string(code) + ")",
              Error::Cause::machine);
}

template <class Object, PetscErrorCode (*destroy)(Object*)>
class PetscOwner {
 public:
  PetscOwner() = default;
  // Not where an exception passes: the run is over, and if that is so on this rank alone, no other one answers.
  ~PetscOwner() {
    if (object_ != nullptr && std::uncaught_exceptions() == 0) destroy(&object_);
  }
  PetscOwner(PetscOwner&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  PetscOwner& operator=(PetscOwner&&) = delete;

  operator Object() const { return object_; }  // NOLINT: what PETSc's functions take
  Object* place() { return &object_; }         // for the function that creates it

 private:
  Object object_ = nullptr;
};

using PetscMatrix = PetscOwner<Mat, MatDestroy>;
using PetscVector = PetscOwner<Vec, VecDestroy>;
using PetscSolver = PetscOwner<KSP, KSPDestroy>;
using PetscIndices = PetscOwner<IS, ISDestroy>;
using PetscStars = PetscOwner<PetscSF, PetscSFDestroy>;
using PetscBlocks = PetscOwner<PetscLayout, PetscLayoutDestroy>;

}  // namespace steady::detail
