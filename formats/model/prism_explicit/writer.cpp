#include <fmt/format.h>

#include <algorithm>

#include <steady/error.hpp>

#include "formats/io/text_writer.hpp"
#include "formats/model/explicit_chain.hpp"
#include "formats/model/prism_explicit/files.hpp"
#include "formats/model/prism_explicit/prism_explicit.hpp"

namespace steady::detail::prism_explicit {

namespace {

void write_transitions(TextWriter text, const Chain& chain) {
  const Csr rates = outgoing_rates(chain, Checked::yes);
  text << "# Transitions (" << (chain.kind == Kind::ctmc ? "CTMC" : "DTMC") << ")\n";
  text << chain.size() << ' ' << rates.entries() << '\n';
  for (std::uint64_t i = 0; i < chain.size(); ++i)
    for (std::uint64_t k = rates.row_start[i]; k < rates.row_start[i + 1]; ++k)
      text << i << ' ' << std::uint64_t{rates.column[k]} << ' ' << rates.value[k] << '\n';
  text.finish();
}

void write_states(TextWriter text, const States& states, std::size_t count) {
  std::string values;
  for (const Variable& variable : states.packing.variables()) values += (values.empty() ? "" : ",") + variable.name;
  text << '(' << values << ")\n";
  for (std::uint64_t i = 0; i < count; ++i) {
    values.clear();
    states.append(values, i);
    text << i << ":(" << values << ")\n";
  }
  text.finish();
}

// "init" and "deadlock" first, as PRISM numbers them.
void write_labels(TextWriter text, const Chain& chain, const std::vector<bool>& init, const std::string& path) {
  std::vector<bool> none(chain.size());
  std::vector<std::pair<std::string, const std::vector<bool>*>> labels = {{"init", &init}, {"deadlock", &none}};
  for (const Label& label : chain.labels) {
    if (label.name.find_first_of("\"\n") != std::string::npos)
      throw Error(fmt::format("{}: the label {} has a quote or a line end in its name", path, label.name));
    if (label.name == "deadlock")
      labels[1].second = &label.holds;
    else if (label.name != "init")
      labels.emplace_back(label.name, &label.holds);
  }
  for (std::uint64_t l = 0; l < labels.size(); ++l) text << (l == 0 ? "" : " ") << l << "=\"" << labels[l].first << '"';
  text << '\n';
  for (std::uint64_t i = 0; i < chain.size(); ++i) {
    bool any = false;
    for (std::uint64_t l = 0; l < labels.size(); ++l) {
      if (!(*labels[l].second)[i]) continue;
      if (!any) text << i << ':';
      text << ' ' << l;
      any = true;
    }
    if (any) text << '\n';
  }
  text.finish();
}

void write_rewards(TextWriter text, const Reward& reward) {
  text << "# Reward structure";
  if (!reward.name.empty()) text << " \"" << reward.name << '"';
  const auto zeros = std::count(reward.rate.begin(), reward.rate.end(), 0.0);
  text << "\n# State rewards\n";
  text << reward.rate.size() << ' ' << reward.rate.size() - static_cast<std::size_t>(zeros) << '\n';
  for (std::uint64_t i = 0; i < reward.rate.size(); ++i)
    if (reward.rate[i] != 0) text << i << ' ' << reward.rate[i] << '\n';
  text.finish();
}

// A reader would take a file that is there and not written now as part of the model.
void require_no_others(const std::string& stem, const std::string& compression, std::size_t rewards,
                       const std::vector<std::string>& written) {
  std::vector<std::string> there;
  const auto look = [&](const std::string& base, const char* extension) {
    if (std::find(written.begin(), written.end(), base + extension + compression) == written.end())
      there.push_back(find_file(base, extension, compression));
  };
  look(stem, ".sta");
  look(stem, ".lab");
  for (std::size_t number = 0; number <= rewards + 1; ++number) {
    const std::string numbered = number == 0 ? stem : stem + std::to_string(number);
    if (number > 0 && !find_file(numbered, ".tra", compression).empty()) continue;
    for (const char* extension : {".srew", ".trew"}) look(numbered, extension);
  }
  for (const std::string& path : there)
    if (!path.empty())
      throw Error(
          fmt::format("{}: it would be taken as part of the new model, which has no such file: remove it first, "
                      "or choose another name",
                      path));
}

}  // namespace

std::vector<std::string> write_prism_explicit(const std::string& path, const Model& model, const WriteOptions&,
                                              ReplacedFiles& files) {
  const Chain& chain = model.chain;
  const std::vector<bool> init = equal_starts(chain, path);
  if (path == "-") {
    write_transitions(TextWriter(files.add(path)), chain);
    return {"standard output holds the transitions alone: neither variables nor labels nor rewards"};
  }
  const std::string stem = stem_of(path);
  const std::string compression = compression_of(path);
  std::vector<std::string> written;
  const auto beside = [&](const std::string& what) -> ReplacedFile& {
    written.push_back(stem + what + compression);
    return files.add(written.back());
  };
  write_transitions(TextWriter(files.add(path)), chain);
  if (chain.states.has_variables()) write_states(TextWriter(beside(".sta")), chain.states, chain.size());
  write_labels(TextWriter(beside(".lab")), chain, init, path);
  for (std::size_t r = 0; r < chain.rewards.size(); ++r)
    write_rewards(TextWriter(beside(fmt::format("{}.srew", chain.rewards.size() == 1 ? "" : std::to_string(r + 1)))),
                  chain.rewards[r]);
  require_no_others(stem, compression, chain.rewards.size(), written);
  return {};
}

std::vector<std::string> write_prism_combined(const std::string& path, const Model& model, const WriteOptions&,
                                              ReplacedFiles& files) {
  const Chain& chain = model.chain;
  const std::vector<bool> init = equal_starts(chain, path);
  ReplacedFile& file = files.add(path);
  write_transitions(TextWriter(file), chain);
  if (chain.states.has_variables()) {
    file.write("\n# States\n");
    write_states(TextWriter(file), chain.states, chain.size());
  }
  file.write("\n# Labels\n");
  write_labels(TextWriter(file), chain, init, path);
  for (const Reward& reward : chain.rewards) {
    file.write("\n");
    write_rewards(TextWriter(file), reward);
  }
  return {};
}

}  // namespace steady::detail::prism_explicit
