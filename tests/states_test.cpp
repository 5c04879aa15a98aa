// States packed into words.
#include <algorithm>
#include <limits>
#include <random>

#include <steady/states.hpp>

#include "catch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

using Values = std::vector<std::int64_t>;

std::vector<std::uint64_t> pack(const Packing& packing, const Values& values, std::uint64_t before = 0) {
  std::vector<std::uint64_t> words(packing.words(), before);
  for (std::size_t v = 0; v < values.size(); ++v) packing.set(words.data(), v, values[v]);
  return words;
}

constexpr auto smallest = std::numeric_limits<std::int64_t>::min();
constexpr auto largest = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("words compare as the variables do, and give the values back") {
  const std::vector<std::vector<Variable>> cases = {
      {{"a", false, 0, 1}},
      {{"a", false, -5, 5}, {"b", true, 0, 1}, {"c", false, 100, 107}},
      {{"zero", false, 7, 7}, {"a", false, 0, 3}, {"one", false, -1, -1}, {"b", false, 0, 2}},
      {{"a", false, 0, (1ll << 40) - 1}, {"b", false, 0, (1ll << 40) - 1}, {"c", false, 0, 1}},
      {{"a", false, 0, largest}, {"b", true, 0, 1}, {"c", true, 0, 1}},
      {{"a", false, smallest, largest}, {"zero", false, 0, 0}, {"b", false, smallest, largest}},
      {{"a", false, smallest, 0}, {"b", false, -1, largest}},
  };
  std::mt19937_64 random(7);
  for (const auto& variables : cases) {
    const Packing packing(variables);
    std::vector<Values> states;
    for (int k = 0; k < 200; ++k) {
      Values values;
      for (const Variable& v : variables) {
        // Often an end of the range, else anything in it.
        const std::uint64_t width = static_cast<std::uint64_t>(v.high) - static_cast<std::uint64_t>(v.low);
        const std::uint64_t inside = width == ~0ull ? random() : random() % (width + 1);
        const std::uint64_t offset = random() % 4 == 0 ? 0 : random() % 3 == 0 ? width : inside;
        values.push_back(static_cast<std::int64_t>(static_cast<std::uint64_t>(v.low) + offset));
      }
      states.push_back(values);
    }
    for (const Values& values : states) {
      const auto words = pack(packing, values);
      for (std::size_t v = 0; v < values.size(); ++v) REQUIRE(packing.value(words.data(), v) == values[v]);
      for (const Values& other : states) REQUIRE((values < other) == (words < pack(packing, other)));
    }
  }
}

TEST_CASE("setting a variable leaves the others") {
  const Packing packing({{"a", false, 0, 6}, {"b", false, -3, 9}, {"c", true, 0, 1}});
  auto words = pack(packing, {5, -2, 1}, ~0ull);
  packing.set(words.data(), 1, 9);
  CHECK(packing.value(words.data(), 0) == 5);
  CHECK(packing.value(words.data(), 1) == 9);
  CHECK(packing.value(words.data(), 2) == 1);
}

TEST_CASE("no variable straddles two words") {
  CHECK(Packing().words() == 0);
  CHECK(Packing({{"a", false, 3, 3}}).words() == 1);
  CHECK(Packing({{"a", false, 0, (1ll << 32) - 1}, {"b", false, 0, (1ll << 32) - 1}}).words() == 1);
  CHECK(Packing({{"a", false, 0, (1ll << 32) - 1}, {"b", false, 0, 1ll << 32}}).words() == 2);
  CHECK(Packing({{"a", true, 0, 1}, {"b", false, smallest, largest}, {"c", true, 0, 1}}).words() == 3);
}

TEST_CASE("states are described as PRISM prints them") {
  States states;
  CHECK(states.describe(17) == "(17)");
  states.packing = Packing({{"a", false, -2, 5}, {"b", true, 0, 1}, {"c", true, 0, 1}});
  states.words = pack(states.packing, {-1, 1, 0});
  CHECK(states.describe(0) == "(-1,true,false)");
}
