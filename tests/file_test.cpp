// Reading and replacing whole files.
#include "formats/io/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <csignal>
#include <random>

#include <steady/error.hpp>

#include "catch.hpp"
#include "scratch.hpp"

using namespace steady;
using namespace steady::detail;

namespace {

// Runs `action` with standard input or output at `path`.
template <class Action>
void redirected(int descriptor, const std::string& path, int flags, Action action) {
  const int kept = dup(descriptor);
  const int file = open(path.c_str(), flags, 0600);
  REQUIRE(file >= 0);
  dup2(file, descriptor);
  close(file);
  action();
  dup2(kept, descriptor);
  close(kept);
}

std::string message(const std::string& path) {
  try {
    ReplacedFile file(path);
    file.write(std::string(1 << 20, 'x'));
    file.commit();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a file is read as it is") {
  const Scratch scratch;
  const std::string bytes("a\0b\r\n\xff", 6);
  CHECK(read_file(scratch.put("some", bytes)) == bytes);
  CHECK(read_file(scratch.put("empty", "")).empty());
  const std::string large(3'000'001, 'y');
  CHECK(read_file(scratch.put("large", large)) == large);
  CHECK(read_file("/dev/null").empty());
  CHECK(!read_file("/proc/self/status").empty());  // says that it has 0 bytes
}

TEST_CASE("standard input is read as a file") {
  const Scratch scratch;
  scratch.put("some", "from\ninput");
  std::string content;
  redirected(STDIN_FILENO, scratch.path("some"), O_RDONLY, [&] { content = read_file("-"); });
  std::clearerr(stdin);
  CHECK(content == "from\ninput");
}

TEST_CASE("a file is looked at as it is read") {
  const Scratch scratch;
  std::string large(std::size_t{1} << 24, 'z');
  large += "end";
  for (const std::string& content : {std::string(), std::string("small"), large}) {
    CHECK(FileContent(scratch.put("file", content)).view() == content);
    replace_file(scratch.path("file.gz"), content);
    CHECK(FileContent(scratch.path("file.gz")).view() == content);
  }
  std::string noise;  // large when it is compressed, too
  for (std::mt19937 random(1); noise.size() < large.size();) noise += static_cast<char>(random());
  replace_file(scratch.path("noise.gz"), noise);
  {
    const FileContent first(scratch.path("file"));
    CHECK(FileContent::is_mapped(first.view().data()));
    CHECK(FileContent::is_mapped(first.view().data() + large.size() - 1));
    CHECK_FALSE(FileContent::is_mapped(first.view().data() - 1));
    std::filesystem::rename(scratch.path("noise.gz"), scratch.path("file"));
    CHECK(first.view() == large);  // still that of the old file
  }
  CHECK_FALSE(FileContent::is_mapped(nullptr));
  CHECK(FileContent(scratch.path("file")).view() == noise);
  std::string content;
  redirected(STDIN_FILENO, scratch.put("input", large), O_RDONLY, [&] { content = FileContent("-").view(); });
  std::clearerr(stdin);
  CHECK(content == large);
  CHECK(FileContent("/dev/null").view().empty());
  CHECK_THROWS_WITH(FileContent(scratch.path("missing")), ContainsSubstring("missing: No such file"));
  CHECK_THROWS_WITH(FileContent(scratch.path("")), ContainsSubstring("is a directory"));
  CHECK(FileContent(scratch.put("large.gz", large)).view() == large);
}

TEST_CASE("what cannot be read is named") {
  const Scratch scratch;
  CHECK_THROWS_AS(read_file(scratch.path("missing")), Error);
  CHECK_THROWS_WITH(read_file(scratch.path("missing")), ContainsSubstring("missing: No such file"));
  CHECK_THROWS_WITH(read_file(scratch.path("")), ContainsSubstring("is a directory"));
  CHECK_THROWS_AS(read_file(""), Error);
}

TEST_CASE("a zero byte is no text") {
  CHECK_NOTHROW(require_text("x", "a\nb"));
  CHECK_THROWS_WITH(require_text("x", std::string_view("a\nb\0c\n", 6)), ContainsSubstring("x:2:"));
}

TEST_CASE("a file appears whole or not at all") {
  const Scratch scratch;
  {
    ReplacedFile file(scratch.path("new"));
    file.write("one ");
    file.write("two");
    CHECK_FALSE(std::filesystem::exists(scratch.path("new")));
    file.commit();
    CHECK(scratch.get("new") == "one two");
  }
  {
    ReplacedFile file(scratch.path("new"));
    file.write("half");
  }
  CHECK(scratch.get("new") == "one two");
  CHECK(scratch.files() == 1);
  CHECK(message(scratch.path("new")).empty());
  CHECK(scratch.get("new").size() == 1 << 20);
  CHECK(scratch.files() == 1);
}

TEST_CASE("a replaced file keeps its permissions, and a link stays a link") {
  const Scratch scratch;
  scratch.put("old", "old");
  chmod(scratch.path("old").c_str(), 0640);
  std::filesystem::create_symlink(scratch.path("old"), scratch.path("link"));
  CHECK(message(scratch.path("link")).empty());
  CHECK(std::filesystem::is_symlink(scratch.path("link")));
  CHECK(scratch.get("old").size() == 1 << 20);
  struct stat status {};
  REQUIRE(stat(scratch.path("old").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
  CHECK(scratch.files() == 2);
}

TEST_CASE("a place that cannot be written is named") {
  const Scratch scratch;
  CHECK_THAT(message("/dev/full"), ContainsSubstring("/dev/full: cannot be written: No space left"));
  CHECK_THAT(message(scratch.path("")), ContainsSubstring("is a directory"));
  CHECK_THAT(message(scratch.path("missing/file")), ContainsSubstring("No such file"));
  CHECK_THAT(message(scratch.put("file", "") + "/below"), ContainsSubstring("cannot be written"));
  CHECK_THAT(message(""), ContainsSubstring("empty name"));
  CHECK_THAT(message(scratch.path(std::string(300, 'n'))), ContainsSubstring("cannot be written"));
  CHECK(scratch.files() == 1);
  CHECK_NOTHROW(require_writable("-"));
  CHECK_NOTHROW(require_writable("/dev/null"));
  CHECK_NOTHROW(require_writable(scratch.path("new")));
  CHECK(scratch.files() == 1);
  CHECK_THROWS_AS(require_writable(scratch.path("missing/file")), Error);

  if (geteuid() == 0) return;  // whom no permission stops
  scratch.put("locked", "old");
  chmod(scratch.path("locked").c_str(), 0400);
  CHECK_THAT(message(scratch.path("locked")), ContainsSubstring("Permission denied"));
  CHECK(scratch.get("locked") == "old");
  chmod(scratch.path("").c_str(), 0500);
  CHECK_THAT(message(scratch.path("other")), ContainsSubstring("Permission denied"));
  chmod(scratch.path("").c_str(), 0700);
}

TEST_CASE("a closed pipe is an error") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  const Scratch scratch;
  const std::string pipe = scratch.path("pipe");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  {
    ReplacedFile file(pipe);
    close(reader);
    CHECK_THROWS_AS((file.write("lost"), file.commit()), Error);
  }
  std::signal(SIGPIPE, before);
}

TEST_CASE("standard output is written as a file") {
  const Scratch scratch;
  std::fflush(stdout);
  redirected(STDOUT_FILENO, scratch.path("out"), O_WRONLY | O_CREAT, [] {
    ReplacedFile file("-");
    file.write("to output");
    file.commit();
  });
  CHECK(scratch.get("out") == "to output");
}
