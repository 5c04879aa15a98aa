// What a model is, before it is solved.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <steady/model.hpp>
#include <steady/structure.hpp>

#include "formats/matrix/list.hpp"

namespace steady::detail {

struct StorageInfo {
  Storage storage;
  Footprint natural;  // states in their own order, as products take them
  Footprint levels;   // in level order in two parts, as sweeps in the direction with more levels take them
};

// Memory that a solve takes, about: the model, and beside it the matrix as the sweeps take it and the vectors.
struct Memory {
  std::uint64_t model = 0;
  std::uint64_t solve = 0;
};

struct ModelInfo {
  Structure structure;
  std::vector<StorageInfo> storages;
  Memory memory;
};

// `begins` is called with what is done from now on.
ModelInfo find_info(
    const Chain& chain, const std::function<void(std::string_view)>& begins = [](auto) {});

// For a person, and for a program; `file`: what the model is called.
std::string text_info(const std::string& file, const Model& model, const ModelInfo& info);
std::string json_info(const std::string& file, const Model& model, const ModelInfo& info);

}  // namespace steady::detail
