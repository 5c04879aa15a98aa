// What takes long to compile of Catch2 2.13, once for all test programs.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include "catch_session.hpp"

int run_tests(int argc, char** argv) { return Catch::Session().run(argc, argv); }
