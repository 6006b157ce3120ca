// Which libtorch this is compiled against. The header moved into the include path proper with the wheels'
// layout; both places are on it.
#pragma once

#include <torch/version.h>

#define PINMEM_TORCH_AT_LEAST(major, minor) \
  (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))
