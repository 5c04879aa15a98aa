#include "formats/model/petri/petri.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include <steady/error.hpp>

#include "formats/io/compression.hpp"
#include "formats/io/file.hpp"
#include "formats/model/petri/net_def.hpp"
#include "formats/model/petri/net_syntax.hpp"
#include "formats/model/petri/pnml.hpp"
#include "formats/model/petri/pnpro.hpp"
#include "formats/model/petri/unbounded.hpp"
#include "formats/model/prism/prism.hpp"

namespace steady::detail::petri {

namespace {

// A net, and what its names and expressions lie in.
struct NetSource {
  std::shared_ptr<const prism::Source> source;
  Net net;
};

prism::ModelSyntax syntax_of(const std::string& path, const Net& net, const ReadOptions& options) {
  prism::Vocabulary constants{.varied = options.derivatives};
  std::vector<std::string> missing;
  prism::define_constants(net.constants, {prism::parse_settings(options.constants), options.constants_within},
                          constants, missing);
  prism::require_none_missing(path, missing);
  return make_syntax(net, constants, options.progress);
}

Model explored(const std::string& path, const NetSource& read, const ReadOptions& options) {
  const auto& [source, net] = read;
  const prism::ModelSyntax syntax = syntax_of(path, net, options);
  require_no_growth(source, net, syntax, options);
  Model model = prism::explored_model(path, source, syntax, options);
  model.notes.insert(model.notes.begin(), net.notes.begin(), net.notes.end());
  return model;
}

prism::UnexploredModel compiled(const std::string& path, const NetSource& read, const ReadOptions& options) {
  const auto& [source, net] = read;
  for (const Transition& t : net.transitions)
    if (t.priority)
      prism::fail(t.name.place,
                  fmt::format("--truncate takes no net with immediate transitions, such as '{}'", t.name.text));
  prism::UnexploredModel model = prism::compiled_syntax(source, syntax_of(path, net, options), options);
  std::vector<std::string>& notes = model.compiled.notes;
  notes.insert(notes.begin(), net.notes.begin(), net.notes.end());
  return model;
}

NetSource document_net(const std::string& path, std::string&& text, const ReadOptions& options,
                       void (*read)(const Document&, const std::string& name, Net&)) {
  require_text(path, text);
  const auto document = std::make_shared<Document>();
  document->source = {path, std::move(text)};
  parse_xml(*document, options.memory_limit);
  Net net(document->texts);
  read(*document, options.net, net);
  return {{document, &document->source}, std::move(net)};
}

// model.net and model.def, in either order, with what compresses them.
struct TextFiles {
  prism::Source net, def;
  std::deque<std::string> texts;  // that names and expressions refer to
};

// The path of the file beside it with this extension, compressed likewise; empty where there is none.
std::string beside(const std::string& path, std::string_view extension) {
  const std::string_view plain = without_compression(path);
  const std::size_t dot = plain.find_last_of('.');
  if (path == "-" || dot == std::string_view::npos) return {};
  std::string other = std::string(plain.substr(0, dot)).append(extension).append(path.substr(plain.size()));
  return std::filesystem::exists(other) ? other : std::string();
}

NetSource text_net(const std::string& path, std::string&& text, const ReadOptions& options) {
  const auto files = std::make_shared<TextFiles>();
  const bool is_def = without_compression(path).ends_with(".def");
  prism::Source& own = is_def ? files->def : files->net;
  prism::Source& other = is_def ? files->net : files->def;
  own = {path, std::move(text)};
  other.name = beside(path, is_def ? ".net" : ".def");
  if (!other.name.empty()) other.text = read_file(other.name, options.memory_limit);
  if (is_def && other.name.empty()) throw Error(path + ": there is no .net file beside it");
  require_text(own.name, own.text);
  require_text(other.name, other.text);
  Net net(files->texts);
  read_net_def(files->net, files->def, net);
  return {{files, &files->net}, std::move(net)};
}

}  // namespace

Model read_pnpro(const std::string& path, std::string&& text, const ReadOptions& options) {
  return explored(path, document_net(path, std::move(text), options, read_project), options);
}

prism::UnexploredModel compile_pnpro(const std::string& path, std::string&& text, const ReadOptions& options) {
  return compiled(path, document_net(path, std::move(text), options, read_project), options);
}

Model read_pnml(const std::string& path, std::string&& text, const ReadOptions& options) {
  return explored(path, document_net(path, std::move(text), options, read_pnml), options);
}

prism::UnexploredModel compile_pnml(const std::string& path, std::string&& text, const ReadOptions& options) {
  return compiled(path, document_net(path, std::move(text), options, read_pnml), options);
}

Model read_net_def(const std::string& path, std::string&& text, const ReadOptions& options) {
  return explored(path, text_net(path, std::move(text), options), options);
}

prism::UnexploredModel compile_net_def(const std::string& path, std::string&& text, const ReadOptions& options) {
  return compiled(path, text_net(path, std::move(text), options), options);
}

}  // namespace steady::detail::petri
