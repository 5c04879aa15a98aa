# petsc_found, PkgConfig::PETSC and MPI::MPI_CXX: PETSc of real doubles with 64-bit indices.
set(petsc_found OFF)
find_package(PkgConfig QUIET)
find_package(MPI QUIET COMPONENTS CXX)
if(PkgConfig_FOUND AND MPI_CXX_FOUND)
  pkg_search_module(PETSC QUIET IMPORTED_TARGET petsc64 PETSc petsc)
endif()
if(PETSC_FOUND)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_LIBRARIES PkgConfig::PETSC MPI::MPI_CXX)
  check_cxx_source_compiles("
#include <petscksp.h>
static_assert(sizeof(PetscInt) == 8);
PetscScalar number = 0;
double* real = &number;
int main() { return 0; }" petsc_suits)
  unset(CMAKE_REQUIRED_LIBRARIES)
  if(petsc_suits)
    set(petsc_found ON)
  endif()
endif()
