// Every kernel of the list against plain loops over the matrix, entry by entry.
#include <omp.h>

#include <algorithm>
#include <cmath>

#include <steady/solve.hpp>

#include "bench/families/chains.hpp"
#include "formats/matrix/list.hpp"
#include "solver/methods/list.hpp"
#include "tests/catch.hpp"
#include "tests/kernel_operations.hpp"
#include "tests/matrices.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::reference;

TEST_CASE("every kernel computes what plain loops compute") {
  const std::vector<AwkwardMatrix> matrices = reference::awkward_matrices();
  for (const HostKernel& kernel : host_kernels())
    for (const AwkwardMatrix& m : matrices) {
      if (!fits(kernel, m.inflow)) continue;
      for (const Directions& directions : {Directions{}, {forward}, {backward}, {backward, forward}}) {
        INFO(kernel.kernel << " on " << m.name << ", " << directions.size() << " directions");
        const Tried tried(kernel, m, directions);
        check_products(tried, m);
        for (const Direction direction : directions) check_sweeps(tried, m, direction);
      }
    }
}

TEST_CASE("every kernel gives the same bits for any number of threads") {
  const Directions directions{forward, backward};
  for (const AwkwardMatrix& m : reference::awkward_matrices())
    for (const HostKernel& kernel : host_kernels()) {
      if (!fits(kernel, m.inflow)) continue;
      INFO(kernel.kernel << " on " << m.name);
      omp_set_num_threads(1);
      const Values one = everything(Tried(kernel, m, directions), m.exit_rate.size(), directions);
      for (const int threads : {2, 3, 8}) {
        omp_set_num_threads(threads);
        const bool same = everything(Tried(kernel, m, directions), m.exit_rate.size(), directions) == one;
        CHECK(same);
      }
      omp_set_num_threads(omp_get_num_procs());
    }
}

TEST_CASE("every method solves the battery in every storage that fits") {
  for (const auto& [name, chain] : reference::battery()) {
    Options options;
    options.method = Method::gth;
    const Solution truth = solve(chain, options);
    options.tolerance = 1e-14;
    for (const HostKernel& kernel : host_kernels())
      for (const MethodEntry<HostVector>& method : methods<HostVector>) {
        INFO(steady::name(method.method) << " with " << kernel.kernel << " on " << name);
        options.method = method.method;
        options.storage = kernel.storage;
        options.kernel = kernel.kernel;
        if (!fits(kernel, chain.inflow)) {
          CHECK_THROWS_WITH(solve(chain, options), ContainsSubstring("does not fit"));
          continue;
        }
        const Solution solution = solve(chain, options);
        CHECK(solution.converged);
        CHECK(solution.storage == kernel.storage);
        CHECK(solution.kernel == kernel.kernel);
        CHECK(reference::largest_difference(solution.distribution, truth.distribution) < 1e-11);
      }
  }
}

TEST_CASE("auto takes the storage of the fewest bytes") {
  Options options;
  options.method = Method::power;
  options.max_iterations = 1;
  for (const Chain& chain : {reference::mmck(2, 1, 3, 500), reference::random_chain(Kind::ctmc, 5000, 5, 2, 1),
                             reference::random_chain(Kind::ctmc, 5000, 5, 0, 1), families::polling(5)}) {
    const State start[] = {0, static_cast<State>(chain.size())};
    std::uint64_t least = UINT64_MAX;
    std::optional<Storage> smallest;
    for (const HostKernel& kernel : host_kernels()) {
      const Footprint footprint = kernel.footprint(chain.inflow, make_slices(start));
      if (!footprint.reason.empty() || footprint.bytes >= least) continue;
      least = footprint.bytes;
      smallest = kernel.storage;
    }
    CHECK(solve(chain, options).storage == smallest);
  }
}
