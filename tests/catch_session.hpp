#pragma once

// Runs the tests that the arguments ask for; returns the exit code.
int run_tests(int argc, char** argv);
