// Operators of our own, in the namespace `pinmem`, called through the same door as ATen's: for what ATen's do at a needless
// cost. They equal theirs bit for bit, in gradients of any order too where they have gradients.
#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <memory>
#include <string>

#include "allocator.h"
#include "layout.h"
#include "version.h"

namespace pinmem {

namespace {

// ATen's hardtanh_ keeps a copy of its input for the backward pass, which is what in-place operation is to avoid. The
// output tells as much: it lies strictly between the bounds where the input does.
class ReLU6InPlace : public torch::autograd::Function<ReLU6InPlace> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, at::Tensor self) {
    at::hardtanh_(self, 0, 6);
    context->mark_dirty({self});
    context->save_for_backward({self});
    return self;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext* context,
      torch::autograd::variable_list gradients) {
    const at::Tensor output = context->get_saved_variables()[0];
#if !PINMEM_TORCH_AT_LEAST(2, 0)
    // Before, ATen has no kernel for hardtanh's gradients in bfloat16.
    if (output.scalar_type() == at::kBFloat16) return {gradients[0].masked_fill((output <= 0).logical_or(output >= 6), 0)};
#endif
    return {at::hardtanh_backward(gradients[0], output, 0, 6)};
  }
};

at::Tensor& relu6_(at::Tensor& self) {
  ReLU6InPlace::apply(self);
  return self;
}

// oneDNN's convolution with weights in its own layout and ReLU in the kernel. ATen keeps such weights in an object of a class
// of TorchScript; here a tensor of one byte owns it, so that it lives and is freed as tensors are.
struct PackedWeights {
  c10::IValue object;
  uint8_t byte = 0;
};

void release(void* packed) { delete static_cast<PackedWeights*>(packed); }

c10::IValue call(const char* name, torch::jit::Stack stack) {
  const auto handle = c10::Dispatcher::singleton().findSchema({name, ""});
  TORCH_CHECK(handle.has_value(), "this libtorch has no ", name);
  handle->callBoxed(&stack);
  return stack.at(0);
}

at::Tensor pack_convolution_relu(
    const at::Tensor& weight,
    const c10::optional<at::Tensor>& bias,
    at::IntArrayRef stride,
    at::IntArrayRef padding,
    at::IntArrayRef dilation,
    int64_t groups,
    at::IntArrayRef input_size) {
  // Packed weights are none of our blocks: what the plain ones of the layer before have left is not needed again.
  release_large_blocks();
  // The object keeps the plain weights, too, for those who want them back: give it a tensor that can be emptied.
  const at::Tensor plain = weight.detach();
  auto packed = std::make_unique<PackedWeights>();
  packed->object = call(
      "mkldnn_prepacked::conv2d_prepack",
      {plain, bias, stride.vec(), padding.vec(), dilation.vec(), groups, input_size.vec(), std::string("relu")});
  plain.set_(at::empty({0}, plain.options()));
  PackedWeights* owned = packed.release();
  c10::Storage storage(
      c10::Storage::use_byte_size_t(), 1, c10::DataPtr(&owned->byte, owned, &release, at::kCPU), nullptr, false);
  return at::empty({0}, at::kByte).set_(std::move(storage));
}

at::Tensor convolution_relu(const at::Tensor& input, const at::Tensor& packed) {
  TORCH_CHECK(input.dim() == 4, "'input' must have the dimensions [B, C, H, W], got ", input.sizes());
  const c10::DataPtr& data = packed.storage().data_ptr();
  TORCH_CHECK(data.get_deleter() == &release, "'packed' does not hold packed weights: they cannot be copied or moved");
  const c10::IValue& weights = static_cast<PackedWeights*>(data.get_context())->object;
  const at::Tensor image = input.contiguous(at::MemoryFormat::ChannelsLast);
  return call("mkldnn_prepacked::conv2d_run", {with_regular_strides(image), weights}).toTensor();
}

}  // namespace

TORCH_LIBRARY(pinmem, library) {
  library.def("relu6_(Tensor(a!) self) -> Tensor(a!)", &relu6_);
  library.def(
      "pack_convolution_relu(Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, int groups, "
      "int[] input_size) -> Tensor",
      &pack_convolution_relu);
  library.def("convolution_relu(Tensor input, Tensor packed) -> Tensor", &convolution_relu);
}

}  // namespace pinmem
