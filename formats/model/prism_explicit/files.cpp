#include "formats/model/prism_explicit/files.hpp"

#include <filesystem>
#include <system_error>

namespace steady::detail::prism_explicit {

std::string compression_of(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  return extension == ".gz" || extension == ".xz" ? extension : "";
}

std::string stem_of(const std::string& path) {
  std::filesystem::path stem(path);
  if (!compression_of(path).empty()) stem.replace_extension();
  return stem.replace_extension().string();
}

std::string find_file(const std::string& stem, const std::string& extension, const std::string& compression) {
  std::error_code ignored;
  for (const char* way : {compression.c_str(), "", ".gz", ".xz"})
    if (const std::string path = stem + extension + way; std::filesystem::exists(path, ignored)) return path;
  return "";
}

std::vector<RewardFiles> find_reward_files(const std::string& stem, const std::string& compression) {
  std::vector<RewardFiles> files;
  for (std::size_t number = 0;; ++number) {
    const std::string numbered = number == 0 ? stem : stem + std::to_string(number);
    const RewardFiles found{find_file(numbered, ".srew", compression), find_file(numbered, ".trew", compression)};
    // model1.srew beside a model1.tra is that model's.
    if (number > 0 && !find_file(numbered, ".tra", compression).empty()) return files;
    const bool any = !found.states.empty() || !found.transitions.empty();
    if (any) files.push_back(found);
    if (!any && number > 0) return files;
  }
}

std::vector<std::string> files_beside(const std::string& path) {
  const std::string stem = stem_of(path), compression = compression_of(path);
  std::vector<std::string> files{find_file(stem, ".sta", compression), find_file(stem, ".lab", compression)};
  for (const RewardFiles& pair : find_reward_files(stem, compression))
    files.insert(files.end(), {pair.states, pair.transitions});
  std::erase(files, "");
  return files;
}

}  // namespace steady::detail::prism_explicit
