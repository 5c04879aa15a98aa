#!/bin/bash
# libstdc++ of GCC 12.2 on glibc 2.36 (Debian 12, with g++ as a prerequisite): reading probabilities below 2.2e-308.
# Guess: all standard functions read "1e-310" as that subnormal double and "1e-400" as zero.
# What happens: std::stod throws out_of_range for 1e-310, although it has a value; std::from_chars and streams read it. For
# 1e-400 a stream gives 0 and is content, stod throws, and from_chars reports out of range, the very code it has for 1e400, and
# leaves the variable as it was: the value of the number before.
# Why it matters: stationary distributions of long queues run through 1e-308 to 0, and Python and C programs write them so. A
# reader either dies at a valid file or keeps a stale value, unless it tells small from large by itself.
command -v g++ >/dev/null || {
  echo "needs g++" >&2
  exit 2
}
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >program.cpp <<'END'
#include <charconv>
#include <cstdio>
#include <sstream>
#include <stdexcept>
#include <string>

bool stod_throws(const std::string& text) {
  try {
    std::stod(text);
    return false;
  } catch (const std::out_of_range&) {
    return true;
  }
}

struct Read {
  double value = 7;  // what the variable held before
  bool failed = false;
};

Read by_from_chars(const std::string& text) {
  Read read;
  read.failed = std::from_chars(text.data(), text.data() + text.size(), read.value).ec == std::errc::result_out_of_range;
  return read;
}

Read by_stream(const std::string& text) {
  Read read;
  std::istringstream stream(text);
  stream >> read.value;
  read.failed = stream.fail();
  return read;
}

int main() {
  for (const char* text : {"1e-310", "1e-400", "1e400"}) {
    const Read chars = by_from_chars(text), stream = by_stream(text);
    std::printf("%s: stod %s; from_chars %g%s; stream %g%s\n", text, stod_throws(text) ? "throws" : "reads", chars.value,
                chars.failed ? " (out of range)" : "", stream.value, stream.failed ? " (failed)" : "");
  }
  const Read subnormal = by_from_chars("1e-310"), tiny = by_from_chars("1e-400"), huge = by_from_chars("1e400");
  const Read stream = by_stream("1e-400");
  const bool as_described = stod_throws("1e-310") && subnormal.value == 1e-310 && !subnormal.failed && tiny.failed &&
                            tiny.value == 7 && huge.failed && huge.value == 7 && !stream.failed && stream.value == 0;
  return as_described ? 0 : 1;
}
END
g++ -O1 -std=c++17 program.cpp -o program || exit 2
./program
