// The chains that tests and benchmarks enumerate have the sizes that are known of these families.
#include "bench/families/chains.hpp"

#include "solver/structure/structure.hpp"
#include "tests/catch.hpp"

using namespace steady;
using namespace steady::detail;

TEST_CASE("families have their known numbers of states and transitions") {
  struct Known {
    Chain (*make)(int);
    int constant;
    std::size_t states, transitions;
  };
  const Known all[] = {
      {families::fms, 1, 54, 155},          {families::fms, 2, 810, 3699},
      {families::fms, 3, 6520, 37394},      {families::fms, 4, 35910, 237120},
      {families::kanban, 1, 160, 616},      {families::kanban, 2, 4600, 28120},
      {families::kanban, 3, 58400, 446400}, {families::cluster, 2, 276, 1120},
      {families::cluster, 8, 2772, 12832},  {families::cluster, 64, 151060, 733216},
      {families::tandem, 15, 496, 1619},    {families::tandem, 255, 130816, 455939},
      {families::polling, 5, 240, 800},     {families::polling, 10, 15360, 89600},
  };
  for (const Known& known : all) {
    INFO(known.states << " states");
    const Chain chain = known.make(known.constant);
    CHECK(chain.size() == known.states);
    CHECK(chain.transitions() == known.transitions);
    CHECK_NOTHROW(validate(chain));
    CHECK(find_components(chain).count == 1);
  }
}

TEST_CASE("the random chain is always the same, with transitions from everywhere") {
  const Chain chain = families::random_sparse(3), again = families::random_sparse(3);
  CHECK(chain.size() == 3000);
  CHECK(chain.inflow.column == again.inflow.column);
  CHECK(chain.inflow.value == again.inflow.value);
  CHECK(chain.transitions() > 7 * chain.size());
  CHECK_NOTHROW(validate(chain));
  CHECK(find_components(chain).count == 1);
}
