// NVIDIA's cuSPARSE, the baseline of our kernels and the oracle of their tests: what we call of it, loaded when it is
// first asked for and never linked. For .cu and _cuda.cpp files: the types are those of the toolkit's header.
#pragma once

#include <cusparse.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <source_location>
#include <string>

#include <steady/csr.hpp>
#include <steady/error.hpp>

#include "formats/vectors/cuda_array.hpp"
#include "formats/vectors/launch.hpp"

namespace steady::detail {

struct Cusparse {
  decltype(&cusparseGetErrorString) error_string;
  decltype(&cusparseCreate) create;
  decltype(&cusparseDestroy) destroy;
  decltype(&cusparseGetVersion) version;
  decltype(&cusparseSetStream) set_stream;
  decltype(&cusparseCreateDnVec) create_vector;
  decltype(&cusparseDestroyDnVec) destroy_vector;
  decltype(&cusparseCreateCsr) create_csr;
  decltype(&cusparseCreateSlicedEll) create_sell;
  decltype(&cusparseDestroySpMat) destroy_matrix;
  decltype(&cusparseSpMV_bufferSize) multiply_room;
  decltype(&cusparseSpMV_preprocess) prepare_multiply;
  decltype(&cusparseSpMV) multiply;
  // For tests.
  decltype(&cusparseSpMatSetAttribute) set_attribute;
  decltype(&cusparseSpSV_createDescr) create_solve;
  decltype(&cusparseSpSV_destroyDescr) destroy_solve;
  decltype(&cusparseSpSV_bufferSize) solve_room;
  decltype(&cusparseSpSV_analysis) analyse;
  decltype(&cusparseSpSV_solve) solve;
};

// Throws Error of cause machine where the library is not here or lacks one of the functions.
const Cusparse& cusparse();

// Throws Error of cause machine, with cuSPARSE's own message and the place of the call.
inline void check(cusparseStatus_t status, std::source_location place = std::source_location::current()) {
  if (status == CUSPARSE_STATUS_SUCCESS) return;
  throw Error(std::string("cuSPARSE: ") + cusparse().error_string(status) + " (" + place.file_name() + ":" +
                  std::to_string(place.line()) + ")",
              Error::Cause::machine);
}

// What cuSPARSE gives out, owned.
using CusparseHandle = std::unique_ptr<cusparseContext, decltype(Cusparse::destroy)>;
using CusparseVector = std::unique_ptr<cusparseDnVecDescr, decltype(Cusparse::destroy_vector)>;
using CusparseMatrix = std::unique_ptr<cusparseSpMatDescr, decltype(Cusparse::destroy_matrix)>;

inline CusparseHandle make_cusparse() {
  cusparseHandle_t made = nullptr;
  check(cusparse().create(&made));
  CusparseHandle handle{made, cusparse().destroy};
  check(cusparse().set_stream(made, own_stream()));
  return handle;
}

// Such as "12.6.3".
inline std::string cusparse_version() {
  int version = 0;
  check(cusparse().version(make_cusparse().get(), &version));
  return std::to_string(version / 1000) + "." + std::to_string(version / 100 % 10) + "." +
         std::to_string(version % 100);
}

// Of memory on the device, which stays the caller's; cuSPARSE writes only to what it computes.
inline CusparseVector describe_vector(const double* entries, std::size_t size) {
  cusparseDnVecDescr_t vector = nullptr;
  check(cusparse().create_vector(&vector, static_cast<std::int64_t>(size), const_cast<double*>(entries), CUDA_R_64F));
  return {vector, cusparse().destroy_vector};
}

// Row starts and columns of 32 bits, as the library is usually fed.
inline CusparseMatrix describe_csr(std::size_t rows, const CudaArray<std::int32_t>& row_start,
                                   const CudaArray<State>& column, const CudaArray<double>& value) {
  cusparseSpMatDescr_t matrix = nullptr;
  const auto size = static_cast<std::int64_t>(rows), entries = static_cast<std::int64_t>(column.size());
  check(cusparse().create_csr(&matrix, size, size, entries, const_cast<std::int32_t*>(row_start.data()),
                              const_cast<State*>(column.data()), const_cast<double*>(value.data()), CUSPARSE_INDEX_32I,
                              CUSPARSE_INDEX_32I, CUSPARSE_INDEX_BASE_ZERO, CUDA_R_64F));
  return {matrix, cusparse().destroy_matrix};
}

}  // namespace steady::detail
