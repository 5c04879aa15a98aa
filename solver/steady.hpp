// The library in one header: #include <steady/steady.hpp>
#pragma once

#include "formats/error.hpp"
#include "formats/model/model.hpp"
#include "formats/model/prism/properties.hpp"
#include "formats/solution/solution.hpp"
#include "solver/certify/solved.hpp"
#include "solver/chain.hpp"
#include "solver/measures.hpp"
#include "solver/solve.hpp"
#include "solver/starting_states.hpp"
#include "solver/version.hpp"
