// Well-known families of chains, built from their rules, without a model file: for tests and benchmarks.
// States are in lexicographic order of the counters.
#pragma once

#include <steady/chain.hpp>

namespace steady::families {

// Kanban production system (Ciardo and Tilgner 1996): four cells of up to t parts; t in 1..7.
Chain kanban(int t);

// Tandem queue, M/Cox(2)/1 then M/M/1, each of capacity c (Hermanns, Meyer-Kayser and Siegle 1999); c in 1..8191.
Chain tandem(int c);

// Two clusters of N workstations with one repair unit (Haverkort, Hermanns and Katoen 2000); N in 1..4095.
Chain cluster(int stations);

// Cyclic polling of N stations by one server (Ibe and Trivedi 1990); N in 1..31.
Chain polling(int stations);

// Flexible manufacturing system with n pallets of each of three part types (Ciardo and Trivedi 1993); n in 1..15.
Chain fms(int n);

// So many thousand states, about 8 transitions from each, to states anywhere: the worst for every storage. Always the
// same one; 1..4,000,000.
Chain random_sparse(int thousands);

}  // namespace steady::families
