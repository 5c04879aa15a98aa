/// @file
/// The library in one header, `<steady/steady.hpp>`.
///
/// Its functions check the chains, matrices and vectors that they are given, and throw Error with the place and the
/// value, unless they are told Checked::yes.
///
/// Set GOMP_SPINCOUNT=1000 or OMP_WAIT_POLICY=passive before the program starts, which is when OpenMP reads them:
/// threads wait for each other often, and should sleep then wherever they are not alone on the machine.
#pragma once

#include <steady/answer.hpp>
#include <steady/certify.hpp>
#include <steady/chain.hpp>
#include <steady/checkpoint.hpp>
#include <steady/csr.hpp>
#include <steady/error.hpp>
#include <steady/first_passage.hpp>
#include <steady/iteration.hpp>
#include <steady/measures.hpp>
#include <steady/model.hpp>
#include <steady/options.hpp>
#include <steady/properties.hpp>
#include <steady/sensitivity.hpp>
#include <steady/solution_file.hpp>
#include <steady/solve.hpp>
#include <steady/starting_states.hpp>
#include <steady/states.hpp>
#include <steady/structure.hpp>
#include <steady/truncate.hpp>
#include <steady/version.hpp>
