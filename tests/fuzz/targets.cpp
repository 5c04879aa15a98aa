#include "tests/fuzz/targets.hpp"

#include "formats/compression.hpp"
#include "formats/error.hpp"
#include "formats/model/model.hpp"
#include "formats/model/prism/properties.hpp"
#include "formats/solution/solution.hpp"

namespace steady::fuzz {

namespace {

// Thrown by the progress of a model that goes on and on: long is not wrong.
struct Enough {};

void read_as(const ModelFormat& format, const std::string& bytes) {
  ReadOptions options;
  options.memory_limit = memory_limit;
  options.progress = [](std::string_view) { throw Enough(); };
  try {
    validate(format.read("input" + std::string(format.extensions[0]), std::string(bytes), options).chain);
  } catch (const Error&) {
  } catch (const Enough&) {
  }
}

// The model that properties and solutions are of.
const Model& model() {
  static const Model read = [] {
    Model result = read_model(STEADY_EXAMPLES "/kanban.prism", {.constants = "t=1"});
    return result;
  }();
  return read;
}

}  // namespace

std::vector<Target> targets() {
  std::vector<Target> all;
  for (const ModelFormat& format : model_formats())
    if (format.read != nullptr)
      all.push_back({std::string(format.name), [&format](const std::string& bytes) { read_as(format, bytes); }});
  for (const SolutionFormat& format : solution_formats())
    all.push_back({"solution-" + std::string(format.name), [&format](const std::string& bytes) {
                     try {
                       format.read("input", bytes, model().chain);
                     } catch (const Error&) {
                     }
                   }});
  all.push_back({"properties", [](const std::string& bytes) {
                   std::vector<std::string> notes;
                   try {
                     prism::read_properties(bytes, "input", *model().vocabulary, model().chain, {}, notes);
                   } catch (const Error&) {
                   }
                 }});
  all.push_back({"compressed", [](const std::string& bytes) {
                   try {
                     decompress("input", bytes, memory_limit);
                   } catch (const Error&) {
                   }
                 }});
  return all;
}

}  // namespace steady::fuzz
