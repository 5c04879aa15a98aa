// Every method of the list on the device against gth, with kernel after kernel.
#include <steady/error.hpp>
#include <steady/solve.hpp>

#include "formats/matrix/list.hpp"
#include "solver/methods/list.hpp"
#include "solver/preconditioners/list.hpp"
#include "tests/catch.hpp"
#include "tests/cusparse_here.hpp"
#include "tests/reference.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

Solution on_device(const Chain& chain, Options options) {
  options.device = Device::cuda;
  return solve(chain, options);
}

bool can_try(const CudaKernel& kernel, const MethodEntry<CudaVector>& method, const Chain& chain) {
  if (kernel.baseline && (method.sweeps || !reference::cusparse_is_here())) return false;
  const State start[] = {0, static_cast<State>(chain.size())};
  return kernel.footprint(chain.inflow, make_slices(start)).reason.empty();
}

}  // namespace

TEST_CASE("every method solves the battery on the device") {
  std::size_t turn = 0;
  for (const auto& [name, chain] : reference::battery()) {
    Options options;
    options.method = Method::gth;
    options.device = Device::cpu;
    const Solution truth = solve(chain, options);
    for (const MethodEntry<CudaVector>& method : methods<CudaVector>) {
      const CudaKernel* kernel = nullptr;  // each combination of method and kernel comes up on some chain
      while (!kernel || !can_try(*kernel, method, chain)) kernel = &cuda_kernels()[turn++ % cuda_kernels().size()];
      INFO(steady::name(method.method) << " with " << kernel->kernel << " on " << name);
      options.method = method.method;
      options.kernel = kernel->kernel;
      options.tolerance = 1e-13;
      const Solution solution = on_device(chain, options);
      CHECK(solution.converged);
      CHECK(solution.device == Device::cuda);
      CHECK(solution.kernel == kernel->kernel);
      CHECK(reference::largest_difference(solution.distribution, truth.distribution) < 1e-10);
    }
  }
}

TEST_CASE("every preconditioner on the device") {
  const Chain chain = reference::random_chain(Kind::ctmc, 300, 4, 2, 9);
  const Solution truth = solve(chain);
  for (const auto& preconditioner : preconditioners<CudaVector>) {
    INFO(name(preconditioner.preconditioner));
    Options options;
    options.method = Method::fgmres;
    options.preconditioner = preconditioner.preconditioner;
    const Solution solution = on_device(chain, options);
    CHECK(solution.converged);
    CHECK(solution.tried.back().config.preconditioner == preconditioner.preconditioner);
    CHECK(reference::largest_difference(solution.distribution, truth.distribution) < 1e-11);
  }
}

TEST_CASE("sweeps on the device go either way and both ways, with the host's bits") {
  const SweepDirection direction =
      GENERATE(SweepDirection::forward, SweepDirection::backward, SweepDirection::symmetric);
  const Chain chain = reference::random_chain(Kind::ctmc, 700, 5, 2, 5);
  Options options;
  options.method = Method::gauss_seidel;
  options.direction = direction;
  options.storage = Storage::csr;
  options.max_iterations = 4;
  options.device = Device::cpu;
  const Solution host = solve(chain, options);
  options.kernel = "csr-adaptive";
  const Solution cuda = on_device(chain, options);
  CHECK(cuda.passes == host.passes);
  CHECK(reference::largest_difference(cuda.distribution, host.distribution) < 1e-16);
}

TEST_CASE("auto on the device") {
  const Chain chain = reference::random_chain(Kind::ctmc, 700, 5, 2, 5);
  const Solution solution = on_device(chain, {});
  CHECK(solution.converged);
  CHECK(solution.device == Device::cuda);
  CHECK(reference::largest_difference(solution.distribution, solve(chain).distribution) < 1e-11);
  CHECK(solve(chain).device == Device::cpu);  // too small to wake the GPU up
}

TEST_CASE("a large chain goes to the device by itself") {
  const Chain chain = reference::random_chain(Kind::ctmc, 12000, 3, 0, 5);
  Options options;
  options.method = Method::power;
  options.max_iterations = 2;
  CHECK(solve(chain, options).device == Device::cuda);
  options.storage = Storage::csr;
  options.kernel = "csr-rows";  // the host's
  CHECK(solve(chain, options).device == Device::cpu);
  options.kernel = "csr-scalar";
  CHECK(solve(chain, options).kernel == "csr-scalar");
}

TEST_CASE("cuSPARSE is taken only where it is asked for by name") {
  const Chain chain = reference::random_chain(Kind::ctmc, 700, 5, 2, 5);
  Options options;
  options.method = Method::power;
  options.max_iterations = 1;
  options.storage = Storage::csr;
  CHECK(on_device(chain, options).kernel == "csr-adaptive");
  options.storage = Storage::automatic;
  options.kernel = "cusparse-sell";
  if (reference::cusparse_is_here()) CHECK(on_device(chain, options).kernel == "cusparse-sell");
  options.method = Method::gauss_seidel;
  CHECK_THROWS_WITH(on_device(chain, options), ContainsSubstring("multiplies only"));
}
