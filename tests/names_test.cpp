// What options and reports call things: every value has one name, and every entry of a list has a value.
#include "solver/names.hpp"

#include <algorithm>
#include <set>

#include "formats/matrix/list.hpp"
#include "solver/methods/list.hpp"
#include "solver/preconditioners/list.hpp"
#include "tests/catch.hpp"
#include "tests/program.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::tests;

namespace {

// Names and values are different, each name finds its value, and nothing else is found.
template <class Value>
void check_table() {
  std::set<std::string_view> names;
  std::set<Value> values;
  for (const auto& [value, text] : NamesOf<Value>::list) {
    INFO(text);
    CHECK(names.insert(text).second);
    CHECK(values.insert(value).second);
    CHECK(name(value) == text);
    CHECK(find_named<Value>(text) == value);
    CHECK(named<Value>(text) == value);
  }
  CHECK_FALSE(find_named<Value>("").has_value());
  CHECK_THROWS_WITH(named<Value>("nowhere"), ContainsSubstring("\"nowhere\" is not built; there is: "));
  CHECK_THROWS_WITH(name(static_cast<Value>(99)), ContainsSubstring("there is no value 99"));
}

// All values of the table but `automatic`.
template <class Value>
std::set<Value> values_of_table() {
  std::set<Value> values;
  for (const Named<Value>& entry : NamesOf<Value>::list)
    if (entry.value != Value::automatic) values.insert(entry.value);
  return values;
}

}  // namespace

TEST_CASE("a name a value, a value a name") {
  check_table<Method>();
  check_table<Preconditioner>();
  check_table<SweepDirection>();
  check_table<Device>();
  check_table<Precision>();
  check_table<Storage>();
  check_table<AbsorptionMethod>();
}

TEST_CASE("what has a name is in its list, and the other way round") {
  std::set<Method> listed;
  for (const auto& entry : methods<HostVector>) CHECK(listed.insert(entry.method).second);
  CHECK(listed == values_of_table<Method>());
  std::set<Preconditioner> preconditioned;
  for (const auto& entry : preconditioners<HostVector>) CHECK(preconditioned.insert(entry.preconditioner).second);
  CHECK(preconditioned == values_of_table<Preconditioner>());
  std::set<Storage> stored;
  for (const HostKernel& kernel : host_kernels()) stored.insert(kernel.storage);
  CHECK(stored == values_of_table<Storage>());
}

TEST_CASE("the program refuses a name that is none, and lists those there are") {
  const auto refuses = [](const std::string& arguments, const std::string& words) {
    const Run run = steady_run("solve " + examples + "/tandem.prism --const c=2 " + arguments);
    INFO(run.errors);
    CHECK(run.exit_code == 2);
    CHECK(run.errors == "steady: " + words + "\n");
  };
  refuses("--method qmr",
          "--method qmr: it is auto, power, jacobi, gauss-seidel, sor, gmres, fgmres, bicgstab, idr, "
          "multilevel or gth");
  refuses("--direction up", "--direction up: it is auto, forward, backward or symmetric");
  refuses("--precision single", "--precision single: it is auto, double or mixed");
  refuses("--storage coo", "--storage coo: it is auto, csr, ell, sell, hyb, packed or mask");
  refuses("--device gpu", "--device gpu: it is auto, cpu or cuda");
  for (const char* option : {"device", "kind", "from", "initial", "guess", "resume", "prop", "json"})
    refuses(std::string("--") + option + " ''", std::string("--") + option + " needs a value, got ''");
  for (const char* option : {"time-limit", "memory-limit", "error"})
    refuses(std::string("--") + option + " 1e-400", std::string("--") + option + " 1e-400: no double is so small");
}
