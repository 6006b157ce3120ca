// Images whose strides say how they lie in memory (layout.cpp).
#pragma once

#include <ATen/core/Tensor.h>

namespace pinmem {

// A channels-last image (B, C, H, W) itself, without a copy, with the strides that a tensor of its own has.
at::Tensor with_regular_strides(const at::Tensor& channels_last);

// Replaces libtorch's kernels that compute from irregular strides what is wrong.
void mend_kernels();

}  // namespace pinmem
