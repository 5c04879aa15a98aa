// The CUDA vector's operations against the host's, entry by entry.
#include <cmath>

#include <steady/error.hpp>

#include "formats/vectors/cuda.hpp"
#include "formats/vectors/gpus.hpp"
#include "formats/vectors/host.hpp"
#include "tests/catch.hpp"

using namespace steady;
using namespace steady::detail;
using Values = std::vector<double>;

namespace {

Values some_values(std::size_t size, std::size_t seed) {
  Values x(size);
  for (std::size_t i = 0; i < size; ++i) x[i] = static_cast<double>((i + seed) * 7919 % 1000) / 500 - 1;
  return x;
}

// Sizes around a warp, a block, a grid's sweep.
const std::size_t sizes[] = {0, 1, 31, 32, 33, 255, 256, 257, 5000};

template <class Vector>
Vector vector_of(const Values& values) {
  Vector x;
  upload(values, x);
  return x;
}

}  // namespace

TEST_CASE("cuda vectors: entry by entry, the host's bits") {
  for (const std::size_t size : sizes) {
    INFO(size << " entries");
    const Values a = some_values(size, 1), b = some_values(size, 2);
    const HostVector host_x(a);
    const CudaVector cuda_x(a);
    HostVector host_y(b);
    CudaVector cuda_y(b);
    const auto same = [&] { return download(cuda_y) == download(host_y); };
    CHECK(same());
    axpy(0.3, host_x, host_y), axpy(0.3, cuda_x, cuda_y);
    CHECK(same());
    axpby(-0.7, host_x, 1.1, host_y), axpby(-0.7, cuda_x, 1.1, cuda_y);
    CHECK(same());
    const HostVector host_z(some_values(size, 3));
    const CudaVector cuda_z(some_values(size, 3));
    axpbypcz(0.9, host_x, -1.3, host_z, 0.4, host_y), axpbypcz(0.9, cuda_x, -1.3, cuda_z, 0.4, cuda_y);
    CHECK(same());
    (void)axpy_dot_and_square(-0.6, host_x, host_y, host_z), (void)axpy_dot_and_square(-0.6, cuda_x, cuda_y, cuda_z);
    CHECK(same());
    multiply_entries(host_x, host_y), multiply_entries(cuda_x, cuda_y);
    CHECK(same());
    scale(1.0 / 3, host_y), scale(1.0 / 3, cuda_y);
    CHECK(same());
    CHECK(raise_negatives(cuda_y) == Approx(raise_negatives(host_y)).epsilon(1e-14));
    CHECK(same());
    CHECK(raise_negatives(cuda_y) == 0);
    assign(-3, host_x, host_y), assign(-3, cuda_x, cuda_y);
    CHECK(same());
    copy(host_x, host_y), copy(cuda_x, cuda_y);
    CHECK(same());
    fill(2.5, host_y), fill(2.5, cuda_y);
    CHECK(same());
    CHECK(download(CudaVector(size)) == Values(size, 0.0));
    upload(b, cuda_y);
    CHECK(download(cuda_y) == b);
  }
}

TEST_CASE("cuda vectors: sums, and the same bits every time") {
  for (const std::size_t size : sizes) {
    INFO(size << " entries");
    const Values a = some_values(size, 1), b = some_values(size, 2);
    const HostVector host_x(a), host_y(b);
    const CudaVector x(a), y(b);
    const double room = 1e-13 * static_cast<double>(size);
    CHECK(std::abs(value(sum(x)) - sum(host_x)) <= room);
    CHECK(std::abs(value(dot(x, y)) - dot(host_x, host_y)) <= room);
    CHECK(value(norm2(x)) == Approx(norm2(host_x)).epsilon(1e-14));
    CHECK(value(sum(x)) == value(sum(x)));
    CHECK(value(dot(x, y)) == value(dot(y, x)));
    const auto near = [&](double a, double b) { return std::abs(a - b) <= room; };
    const auto [product, square] = dot_and_square(x, y);
    CHECK(near(value(product), dot(host_x, host_y)));
    CHECK(near(value(square), dot(host_y, host_y)));
    CudaVector moved(b);
    const auto [moved_product, moved_square] = axpy_dot_and_square(square - product, x, moved, y);
    HostVector host_moved(b);
    const auto expected = axpy_dot_and_square(value(square - product), host_x, host_moved, host_y);
    CHECK(value(moved_product) == Approx(expected.first).epsilon(1e-13));
    CHECK(value(moved_square) == Approx(expected.second).epsilon(1e-13));
  }
}

TEST_CASE("cuda vectors: one with a whole basis") {
  for (const std::size_t size : {0, 1, 300, 5000})
    for (const std::size_t count : {0, 1, 7, 8, 9, 30}) {
      INFO(count << " vectors of " << size << " entries");
      std::vector<HostVector> host_v;
      std::vector<CudaVector> v;
      for (std::size_t k = 0; k < count; ++k) {
        host_v.emplace_back(some_values(size, k));
        v.emplace_back(some_values(size, k));
      }
      const Values values = some_values(size, 99), a = some_values(count, 5);
      HostVector host_w(values);
      CudaVector w(values);
      Values host_h(count);
      std::vector<CudaNumber> products(count, NAN);
      dots(host_v, host_w, host_h);
      dots(v, w, products);
      const Values h = steady::detail::values(products);
      for (std::size_t k = 0; k < count; ++k) {
        CHECK(std::abs(h[k] - host_h[k]) <= 1e-13 * static_cast<double>(size));
        CHECK(host_h[k] == dot(host_v[k], host_w));
      }
      const std::vector<CudaNumber> factors(a.begin(), a.end());
      CHECK(value(add_combination(factors, v, w)) == Approx(add_combination(a, host_v, host_w)).epsilon(1e-14));
      CHECK(download(w) == download(host_w));
    }
}

TEST_CASE("cuda vectors: several entries a thread, where there are more than a grid has threads") {
  const std::size_t size = 4 * 1024 * 256 + 777;
  const Values a = some_values(size, 1), b = some_values(size, 2);
  const HostVector host_x(a), host_z(b);
  const CudaVector cuda_x(a), cuda_z(b);
  HostVector host_y(b);
  CudaVector cuda_y(b);
  axpy(0.3, host_x, host_y), axpy(0.3, cuda_x, cuda_y);
  axpbypcz(0.9, host_x, -1.3, host_z, 0.4, host_y), axpbypcz(0.9, cuda_x, -1.3, cuda_z, 0.4, cuda_y);
  CHECK((download(cuda_y) == download(host_y)));  // a million numbers, not printed
  CHECK(value(sum(cuda_y)) == Approx(sum(host_y)).epsilon(1e-12));
  const auto [product, square] = axpy_dot_and_square(-0.6, cuda_x, cuda_y, cuda_z);
  const auto expected = axpy_dot_and_square(-0.6, host_x, host_y, host_z);
  CHECK((download(cuda_y) == download(host_y)));
  CHECK(value(product) == Approx(expected.first).epsilon(1e-12));
  CHECK(value(square) == Approx(expected.second).epsilon(1e-12));
}

TEST_CASE("cuda vectors: moved, not copied") {
  const Values values = some_values(100, 3);
  CudaVector x(values), y;
  std::swap(x, y);
  CHECK(x.size() == 0);
  CHECK(download(y) == values);
  x = std::move(y);
  CHECK(download(x) == values);
}

TEST_CASE("cuda vectors: what does not fit names what was asked and what is free") {
  const Gpus gpus = find_gpus();
  REQUIRE(gpus.reason.empty());
  CHECK_FALSE(gpus.list.front().name.empty());
  CHECK_FALSE(gpus.driver.empty());
  CHECK_FALSE(gpus.runtime.empty());
  const std::size_t too_many = gpus.list.front().total_bytes / sizeof(double) + 1;
  try {
    const CudaVector x(too_many);
    FAIL("it was given more than there is");
  } catch (const NoRoom& error) {
    CHECK(error.cause == Error::Cause::machine);
    CHECK_THAT(error.what(), ContainsSubstring(std::to_string(too_many * sizeof(double))));
    CHECK_THAT(error.what(), ContainsSubstring("are free"));
  }
  CHECK(value(sum(CudaVector(Values{1, 2, 3}))) == 6);
}
