#!/bin/bash
# GNU OpenMP (libgomp1 12.2.0 of Debian 12, with g++, a prerequisite): omp_set_num_threads in a program with other threads.
# Guess: omp_set_num_threads(1) at the start of main holds for the process, as its option --threads says.
# What happens: the setting belongs to the thread that makes it. A std::thread, also one started afterwards, begins with the
# environment's number, or one thread a core, and gets a team of its own beside main's.
# Why it matters: a solver that reads or watches in a second thread runs its parallel loops there on every core, whatever the
# user asked for. Only OMP_NUM_THREADS, set before the start, holds everywhere; otherwise each thread has to set it again.
command -v g++ >/dev/null || {
  echo "needs g++ and libgomp1" >&2
  exit 2
}
set -eu
export OMP_NUM_THREADS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >program.cpp <<'END'
#include <omp.h>

#include <cstdio>
#include <thread>

int team() {
  int threads = 0;
#pragma omp parallel
#pragma omp single
  threads = omp_get_num_threads();
  return threads;
}

int main() {
  const int before = team();
  omp_set_num_threads(1);
  const int here = team();
  int there = 0;
  std::thread([&] { there = team(); }).join();
  std::printf("environment: %d; after omp_set_num_threads(1): main %d, a std::thread started then %d\n", before, here, there);
  return before == 3 && here == 1 && there == 3 ? 0 : 1;
}
END
g++ -O1 -std=c++17 -fopenmp program.cpp -o program -pthread || exit 2
OMP_NUM_THREADS=3 OMP_DYNAMIC=false ./program
