// The names of the files that make up one model: model.tra, model.sta, model.lab, model.srew, model.trew; with several
// reward structures model1.srew, model2.srew and so on.
#pragma once

#include <string>
#include <vector>

namespace steady::detail::prism_explicit {

// "model.tra" -> "model", "model.tra.gz" -> "model".
std::string stem_of(const std::string& path);

// "model.tra" -> "", "model.tra.gz" -> ".gz".
std::string compression_of(const std::string& path);

// stem + extension, compressed as said, else plain or compressed in any way; empty where there is no such file.
std::string find_file(const std::string& stem, const std::string& extension, const std::string& compression);

// The rewards' files beside a stem, one pair a structure: state rewards and transition rewards, either possibly empty.
struct RewardFiles {
  std::string states;
  std::string transitions;
};
std::vector<RewardFiles> find_reward_files(const std::string& stem, const std::string& compression);

// All files that are found beside a model.
std::vector<std::string> files_beside(const std::string& path);

}  // namespace steady::detail::prism_explicit
