// The two-stage preconditioner against the triangular solve that it replaces.
#include "solver/preconditioners/two_stage.hpp"

#include <cmath>

#include <steady/solve.hpp>

#include "bench/families/chains.hpp"
#include "formats/matrix/list.hpp"
#include "solver/preconditioners/gauss_seidel.hpp"
#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;

TEST_CASE("two stages are the whole sweep where there are few levels") {
  const Chain chain = families::polling(6);
  const Direction backward = Direction::backward;
  const LevelOrders orders = level_orders(chain.inflow, {&backward, 1});
  REQUIRE(orders[0]->levels() == 2);
  const auto inflow = host_kernels().front().make(chain.inflow, chain.exit_rate, orders);
  const TwoStagePreconditioner<HostVector> two_stage(*inflow, backward);
  const GaussSeidelPreconditioner<HostVector> sweep(*inflow, backward);
  HostVector b(chain.size()), z(chain.size()), w(chain.size()), exact_z(chain.size()), exact_w(chain.size());
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = std::cos(static_cast<double>(i));
  two_stage.apply_and_multiply(b, z, w);
  sweep.apply_and_multiply(b, exact_z, exact_w);
  CHECK(download(z) == download(exact_z));
  for (std::size_t i = 0; i < b.size(); ++i) CHECK(w[i] == Approx(exact_w[i]).margin(1e-13));
  two_stage.apply(b, w);
  CHECK(download(w) == download(z));
}

TEST_CASE("gmres with two stages solves a chain with more levels than steps") {
  const Chain chain = families::fms(2);
  Options options;
  options.method = Method::gth;
  const Solution truth = solve(chain, options);
  options.method = Method::gmres;
  options.direction = SweepDirection::backward;
  options.preconditioner = Preconditioner::gauss_seidel;
  const std::size_t with_sweeps = solve(chain, options).tried.back().outcome.iterations;
  options.preconditioner = Preconditioner::two_stage;
  const Solution solution = solve(chain, options);
  CHECK(solution.converged);
  CHECK(solution.tried.back().config.preconditioner == Preconditioner::two_stage);
  CHECK(solution.tried.back().outcome.iterations > with_sweeps);
  CHECK(reference::largest_difference(solution.distribution, truth.distribution) < 1e-11);
}
