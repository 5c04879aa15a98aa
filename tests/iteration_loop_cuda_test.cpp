// Turns of a method loop on the device: that the driver takes such graphs, and what comes of them.
#include <array>
#include <cmath>

#include "formats/vectors/cuda.hpp"
#include "formats/vectors/host.hpp"
#include "formats/vectors/iteration_loop.hpp"
#include "tests/catch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

constexpr auto always = [](std::size_t) { return true; };

}  // namespace

TEST_CASE("iteration loop: turns loop on the device, in each place") {
  IterationLoop<CudaVector> loop;
  CudaVector x(std::vector<double>(1000, 1)), y(std::vector<double>(1000, 3));
  for (CudaVector* const vector : {&x, &y, &x}) {
    const auto turn = [&] { scale(2, *vector); };
    CHECK(loop(5, {vector->data()}, turn, always) == 5);
  }
  CHECK(loop.loops());
  CHECK(download(x) == std::vector<double>(1000, 1024));
  CHECK(download(y) == std::vector<double>(1000, 96));
}

TEST_CASE("iteration loop: as long as a number lies within its bounds, like the host but a turn late") {
  const HostVector host_x(1000, 1);
  const CudaVector cuda_x(std::vector<double>(1000, 1));
  const auto run = [](const auto& x, auto& loop, auto total, double most) {
    using Real = decltype(total);
    Real limit = most, growth = 1;
    const auto turn = [&] {
      total = total + sum(x) * growth;
      growth = growth * 2;
      return std::array<RangeCheck<Real>, 2>{{{0, total, limit}, {0, growth, INFINITY}}};
    };
    const Iterations turns = loop.run_while(7, {&total, &growth, &limit}, turn, always);
    return std::pair(turns, value(total));
  };
  IterationLoop<HostVector> on_host;
  IterationLoop<CudaVector> on_device;
  for (int time = 0; time < 3; ++time) {
    const auto [all, total] = run(cuda_x, on_device, CudaNumber(0), INFINITY);
    CHECK(all.done == 7);
    CHECK(all.sound);
    CHECK(total == run(host_x, on_host, 0.0, INFINITY).second);
    CHECK(run(host_x, on_host, 0.0, 5000).second == 7000);  // three turns
    const auto [some, part] = run(cuda_x, on_device, CudaNumber(0), 5000);
    CHECK(some.done == 4);
    CHECK(!some.sound);
    CHECK(part == 15000);
  }
  CHECK(on_device.loops());
}
