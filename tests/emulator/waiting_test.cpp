// How often a method on the device lets it run dry, and how much it queues: what decides its speed on chains that are
// not huge.
#include <cuda_runtime.h>

#include <steady/solve.hpp>

#include "bench/families/chains.hpp"
#include "formats/vectors/cuda.hpp"
#include "tests/catch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

// Per iteration between a method's first look at the residual and its last: waits for all that is queued, or whatever
// `count` counts.
double per_iteration(Method method, std::size_t iterations, std::size_t (*count)() = simt::waits_for_all) {
  struct Look {
    std::size_t iterations, counted;
  };
  std::vector<Look> looks;
  Observer observer;
  observer.on_iteration = [&](const IterationInfo& info) {
    if (info.config && info.config->method == method) looks.push_back({info.iterations, count()});
  };
  Options options;
  options.method = method;
  options.device = Device::cuda;
  options.direction = SweepDirection::backward;
  options.tolerance = 1e-13;
  options.max_iterations = iterations;
  const Solution solution = solve(families::tandem(15), options, observer);
  REQUIRE(looks.back().iterations >= 20);
  return static_cast<double>(looks.back().counted - looks.front().counted) /
         static_cast<double>(looks.back().iterations - looks.front().iterations);
}

}  // namespace

TEST_CASE("methods do not wait for the device inside an iteration") {
  CHECK(per_iteration(Method::power, 200) < 0.2);  // one of ten iterations is measured
  CHECK(per_iteration(Method::jacobi, 200) < 0.2);
  CHECK(per_iteration(Method::gauss_seidel, 200) < 0.2);
  CHECK(per_iteration(Method::bicgstab, 40) < 0.7);  // four in ten iterations, and where it begins anew
  CHECK(per_iteration(Method::idr, 60) < 0.7);
  CHECK(per_iteration(Method::gmres, 60) < 2.2);  // where it sees whether to orthogonalise again, and to stop
  CHECK(per_iteration(Method::fgmres, 60) < 2.2);
}

TEST_CASE("what methods queue in an iteration") {
  const auto queued = [](Method method, std::size_t iterations) {
    return per_iteration(method, iterations, simt::submissions);
  };
  CHECK(queued(Method::power, 200) < 1.2);  // one of ten iterations, about
  CHECK(queued(Method::jacobi, 200) < 1.2);
  CHECK(queued(Method::gauss_seidel, 200) < 1.2);
  CHECK(queued(Method::bicgstab, 40) < 5);
  CHECK(queued(Method::idr, 60) < 40);
  CHECK(queued(Method::gmres, 60) < 40);
  simt::refuse(simt::Refused::captures);
  CHECK(queued(Method::power, 200) > 1.2);
  CHECK(queued(Method::bicgstab, 40) > 15);
  simt::refuse(simt::Refused::nothing);
}

TEST_CASE("numbers of the device: the host's arithmetic, in the order that is written") {
  const double a = 0.7, b = -3.1;
  for (const bool known : {true, false}) {  // by the host
    const auto number = [&](double x) { return known ? CudaNumber(x) : sum(CudaVector(std::vector<double>{x})); };
    CudaNumber x = number(a);
    const CudaNumber y = number(b), none = number(0);
    CHECK(value(x) == a);
    CHECK(value(-x) == -a);
    CHECK(value(-x - y) == -a - b);
    CHECK(value(x + y) == a + b);
    CHECK(value(x - y) == a - b);
    CHECK(value(x * y) == a * b);
    CHECK(value(x / y) == a / b);
    CHECK(value(1 / y) == 1 / b);
    CHECK(value(ratio(x, y)) == a / b);
    CHECK(value(ratio(x, none)) == 0);
    CHECK(value(max(x, y)) == a);
    CHECK(value(max(y, x)) == a);
    CHECK(value(sqrt(x)) == std::sqrt(a));
    CHECK(value(abs(y)) == -b);
    const CudaNumber before = x;
    x -= y;
    CHECK(value(x) == a - b);
    CHECK(value(before) == a);
  }
}

TEST_CASE("numbers of the device: a long sum, slots taken again, and many read at once") {
  const CudaNumber one = sum(CudaVector(std::vector<double>{1}));
  CudaNumber total = 0;
  std::vector<CudaNumber> parts;
  for (int k = 0; k < 3000; ++k) {
    total = total + one;
    if (k % 10 == 0) parts.push_back(total * one);
    if (k % 700 == 0) CHECK(value(dot(CudaVector(std::vector<double>{2}), CudaVector(std::vector<double>{3}))) == 6);
  }
  CHECK(value(total) == 3000);
  const std::vector<double> seen = values(parts);
  REQUIRE(seen.size() == 300);
  for (std::size_t k = 0; k < seen.size(); ++k) CHECK(seen[k] == 10.0 * static_cast<double>(k) + 1);
}

TEST_CASE("numbers of the device: a readback is one iteration late") {
  LaggedReadback<CudaNumber> readback;
  for (int round = 0; round < 2; ++round) {
    readback.begin(-1, -2);
    for (int k = 0; k < 4; ++k) {
      const auto [first, second] = readback(sum(CudaVector(std::vector<double>{1.0 * k})), k + 0.5);
      CHECK(first == k - 1);
      CHECK(second == (k == 0 ? -2 : k - 0.5));
    }
  }
}
