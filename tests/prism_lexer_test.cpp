#include "formats/model/prism/language/lexer.hpp"
#include "tests/catch.hpp"
#include "tests/prism_models.hpp"

using namespace steady;
using namespace steady::detail;
using namespace steady::detail::prism;
using tests::mentions;

namespace {

std::string words(const std::string& text) {
  const Source source{"text", text};
  std::string result;
  for (const Token& token : tokenize(source)) {
    static const char* const kinds[] = {"name", "key", "int", "real", "string", "symbol", "end"};
    result += (result.empty() ? "" : " ") + std::string(kinds[static_cast<int>(token.kind)]);
    if (token.kind != TokenKind::end) result += ":" + std::string(token.text);
  }
  return result;
}

}  // namespace

TEST_CASE("tokens of the PRISM language") {
  CHECK(words("") == "end");
  CHECK(words("x' _y1 init") == "name:x symbol:' name:_y1 key:init end");
  CHECK(words("0..5") == "int:0 symbol:.. int:5 end");
  CHECK(words("1.5..2e3 .25 1e-3 007 1e") ==
        "real:1.5 symbol:.. real:2e3 real:.25 real:1e-3 real:007 int:1 name:e end");
  CHECK(words("a<=>b=>c<=d->e!=f") ==
        "name:a symbol:<=> name:b symbol:=> name:c symbol:<= name:d symbol:-> name:e symbol:!= name:f end");
  CHECK(words("\"a b\" // \"c\n+") == "string:a b symbol:+ end");
  CHECK(words("// to the end") == "end");
  CHECK(words("\xEF\xBB\xBF"
              "ctmc") == "key:ctmc end");
}

TEST_CASE("characters outside the language are named with their place") {
  const auto error = [](const std::string& text) { return tests::error_of([&] { tokenize(Source{"file", text}); }); };
  CHECK_THAT(error("a\n  # b"), StartsWith("file:2:3: unexpected character '#'"));
  CHECK_THAT(error("a \x01"), StartsWith("file:1:3: unexpected byte 0x01"));
  CHECK_THAT(error("label \"x\n\""), StartsWith("file:1:7: this string has no closing quote"));
}

TEST_CASE("an error shows the line and a caret, and of a long line only a window") {
  CHECK(tests::error_of([] {
          fail({std::make_unique<Source>(Source{"f", "one\ntwo words\n"}).get(), 8}, "wrong");
        }) == "f:2:5: wrong\n    two words\n        ^");
  const Source source{"f", std::string(1'000'000, 'a') + "$" + std::string(1'000'000, 'b')};
  const std::string message = tests::error_of([&] { fail({&source, 1'000'000}, "wrong"); });
  CHECK(message.size() < 300);
  CHECK_THAT(message, StartsWith("f:1:1000001: wrong"));
  CHECK_THAT(message, mentions("a$b"));
}
