// The operations over lists on the device against the host's, and the hierarchies that are made of them.
#include <steady/solve.hpp>

#include "bench/families/chains.hpp"
#include "solver/multilevel/hierarchy.hpp"
#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;
using Values = std::vector<double>;

namespace {

Values some_values(std::size_t size, std::size_t seed) {  // positive
  Values x(size);
  for (std::size_t i = 0; i < size; ++i) x[i] = static_cast<double>((i + seed) * 7919 % 1000 + 1) / 500;
  return x;
}

// So many lists of none to six numbers below `below`.
Lists<HostVector> some_lists(std::size_t count, std::size_t below) {
  Lists<HostVector> lists{{0}, {}};
  for (std::size_t g = 0; g < count; ++g) {
    for (std::size_t k = 0; k < g * 31 % 7; ++k)
      lists.entry.push_back(static_cast<std::uint32_t>((g * 17 + k * 101) % below));
    lists.start.push_back(lists.entry.size());
  }
  return lists;
}

Lists<CudaVector> on_cuda(const Lists<HostVector>& lists) {
  return {CudaArray<std::uint64_t>(lists.start), CudaArray<std::uint32_t>(lists.entry)};
}

}  // namespace

TEST_CASE("operations over lists: the host's bits") {
  for (const std::size_t size : {1, 32, 255, 256, 257, 5000}) {
    INFO(size << " lists");
    const Lists<HostVector> lists = some_lists(size, size);
    const std::size_t entries = lists.entry.size();
    const Lists<HostVector> places = entries > 0 ? some_lists(size + 3, entries) : some_lists(1, 1);
    const Lists<CudaVector> cuda_lists = on_cuda(lists), cuda_places = on_cuda(places);
    const HostVector x(some_values(size, 1)), a(some_values(entries, 2)), exit(some_values(size, 3)),
        b(some_values(size, 4));
    const CudaVector cuda_x(download(x)), cuda_a(download(a)), cuda_exit(download(exit)), cuda_b(download(b));
    const Flows<HostVector> flows{lists, a, exit};
    const Flows<CudaVector> cuda_flows{cuda_lists, cuda_a, cuda_exit};
    HostVector y(size), z(places.size());
    CudaVector cuda_y(size), cuda_z(places.size());
    const auto same = [&] { return download(cuda_y) == download(y) && download(cuda_z) == download(z); };
    restrict_sum(lists, x, y), restrict_sum(cuda_lists, cuda_x, cuda_y);
    CHECK(same());
    restrict_sum(lists, a, x, y), restrict_sum(cuda_lists, cuda_a, cuda_x, cuda_y);
    CHECK(same());
    if (entries > 0) restrict_sum(places, flows, x, z), restrict_sum(cuda_places, cuda_flows, cuda_x, cuda_z);
    CHECK(same());
    jacobi_step(flows, 0.8, nullptr, x, y), jacobi_step(cuda_flows, 0.8, nullptr, cuda_x, cuda_y);
    CHECK(same());
    jacobi_step(flows, 0.8, &b, x, y), jacobi_step(cuda_flows, 0.8, &cuda_b, cuda_x, cuda_y);
    CHECK(same());
    find_residual(flows, b, x, y), find_residual(cuda_flows, cuda_b, cuda_x, cuda_y);
    CHECK(same());
  }
}

TEST_CASE("operations that spread aggregates' values: the host's bits") {
  for (const std::size_t size : {0, 1, 33, 256, 5000}) {
    INFO(size << " entries");
    std::vector<std::uint32_t> of(size);
    for (std::size_t i = 0; i < size; ++i) of[i] = static_cast<std::uint32_t>(i / 3);
    const CudaArray<std::uint32_t> cuda_of(of);
    const HostVector f(some_values(size / 3 + 1, 1)), a(some_values(size, 2));
    const CudaVector cuda_f(download(f)), cuda_a(download(a));
    HostVector x(some_values(size, 3));
    CudaVector cuda_x(download(x));
    const auto same = [&] { return download(cuda_x) == download(x); };
    multiply_spread(of, f, x), multiply_spread(cuda_of, cuda_f, cuda_x);
    CHECK(same());
    prolong_add(of, a, f, x), prolong_add(cuda_of, cuda_a, cuda_f, cuda_x);
    CHECK(same());
    raise_to(2, x), raise_to(2, cuda_x);
    CHECK(same());
    to_the_power(1.2, x), to_the_power(1.2, cuda_x);
    CHECK(reference::largest_difference(download(cuda_x), download(x)) < 1e-13);
  }
}

TEST_CASE("a hierarchy on the device does what the host's does, wherever the host takes over") {
  const Chain chain =
      GENERATE(families::tandem(31), families::fms(2), reference::random_chain(Kind::ctmc, 700, 5, 2, 5));
  const std::size_t fewest = GENERATE(1, 200, 4000);
  const int visits = GENERATE(1, 2);
  const IrreducibleChain irreducible{chain.inflow, chain.exit_rate};
  const Values start = some_values(chain.size(), 1);
  HostVector x(start), d(chain.size());
  CudaVector cuda_x(start), cuda_d(chain.size());
  Hierarchy<HostVector> hierarchy(irreducible, {}, x);
  Hierarchy<CudaVector> cuda_hierarchy(irreducible, {}, cuda_x, fewest);
  CHECK(cuda_hierarchy.levels() == hierarchy.levels());
  CHECK(cuda_hierarchy.coarse_rates() == hierarchy.coarse_rates());
  hierarchy.visit_coarse_levels(visits);
  cuda_hierarchy.visit_coarse_levels(visits);
  CHECK(cuda_hierarchy.correct(cuda_x) == Approx(hierarchy.correct(x)).epsilon(1e-11));
  const Values result = download(cuda_x);
  for (std::size_t i = 0; i < chain.size(); ++i) CHECK(result[i] == Approx(x[i]).epsilon(1e-10));
  Values rest(chain.size());
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = start[i] - start[(i + 1) % rest.size()];  // sums to 0
  hierarchy.add_correction(HostVector(rest), d);
  cuda_hierarchy.add_correction(CudaVector(rest), cuda_d);
  double largest = 0;
  for (std::size_t i = 0; i < chain.size(); ++i) largest = std::max(largest, std::abs(d[i]));
  CHECK(reference::largest_difference(download(cuda_d), download(d)) < 1e-9 * largest);
}

TEST_CASE("multilevel on the device, with coarse levels there") {
  const Chain chain = families::tandem(127);
  REQUIRE(chain.size() / 4 > Hierarchy<CudaVector>::fewest_states);
  Options options;
  options.method = Method::multilevel;
  options.device = Device::cpu;
  const Solution host = solve(chain, options);
  options.device = Device::cuda;
  const Solution cuda = solve(chain, options);
  CHECK(cuda.converged);
  CHECK(cuda.device == Device::cuda);
  CHECK(cuda.tried.back().outcome.iterations <= host.tried.back().outcome.iterations + 1);
  CHECK(reference::largest_difference(cuda.distribution, host.distribution) < 1e-10);
}
