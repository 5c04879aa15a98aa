// An XML text as a tree of elements that know where in the text they stand.
#pragma once

#include <cstdint>
#include <deque>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "formats/model/prism/language/source.hpp"

namespace steady::detail::petri {

// A text with its tree. Entities are not expanded, but for XML's own five and numbers of characters.
struct Document {
  prism::Source source;
  std::string parsed;  // the same text: what the tree refers to, in which the parser has written
  pugi::xml_document tree;
  std::deque<std::string> texts;  // kept as long as the document
};

// Of a piece of the file, where it begins. One without a character is nowhere in it, and stands for a default.
struct Text {
  std::string_view text = {};
  prism::Place place = {};
};

// Makes document.tree of the text in document.source. Throws Error with line and column where that is no XML, and
// where the tree takes more than so many bytes.
void parse_xml(Document& document, std::uint64_t memory_limit);

prism::Place place(const Document& document, const pugi::xml_node& element);

// The value of an attribute, without white space around it; `otherwise` where it is not there.
Text attribute(const Document& document, const pugi::xml_node& element, const char* name,
               std::string_view otherwise = {});

// The characters in the element, without white space around them.
Text content(const Document& document, const pugi::xml_node& element);

// An attribute that has to be there, and not empty.
Text required(const Document& document, const pugi::xml_node& element, const char* name);

struct NamedNet {
  pugi::xml_node element;
  std::string_view name, id = {};  // an id is one net's alone
};

// The net of this id, or else of this name; where that is empty, the only one. Throws Error, at the place, with the nets
// that there are, and where several have the name.
pugi::xml_node find_named(const std::vector<NamedNet>& nets, std::string_view name, prism::Place place);

}  // namespace steady::detail::petri
