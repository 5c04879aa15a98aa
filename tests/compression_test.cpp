// gzip and xz: undone when read, gzip made when written, damage never taken for content.
#include "formats/io/compression.hpp"

#include <steady/error.hpp>
#include <steady/model.hpp>

#include "catch.hpp"
#include "formats/io/file.hpp"
#include "formats/solution/solution_format.hpp"
#include "scratch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

const std::string text = "%%MatrixMarket matrix coordinate real general\n2 2 2\n1 2 1\n2 1 3\n";

// The text, by another program (xz 5).
const std::string xz(
    "\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46\x02\x00\x21\x01\x16\x00\x00\x00\x74\x2f\xe5\xa3"
    "\xe0\x00\x3f\x00\x3b\x5d\x00\x12\xe1\x30\xc2\x74\x38\x61\xde\x3a\x4b\x4f\x5f\x43\xe3\xfb\x8b\xa8"
    "\x9a\x11\xc8\x87\x49\xad\x30\xf2\x34\xb6\xb2\x4a\xbd\x60\xea\x3e\xc8\xf8\x15\x1e\x52\xd0\xda\xed"
    "\x47\x38\xd1\xe7\x78\x1f\x54\xdd\xcc\xa5\x80\xdf\xda\xc6\x58\xbe\xa0\x00\x00\x00\xb1\x41\x65\x77"
    "\xee\x2c\x9f\x0e\x00\x01\x57\x40\x28\x3f\xa0\xa3\x1f\xb6\xf3\x7d\x01\x00\x00\x00\x00\x04\x59\x5a",
    120);

std::string gzip(const Scratch& scratch, const std::string& content) {
  replace_file(scratch.path("made.gz"), content);
  return scratch.get("made.gz");
}

std::string refused(const std::string& compressed, std::uint64_t limit = 1 << 20,
                    Error::Cause cause = Error::Cause::input) {
  try {
    decompress("f.gz", compressed, limit);
  } catch (const Error& error) {
    CHECK(error.cause == cause);
    return error.what();
  }
  FAIL_CHECK("decompressed");
  return "";
}

}  // namespace

TEST_CASE("what is written as .gz or .xz is read as it was") {
  const Scratch scratch;
  std::string large;
  for (int k = 0; k < 300'000; ++k) large += std::to_string(k);
  for (const std::string& content : {std::string(), text, std::string(3'000'000, '\0'), large}) {
    replace_file(scratch.path("f.gz"), content);
    CHECK(compression_of(scratch.get("f.gz")) == Compression::gzip);
    CHECK(read_file(scratch.path("f.gz")) == content);
    CHECK(read_file(scratch.put("no_extension", scratch.get("f.gz"))) == content);
  }
  CHECK(scratch.get("f.gz").size() < large.size() / 2);
  CHECK(scratch.files() == 2);
  replace_file(scratch.path("f.xz"), large);
  CHECK(compression_of(scratch.get("f.xz")) == Compression::xz);
  CHECK(read_file(scratch.path("f.xz")) == large);
  replace_file(scratch.path("again.gz"), large);
  CHECK(scratch.get("again.gz") == scratch.get("f.gz"));  // no date in it
  const std::string twice = gzip(scratch, "one, ") + gzip(scratch, "two");
  CHECK(read_file(scratch.put("twice.gz", twice)) == "one, two");
}

TEST_CASE("a .gz that is not committed leaves nothing, a link stays a link, a full disk is an error") {
  const Scratch scratch;
  { ReplacedFile(scratch.path("f.gz")).write("lost"); }
  CHECK(scratch.files() == 0);
  for (const char* name : {"full.gz", "full.xz"}) {
    std::filesystem::create_symlink("/dev/full", scratch.path(name));
    CHECK_THROWS_WITH(replace_file(scratch.path(name), text), ContainsSubstring("cannot be written"));
  }
}

TEST_CASE("xz is read") {
  const Scratch scratch;
  CHECK(read_file(scratch.put("f.xz", xz)) == text);
  for (std::size_t size = 6; size < xz.size(); ++size)
    CHECK_THAT(refused(xz.substr(0, size)), StartsWith("f.gz: the xz stream is truncated or damaged"));
  for (std::size_t place = 6; place < xz.size(); ++place) {
    std::string damaged = xz;
    damaged[place] ^= 0x10;
    CHECK_THAT(refused(damaged), StartsWith("f.gz: the xz stream"));
  }
}

TEST_CASE("a gzip stream that is cut or changed is refused") {
  const Scratch scratch;
  const std::string whole = gzip(scratch, text);
  for (std::size_t size = 3; size < whole.size(); ++size)
    CHECK_THAT(refused(whole.substr(0, size)), ContainsSubstring("truncated"));
  constexpr std::size_t header = 10;  // its date and system say nothing about the content
  for (std::size_t place = header; place < whole.size(); ++place)
    for (const char flip : {1, 16, -128}) {
      std::string damaged = whole;
      damaged[place] = static_cast<char>(damaged[place] ^ flip);
      try {
        const std::string content = decompress("f.gz", damaged, 1 << 20);
        CHECK(content == text);  // only the bits that fill up the last byte were others
      } catch (const Error& error) {
        CHECK_THAT(error.what(), StartsWith("f.gz: the gzip stream"));
      }
    }
  CHECK_THAT(refused(whole + "garbage"), ContainsSubstring("damaged"));
  CHECK_THAT(refused("plain"), ContainsSubstring("neither gzip nor xz"));
  // What is not compressed, or otherwise, is read by what it is and not by its name.
  CHECK(read_file(scratch.put("plain.gz", text)) == text);
  CHECK(read_file(scratch.put("gzip.xz", whole)) == text);
}

TEST_CASE("a stream that inflates beyond the limit is refused before it does") {
  const Scratch scratch;
  const std::string bomb = gzip(scratch, std::string(50'000'000, '\0'));
  CHECK(bomb.size() < 100'000);
  CHECK_THAT(refused(bomb, 1 << 20, Error::Cause::machine), ContainsSubstring("limit on memory"));
  CHECK(decompress("f.gz", bomb, 50'000'000).size() == 50'000'000);
  const std::string path = scratch.put("bomb.mtx.gz", bomb);
  ReadOptions options;
  options.memory_limit = 40 << 20;
  CHECK_THROWS_WITH(read_model(path, options), ContainsSubstring("bomb.mtx.gz: its content, decompressed, takes"));
  CHECK_THROWS_WITH(read_file(scratch.put("large", std::string(1000, 'x')), 999), ContainsSubstring("limit on memory"));
  CHECK(read_file(scratch.path("large"), 1000).size() == 1000);
  CHECK_THROWS_WITH(read_file("/dev/zero", 5'000'000), ContainsSubstring("limit on memory"));
}

TEST_CASE("compressed models and solutions by their extensions") {
  const Scratch scratch;
  replace_file(scratch.path("m.mtx.gz"), text);
  CHECK(read_model(scratch.path("m.mtx.gz")).chain.size() == 2);
  CHECK(read_model(scratch.put("m.mtx.xz", xz)).chain.size() == 2);
  CHECK(read_model(scratch.put("odd", xz), {.from = "mtx"}).chain.size() == 2);
  CHECK(read_model(scratch.put("odd", xz), {.from = ".mtx.gz"}).chain.size() == 2);
  CHECK_THROWS_WITH(read_model(scratch.put("m.gz", xz)), ContainsSubstring("unknown kind of file"));

  const Model model = read_model(scratch.path("m.mtx.gz"));
  const std::vector<double> half = {0.25, 0.75};
  for (const SolutionFormat& format : solution_formats()) {
    const std::string path = scratch.path("pi" + std::string(format.extension) + ".gz");
    require_solution_path(path);
    write_solution(path, model.chain, half, {});
    CHECK(compression_of(scratch.get("pi" + std::string(format.extension) + ".gz")) == Compression::gzip);
    CHECK(read_solution(path, model.chain) == half);
  }
}
