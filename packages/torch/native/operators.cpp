// Operators of our own, in the namespace `pinmem`, called through the same door as ATen's: for what ATen's do at a needless
// cost. They equal theirs bit for bit, in gradients of any order too.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

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
    return {at::hardtanh_backward(gradients[0], context->get_saved_variables()[0], 0, 6)};
  }
};

at::Tensor& relu6_(at::Tensor& self) {
  ReLU6InPlace::apply(self);
  return self;
}

}  // namespace

TORCH_LIBRARY(pinmem, library) {
  library.def("relu6_(Tensor(a!) self) -> Tensor(a!)", &relu6_);
}

}  // namespace pinmem
