// The library in one header: #include <steady/steady.hpp>
//
// The functions of the headers below check the chains, matrices and vectors that they are given, and throw Error with
// the place and the value, unless they are told Checked::yes. What those headers include beside expects valid chains.
#pragma once

#include <steady/chain.hpp>
#include <steady/error.hpp>
#include <steady/measures.hpp>
#include <steady/model.hpp>
#include <steady/properties.hpp>
#include <steady/solution_file.hpp>
#include <steady/solve.hpp>
#include <steady/starting_states.hpp>
#include <steady/version.hpp>

#include "solver/certify/certify_solution.hpp"
#include "solver/certify/relative.hpp"
