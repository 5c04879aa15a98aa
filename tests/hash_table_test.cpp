// The hash table with open addressing, against a map.
#include "formats/base/hash_table.hpp"

#include <map>
#include <random>

#include "tests/catch.hpp"

using namespace steady;
using namespace steady::detail;

TEST_CASE("a hash table finds what was put in, however the hashes collide") {
  struct Hash {
    const char* name;
    std::uint64_t (*of)(std::uint64_t);
  };
  const auto [name, of] = GENERATE(Hash{"spread", [](std::uint64_t key) { return key * 0x9E3779B97F4A7C15u; }},
                                   Hash{"all in the last slot", [](std::uint64_t) { return ~std::uint64_t{0}; }},
                                   Hash{"in four slots", [](std::uint64_t key) { return key << 62; }});
  INFO(name);
  std::mt19937_64 random(7);
  HashTable<std::uint32_t, 0xFFFFFFFF> table(4);  // numbers of keys
  std::vector<std::uint64_t> keys;
  std::map<std::uint64_t, std::uint32_t> numbers;
  for (int step = 0; step < 3000; ++step) {
    const std::uint64_t key = random() % 700;
    std::uint32_t& slot = table.find(of(key), [&](std::uint32_t number) { return keys[number] == key; });
    const auto [known, added] = numbers.emplace(key, static_cast<std::uint32_t>(keys.size()));
    REQUIRE((slot == 0xFFFFFFFF) == added);
    if (!added) {
      REQUIRE(slot == known->second);
      continue;
    }
    slot = known->second;
    keys.push_back(key);
    table.count_taken([&](std::uint32_t number) { return of(keys[number]); });
    REQUIRE(table.size() == keys.size());
  }
  REQUIRE(keys.size() > 600);
}
