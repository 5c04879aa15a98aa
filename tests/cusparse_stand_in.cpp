// The stand-in for cuSPARSE: products and triangular solves as plain loops over copies of what is on the device, whose
// bounds the copies check. A call that the library would refuse is refused: a product that is not prepared, another
// algorithm. Work is queued, and descriptions are copied as the library copies them. Of sliced ELL it prepares nothing,
// as some versions of the library do.
#include "tests/cusparse_stand_in.hpp"

#include <vector>

#include "formats/matrix/cusparse.hpp"
#include "formats/vectors/launch.hpp"

namespace steady {
using namespace detail;
}

struct cusparseContext {
  cudaStream_t stream = nullptr;
};
struct cusparseDnVecDescr {
  std::size_t size;
  double* values;
};
struct cusparseSpMatDescr {
  std::size_t rows, places, height;  // height 0: rows as they are
  const void *start, *column, *value;
  cusparseFillMode_t fill = CUSPARSE_FILL_MODE_LOWER;
  mutable const void* prepared = nullptr;  // the buffer
};
struct cusparseSpSVDescr {
  const void* analysed = nullptr;  // the matrix
};

namespace {

constexpr std::size_t buffer_bytes = 16;

template <class T>
std::vector<T> from_device(const void* data, std::size_t size) {
  std::vector<T> values(size);
  steady::detail::check(cudaMemcpy(values.data(), data, size * sizeof(T), cudaMemcpyDeviceToHost));
  return values;
}

void to_device(const std::vector<double>& values, double* data) {
  steady::detail::check(cudaMemcpy(data, values.data(), values.size() * sizeof(double), cudaMemcpyHostToDevice));
}

// Calls f(row, column, value) for every entry.
template <class Function>
void for_each_entry(const cusparseSpMatDescr& m, Function f) {
  const std::size_t starts = m.height ? (m.rows + m.height - 1) / m.height + 1 : m.rows + 1;
  const auto start = from_device<std::int32_t>(m.start, starts), column = from_device<std::int32_t>(m.column, m.places);
  const auto value = from_device<double>(m.value, m.places);
  for (std::size_t part = 0; part + 1 < starts; ++part)
    for (std::int32_t k = start[part]; k < start[part + 1]; ++k) {
      const auto place = static_cast<std::size_t>(k);
      const std::size_t row =
          m.height ? part * m.height + (place - static_cast<std::size_t>(start[part])) % m.height : part;
      if (column[place] >= 0) f(row, static_cast<std::size_t>(column[place]), value[place]);
    }
}

// Row after row, in the order of the triangle.
std::vector<double> solved(const cusparseSpMatDescr& m, std::vector<double> solution) {
  struct Entry {
    std::size_t column;
    double value;
  };
  std::vector<std::vector<Entry>> rows(m.rows);
  for_each_entry(m, [&](std::size_t row, std::size_t column, double value) { rows[row].push_back({column, value}); });
  for (std::size_t step = 0; step < m.rows; ++step) {
    const std::size_t i = m.fill == CUSPARSE_FILL_MODE_LOWER ? step : m.rows - 1 - step;
    double diagonal = 0;
    for (const auto& [column, value] : rows[i]) {
      if (column == i)
        diagonal = value;
      else
        solution[i] -= value * solution.at(column);
    }
    solution[i] /= diagonal;
  }
  return solution;
}

cusparseStatus_t ok(bool condition) { return condition ? CUSPARSE_STATUS_SUCCESS : CUSPARSE_STATUS_INVALID_VALUE; }

bool fits(const cusparseSpMatDescr& m, cusparseSpMVAlg_t algorithm) {
  return (m.height != 0) == (algorithm == CUSPARSE_SPMV_SELL_ALG1);
}

}  // namespace

const char* cusparseGetErrorString(cusparseStatus_t status) { return status ? "invalid value" : "success"; }
cusparseStatus_t cusparseCreate(cusparseHandle_t* handle) { return *handle = new cusparseContext, ok(true); }
cusparseStatus_t cusparseDestroy(cusparseHandle_t handle) { return delete handle, ok(true); }
cusparseStatus_t cusparseGetVersion(cusparseHandle_t, int* version) { return *version = 12603, ok(true); }
cusparseStatus_t cusparseSetStream(cusparseHandle_t handle, cudaStream_t stream) {
  return handle->stream = stream, ok(true);
}
cusparseStatus_t cusparseCreateDnVec(cusparseDnVecDescr_t* vector, std::int64_t size, void* values, cudaDataType) {
  *vector = new cusparseDnVecDescr{static_cast<std::size_t>(size), static_cast<double*>(values)};
  return ok(values != nullptr);
}
cusparseStatus_t cusparseDestroyDnVec(cusparseConstDnVecDescr_t vector) { return delete vector, ok(true); }
cusparseStatus_t cusparseCreateCsr(cusparseSpMatDescr_t* matrix, std::int64_t rows, std::int64_t, std::int64_t entries,
                                   void* starts, void* column, void* value, cusparseIndexType_t, cusparseIndexType_t,
                                   cusparseIndexBase_t, cudaDataType) {
  *matrix = new cusparseSpMatDescr{
      static_cast<std::size_t>(rows), static_cast<std::size_t>(entries), 0, starts, column, value};
  return ok(true);
}
cusparseStatus_t cusparseCreateSlicedEll(cusparseSpMatDescr_t* matrix, std::int64_t rows, std::int64_t, std::int64_t,
                                         std::int64_t places, std::int64_t height, void* starts, void* column,
                                         void* value, cusparseIndexType_t, cusparseIndexType_t, cusparseIndexBase_t,
                                         cudaDataType) {
  *matrix = new cusparseSpMatDescr{static_cast<std::size_t>(rows),
                                   static_cast<std::size_t>(places),
                                   static_cast<std::size_t>(height),
                                   starts,
                                   column,
                                   value};
  return ok(height > 0 && places > 0);
}
cusparseStatus_t cusparseDestroySpMat(cusparseConstSpMatDescr_t matrix) { return delete matrix, ok(true); }
cusparseStatus_t cusparseSpMatSetAttribute(cusparseSpMatDescr_t matrix, cusparseSpMatAttribute_t attribute, void* value,
                                           std::size_t) {
  if (attribute == CUSPARSE_SPMAT_FILL_MODE) matrix->fill = *static_cast<cusparseFillMode_t*>(value);
  return ok(true);
}

cusparseStatus_t cusparseSpMV_bufferSize(cusparseHandle_t, cusparseOperation_t, const void*,
                                         cusparseConstSpMatDescr_t matrix, cusparseConstDnVecDescr_t, const void*,
                                         cusparseDnVecDescr_t, cudaDataType, cusparseSpMVAlg_t algorithm,
                                         std::size_t* bytes) {
  return *bytes = algorithm == CUSPARSE_SPMV_CSR_ALG1 ? 0 : buffer_bytes, ok(fits(*matrix, algorithm));
}
cusparseStatus_t cusparseSpMV_preprocess(cusparseHandle_t, cusparseOperation_t, const void*,
                                         cusparseConstSpMatDescr_t matrix, cusparseConstDnVecDescr_t, const void*,
                                         cusparseDnVecDescr_t, cudaDataType, cusparseSpMVAlg_t, void* buffer) {
  if (matrix->height) return CUSPARSE_STATUS_NOT_SUPPORTED;
  return matrix->prepared = buffer, ok(buffer != nullptr);
}
cusparseStatus_t cusparseSpMV(cusparseHandle_t handle, cusparseOperation_t, const void* alpha,
                              cusparseConstSpMatDescr_t matrix, cusparseConstDnVecDescr_t x, const void* beta,
                              cusparseDnVecDescr_t y, cudaDataType, cusparseSpMVAlg_t algorithm, void* buffer) {
  if (!fits(*matrix, algorithm) || (!matrix->height && matrix->prepared != buffer)) return ok(false);
  const double a = *static_cast<const double*>(alpha), b = *static_cast<const double*>(beta);
  const auto work = [a, b, matrix = *matrix, x = *x, y = *y] {
    const std::vector<double> from = from_device<double>(x.values, x.size);
    std::vector<double> to = from_device<double>(y.values, y.size);
    for (double& entry : to) entry = b == 0 ? 0 : b * entry;
    for_each_entry(
        matrix, [&](std::size_t row, std::size_t column, double value) { to.at(row) += a * value * from.at(column); });
    to_device(to, y.values);
  };
  return ok(stand_in::submit(handle->stream, work) == cudaSuccess);
}

cusparseStatus_t cusparseSpSV_createDescr(cusparseSpSVDescr_t* solve) {
  return *solve = new cusparseSpSVDescr, ok(true);
}
cusparseStatus_t cusparseSpSV_destroyDescr(cusparseSpSVDescr_t solve) { return delete solve, ok(true); }
cusparseStatus_t cusparseSpSV_bufferSize(cusparseHandle_t, cusparseOperation_t, const void*, cusparseConstSpMatDescr_t,
                                         cusparseConstDnVecDescr_t, cusparseDnVecDescr_t, cudaDataType,
                                         cusparseSpSVAlg_t, cusparseSpSVDescr_t, std::size_t* bytes) {
  return *bytes = buffer_bytes, ok(true);
}
cusparseStatus_t cusparseSpSV_analysis(cusparseHandle_t, cusparseOperation_t, const void*,
                                       cusparseConstSpMatDescr_t matrix, cusparseConstDnVecDescr_t,
                                       cusparseDnVecDescr_t, cudaDataType, cusparseSpSVAlg_t, cusparseSpSVDescr_t solve,
                                       void* buffer) {
  return solve->analysed = matrix, ok(buffer != nullptr);
}
cusparseStatus_t cusparseSpSV_solve(cusparseHandle_t handle, cusparseOperation_t, const void*,
                                    cusparseConstSpMatDescr_t matrix, cusparseConstDnVecDescr_t b,
                                    cusparseDnVecDescr_t y, cudaDataType, cusparseSpSVAlg_t,
                                    cusparseSpSVDescr_t solve) {
  if (solve->analysed != matrix) return ok(false);
  const auto work = [matrix = *matrix, b = *b, y = *y] {
    to_device(solved(matrix, from_device<double>(b.values, b.size)), y.values);
  };
  return ok(stand_in::submit(handle->stream, work) == cudaSuccess);
}

const steady::Cusparse& steady::detail::cusparse() {
  static const Cusparse functions{cusparseGetErrorString,
                                  cusparseCreate,
                                  cusparseDestroy,
                                  cusparseGetVersion,
                                  cusparseSetStream,
                                  cusparseCreateDnVec,
                                  cusparseDestroyDnVec,
                                  cusparseCreateCsr,
                                  cusparseCreateSlicedEll,
                                  cusparseDestroySpMat,
                                  cusparseSpMV_bufferSize,
                                  cusparseSpMV_preprocess,
                                  cusparseSpMV,
                                  cusparseSpMatSetAttribute,
                                  cusparseSpSV_createDescr,
                                  cusparseSpSV_destroyDescr,
                                  cusparseSpSV_bufferSize,
                                  cusparseSpSV_analysis,
                                  cusparseSpSV_solve};
  return functions;
}
