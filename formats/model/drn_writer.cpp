#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include <steady/error.hpp>

#include "formats/io/compression.hpp"
#include "formats/io/tar_writer.hpp"
#include "formats/io/text_writer.hpp"
#include "formats/model/drn.hpp"
#include "formats/model/explicit_chain.hpp"

namespace steady::detail {

namespace {

constexpr const char* space = " \t\r\n\v\f";

// The reward structures' names as the file can hold them: words, or nothing.
std::vector<std::string> reward_names(const Chain& chain, const std::string& path) {
  std::vector<std::string> names;
  for (const Reward& reward : chain.rewards) {
    if (reward.name.find_first_of(space) != std::string::npos)
      throw Error(fmt::format("{}: the reward \"{}\" has a space in its name", path, reward.name));
    names.push_back(reward.name);
  }
  return names;
}

struct WrittenLabel {
  std::string text;  // with the space before it, and quotes where it needs them
  const std::vector<bool>* holds;
};

std::vector<WrittenLabel> labels_of(const Chain& chain, const std::vector<bool>& init, const std::string& path,
                                    std::vector<std::string>& notes) {
  std::vector<WrittenLabel> labels = {{" init", &init}};
  for (const Label& label : chain.labels) {
    if (label.name == "init") continue;
    if (label.name.empty() || label.name.find_first_of("\"\n\r") != std::string::npos)
      throw Error(
          fmt::format("{}: the label '{}' is empty or has a quote or a line end in its name", path, label.name));
    const bool somewhere = std::find(label.holds.begin(), label.holds.end(), true) != label.holds.end();
    if (!somewhere && label.name != "deadlock")
      notes.push_back(fmt::format("the label \"{}\" holds in no state, and is not written", label.name));
    // Unquoted, it would be cut at a space, or taken as rewards or an exit rate.
    const bool word = label.name.find_first_of(space) == std::string::npos && label.name.find_first_of("[!") != 0;
    labels.push_back({word ? " " + label.name : " \"" + label.name + '"', &label.holds});
  }
  return labels;
}

void write_header(TextWriter& text, const Chain& chain, const std::vector<std::string>& rewards) {
  text << "// written by steady\n@type: " << (chain.kind == Kind::ctmc ? "CTMC" : "DTMC") << "\n@value_type: double\n";
  text << "@parameters\n\n@reward_models\n";
  for (const std::string& reward : rewards) text << reward << ' ';  // Storm's way: a name may be empty
  text << "\n@nr_states\n" << chain.size() << "\n@nr_choices\n" << chain.size() << "\n@model\n";
}

void write_states(TextWriter& text, const Chain& chain, const Csr& rates, const std::vector<WrittenLabel>& labels) {
  for (std::uint64_t i = 0; i < chain.size(); ++i) {
    text << "state " << i;
    if (chain.kind == Kind::ctmc) {
      double exit = 0;
      for (std::uint64_t k = rates.row_start[i]; k < rates.row_start[i + 1]; ++k) exit += rates.value[k];
      text << " !" << exit;
    }
    for (std::size_t r = 0; r < chain.rewards.size(); ++r) text << (r == 0 ? " [" : ", ") << chain.rewards[r].rate[i];
    if (!chain.rewards.empty()) text << ']';
    for (const WrittenLabel& label : labels)
      if ((*label.holds)[i]) text << label.text;
    text << "\n\taction 0\n";
    for (std::uint64_t k = rates.row_start[i]; k < rates.row_start[i + 1]; ++k)
      text << "\t\t" << std::uint64_t{rates.column[k]} << " : " << rates.value[k] << '\n';
  }
}

}  // namespace

std::vector<std::string> write_drn(const std::string& path, const Model& model, const WriteOptions&,
                                   ReplacedFiles& files) {
  const Chain& chain = model.chain;
  std::vector<std::string> notes;
  if (chain.states.has_variables()) notes.emplace_back("a .drn file holds no variables");
  const std::vector<bool> init = equal_starts(chain, path);
  const std::vector<WrittenLabel> labels = labels_of(chain, init, path, notes);
  const std::vector<std::string> rewards = reward_names(chain, path);
  const Csr rates = outgoing_rates(chain);
  const auto write = [&](TextWriter text) {
    write_header(text, chain, rewards);
    write_states(text, chain, rates, labels);
    text.finish();
  };

  ReplacedFile& file = files.add(path);
  if (compression_named(path) == Compression::none) {
    write(TextWriter(file));
    return notes;
  }
  std::uint64_t bytes = 0;  // which a tar says before the file
  write(TextWriter([&](std::string_view text) { bytes += text.size(); }));
  TarWriter tar(file);
  tar.add(std::filesystem::path(without_compression(path)).filename().string(), bytes);
  write(TextWriter([&](std::string_view text) { tar.write(text); }));
  tar.finish();
  return notes;
}

}  // namespace steady::detail
