#include "tests/ptx/builder.hpp"

#include <cctype>
#include <charconv>

#include "tests/ptx/violation.hpp"
#include "tests/ptx/words.hpp"

namespace ptx {
namespace {

std::uint32_t aligned(std::uint32_t offset, std::uint32_t align) { return (offset + align - 1) / align * align; }

std::uint64_t number(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size())
    throw Violation("'" + std::string(digits) + "' is no number");
  return value;
}

// 12, -12, 0x1f, 12U, 0f3F800000, 0d3FF0000000000000.
Word literal(std::string_view text) {
  if (text.front() == '-') return -literal(text.substr(1));
  if (text.back() == 'U') text.remove_suffix(1);
  const std::string_view prefix = text.substr(0, 2);
  if (prefix == "0x" || prefix == "0d" || prefix == "0D" || prefix == "0f" || prefix == "0F")
    return number(text.substr(2), 16);
  return number(text, 10);
}

const std::map<std::string, Special, std::less<>> specials = {
    {"%tid.x", tid},    {"%tid.y", zero},    {"%tid.z", zero},    {"%ntid.x", ntid},  {"%ntid.y", one},
    {"%ntid.z", one},   {"%ctaid.x", ctaid}, {"%ctaid.y", zero},  {"%ctaid.z", zero}, {"%nctaid.x", nctaid},
    {"%nctaid.y", one}, {"%nctaid.z", one},  {"%laneid", laneid},
};

}  // namespace

Declaration to_declaration(std::string_view text) {
  Declaration result;
  unsigned element = 0;
  std::string rest(text);
  for (char& c : rest)
    if (std::isspace(static_cast<unsigned char>(c))) c = ' ';
  const std::vector<std::string_view> words = split(rest, ' ');
  for (std::size_t k = 0; k < words.size(); ++k) {
    const std::string_view word = words[k];
    if (word == ".align" && k + 1 < words.size())
      result.align = static_cast<unsigned>(number(words[++k], 10));
    else if (word == ".shared" || word == ".local" || word == ".param")
      result.space = word;
    else if (word.starts_with(".") && bytes_of(word.substr(1)) > 0)
      element = bytes_of(word.substr(1));
    else if (!word.empty() && word != ".extern" && word != ".visible")
      result.name += word;
  }
  if (result.space.empty() || element == 0 || result.name.empty())
    throw Violation("a declaration that the interpreter does not know: " + std::string(text));
  result.align = std::max(result.align, element);
  result.bytes = element;
  if (const std::size_t bracket = result.name.find('['); bracket != std::string::npos) {
    const std::string count = result.name.substr(bracket + 1, result.name.size() - bracket - 2);
    result.open_ended = count.empty();
    result.bytes = count.empty() ? 0 : element * static_cast<unsigned>(number(count, 10));
    result.name.resize(bracket);
  }
  return result;
}

Builder::Builder(Function& function, const SharedVariables& shared) : function_(function), shared_(shared) {
  function_.initial.assign(first_free, 0);
  function_.initial[one] = 1;
}

void Builder::add_parameter(const Declaration& declaration) {
  std::uint32_t& end = function_.is_kernel ? function_.parameter_bytes : function_.frame_bytes;
  const std::uint32_t offset = aligned(end, declaration.align);
  end = offset + declaration.bytes;
  function_.parameters.push_back({offset, declaration.bytes});
  (function_.is_kernel ? parameters_ : frame_)[declaration.name] = offset;
}

void Builder::add_result(const Declaration& declaration) {
  function_.has_result = true;
  add_parameter(declaration);
}

void Builder::declare(const Declaration& declaration) {
  if (declaration.space == ".shared") {
    shared_[declaration.name] = declaration;
  } else if (declaration.space == ".local") {
    const std::uint32_t offset = aligned(function_.local_bytes, declaration.align);
    function_.local_bytes = offset + declaration.bytes;
    local_[declaration.name] = offset;
  } else if (!frame_.contains(declaration.name)) {  // a call's: each call has the same ones again
    const std::uint32_t offset = aligned(function_.frame_bytes, 16);
    function_.frame_bytes = offset + declaration.bytes;
    frame_[declaration.name] = offset;
  }
}

void Builder::add_label(std::string_view name) {
  labels_[std::string(name)] = static_cast<std::uint32_t>(function_.code.size());
}

void Builder::add(const Instruction& instruction, std::string_view text) {
  function_.code.push_back(instruction);
  function_.text.emplace_back(text);
}

void Builder::add_branch(Instruction branch, std::string_view text, std::string_view label) {
  branches_.emplace_back(static_cast<std::uint32_t>(function_.code.size()), label);
  add(branch, text);
}

Register Builder::operand(std::string_view text) {
  if (text.empty()) throw Violation("an operand is missing");
  if (text.front() == '%') {
    const auto special = specials.find(text);
    return special == specials.end() ? named(text) : special->second;
  }
  if (text.front() == '-' || std::isdigit(static_cast<unsigned char>(text.front()))) return constant(literal(text));
  const auto shared = shared_.find(text);
  if (shared != shared_.end() && shared->second.open_ended) {
    function_.uses_dynamic_shared = true;
    return dynamic_shared_.emplace_back(fresh(0));
  }
  return constant(address_of(text));
}

std::uint32_t Builder::place_in_frame(std::string_view name) const {
  const auto found = frame_.find(name);
  if (found == frame_.end()) throw Violation("no parameter " + std::string(name));
  return found->second;
}

Space Builder::parameter_space(std::string_view name) const {
  return function_.is_kernel && !frame_.contains(name) ? Space::parameters : Space::frame;
}

void Builder::finish() {
  for (const auto& [place, label] : branches_) {
    const auto found = labels_.find(label);
    if (found == labels_.end()) throw Violation("no label " + label);
    function_.code[place].target = found->second;
  }
  const std::uint32_t dynamic = aligned(function_.static_shared_bytes, 16);
  for (const Register address : dynamic_shared_) function_.initial[address] = dynamic;
  if (function_.uses_dynamic_shared) function_.static_shared_bytes = dynamic;
}

Register Builder::fresh(Word initial) {
  function_.initial.push_back(initial);
  return static_cast<Register>(function_.initial.size() - 1);
}

Register Builder::constant(Word value) {
  const auto [found, is_new] = constants_.emplace(value, 0);
  if (is_new) found->second = fresh(value);
  return found->second;
}

Register Builder::named(std::string_view name) {
  const auto [found, is_new] = registers_.emplace(name, 0);
  if (is_new) found->second = fresh(poison);
  return found->second;
}

Word Builder::address_of(std::string_view variable) {
  if (const auto found = shared_.find(variable); found != shared_.end()) return place_shared(found->second);
  for (const auto* places : {&local_, &parameters_, &frame_})
    if (const auto found = places->find(variable); found != places->end()) return found->second;
  throw Violation("no variable " + std::string(variable));
}

std::uint32_t Builder::place_shared(const Declaration& declaration) {
  const auto [found, is_new] = shared_place_.emplace(declaration.name, 0);
  if (is_new) {
    found->second = aligned(function_.static_shared_bytes, declaration.align);
    function_.static_shared_bytes = found->second + declaration.bytes;
  }
  return found->second;
}

}  // namespace ptx
