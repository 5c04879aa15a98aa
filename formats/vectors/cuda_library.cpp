#include "formats/vectors/cuda_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <glob.h>

#include <cstdlib>
#include <sstream>
#include <vector>

#include <steady/error.hpp>

namespace steady::detail {
namespace {

// The parts of a list such as PATH; none where the variable is not set.
std::vector<std::string> parts_of(const char* variable) {
  std::vector<std::string> parts;
  const char* const value = std::getenv(variable);
  std::istringstream list(value ? value : "");
  for (std::string part; std::getline(list, part, ':');)
    if (!part.empty()) parts.push_back(part);
  return parts;
}

// Folders that may hold libraries, as patterns for glob().
std::vector<std::string> folders() {
  std::vector<std::string> all;
  for (const char* variable : {"CUDA_HOME", "CUDA_PATH"})
    for (const std::string& root : parts_of(variable)) {
      all.push_back(root + "/lib64");
      all.push_back(root + "/lib");
    }
  all.emplace_back("/usr/local/cuda/lib64");
  const auto add_packages = [&all](const std::string& lib) {
    for (const char* packages : {"site-packages", "dist-packages"})
      all.push_back(lib + "/python3*/" + packages + "/nvidia/*/lib");
  };
  for (const std::string& programs : parts_of("PATH")) add_packages(programs + "/../lib");
  for (const std::string& home : parts_of("HOME")) add_packages(home + "/.local/lib");
  for (const std::string& packages : parts_of("PYTHONPATH")) all.push_back(packages + "/nvidia/*/lib");
  return all;
}

std::vector<std::string> files_like(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> files;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  return files;
}

}  // namespace

void* load_cuda_library(const std::string& name) {
  if (void* const library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
  std::string failures;
  for (const std::string& folder : folders())
    for (const std::string& file : files_like(folder + "/" + name)) {
      if (void* const library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
      failures += fmt::format("; it cannot be loaded: {}", dlerror());
    }
  throw Error(fmt::format("{} is not here: looked for on the loader's path, under CUDA_HOME and CUDA_PATH, in "
                          "/usr/local/cuda and in the nvidia packages of the Pythons on PATH and PYTHONPATH{}",
                          name, failures),
              Error::Cause::machine);
}

}  // namespace steady::detail
