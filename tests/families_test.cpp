// The text of generated models.
#include "formats/model/prism/families/families.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <steady/error.hpp>

#include "catch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t result = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++result;
  return result;
}

}  // namespace

TEST_CASE("polling has a server and a module a station, in the order of the variables") {
  for (const int n : {1, 2, 3, 13, 60}) {
    const std::string text = generate("polling", fmt::format("N={}", n));
    const auto stations = static_cast<std::size_t>(n);
    CHECK(count(text, "\nctmc\n") == 1);
    CHECK(count(text, "\nmodule ") == stations + 1);
    CHECK(count(text, "\nendmodule\n") == stations + 1);
    CHECK(count(text, "\n  [serve") == 2 * stations);
    CHECK(count(text, "-> gamma") == 2 * stations);
    CHECK(count(text, "-> lambda") == stations);
    CHECK(count(text, fmt::format("const int N = {};", n)) == 1);
    CHECK(count(text, "(s'=1)") == 2);  // from the last station to the first
    CHECK(count(text, "label \"s1_waits\" = s1=1 & !(s=1 & a=1);") == 1);
    CHECK(std::count(text.begin(), text.end(), '{') == 0);
    std::size_t place = text.find("  a : [0..1];");
    for (int i = 1; i <= n; ++i) {
      const std::size_t next = text.find(fmt::format("\n  s{} : [0..1];", i));
      REQUIRE(next != std::string::npos);
      CHECK(place < next);
      place = next;
    }
  }
}

TEST_CASE("every family writes its smallest and largest model, and says what it needs") {
  CHECK_FALSE(families().empty());
  for (const Family& family : families()) {
    CHECK_FALSE(family.description.empty());
    std::string low;
    std::string high;
    for (const FamilyConstant& constant : family.constants) {
      low += fmt::format("{}={},", constant.name, constant.low);
      high += fmt::format(" {} = {} ,", constant.name, constant.high);
    }
    CHECK_FALSE(generate(family.name, low).empty());
    CHECK_FALSE(generate(family.name, high).empty());
    if (!family.constants.empty()) CHECK_THROWS_AS(generate(family.name, ""), Error);
  }
}

TEST_CASE("bad constants of a family are named") {
  for (const char* bad : {"N=0", "N=-1", "N=61", "N=99999999999999999999", "N=2.5", "N=", "N", "=", "N=3x", "N=3,N=3",
                          "M=3", "N=3,M=1", ",", "N=3,,", "n=3", "N==3", "N=0x3"}) {
    INFO(bad);
    CHECK_THROWS_AS(generate("polling", bad), Error);
  }
  CHECK_THROWS_WITH(generate("polling", ""), ContainsSubstring("needs a value of N in 1..60"));
  CHECK_THROWS_WITH(generate("polling", "N=2.5"), ContainsSubstring("'2.5' is not a whole number"));
  CHECK_THROWS_WITH(generate("poling", "N=2"), ContainsSubstring("'poling'") && ContainsSubstring("polling"));
}
