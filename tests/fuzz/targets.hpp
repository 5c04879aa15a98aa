// What reads files of others, one target a reader: it takes any bytes, and nothing but Error may come out of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace steady::fuzz {

// What readers may take, far below what the runner leaves them in all.
constexpr std::uint64_t memory_limit = std::uint64_t{256} << 20;

struct Target {
  std::string name;  // also of its folder in corpus/
  std::function<void(const std::string& bytes)> run;
};

// Every format of models, the files beside PRISM's explicit ones, solutions, properties and compressed streams.
std::vector<Target> targets();

}  // namespace steady::fuzz
