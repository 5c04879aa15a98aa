// Every CUDA kernel of the list against plain loops over the matrix, entry by entry, and against csr-rows on the host,
// bit by bit.
#include <steady/error.hpp>

#include "formats/matrix/list.hpp"
#include "tests/catch.hpp"
#include "tests/cusparse_here.hpp"
#include "tests/kernel_operations.hpp"
#include "tests/matrices.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::reference;

namespace {

// Dependency levels of the given widths in the forward direction: states that read two of the level before, and one
// that comes later.
AwkwardMatrix layers(const std::vector<State>& widths) {
  State states = 0;
  for (const State width : widths) states += width;
  std::vector<Triplet> triplets;
  State first = 0, before = 0;
  for (const State width : widths) {
    for (State i = 0; i < width; ++i) {
      const State state = first + i;
      if (first > 0) {
        triplets.push_back({state, before + i % (first - before), 0.5});
        triplets.push_back({state, before + (i * 7 + 3) % (first - before), 0.25});
      }
      if (first + width < states) triplets.push_back({state, first + width + i % (states - first - width), 2.0});
    }
    before = first;
    first += width;
  }
  return {"layers", to_csr(states, std::move(triplets)), std::vector<double>(states, 1.75)};
}

// Those that are small enough for the emulator, and one with wide levels among thin ones.
std::vector<AwkwardMatrix> matrices() {
  std::vector<AwkwardMatrix> all = awkward_matrices();
  std::erase_if(all, [](const AwkwardMatrix& m) { return m.exit_rate.size() > 5000; });
  all.push_back(layers({2100, 5, 40, 2, 2200, 1, 33}));
  return all;
}

const Directions choices[] = {{}, {forward}, {backward}, {backward, forward}};

// Whether the kernel can be tried on the matrix here, with sweeps in these directions.
bool can_try(const CudaKernel& kernel, const AwkwardMatrix& m, const Directions& directions) {
  if (kernel.baseline && (!directions.empty() || !cusparse_is_here())) return false;
  return fits(kernel, m.inflow);
}

// Whether rows are added up in the same order as on the host, hence to the same bits.
bool adds_as_host(const CudaKernel& kernel, const AwkwardMatrix& m) {
  if (kernel.baseline) return false;
  if (kernel.kernel == "csr-adaptive") return m.name != "one dense row";
  return kernel.kernel != "csr-vector";
}

const HostKernel& host_kernel(Storage storage) {
  for (const HostKernel& kernel : host_kernels())
    if (kernel.storage == storage) return kernel;
  throw std::invalid_argument("no such storage");
}

}  // namespace

TEST_CASE("the list of CUDA kernels has every storage of the host's") {
  for (const HostKernel& host : host_kernels()) {
    const auto kernels = cuda_kernels();
    CHECK(std::any_of(kernels.begin(), kernels.end(), [&](const CudaKernel& k) { return k.storage == host.storage; }));
  }
}

TEST_CASE("every CUDA kernel computes what plain loops compute") {
  for (const AwkwardMatrix& m : matrices())
    for (const CudaKernel& kernel : cuda_kernels())
      for (const Directions& directions : choices) {
        if (!can_try(kernel, m, directions)) continue;
        INFO(kernel.kernel << " on " << m.name << ", " << directions.size() << " directions");
        const Tried tried(kernel, m, directions);
        check_products(tried, m);
        for (const Direction direction : directions) check_sweeps(tried, m, direction);
      }
}

TEST_CASE("CUDA kernels that add up rows in the host's order give the host's bits") {
  for (const AwkwardMatrix& m : matrices()) {
    const Values x = some_values(m.exit_rate.size());
    for (const CudaKernel& kernel : cuda_kernels()) {
      if (!fits(kernel, m.inflow) || !adds_as_host(kernel, m)) continue;
      INFO(kernel.kernel << " on " << m.name);
      const Tried host(host_kernel(kernel.storage), m, {backward, forward});
      const Tried cuda(kernel, m, {backward, forward});
      Values cuda_jacobi, host_jacobi, cuda_power, host_power;
      cuda.jacobi(x, cuda_jacobi, 0.9), host.jacobi(x, host_jacobi, 0.9);
      cuda.power(x, cuda_power, 5), host.power(x, host_power, 5);
      bool same = cuda.multiply(x) == host.multiply(x) && cuda_jacobi == host_jacobi && cuda_power == host_power;
      for (const Direction direction : {forward, backward})
        same = same && cuda.sweep(direction, x, 1.3) == host.sweep(direction, x, 1.3) &&
               cuda.solve(direction, x) == host.solve(direction, x) &&
               cuda.jacobi_solve(direction, 3, x) == host.jacobi_solve(direction, 3, x) &&
               cuda.add_later(direction, -0.5, x) == host.add_later(direction, -0.5, x);
      CHECK(same);
    }
  }
}

TEST_CASE("several slices a warp, where there are more than a grid has warps") {
  const State states = 2 * 1024 * 256 + 100;  // with a table of rates; without, or with totals, half as many would do
  std::vector<Triplet> triplets;
  for (State i = 0; i < states; ++i) triplets.push_back({i, (i + states - 1) % states, 1.0 + i % 3});
  const AwkwardMatrix m{"ring", to_csr(states, std::move(triplets)), std::vector<double>(states, 2.5)};
  const Values x = some_values(states);
  for (const CudaKernel& kernel : cuda_kernels()) {
    if (kernel.kernel != "packed-thread" && kernel.kernel != "sell-thread") continue;
    INFO(kernel.kernel);
    const Tried host(host_kernel(kernel.storage), m, {});
    const Tried cuda(kernel, m, {});
    Values cuda_jacobi, host_jacobi;
    CHECK(cuda.multiply(x) == host.multiply(x));
    CHECK(cuda.jacobi(x, cuda_jacobi, 0.9).sum == Approx(host.jacobi(x, host_jacobi, 0.9).sum));
    CHECK(cuda_jacobi == host_jacobi);
  }
}

TEST_CASE("sweeps are replayed: many in a row, with vectors that change places") {
  const AwkwardMatrix m = layers({2100, 5, 2100, 40});
  const CudaKernel& kernel = cuda_kernels().front();
  for (const Direction direction : {forward, backward}) {
    const Directions directions{direction};
    const auto cuda = kernel.make(m.inflow, m.exit_rate, level_orders(m.inflow, directions));
    const auto host = host_kernels().front().make(m.inflow, m.exit_rate, level_orders(m.inflow, directions));
    CudaVector x, b, y(m.exit_rate.size());
    HostVector host_x, host_b, host_y(m.exit_rate.size());
    const Values values = some_values(m.exit_rate.size());
    upload(values, x), upload(values, host_x);
    upload(values, b), upload(values, host_b);
    for (const double w : {1.0, 1.2, 1.0}) {
      for (int sweep = 0; sweep < 3; ++sweep) {
        cuda->gauss_seidel_sweep(direction, w, x), host->gauss_seidel_sweep(direction, w, host_x);
        cuda->triangular_solve(direction, b, y), host->triangular_solve(direction, host_b, host_y);
        std::swap(b, y), std::swap(host_b, host_y);
      }
      CHECK(download(x) == download(host_x));
      CHECK(download(b) == download(host_b));
    }
    cuda->triangular_solve(direction, b, b), host->triangular_solve(direction, host_b, host_b);
    CHECK(download(b) == download(host_b));
  }
}

TEST_CASE("a run of sweeps in one launch is as many sweeps") {
  for (const AwkwardMatrix& m : {layers({2100, 5, 40}), layers({40, 5, 33})})
    for (const Directions& directions : {Directions{forward}, Directions{backward, forward}}) {
      const auto cuda = cuda_kernels().front().make(m.inflow, m.exit_rate, level_orders(m.inflow, directions));
      for (const std::size_t rounds : {0, 1, 4, 7, 7, 10}) {
        CudaVector x(some_values(m.exit_rate.size())), y(some_values(m.exit_rate.size()));
        cuda->gauss_seidel_sweeps(directions, 0.9, rounds, x);
        for (std::size_t round = 0; round < rounds; ++round)
          for (const Direction direction : directions) cuda->gauss_seidel_sweep(direction, 0.9, y);
        CHECK(download(x) == download(y));
      }
    }
}

TEST_CASE("a sweep that is not measured does the same") {
  const AwkwardMatrix m = layers({100, 50, 100});
  for (const CudaKernel& kernel : cuda_kernels()) {
    if (!can_try(kernel, m, {})) continue;
    const auto inflow = kernel.make(m.inflow, m.exit_rate, {});
    const CudaVector x(some_values(m.exit_rate.size()));
    CudaVector y(x.size()), z(x.size());
    CHECK(inflow->jacobi_sweep(0.8, x, y).residual > 0);
    CHECK(inflow->jacobi_sweep(0.8, x, z, Tally::no).residual == 0);
    CHECK(download(y) == download(z));
    CHECK(inflow->power_step(5, x, y).sum > 0);
    CHECK(inflow->power_step(5, x, z, Tally::no).sum == 0);
    CHECK(download(y) == download(z));
  }
}

TEST_CASE("a baseline refuses sweeps, and what its numbers cannot count") {
  const AwkwardMatrix m = layers({100, 50, 100});
  Csr large;  // of row starts alone
  large.row_start = {0, std::uint64_t{1} << 31};
  std::size_t baselines = 0;
  for (const CudaKernel& kernel : cuda_kernels()) {
    if (!kernel.baseline) continue;
    ++baselines;
    const Directions directions{forward};
    CHECK_THROWS_WITH(kernel.make(m.inflow, m.exit_rate, level_orders(m.inflow, directions)),
                      ContainsSubstring("multiplies only"));
    const State start[] = {0, 1};
    CHECK_THAT(kernel.footprint(large, make_slices(start)).reason, ContainsSubstring("32-bit numbers"));
  }
  CHECK(baselines == 3);
}
