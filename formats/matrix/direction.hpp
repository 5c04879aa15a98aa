// The order in which a sweep visits the states.
#pragma once

namespace steady {

enum class Direction { forward, backward };

}  // namespace steady
