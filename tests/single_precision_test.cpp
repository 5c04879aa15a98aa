// Operators, vectors and corrections in single precision against those in double.
#include <omp.h>

#include <cmath>

#include <steady/error.hpp>
#include <steady/solve.hpp>

#include "formats/matrix/barrier.hpp"
#include "formats/matrix/list.hpp"
#include "formats/vectors/block_sums.hpp"
#include "solver/methods/list.hpp"
#include "solver/preconditioners/list.hpp"
#include "tests/catch.hpp"
#include "tests/kernel_operations.hpp"
#include "tests/matrices.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::reference;

namespace {

SingleVector single(const HostVector& x) {
  SingleVector y(x.size());
  assign(1, x, y);
  return y;
}

// Entry by entry, as near as rounding of floats in sums of positive numbers allows. A triangular solve may grow beyond
// what a float can be.
bool alike(const SingleVector& x, const HostVector& y, double room) {
  constexpr double large = 1e30;
  for (std::size_t i = 0; i < y.size(); ++i)
    if (!(std::abs(x[i] - y[i]) <= room * std::abs(y[i]) + 1e-30) && !(std::abs(y[i]) > large)) return false;
  return true;
}

const HostKernel& mask() {
  for (const HostKernel& kernel : host_kernels())
    if (kernel.storage == Storage::mask) return kernel;
  throw Error("no mask");
}

}  // namespace

TEST_CASE("single precision: every word of an operator is that of doubles") {
  for (const AwkwardMatrix& m : awkward_matrices()) {
    if (!fits(mask(), m.inflow)) continue;
    for (const Directions& directions : {Directions{}, {forward}, {backward}, {backward, forward}}) {
      INFO(m.name << ", " << directions.size() << " directions");
      const auto full = mask().make(m.inflow, m.exit_rate, level_orders(m.inflow, directions));
      const auto half = full->in_single_precision();
      if (!half) {
        const bool normal = are_normal_floats(m.inflow.value) && are_normal_floats(m.exit_rate);
        CHECK_FALSE(normal);
        continue;
      }
      CHECK(half->storage() == "mask");
      CHECK(std::ranges::equal(half->order(), full->order()));
      CHECK(half->in_single_precision() == nullptr);
      const std::size_t n = m.exit_rate.size();
      const double room = 1e-4;  // through a few hundred levels
      const HostVector x(some_values(n));
      HostVector y(n), z(n);
      SingleVector sy(n), sz(n);
      full->multiply(x, y), half->multiply(single(x), sy);
      CHECK(alike(sy, y, room));
      full->jacobi_sweep(0.7, x, y), half->jacobi_sweep(0.7, single(x), sy);
      CHECK(alike(sy, y, room));
      full->power_step(full->max_exit_rate(), x, y), half->power_step(full->max_exit_rate(), single(x), sy);
      CHECK(alike(sy, y, room));
      const Pass pass = full->jacobi_sweep(1, x, y), single_pass = half->jacobi_sweep(1, single(x), sy);
      CHECK(single_pass.sum == Approx(pass.sum).epsilon(room));
      // A residual is a small difference of large numbers: right as far as these are.
      double flows = 0;
      for (std::size_t i = 0; i < n; ++i) flows += x[i] * m.exit_rate[i] + y[i] * m.exit_rate[i];
      CHECK(std::abs(single_pass.residual - pass.residual) <= 1e-6 * flows);
      CHECK(std::abs(half->residual(single(x), sy) - full->residual(x, y)) <= 1e-6 * flows);
      for (const Direction direction : directions) {
        full->triangular_solve(direction, x, y), half->triangular_solve(direction, single(x), sy);
        CHECK(alike(sy, y, room));
        full->add_later(direction, 0.5, y, x, z), half->add_later(direction, 0.5, single(y), single(x), sz);
        CHECK(alike(sz, z, room));
        full->triangular_jacobi(direction, 3, x, y), half->triangular_jacobi(direction, 3, single(x), sy);
        CHECK(alike(sy, y, room));
        HostVector swept(some_values(n));
        SingleVector single_swept = single(swept);
        full->gauss_seidel_sweep(direction, 1.1, swept), half->gauss_seidel_sweep(direction, 1.1, single_swept);
        CHECK(alike(single_swept, swept, 10 * room));
      }
    }
  }
}

TEST_CASE("sums over a block have the same bits with any registers") {
  const auto compare = []<class Real>(Real) {
    for (const std::size_t n : {0, 1, 7, 8, 9, 100, 4096}) {
      const Values values = some_values(n);
      std::vector<Real> x(values.begin(), values.end()), z(x.rbegin(), x.rend());
      const BlockSums<Real>& plain = block_sum_variants<Real>().front();
      std::vector<Real> expected = z;
      const TwoSums moved = plain.axpy_dot_and_square(Real(-0.3), x.data(), expected.data(), x.data(), n);
      for (const BlockSums<Real>& variant : block_sum_variants<Real>()) {
        INFO(variant.name << ", " << n << " entries");
        CHECK(variant.sum(x.data(), n) == plain.sum(x.data(), n));
        CHECK(variant.dot(x.data(), z.data(), n) == plain.dot(x.data(), z.data(), n));
        const TwoSums both = variant.dot_and_square(x.data(), z.data(), n);
        CHECK(both.first == plain.dot(x.data(), z.data(), n));
        CHECK(both.second == plain.dot(z.data(), z.data(), n));
        std::vector<Real> y = z;
        const TwoSums sums = variant.axpy_dot_and_square(Real(-0.3), x.data(), y.data(), x.data(), n);
        CHECK(y == expected);
        CHECK(sums.first == moved.first);
        CHECK(sums.second == moved.second);
      }
    }
  };
  compare(1.0);
  compare(1.0f);
}

TEST_CASE("single precision: sums are those of doubles of the same entries") {
  for (const std::size_t n : {0, 1, 7, 8, 9, 4095, 4096, 4097, 20000}) {
    Values values = some_values(n);
    for (double& value : values) value = static_cast<float>(value) - 0.5f;
    const HostVector x(values), y(some_values(n));
    const SingleVector sx = single(x), sy = single(y);
    HostVector rounded(n);
    assign(1, x, rounded);
    for (std::size_t i = 0; i < n; ++i) rounded[i] = sy[i];
    CHECK(sum(sx) == sum(x));
    CHECK(dot(sx, sy) == dot(x, rounded));
    const auto [product, square] = dot_and_square(sx, sy);
    CHECK(product == dot(x, rounded));
    CHECK(square == dot(rounded, rounded));
    SingleVector moved = sy;
    const auto [with, length] = axpy_dot_and_square(-0.25, sx, moved, sx);
    SingleVector expected = sy;
    axpy(-0.25, sx, expected);
    CHECK(download(moved) == download(expected));
    CHECK(with == dot(sx, expected));
    CHECK(length == dot(expected, expected));
    SingleVector combined = sy;
    axpbypcz(2, sx, -1, sx, 0.5, combined);
    for (std::size_t i = 0; i < n; ++i) CHECK(combined[i] == 2 * sx[i] + (-sx[i] + 0.5f * sy[i]));
    HostVector sum_of_both(values);
    axpy(3, sy, sum_of_both);
    for (std::size_t i = 0; i < n; ++i) CHECK(sum_of_both[i] == values[i] + 3.0 * sy[i]);
  }
}

TEST_CASE("mixed precision solves what doubles solve") {
  for (const auto& [name, chain] : battery())
    for (const auto& preconditioner : preconditioners<HostVector>) {
      if (!preconditioner.make_single) continue;
      INFO(steady::name(preconditioner.preconditioner) << " on " << name);
      Options options;
      options.method = Method::gth;
      const Solution truth = solve(chain, options);
      options.method = Method::bicgstab;
      options.preconditioner = preconditioner.preconditioner;
      options.tolerance = 1e-14;
      options.device = Device::cpu;
      options.storage = Storage::mask;
      options.precision = Precision::mixed;
      const Solution full = [&] {
        Options doubles = options;
        doubles.precision = Precision::double_precision;
        return solve(chain, doubles);
      }();
      CHECK_FALSE(full.tried.back().mixed);
      const Solution solution = solve(chain, options);
      CHECK(solution.tried.back().mixed);
      CHECK(solution.converged);
      CHECK(solution.residual <= 1e-14 * 1.01);
      CHECK(largest_difference(solution.distribution, truth.distribution) < 1e-11);
    }
}

TEST_CASE("mixed precision is refused where there are no floats to refine with") {
  Options options;
  options.precision = Precision::mixed;
  const Chain chain = random_chain(Kind::ctmc, 700, 5, 2, 5);
  for (const auto& [method, preconditioner, storage] :
       {std::tuple{Method::power, Preconditioner::automatic, Storage::automatic},
        {Method::bicgstab, Preconditioner::ilu0, Storage::automatic},
        {Method::bicgstab, Preconditioner::automatic, Storage::csr}}) {
    options.method = method;
    options.preconditioner = preconditioner;
    options.storage = storage;
    CHECK_THROWS_WITH(solve(chain, options), ContainsSubstring("precision \"mixed\" is for bicgstab"));
  }
}

TEST_CASE("mixed precision gives the same bits for any number of threads") {
  const Chain chain = random_chain(Kind::ctmc, 20000, 5, 0, 5);
  Options options;
  options.method = Method::bicgstab;
  options.precision = Precision::mixed;
  options.device = Device::cpu;
  options.storage = Storage::mask;
  options.threads = 1;
  const Solution one = solve(chain, options);
  CHECK(one.tried.back().mixed);
  for (const int threads : {2, 3, 7}) {
    options.threads = threads;
    CHECK(solve(chain, options).distribution == one.distribution);
  }
}

TEST_CASE("a barrier lets nobody on before all have come") {
  for (const int threads : {1, 2, 5}) {
    constexpr int rounds = 2000;
    std::vector<int> done(static_cast<std::size_t>(threads), 0);
    Barrier barrier;
    bool in_step = true;
#pragma omp parallel num_threads(threads) reduction(&& : in_step)
    {
      const auto own = static_cast<std::size_t>(omp_get_thread_num());
      for (int round = 1; round <= rounds; ++round) {
        done[own] = round;
        barrier.wait(static_cast<std::size_t>(omp_get_num_threads()));
        for (const int other : done) in_step = in_step && other == round;
        barrier.wait(static_cast<std::size_t>(omp_get_num_threads()));
      }
    }
    CHECK(in_step);
  }
}
