// The proofs that an answer comes with, and the answers to queries with what is proven of them.
#pragma once

#include <vector>

#include <steady/answer.hpp>

#include "formats/base/deadline.hpp"
#include "solver/answer/result.hpp"
#include "solver/certify/passages.hpp"

namespace steady::detail {

// Throws Error for options that stand against each other.
void require_consistent(const ProofOptions& options, const ProvenRates& rates);

// Proves a bound for the solution, or for each state of it where the accuracy is to be relative, as far as asked for,
// and improves it; says what was not reached. `deadline`: of the whole answer.
void prove(const AnswerOptions& options, const std::vector<Query>& queries, const Deadline& deadline,
           const AnswerObserver& observer, Result& result);

// Whether a truncation's proof bounds what is asked: all of it is probabilities, which lie between 0 and 1 in states
// that the truncation neglects, too.
bool proven_by_truncation(const Query& query, const Result& result);

// The answer to a query without a filter, proven as far as the result and the passages are.
Measure answer(const Query& query, const Passages& passages, const Result& result);
// ... to a query with a filter. `averages`: of long runs, which are proven where the chain has one end.
Measure answer(const Query& query, const Averages& averages, const Passages& passages, const Result& result);

}  // namespace steady::detail
