#include "formats/model/sbml/document.hpp"

#include <fmt/format.h>
#include <sbml/extension/SBasePlugin.h>

#include <algorithm>

namespace steady::detail::sbml {

using prism::fail;

namespace {

// The short message, and the last line of the long one where that is of this file.
std::string message_of(const ::SBMLError& error) {
  std::string detail = error.getMessage();
  while (!detail.empty() && (detail.back() == '\n' || detail.back() == ' ')) detail.pop_back();
  detail.erase(0, detail.find_last_of('\n') + 1);
  detail.erase(0, detail.find_first_not_of(' '));
  if (detail.empty() || detail.starts_with("Reference:")) return error.getShortMessage();
  return fmt::format("{}: {}", error.getShortMessage(), detail);
}

void require_no_error(const Document& document) {
  for (unsigned k = 0; k < document.sbml->getNumErrors(); ++k) {
    const ::SBMLError& error = *document.sbml->getError(k);
    if (error.getErrorId() == MissingXMLEncoding) continue;  // it is UTF-8 then
    if (error.isError() || error.isFatal() || error.isInternal() || error.isSystem())
      fail(document.place(error.getLine(), error.getColumn()), message_of(error));
  }
}

// Packages began with Level 3.
void require_no_package(const Document& document) {
  if (document.sbml->getLevel() < 3) return;
  for (unsigned k = 0; k < document.sbml->getNumPlugins(); ++k) {
    const std::string& package = document.sbml->getPlugin(k)->getPackageName();
    const bool core = package == "l3v2extendedmath";  // libsbml's name for a part of Version 2
    if (!core && document.sbml->getPackageRequired(package))
      fail(document.place(*document.sbml),
           fmt::format("the model needs SBML's package '{}', which is not read", package));
  }
}

}  // namespace

Place Document::place(unsigned line, unsigned end_of_tag) const {
  const std::size_t begin = lines[std::clamp<std::size_t>(line, 1, lines.size()) - 1];
  const std::size_t end = std::min(begin + (end_of_tag > 0 ? end_of_tag - 1 : 0), source.text.size());
  const std::size_t tag = end == 0 ? std::string::npos : source.text.rfind('<', end - 1);
  return {&source, tag != std::string::npos && tag >= begin ? tag : begin};
}

void parse(Document& document) {
  document.lines = {0};
  for (std::size_t end = 0; (end = document.source.text.find('\n', end)) != std::string::npos;)
    document.lines.push_back(++end);
  document.sbml.reset(::readSBMLFromString(document.source.text.c_str()));
  require_no_error(document);
  if (document.sbml->getModel() == nullptr) fail({&document.source, 0}, "no model in it");
  require_no_package(document);
  for (const unsigned category :
       {LIBSBML_CAT_UNITS_CONSISTENCY, LIBSBML_CAT_MODELING_PRACTICE, LIBSBML_CAT_SBO_CONSISTENCY})
    document.sbml->setConsistencyChecks(static_cast<::SBMLErrorCategory_t>(category), false);
  document.sbml->checkConsistency();
  require_no_error(document);
}

}  // namespace steady::detail::sbml
