#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <steady/error.hpp>
#include <steady/model.hpp>

#include "formats/base/thread_count.hpp"
#include "formats/chain/rate_errors.hpp"
#include "formats/io/compression.hpp"
#include "formats/io/file.hpp"
#include "formats/model/aldebaran.hpp"
#include "formats/model/drn.hpp"
#include "formats/model/jani/jani.hpp"
#include "formats/model/matrix_market.hpp"
#include "formats/model/model_format.hpp"
#include "formats/model/npz.hpp"
#include "formats/model/petri/petri.hpp"
#include "formats/model/prism/language/vocabulary.hpp"
#include "formats/model/prism/prism.hpp"
#include "formats/model/prism_explicit/files.hpp"
#include "formats/model/prism_explicit/prism_explicit.hpp"
#include "formats/model/sbml/sbml.hpp"
#include "formats/model/table/table.hpp"
#include "formats/model/umb/umb.hpp"

namespace steady {

using namespace detail;

namespace {

// Every format: name, extensions, options, reader, writer.
const std::vector<ModelFormat> formats = {
    {"prism",
     {".prism", ".sm", ".pm"},
     {.constants = true, .derivatives = true, .throughputs = true, .rescale = false},
     prism::read_prism,
     nullptr,
     nullptr,
     false,
     prism::compile_prism},
    {"jani",
     {".jani"},
     {.constants = true, .derivatives = true, .throughputs = true, .rescale = false},
     jani::read_jani,
     nullptr,
     nullptr,
     false,
     jani::compile_jani},
    {"pnpro",
     {".PNPRO", ".pnpro"},
     {.constants = true, .derivatives = true, .throughputs = true, .net = true, .rescale = false},
     petri::read_pnpro,
     nullptr,
     nullptr,
     false,
     petri::compile_pnpro},
    {"net",
     {".net", ".def"},
     {.constants = true, .derivatives = true, .throughputs = true, .rescale = false},
     petri::read_net_def,
     nullptr,
     nullptr,
     false,
     petri::compile_net_def},
    {"pnml",
     {".pnml"},
     {.throughputs = true, .net = true, .rescale = false},
     petri::read_pnml,
     nullptr,
     nullptr,
     false,
     petri::compile_pnml},
    {"sbml",
     {".sbml", ".xml"},
     {.constants = true, .derivatives = true, .throughputs = true, .rescale = false},
     sbml::read_sbml,
     nullptr,
     nullptr,
     false,
     sbml::compile_sbml},
    {"tra",
     {".tra"},
     {.kind = true, .siblings = true},
     prism_explicit::read_prism_explicit,
     prism_explicit::write_prism_explicit},
    {"pexp", {".pexp"}, {.kind = true}, prism_explicit::read_prism_combined, prism_explicit::write_prism_combined},
    {"drn", {".drn"}, {}, read_drn, write_drn},
    {"mtx", {".mtx"}, {.kind = true, .transposed = true}, read_matrix_market, write_matrix_market},
    {"npz", {".npz"}, {.kind = true, .transposed = true}, read_npz, nullptr},
    {"npy", {".npy"}, {.kind = true, .transposed = true}, read_npy_matrix, nullptr},
    {"csv",
     {".csv"},
     {.kind = true, .transposed = true, .layout = true},
     table::read_csv,
     table::write_csv,
     nullptr,
     true},
    {"tsv",
     {".tsv"},
     {.kind = true, .transposed = true, .layout = true},
     table::read_tsv,
     table::write_tsv,
     nullptr,
     true},
    {"aut", {".aut"}, {.throughputs = true}, read_aldebaran, write_aldebaran},
    {"umb", {".umb"}, {}, nullptr, umb::write_umb, umb::read_umb},
};

struct Refusal {
  std::string_view extension;
  std::string_view reason;
};

constexpr std::array<Refusal, 3> refusals = {{
    {".nm", "a nondeterministic model (mdp) is not a Markov chain"},
    {".mdp", "a nondeterministic model (mdp) is not a Markov chain"},
    {".pta", "a probabilistic timed automaton is not a Markov chain"},
}};

// ".tra" of "a.b/model.tra.gz".
std::string_view extension_of(std::string_view path) {
  path = without_compression(path);
  path.remove_prefix(path.find_last_of('/') + 1);  // 0 where there is none
  const std::size_t dot = path.find_last_of('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(dot);
}

// The formats of which `usable` is true.
template <class Usable>
std::string list_formats(Usable usable) {
  std::string list;
  for (const ModelFormat& f : formats)
    if (usable(f)) list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", f.name, fmt::join(f.extensions, " "));
  return list;
}

std::string readable_formats() {
  return list_formats([](const ModelFormat& f) { return f.read != nullptr || f.read_in_place != nullptr; });
}
std::string writable_formats() {
  return list_formats([](const ModelFormat& f) { return f.write != nullptr; });
}

// By name or by extension, with or without its dot.
const ModelFormat* find_format(std::string_view asked) {
  const std::string with_dot = asked.substr(0, 1) == "." ? std::string(asked) : fmt::format(".{}", asked);
  for (const ModelFormat& f : formats)
    if (f.name == asked || std::find(f.extensions.begin(), f.extensions.end(), with_dot) != f.extensions.end())
      return &f;
  for (const Refusal& r : refusals)
    if (r.extension == with_dot) throw Error(fmt::format("{}: {}", r.extension, r.reason));
  return nullptr;
}

const ModelFormat& format_to_read(const std::string& path, const std::string& from) {
  if (path == "-" && from.empty())
    throw Error(fmt::format("standard input: --from must say the format: {}", readable_formats()));
  const std::string_view asked = from.empty() ? extension_of(path) : without_compression(from);
  const ModelFormat* format = asked.empty() ? nullptr : find_format(asked);
  if (format != nullptr) return *format;
  if (!from.empty()) throw Error(fmt::format("--from {}: no such format; known are {}", from, readable_formats()));
  throw Error(fmt::format("{}: unknown kind of file '{}': --from says the format; known are {}", path, asked,
                          readable_formats()));
}

const ModelFormat& format_to_write(const std::string& path, const std::string& to) {
  if (path == "-" && to.empty())
    throw Error(fmt::format("standard output: --to must say the format: {}", writable_formats()));
  const std::string_view asked = to.empty() ? extension_of(path) : without_compression(to);
  const ModelFormat* format = asked.empty() ? nullptr : find_format(asked);
  if (format != nullptr && format->write != nullptr) return *format;
  if (!to.empty()) throw Error(fmt::format("--to {}: no such format is written; known are {}", to, writable_formats()));
  throw Error(fmt::format("{}: files '{}' are not written; known are {}", path, asked, writable_formats()));
}

void require_errors(const ReadOptions& options) {
  const auto require = [](std::string_view what, double error) {
    if (!(error >= 0 && error < 1))
      throw Error(fmt::format("the relative error of {} must be at least 0 and below 1, got {}", what, error));
  };
  require("rates", options.rates_within);
  for (const ConstantError& constant : options.constants_within) require(constant.name, constant.error);
}

}  // namespace

void detail::require_taken(const std::string& path, std::string_view format, const SupportedOptions& supports,
                           const ReadOptions& options) {
  require_errors(options);
  const auto require = [&](bool taken, bool given, const char* option) {
    if (given && !taken) throw Error(fmt::format("{}: {} means nothing to a {} file", path, option, format));
  };
  require(supports.constants, !options.constants.empty(), "--const");
  require(supports.constants, !options.constants_within.empty(), "--rates-within NAME=X");
  require(supports.derivatives, !options.derivatives.empty(), "--sensitivity");
  require(supports.throughputs, options.throughputs, "--throughputs");
  require(supports.net, !options.net.empty(), "--net");
  require(supports.kind, options.kind.has_value(), "--kind");
  require(supports.transposed, options.transposed, "--transposed");
  require(supports.layout, options.layout.has_value(), "--layout");
  require(supports.rescale, options.rescale, "--rescale");
  if (options.rescale && options.kind == Kind::ctmc)
    throw Error(fmt::format("{}: --rescale is of probabilities, and --kind ctmc says that these are rates", path));
  require(supports.siblings, !options.states.empty(), "--states");
  require(supports.siblings, !options.labels.empty(), "--labels");
  require(supports.siblings, !options.state_rewards.empty(), "--state-rewards");
  require(supports.siblings, !options.transition_rewards.empty(), "--transition-rewards");
}

std::span<const ModelFormat> detail::model_formats() { return formats; }

Model detail::read_content(const ModelFormat& format, const std::string& path, std::string&& content,
                           const ReadOptions& options) {
  return format.read != nullptr ? format.read(path, std::move(content), options)
                                : format.read_in_place(path, content, options);
}

Model read_model(const std::string& path, const ReadOptions& options) {
  const ThreadCount threads(options.threads);
  const ModelFormat& format = format_to_read(path, options.from);
  require_taken(path, format.name, format.supports, options);
  Model model = format.read_in_place != nullptr
                    ? format.read_in_place(path, FileContent(path, options.memory_limit).view(), options)
                    : format.read(path, read_file(path, options.memory_limit), options);
  if (options.rescale && model.chain.kind == Kind::ctmc)
    throw Error(fmt::format("{}: --rescale is of probabilities, and these are the rates of a ctmc", path));
  if (options.rates_within > 0) widen(model.chain.rate_error, model.chain.size(), options.rates_within);
  if (!model.vocabulary) model.vocabulary = prism::make_vocabulary(model.chain);
  try {
    validate(model.chain);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", path, error.what()), error.cause);
  }
  return model;
}

prism::UnexploredModel detail::compile_file(const std::string& path, const ReadOptions& options) {
  require_errors(options);
  const ModelFormat& format = format_to_read(path, options.from);
  require_taken(path, format.name, format.supports, options);
  if (format.compile == nullptr)
    throw Error(fmt::format("{}: --truncate is for models in PRISM, JANI or SBML and for Petri nets, not for a {} file",
                            path, format.name));
  return format.compile(path, read_file(path, options.memory_limit), options);
}

std::vector<std::string> files_read(const std::string& path, const ReadOptions& options) {
  std::vector<std::string> files{path, options.states, options.labels};
  for (const std::vector<std::string>& more : {options.state_rewards, options.transition_rewards})
    files.insert(files.end(), more.begin(), more.end());
  if (format_to_read(path, options.from).supports.siblings && path != "-")
    for (std::string& beside : prism_explicit::files_beside(path)) files.push_back(std::move(beside));
  return files;
}

std::vector<std::string> files_replaced(const std::string& path, const WriteOptions& options) {
  std::vector<std::string> files{path};
  if (format_to_write(path, options.to).supports.siblings && path != "-")
    for (std::string& beside : prism_explicit::files_beside(path))
      if (compression_named(beside) == compression_named(path)) files.push_back(std::move(beside));
  return files;
}

void require_model_path(const std::string& path, const WriteOptions& options) {
  format_to_write(path, options.to);
  require_writable(path);
}

std::vector<std::string> write_model(const std::string& path, const Model& model, const WriteOptions& options,
                                     Checked checked) {
  if (checked == Checked::no) validate(model.chain);
  const ModelFormat& format = format_to_write(path, options.to);
  ReplacedFiles files;
  std::vector<std::string> notes = format.write(path, model, options, files);
  if (model.chain.truncated) notes.push_back("the file does not say that the chain is truncated");
  files.commit();
  if (!model.chain.states.names.empty() && !format.names)
    notes.push_back(fmt::format("a {} file holds no names of states", format.extensions[0]));
  return notes;
}

}  // namespace steady
