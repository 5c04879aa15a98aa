#include "tests/ptx/decoder.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "tests/ptx/operations.hpp"
#include "tests/ptx/violation.hpp"
#include "tests/ptx/words.hpp"

namespace ptx {
namespace {

// A statement in pieces, and what is made of it.
struct Statement {
  std::string_view opcode;
  std::vector<std::string_view> part, operand;  // of the opcode, between its points
  Instruction instruction;
  std::string_view label;  // of a branch

  bool has(std::string_view wanted) const { return std::find(part.begin(), part.end(), wanted) != part.end(); }
  std::string_view type() const { return part.back(); }
};

using Decode = void (*)(Statement&, Builder&);

[[noreturn]] void unknown(const Statement& s) {
  throw Violation("an opcode that the interpreter does not know: " + std::string(s.opcode));
}

template <std::size_t count, class Value>
Value choose(const Statement& s, const std::array<std::pair<std::string_view, Value>, count>& choices) {
  for (const auto& [word, value] : choices)
    if (s.has(word)) return value;
  unknown(s);
}

void expect(const Statement& s, std::size_t operands) {
  if (s.operand.size() != operands)
    throw Violation(std::string(s.opcode) + " has " + std::to_string(s.operand.size()) + " operands");
}

void compute(Statement& s, Builder& builder) {
  s.instruction.operation = find_operation(s.opcode);
  if (!s.instruction.operation) unknown(s);
  if (s.operand.size() < 2 || s.operand.size() > 4) unknown(s);
  s.instruction.to[0] = builder.operand(s.operand[0]);
  for (std::size_t k = 1; k < s.operand.size(); ++k) s.instruction.from[k - 1] = builder.operand(s.operand[k]);
}

// Also {low, high} to one register, and back.
void move(Statement& s, Builder& builder) {
  expect(s, 2);
  const bool packs = s.operand[1].front() == '{', unpacks = s.operand[0].front() == '{';
  if (!packs && !unpacks) return compute(s, builder);
  Instruction& i = s.instruction;
  i.kind = packs ? Kind::pack : Kind::unpack;
  i.bytes = static_cast<std::uint8_t>(bytes_of(s.type()));
  const auto halves = split(inside(s.operand[packs ? 1 : 0], '{', '}'), ',');
  if (halves.size() != 2 || i.bytes < 4) unknown(s);
  for (std::size_t k = 0; k < 2; ++k) (packs ? i.from : i.to)[k] = builder.operand(halves[k]);
  (packs ? i.to : i.from)[0] = builder.operand(s.operand[packs ? 0 : 1]);
}

// [%rd1+8]
void address(Statement& s, std::string_view text, Builder& builder) {
  text = inside(text, '[', ']');
  const std::size_t plus = text.find('+');
  const std::string_view base = trimmed(text.substr(0, plus));
  s.instruction.from[0] = builder.operand(base);
  if (plus != std::string_view::npos) {
    const std::string_view offset = trimmed(text.substr(plus + 1));
    std::from_chars(offset.data(), offset.data() + offset.size(), s.instruction.offset);
  }
  if (s.instruction.space == Space::parameters) s.instruction.space = builder.parameter_space(base);
}

// Of ld and st. Hints to caches, .cs, .cg and .ca, change no value; .nc would be a promise that is not checked here.
void memory(Statement& s) {
  static constexpr std::array<std::pair<std::string_view, Space>, 4> spaces{
      {{"global", Space::global}, {"shared", Space::shared}, {"local", Space::local}, {"param", Space::parameters}}};
  static constexpr std::string_view known[] = {"ld", "st", "global", "shared", "local", "param",
                                               "cs", "cg", "ca",     "v2",     "v4"};
  for (std::size_t k = 0; k + 1 < s.part.size(); ++k)
    if (std::find(std::begin(known), std::end(known), s.part[k]) == std::end(known)) unknown(s);
  Instruction& i = s.instruction;
  for (const auto& [word, space] : spaces)
    if (s.has(word)) i.space = space;
  i.bytes = static_cast<std::uint8_t>(bytes_of(s.type()));
  i.is_signed = s.type().front() == 's';
  i.values = s.has("v2") ? 2 : s.has("v4") ? 4 : 1;
  if (i.bytes == 0) unknown(s);
}

std::vector<std::string_view> values_of(const Statement& s, std::string_view text) {
  const auto values = text.front() == '{' ? split(inside(text, '{', '}'), ',') : std::vector{text};
  if (values.size() != s.instruction.values) unknown(s);
  return values;
}

void load(Statement& s, Builder& builder) {
  expect(s, 2);
  memory(s);
  s.instruction.kind = Kind::load;
  address(s, s.operand[1], builder);
  std::size_t k = 0;
  for (const std::string_view value : values_of(s, s.operand[0])) s.instruction.to[k++] = builder.operand(value);
}

void store(Statement& s, Builder& builder) {
  expect(s, 2);
  memory(s);
  s.instruction.kind = Kind::store;
  address(s, s.operand[0], builder);
  std::size_t k = 1;
  for (const std::string_view value : values_of(s, s.operand[1])) s.instruction.from[k++] = builder.operand(value);
}

void atomic(Statement& s, Builder& builder) {
  static constexpr std::array<std::pair<std::string_view, Mode>, 3> modes{
      {{"inc", Mode::increment}, {"add", Mode::add}, {"max", Mode::max}}};
  expect(s, 3);
  if (!s.has("global") || s.type().front() != 'u' || s.part.size() != 4) unknown(s);
  s.instruction.kind = Kind::atomic;
  s.instruction.mode = choose(s, modes);
  s.instruction.space = Space::global;
  s.instruction.bytes = static_cast<std::uint8_t>(bytes_of(s.type()));
  s.instruction.to[0] = builder.operand(s.operand[0]);
  address(s, s.operand[1], builder);
  s.instruction.from[1] = builder.operand(s.operand[2]);
}

// membar.gl and fence.sc.gpu are one: sequentially consistent.
void fence(Statement& s, Builder&) {
  if (s.opcode != "membar.gl" && s.opcode != "membar.sys" && s.opcode != "fence.sc.gpu") unknown(s);
  s.instruction.kind = Kind::fence;
}

void branch(Statement& s, Builder&) {
  expect(s, 1);
  s.instruction.kind = Kind::branch;
  s.label = s.operand[0];
}

void leave(Statement& s, Builder&) { s.instruction.kind = Kind::leave; }

void barrier(Statement& s, Builder& builder) {
  expect(s, 1);
  if (s.opcode == "bar.warp.sync") {
    s.instruction.kind = Kind::warp_barrier;
    s.instruction.from[1] = builder.operand(s.operand[0]);
  } else if (s.opcode == "bar.sync" && s.operand[0] == "0") {
    s.instruction.kind = Kind::block_barrier;
  } else {
    unknown(s);
  }
}

// from: the value, the mask.
void vote(Statement& s, Builder& builder) {
  static constexpr std::array<std::pair<std::string_view, Mode>, 3> modes{
      {{"any", Mode::any}, {"all", Mode::all}, {"ballot", Mode::ballot}}};
  expect(s, 3);
  if (!s.has("sync") || s.operand[1].front() != '%') unknown(s);
  s.instruction.kind = Kind::vote;
  s.instruction.mode = choose(s, modes);
  s.instruction.to[0] = builder.operand(s.operand[0]);
  for (std::size_t k = 1; k < 3; ++k) s.instruction.from[k - 1] = builder.operand(s.operand[k]);
}

// from: the value, the mask, the lane or distance, what bounds it. to: the value, and whether it is another lane's.
void shuffle(Statement& s, Builder& builder) {
  static constexpr std::array<std::pair<std::string_view, Mode>, 4> modes{
      {{"down", Mode::down}, {"up", Mode::up}, {"bfly", Mode::butterfly}, {"idx", Mode::index}}};
  expect(s, 5);
  if (!s.has("sync")) unknown(s);
  s.instruction.kind = Kind::shuffle;
  s.instruction.mode = choose(s, modes);
  const auto results = split(s.operand[0], '|');
  s.instruction.values = static_cast<std::uint8_t>(results.size());
  for (std::size_t k = 0; k < results.size(); ++k) s.instruction.to[k] = builder.operand(results[k]);
  s.instruction.from[0] = builder.operand(s.operand[1]);
  s.instruction.from[1] = builder.operand(s.operand[4]);
  s.instruction.from[2] = builder.operand(s.operand[2]);
  s.instruction.from[3] = builder.operand(s.operand[3]);
}

// call.uni (result), function, (arguments)
void call(Statement& s, Builder& builder) {
  Call call;
  std::size_t k = 0;
  if (!s.operand.empty() && s.operand[0].front() == '(')
    for (const auto name : split(inside(s.operand[k++], '(', ')'), ','))
      call.results.push_back(builder.place_in_frame(name));
  if (k >= s.operand.size()) unknown(s);
  call.callee = s.operand[k++];
  if (k < s.operand.size())
    for (const auto name : split(inside(s.operand[k], '(', ')'), ','))
      call.arguments.push_back(builder.place_in_frame(name));
  s.instruction.kind = Kind::call;
  s.instruction.target = static_cast<std::uint32_t>(builder.function().calls.size());
  builder.function().calls.push_back(std::move(call));
}

constexpr std::pair<std::string_view, Decode> decoders[] = {
    {"mov", move},    {"ld", load},      {"st", store},  {"atom", atomic}, {"membar", fence},
    {"fence", fence}, {"bra", branch},   {"ret", leave}, {"exit", leave},  {"bar", barrier},
    {"vote", vote},   {"shfl", shuffle}, {"call", call},
};

// Takes @%p or @!%p off the front.
void guard(std::string_view& text, Statement& s, Builder& builder) {
  if (text.front() != '@') return;
  const std::size_t end = text.find(' ');
  std::string_view predicate = text.substr(1, end - 1);
  s.instruction.guarded = true;
  if ((s.instruction.unless = predicate.front() == '!')) predicate.remove_prefix(1);
  s.instruction.guard = builder.operand(predicate);
  text = trimmed(text.substr(end));
}

}  // namespace

void decode(std::string_view statement, Builder& builder) {
  if (statement.starts_with(".reg") || statement.starts_with(".pragma")) return;
  if (statement.front() == '.') return builder.declare(to_declaration(statement));
  Statement s;
  std::string_view text = statement;
  guard(text, s, builder);
  const std::size_t end = std::min(text.find(' '), text.size());
  s.opcode = text.substr(0, end);
  s.part = split(s.opcode, '.');
  s.operand = split(text.substr(end), ',');
  Decode how = compute;
  for (const auto& [name, decoder] : decoders)
    if (s.part[0] == name) how = decoder;
  how(s, builder);
  if (s.instruction.kind == Kind::branch)
    builder.add_branch(s.instruction, statement, s.label);
  else
    builder.add(s.instruction, statement);
}

}  // namespace ptx
