// Bytes changed at random, the same for the same random numbers.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace steady::fuzz {

// One of the corpus, with a few of its bytes, numbers or words changed, parts of it lost, doubled or taken from another
// one. The sums of a tar's or a zip's headers are made right again: a reader that refuses them sees nothing else.
std::string mutated(const std::vector<std::string>& corpus, std::mt19937_64& random);

}  // namespace steady::fuzz
