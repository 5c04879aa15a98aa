#include "formats/model/petri/xml.hpp"

#include <fmt/format.h>

#include "formats/base/memory.hpp"

namespace steady::detail::petri {

namespace {

prism::Place place_of(const Document& document, const char* parsed) {
  const std::string& text = document.parsed;
  const bool inside = parsed >= text.data() && parsed < text.data() + text.size();
  return {&document.source, inside ? static_cast<std::size_t>(parsed - text.data()) : 0};
}

Text trimmed(const Document& document, const char* value) {
  constexpr const char* white = " \t\r\n";
  std::string_view text(value);
  const std::size_t begin = std::min(text.find_first_not_of(white), text.size());
  text.remove_prefix(begin);
  text = text.substr(0, text.find_last_not_of(white) + 1);
  return {text, place_of(document, value + begin)};
}

}  // namespace

void parse_xml(Document& document, std::uint64_t memory_limit) {
  constexpr double bytes_per_character = 20;  // of <a/>, which takes most
  const std::string& text = document.source.text;
  require_memory(document.source.name, "the model's XML", bytes_per_character * static_cast<double>(text.size()),
                 memory_limit);
  document.parsed = text;
  const pugi::xml_parse_result result = document.tree.load_buffer_inplace(
      document.parsed.data(), document.parsed.size(), pugi::parse_default, pugi::encoding_utf8);
  if (!result)
    prism::fail({&document.source, static_cast<std::size_t>(result.offset)},
                fmt::format("this is no XML: {}", result.description()));
}

prism::Place place(const Document& document, const pugi::xml_node& element) {
  return place_of(document, element.name());
}

Text attribute(const Document& document, const pugi::xml_node& element, const char* name, std::string_view otherwise) {
  const pugi::xml_attribute found = element.attribute(name);
  if (!found) return {otherwise, place(document, element)};
  const Text text = trimmed(document, found.value());
  return text.text.empty() ? Text{{}, place(document, element)} : text;
}

Text content(const Document& document, const pugi::xml_node& element) {
  const Text text = trimmed(document, element.child_value());
  return text.text.empty() ? Text{{}, place(document, element)} : text;
}

Text required(const Document& document, const pugi::xml_node& element, const char* name) {
  const Text text = attribute(document, element, name);
  if (text.text.empty()) prism::fail(text.place, fmt::format("an element '{}' without '{}'", element.name(), name));
  return text;
}

pugi::xml_node find_named(const std::vector<NamedNet>& nets, std::string_view name, prism::Place place) {
  if (nets.empty()) prism::fail(place, "the file has no net");
  if (name.empty() && nets.size() == 1) return nets[0].element;
  std::string names, ids;
  std::vector<pugi::xml_node> found;
  const auto add = [](std::string& list, std::string_view one) {
    list += fmt::format("{}'{}'", list.empty() ? "" : ", ", one);
  };
  for (const NamedNet& net : nets) {
    if (!name.empty() && net.id == name) return net.element;
    add(names, net.name.empty() ? net.id : net.name);
    if (net.name != name || name.empty()) continue;
    found.push_back(net.element);
    add(ids, net.id);
  }
  if (found.size() == 1) return found[0];
  if (!found.empty()) prism::fail(place, fmt::format("the file has several nets '{}', with the ids {}", name, ids));
  if (name.empty()) prism::fail(place, fmt::format("the file has several nets: {}; --net NAME says which", names));
  prism::fail(place, fmt::format("the file has no net '{}'; there is: {}", name, names));
}

}  // namespace steady::detail::petri
