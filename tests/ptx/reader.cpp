#include "tests/ptx/reader.hpp"

#include <cctype>

#include "tests/ptx/builder.hpp"
#include "tests/ptx/decoder.hpp"
#include "tests/ptx/faults.hpp"
#include "tests/ptx/violation.hpp"
#include "tests/ptx/words.hpp"

namespace ptx {
namespace {

// Without comments, and with one space for all white space between words.
std::string plain(const std::string& text) {
  std::string result;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const std::string_view here = std::string_view(text).substr(k, 2);
    if (here == "//") {
      k = std::min(text.find('\n', k), text.size());
    } else if (here == "/*") {
      k = text.find("*/", k) + 1;
      continue;
    }
    const bool is_space = k == text.size() || std::isspace(static_cast<unsigned char>(text[k]));
    if (!is_space)
      result += text[k];
    else if (!result.empty() && result.back() != ' ')
      result += ' ';
  }
  return result;
}

// Where the bracket that is open at `begin` is closed.
std::size_t closing(std::string_view text, std::size_t begin) {
  int depth = 0;
  for (std::size_t k = begin; k < text.size(); ++k) {
    if (text[k] == '{') ++depth;
    if (text[k] == '}' && --depth == 0) return k;
  }
  throw Violation("a function without end");
}

// A label at the front of a statement is one of the next instruction.
void take_labels(std::string_view& statement, Builder& builder) {
  for (;;) {
    statement = trimmed(statement);
    const std::size_t end =
        statement.find_first_not_of("$_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    if (end == std::string_view::npos || end == 0 || statement[end] != ':') return;
    builder.add_label(statement.substr(0, end));
    statement.remove_prefix(end + 1);
  }
}

void read_body(std::string_view body, Builder& builder) {
  std::size_t begin = 0;
  for (std::size_t k = 0; k < body.size(); ++k) {
    std::string_view statement = body.substr(begin, k - begin);
    if (body[k] == ';') {
      take_labels(statement, builder);
      try {
        if (!statement.empty()) decode(statement, builder);
      } catch (const Violation& violation) {
        throw Violation(std::string(violation.what()) + " ('" + std::string(statement) + "')");
      }
      begin = k + 1;
    } else if (body[k] == '{' || body[k] == '}') {  // a scope's, if it begins the statement
      take_labels(statement, builder);
      if (statement.empty()) begin = k + 1;
    }
  }
}

// .visible .entry name ( parameters ) .maxntid 256, 1, 1    or    .func ( result ) name ( parameters )
struct Header {
  bool is_kernel = false;
  std::string name;
  std::string_view result, parameters, attributes;
};

// Takes "(...)" off the front.
std::string_view take_list(std::string_view& text) {
  text = trimmed(text);
  if (text.empty() || text.front() != '(') return {};
  const std::size_t end = text.find(')');
  const std::string_view list = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  return list;
}

Header to_header(std::string_view text) {
  Header header;
  const std::size_t entry = text.find(".entry"), function = text.find(".func");
  header.is_kernel = entry != std::string_view::npos;
  text.remove_prefix(header.is_kernel ? entry + 6 : function + 5);
  header.result = take_list(text);
  text = trimmed(text);
  const std::size_t end = text.find_first_of(" (");
  header.name = text.substr(0, end);
  text.remove_prefix(std::min(end, text.size()));
  header.parameters = take_list(text);
  header.attributes = text;
  return header;
}

std::unique_ptr<Function> read_function(const Header& header, std::string_view body, const SharedVariables& shared) {
  auto function = std::make_unique<Function>();
  function->name = header.name;
  function->is_kernel = header.is_kernel;
  Builder builder(*function, shared);
  for (const auto result : split(header.result, ',')) builder.add_result(to_declaration(result));
  for (const auto parameter : split(header.parameters, ',')) builder.add_parameter(to_declaration(parameter));
  if (const std::size_t at = header.attributes.find(".maxntid"); at != std::string_view::npos)
    function->most_threads = static_cast<std::uint32_t>(std::stoul(std::string(header.attributes.substr(at + 8))));
  try {
    read_body(planted(header.name, std::string(body)), builder);
    builder.finish();
  } catch (const Violation& violation) {
    throw Violation("function " + header.name + ": " + violation.what());
  }
  return function;
}

void connect_calls(Functions& functions) {
  for (const auto& [name, function] : functions)
    for (Call& call : function->calls) {
      if (call.callee == "cudaGraphSetConditional") continue;
      const auto callee = functions.find(call.callee);
      if (callee == functions.end())
        throw Violation("function " + name + " calls " + call.callee + ", which is nowhere");
      call.function = callee->second.get();
    }
}

}  // namespace

Functions read_module(const std::string& text) {
  const std::string all = plain(text);
  std::string_view rest = all;
  Functions functions;
  SharedVariables shared;
  while (!(rest = trimmed(rest)).empty()) {
    if (rest.starts_with(".version") || rest.starts_with(".target") || rest.starts_with(".address_size")) {
      rest.remove_prefix(rest.find(' '));  // the word, then its value
      rest = trimmed(rest);
      rest.remove_prefix(std::min(rest.find(' '), rest.size()));
      continue;
    }
    const std::size_t end = rest.find_first_of(";{");
    if (end == std::string_view::npos) throw Violation("a module that ends in " + std::string(rest));
    const std::string_view statement = trimmed(rest.substr(0, end));
    const bool is_function =
        statement.find(".entry") != std::string_view::npos || statement.find(".func") != std::string_view::npos;
    if (rest[end] == '{' && is_function) {
      const std::size_t last = closing(rest, end);
      const Header header = to_header(statement);
      functions[header.name] = read_function(header, rest.substr(end + 1, last - end - 1), shared);
      rest.remove_prefix(last + 1);
      continue;
    }
    if (!is_function) {
      const Declaration declaration = to_declaration(statement);
      shared[declaration.name] = declaration;
    }
    rest.remove_prefix(end + 1);
  }
  connect_calls(functions);
  return functions;
}

}  // namespace ptx
