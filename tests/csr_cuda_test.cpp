// The CUDA products with Csr against a plain loop, on matrices that are awkward for them.
#include "formats/matrix/csr_cuda.hpp"

#include <algorithm>
#include <map>
#include <random>

#include "tests/catch.hpp"
#include "tests/device_array.hpp"

using namespace steady;

namespace {

// Small whole numbers: every order of the sum gives the same bits.
Csr random_matrix(std::size_t rows, const std::vector<std::size_t>& row_lengths, unsigned seed) {
  std::mt19937 random(seed);
  Csr matrix;
  std::vector<State> columns(rows);
  for (std::size_t j = 0; j < rows; ++j) columns[j] = static_cast<State>(j);
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<State> chosen;
    std::sample(columns.begin(), columns.end(), std::back_inserter(chosen), row_lengths[i], random);
    matrix.column.insert(matrix.column.end(), chosen.begin(), chosen.end());
    for (std::size_t k = 0; k < chosen.size(); ++k) matrix.value.push_back(static_cast<double>(1 + random() % 9));
    matrix.row_start.push_back(matrix.column.size());
  }
  return matrix;
}

std::map<std::string, Csr> awkward_matrices() {
  std::map<std::string, Csr> matrices;
  for (std::size_t rows : {1, 2, 31, 32, 33, 255, 256, 257}) {
    const std::string name = std::to_string(rows) + " rows";
    matrices[name + ", empty"] = random_matrix(rows, std::vector<std::size_t>(rows, 0), 1);
    matrices[name + ", one entry each"] = random_matrix(rows, std::vector<std::size_t>(rows, 1), 2);
    matrices[name + ", full"] = random_matrix(rows, std::vector<std::size_t>(rows, rows), 3);
    std::vector<std::size_t> lengths(rows, 0);
    lengths[rows / 2] = rows;
    matrices[name + ", one full row, the others empty"] = random_matrix(rows, lengths, 4);
    std::mt19937 random(5);
    for (std::size_t& length : lengths) length = random() % std::min<std::size_t>(rows + 1, 20);
    matrices[name + ", random"] = random_matrix(rows, lengths, 6);
  }
  for (std::size_t mean : {3, 6, 12, 24})
    matrices["1000 rows of " + std::to_string(mean)] = random_matrix(1000, std::vector<std::size_t>(1000, mean), 7);
  matrices["no rows"] = {};
  return matrices;
}

std::vector<double> product(const Csr& matrix, const std::vector<double>& x) {
  std::vector<double> y(matrix.rows(), 0.0);
  for (std::size_t i = 0; i < matrix.rows(); ++i)
    for (std::uint64_t k = matrix.row_start[i]; k < matrix.row_start[i + 1]; ++k)
      y[i] += matrix.value[k] * x[matrix.column[k]];
  return y;
}

}  // namespace

TEST_CASE("csr products on the device") {
  for (const auto& [name, matrix] : awkward_matrices()) {
    INFO(name);
    std::vector<double> x(matrix.rows());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<double>(1 + i % 13);
    const DeviceArray<std::uint64_t> row_start(matrix.row_start);
    const DeviceArray<State> column(matrix.column);
    const DeviceArray<double> value(matrix.value), device_x(x), scalar(x.size()), vector(x.size());
    const CsrOnDevice device{matrix.rows(), matrix.entries(), row_start.data(), column.data(), value.data()};
    csr_scalar_product(device, device_x.data(), scalar.data(), nullptr);
    CHECK(scalar.values() == product(matrix, x));
    csr_vector_product(device, device_x.data(), vector.data(), nullptr);
    CHECK(vector.values() == product(matrix, x));
  }
}

TEST_CASE("csr_vector's width follows the mean row") {
  CsrOnDevice matrix;
  matrix.rows = 10;
  for (const auto& [entries, width] : std::map<std::size_t, unsigned>{
           {0, 2}, {10, 2}, {20, 2}, {21, 4}, {40, 4}, {80, 8}, {81, 16}, {160, 16}, {161, 32}, {100000, 32}}) {
    matrix.entries = entries;
    CHECK(csr_vector_width(matrix) == width);
  }
}
