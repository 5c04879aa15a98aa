// Where cuSPARSE comes from: the library of the header's major version.
#include <dlfcn.h>
#include <fmt/format.h>

#include <string>

#include "formats/matrix/cusparse.hpp"
#include "formats/vectors/cuda_library.hpp"

namespace steady::detail {
namespace {

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (!function) throw Error(fmt::format("cuSPARSE here has no {}: it is too old", name), Error::Cause::machine);
}

Cusparse load() {
  void* const library = load_cuda_library("libcusparse.so." + std::to_string(CUSPARSE_VER_MAJOR));
  Cusparse c{};
  find(library, "cusparseGetErrorString", c.error_string);
  find(library, "cusparseCreate", c.create);
  find(library, "cusparseDestroy", c.destroy);
  find(library, "cusparseGetVersion", c.version);
  find(library, "cusparseSetStream", c.set_stream);
  find(library, "cusparseCreateDnVec", c.create_vector);
  find(library, "cusparseDestroyDnVec", c.destroy_vector);
  find(library, "cusparseCreateCsr", c.create_csr);
  find(library, "cusparseCreateSlicedEll", c.create_sell);
  find(library, "cusparseDestroySpMat", c.destroy_matrix);
  find(library, "cusparseSpMV_bufferSize", c.multiply_room);
  find(library, "cusparseSpMV_preprocess", c.prepare_multiply);
  find(library, "cusparseSpMV", c.multiply);
  find(library, "cusparseSpMatSetAttribute", c.set_attribute);
  find(library, "cusparseSpSV_createDescr", c.create_solve);
  find(library, "cusparseSpSV_destroyDescr", c.destroy_solve);
  find(library, "cusparseSpSV_bufferSize", c.solve_room);
  find(library, "cusparseSpSV_analysis", c.analyse);
  find(library, "cusparseSpSV_solve", c.solve);
  return c;
}

}  // namespace

const Cusparse& cusparse() {
  static const Cusparse functions = load();
  return functions;
}

}  // namespace steady::detail
