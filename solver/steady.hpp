// The library in one header: #include <steady/steady.hpp>
//
// The functions of the headers below check the chains, matrices and vectors that they are given, and throw Error with
// the place and the value, unless they are told Checked::yes. What those headers include beside expects valid chains.
#pragma once

#include "formats/error.hpp"
#include "formats/model/model.hpp"
#include "formats/model/prism/properties.hpp"
#include "formats/solution/solution.hpp"
#include "solver/certify/relative.hpp"
#include "solver/certify/solved.hpp"
#include "solver/chain.hpp"
#include "solver/measures.hpp"
#include "solver/solve.hpp"
#include "solver/starting_states.hpp"
#include "solver/version.hpp"
