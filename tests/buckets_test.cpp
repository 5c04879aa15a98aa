// Lists in shared blocks, against a vector a list.
#include "formats/model/prism/explore/buckets.hpp"

#include <random>

#include "tests/catch.hpp"

using namespace steady::detail::prism;

TEST_CASE("buckets give back what was added, in its order, also after they were cleared") {
  constexpr std::size_t count = 7;
  Buckets<int, count> buckets;
  std::mt19937 random(11);
  for (const int items : {0, 1, 5000, 31, 32, 33, 2000}) {
    std::vector<std::vector<int>> expected(count);
    buckets.clear();
    for (int item = 0; item < items; ++item) {
      const std::size_t bucket = std::min<std::size_t>(random() % 20, count - 1);
      buckets.add(bucket, item);
      expected[bucket].push_back(item);
    }
    CHECK(buckets.size() == static_cast<std::size_t>(items));
    for (std::size_t b = 0; b < count; ++b) {
      std::vector<int> found;
      CHECK(buckets.for_each_run(b, [&](std::span<const int> run) {
        found.insert(found.end(), run.begin(), run.end());
        return true;
      }));
      CHECK(found == expected[b]);
    }
  }
  CHECK_FALSE(buckets.for_each_run(count - 1, [](std::span<const int>) { return false; }));
}
