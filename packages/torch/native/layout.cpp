// Strides of dimensions of size one.
//
// No element is ever reached by such a stride, so views leave anything there: tokens (1, H W, C) that become an image again,
// a window of a single image, a transposed row. libtorch's question whether a tensor is contiguous passes over these
// strides; other code does not, and then takes the memory for another layout or another extent than it has:
// - oneDNN's convolution with packed weights is told the strides as they are (operators.cpp);
// - the backward pass of batch normalization on the CPU compares the layouts of input and gradient by
//   `suggest_memory_format`, which reads these strides: it took channels-last memory for contiguous, and the gradients of
//   input, scale and shift came out wrong (1.13 to 2.13).
#include "layout.h"

#include <ATen/ops/native_batch_norm_backward_native.h>
#include <c10/core/MemoryFormat.h>
#include <c10/util/Exception.h>
#include <torch/library.h>

#include <array>
#include <mutex>
#include <tuple>
#include <vector>

#include "version.h"

namespace pinmem {

namespace {

#if PINMEM_TORCH_AT_LEAST(2, 0)
namespace handlers = c10::WarningUtils;
#else
namespace handlers = c10::Warning;
#endif

// Where memory is contiguous, too, both layouts are the same.
at::Tensor unmistakable(const at::Tensor& image) {
  const bool channels_last =
      image.dim() == 4 && !image.is_contiguous() && image.is_contiguous(at::MemoryFormat::ChannelsLast);
  return channels_last ? with_regular_strides(image) : image;
}

using Optional = c10::optional<at::Tensor>;

std::tuple<at::Tensor, at::Tensor, at::Tensor> batch_norm_backward(
    const at::Tensor& gradient,
    const at::Tensor& input,
    const Optional& weight,
    const Optional& running_mean,
    const Optional& running_var,
    const Optional& save_mean,
    const Optional& save_invstd,
    bool train,
    double eps,
    std::array<bool, 3> output_mask) {
  return at::native::batch_norm_backward_cpu(
      unmistakable(gradient), unmistakable(input), weight, running_mean, running_var, save_mean, save_invstd, train, eps,
      output_mask);
}

// libtorch warns of a kernel that is replaced.
class Silence final : public c10::WarningHandler {
#if PINMEM_TORCH_AT_LEAST(2, 0)
  void process(const c10::Warning&) override {}
#else
  void process(const c10::SourceLocation&, const std::string&, bool) override {}
#endif
};

}  // namespace

at::Tensor with_regular_strides(const at::Tensor& channels_last) {
  const std::vector<int64_t> strides = c10::get_channels_last_strides_2d(channels_last.sizes());
  return channels_last.strides().equals(strides) ? channels_last
                                                 : channels_last.as_strided(channels_last.sizes(), strides);
}

void mend_kernels() {
  static std::once_flag once;
  std::call_once(once, [] {
    Silence silence;
    const handlers::WarningHandlerGuard guard(&silence);
    // Never destroyed: the kernel stays as long as the process.
    static auto* const library =
        new torch::Library(torch::Library::IMPL, "aten", c10::DispatchKey::CPU, __FILE__, __LINE__);
    library->impl("native_batch_norm_backward", &batch_norm_backward);
  });
}

}  // namespace pinmem
