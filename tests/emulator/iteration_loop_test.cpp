// Runs of turns as graphs: the bits of turns that are queued as they are, whatever the driver refuses; recorded once.
#include <cuda_runtime.h>

#include <steady/solve.hpp>

#include "bench/families/chains.hpp"
#include "formats/chain/levels.hpp"
#include "formats/matrix/list.hpp"
#include "formats/vectors/cuda.hpp"
#include "solver/methods/list.hpp"
#include "solver/preconditioners/list.hpp"
#include "tests/catch.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

const std::vector<simt::Refused> refusals{simt::Refused::nothing,        simt::Refused::loops,
                                          simt::Refused::captures,       simt::Refused::ends_of_captures,
                                          simt::Refused::instantiations, simt::Refused::launches};

// While it lives, the driver refuses it.
struct Refusing {
  explicit Refusing(simt::Refused what) { simt::refuse(what); }
  ~Refusing() { simt::refuse(simt::Refused::nothing); }
};

constexpr auto always = [](std::size_t) { return true; };

Solution on_device(const Chain& chain, Options options) {
  options.device = Device::cuda;
  return solve(chain, options);
}

}  // namespace

TEST_CASE("iteration loop: carried numbers change places, and a run ends where it should") {
  for (const simt::Refused refused : refusals) {
    INFO("refused: " << static_cast<int>(refused));
    const Refusing refusing(refused);
    IterationLoop<CudaVector> loop;
    CudaVector x(std::vector<double>{0, 0, 0});
    CudaNumber a = 0, b = 1, most = 1000;  // Fibonacci's numbers
    const auto turn = [&] {
      const CudaNumber next = a + b;
      a = -(-b);
      b = next;
      fill(b, x);
      return std::array<RangeCheck<CudaNumber>, 2>{{{0, b, most}, {-1, a, INFINITY}}};
    };
    const auto run = [&](std::size_t times) { return loop.run_while(times, {&a, &b, &most}, turn, always); };
    CHECK(run(1).done == 1);
    CHECK(value(b) == 1);
    for (const double expected : {13.0, 233.0}) {
      const Iterations turns = run(6);
      CHECK(turns.done == 6);
      CHECK(turns.sound);
      CHECK(value(b) == (expected == 13 ? 21 : 377));
      CHECK(value(a) == expected);
      CHECK(download(x) == std::vector<double>(3, value(b)));
    }
    Iterations turns = run(6);  // 610, 987, 1597, and one more as that is seen late
    CHECK(turns.done == 4);
    CHECK(!turns.sound);
    CHECK(value(b) == 2584);
    most = 4000;
    turns = run(1);
    CHECK(value(b) == 4181);
    CHECK(!turns.sound);
    a = 0, b = 1, most = INFINITY;
    turns = loop.run_while(8, {&a, &b, &most}, turn, [](std::size_t done) { return done < 3; });
    CHECK(turns.done == 3);
    CHECK(turns.sound);
    CHECK(value(b) == 3);
    CHECK(loop.run_while(8, {&a, &b, &most}, turn, [](std::size_t) { return false; }).done == 0);
    b = NAN;
    CHECK(run(5).done == 2);
  }
}

TEST_CASE("iteration loop: what waits or takes memory is not recorded, but done") {
  IterationLoop<CudaVector> loop;
  CudaVector x(std::vector<double>{1, 2});
  std::vector<double> seen;
  const std::size_t before = simt::graphs_instantiated();
  for (int run = 0; run < 2; ++run) {
    const auto turn = [&] {
      scale(2, x);
      seen.push_back(value(sum(x)));
    };
    CHECK(loop(3, {}, turn, always) == 3);
  }
  CHECK(simt::graphs_instantiated() == before);
  CHECK(download(x) == std::vector<double>{64, 128});
  CHECK(seen == std::vector<double>{6, 12, 24, 48, 96, 192});
  CHECK(loop(
            2, {},
            [&] {
              x = CudaVector(std::vector<double>{5, 6});
            },
            always) == 2);
  CHECK(download(x) == std::vector<double>{5, 6});
}

TEST_CASE("iteration loop: a sweep in between moves nothing that a recording holds") {
  const Chain chain = reference::random_chain(Kind::ctmc, 300, 4, 2, 9);
  const std::vector<Direction> directions{Direction::forward, Direction::backward};
  const auto inflow =
      cuda_kernels().front().make(chain.inflow, chain.exit_rate, level_orders(chain.inflow, directions));
  const CudaVector b(std::vector<double>(300, 1));
  CudaVector x(std::vector<double>(300, 1)), y(300);
  const auto solves = [&] {
    for (const Direction direction : directions) {
      inflow->triangular_solve(direction, b, y);
      inflow->add_later(direction, 0.5, y, b, x);
    }
  };
  IterationLoop<CudaVector> loop;
  CHECK(loop(3, {}, solves, always) == 3);
  const std::vector<double> solution = download(y), later = download(x);
  for (int sweeps = 0; sweeps < 3; ++sweeps) {
    CudaVector swept(std::vector<double>(300, 1));
    for (const Direction direction : directions) inflow->gauss_seidel_sweep(direction, 1, swept);
    const std::vector<double> before = download(swept);
    CHECK(loop(3, {}, solves, always) == 3);
    CHECK(download(swept) == before);
    CHECK(download(y) == solution);
    CHECK(download(x) == later);
  }
}

TEST_CASE("methods on the device: the same bits with graphs that loop, with plain ones and with none") {
  std::size_t turn = 0;
  for (const auto& [name, chain] : reference::battery())
    for (const Method method : {Method::power, Method::jacobi, Method::gauss_seidel, Method::bicgstab}) {
      Options options;
      options.method = method;
      options.tolerance = 1e-13;
      const auto& entry = *std::find_if(std::begin(methods<CudaVector>), std::end(methods<CudaVector>),
                                        [&](const auto& m) { return m.method == method; });
      const auto& preconditioner = preconditioners<CudaVector>[turn++ % std::size(preconditioners<CudaVector>)];
      if (entry.preconditioned) options.preconditioner = preconditioner.preconditioner;
      INFO(steady::name(method) << " with " << steady::name(preconditioner.preconditioner) << " on " << name);
      const Solution truth = on_device(chain, options);
      const simt::Refused refused = refusals[1 + turn / 4 % (refusals.size() - 1)];
      for (const simt::Refused what : {refused, simt::Refused::loops, simt::Refused::captures}) {
        INFO("refused: " << static_cast<int>(what));
        const Refusing refusing(what);
        const Solution solution = on_device(chain, options);
        CHECK(solution.passes == truth.passes);
        CHECK(solution.distribution == truth.distribution);
      }
    }
}

TEST_CASE("methods on the device: an iteration is recorded once for a solve") {
  const Chain chain = families::tandem(15);
  Options options;
  options.tolerance = 1e-13;
  const auto counted = [&](Method method, Preconditioner preconditioner) {
    options.method = method;
    options.preconditioner = preconditioner;
    const std::size_t made = simt::graphs_instantiated(), launched = simt::graphs_launched();
    const Solution solution = on_device(chain, options);
    CHECK(solution.converged);
    const std::size_t iterations = solution.tried.back().outcome.iterations;
    REQUIRE(iterations >= 20);
    CHECK(simt::graphs_launched() - launched >= iterations / 20);
    CHECK(simt::graphs_launched() - launched < iterations);
    return simt::graphs_instantiated() - made;
  };
  CHECK(counted(Method::power, Preconditioner::automatic) <= 2);  // x and y change places
  CHECK(counted(Method::jacobi, Preconditioner::automatic) <= 2);
  CHECK(counted(Method::bicgstab, Preconditioner::none) <= 2);  // beside the sweep that it starts with
  CHECK(counted(Method::bicgstab, Preconditioner::two_stage) <= 2);
  CHECK(counted(Method::bicgstab, Preconditioner::gauss_seidel) <=
        3);  // and the solve of the iteration that is not recorded
}
