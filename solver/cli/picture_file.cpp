#include "solver/cli/picture_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>

#include "formats/io/file.hpp"
#include "steady/error.hpp"

namespace steady::cli {
namespace {

constexpr char converter[] = "rsvg-convert";

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<std::FILE, Close>;  // has no name, and goes with its handle

TemporaryFile temporary_file() {
  TemporaryFile file(std::tmpfile());
  if (!file) throw Error("no temporary file for the picture can be made", Error::Cause::machine);
  return file;
}

bool is_in_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');)
    if (access((std::filesystem::path(folder) / program).c_str(), X_OK) == 0) return true;
  return false;
}

// The converter's exit code, with the files as its standard input and output.
int convert(std::FILE* input, std::FILE* output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(input), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(output), STDOUT_FILENO);
  std::string name = converter, background = "--background-color=white", zoom = "--zoom=2";
  char* const words[] = {name.data(), background.data(), zoom.data(), nullptr};
  pid_t child = 0;
  const int failed = posix_spawnp(&child, converter, &actions, nullptr, words, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return failed;
  int status = 0;
  while (waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  return status;
}

std::string as_png(const std::string& svg) {
  const TemporaryFile input = temporary_file(), output = temporary_file();
  const bool written =
      std::fwrite(svg.data(), 1, svg.size(), input.get()) == svg.size() && std::fflush(input.get()) == 0;
  std::rewind(input.get());
  if (!written || convert(input.get(), output.get()) != 0)
    throw Error(fmt::format("{} made no picture of what was drawn", converter), Error::Cause::machine);
  std::string png(static_cast<std::size_t>(lseek(fileno(output.get()), 0, SEEK_END)), '\0');
  std::rewind(output.get());
  png.resize(std::fread(png.data(), 1, png.size(), output.get()));
  return png;
}

}  // namespace

void require_picture_path(const std::string& option, const std::string& path) {
  if (path.ends_with(".svg") || path.ends_with(".svg.gz") || path.ends_with(".svg.xz")) return;
  if (std::filesystem::path(path).extension().empty()) return;  // as of /dev/stdout: .svg
  if (!path.ends_with(".png")) throw Error(fmt::format("{} {}: a picture is written as .svg or .png", option, path));
  if (!is_in_path(converter))
    throw Error(fmt::format("{} {}: .png is made by {}, which is not here (Debian: librsvg2-bin); .svg needs nothing",
                            option, path, converter),
                Error::Cause::machine);
}

void replace_picture(const std::string& path, const std::string& svg) {
  replace_file(path, path.ends_with(".png") ? as_png(svg) : svg);
}

}  // namespace steady::cli
