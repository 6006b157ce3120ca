#pragma once

#include <cstddef>

namespace pinmem {

// From now on, tensors on the CPU of at least so many bytes are blocks of their own; false where that is not to be had.
bool use_large_blocks(size_t smallest);

// Gives kept blocks back to the system.
void release_large_blocks();

}  // namespace pinmem
