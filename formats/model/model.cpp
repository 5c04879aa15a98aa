#include "formats/model/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "formats/compression.hpp"
#include "formats/error.hpp"
#include "formats/file.hpp"
#include "formats/model/matrix_market.hpp"
#include "formats/model/prism/prism.hpp"
#include "formats/model/prism/vocabulary.hpp"
#include "formats/model/umb/umb.hpp"

namespace steady {

namespace {

// Every format: name, extensions, reader.
const std::vector<ModelFormat> formats = {
    {"prism", {".prism", ".sm", ".pm"}, prism::read_prism},
    {"mtx", {".mtx"}, read_matrix_market},
    {"umb", {".umb"}, umb::read_umb},
};

struct Refusal {
  std::string_view extension;
  std::string_view reason;
};

constexpr std::array<Refusal, 7> refusals = {{
    {".jani", "JANI models are not read; convert one to the PRISM language or, with Storm, to .drn"},
    {".nm", "a nondeterministic model (mdp) is not a Markov chain"},
    {".mdp", "a nondeterministic model (mdp) is not a Markov chain"},
    {".pta", "a probabilistic timed automaton is not a Markov chain"},
    {".tra", "reading PRISM's explicit files is not built yet"},
    {".drn", "reading Storm's .drn files is not built yet"},
    {".npz", "reading .npz files is not built yet"},
}};

// ".tra" of "a.b/model.tra.gz".
std::string_view extension_of(std::string_view path) {
  path = without_compression(path);
  path.remove_prefix(path.find_last_of('/') + 1);  // 0 where there is none
  const std::size_t dot = path.find_last_of('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(dot);
}

std::string known_formats() {
  std::string list;
  for (const ModelFormat& f : formats)
    list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", f.name, fmt::join(f.extensions, " "));
  return list;
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

}  // namespace

std::span<const ModelFormat> model_formats() { return formats; }

Model read_model(const std::string& path, const ReadOptions& options) {
  if (path == "-" && options.from.empty())
    throw Error(fmt::format("standard input: --from must say the format: {}", known_formats()));
  const std::string_view asked = options.from.empty() ? extension_of(path) : without_compression(options.from);
  const ModelFormat* format = asked.empty() ? nullptr : find_format(asked);
  if (format == nullptr) {
    if (!options.from.empty())
      throw Error(fmt::format("--from {}: no such format; known are {}", options.from, known_formats()));
    throw Error(fmt::format("{}: unknown kind of file '{}'; known are {}", path, asked, known_formats()));
  }
  Model model = format->read(path, read_file(path, options.memory_limit), options);
  if (!model.vocabulary) model.vocabulary = prism::make_vocabulary(model.chain);
  try {
    validate(model.chain);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", path, error.what()), error.cause);
  }
  return model;
}

}  // namespace steady
