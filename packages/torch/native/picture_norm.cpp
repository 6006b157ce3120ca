// Normalization with statistics that come with each picture, for inference: mean and variance of every channel of every
// image in one pass over memory, and scale, shift and bounds (none, those of ReLU or of ReLU6) in place in a second one.
// ATen's batch norm in evaluation writes to a new tensor, and its ReLU goes over that once more.
//
// Sums are made in double precision, over pieces whose size does not depend on the number of threads, and are added up in
// order: any number of threads gives the same bits.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include <algorithm>
#include <limits>
#include <tuple>
#include <vector>

// One function for each kind of processor, chosen when the library is loaded.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__)
#define PINMEM_VECTORIZED __attribute__((target_clones("arch=haswell", "default"), optimize("O3")))
#else
#define PINMEM_VECTORIZED
#endif

namespace pinmem {

namespace {

constexpr int64_t PIXELS_IN_PIECE = 512;

bool is_plain(const at::Tensor& image) {
  return image.dim() == 4 && image.device().is_cpu() && image.scalar_type() == at::kFloat && image.numel() > 0;
}

bool is_channels_last(const at::Tensor& image) { return image.is_contiguous(at::MemoryFormat::ChannelsLast); }

// x (pixels, channels): sums of values and of squares, as seen from the pivot.
PINMEM_VECTORIZED void add_pixels(
    const float* x,
    int64_t pixels,
    int64_t channels,
    const float* pivot,
    double* sums,
    double* squares) {
  for (int64_t pixel = 0; pixel < pixels; pixel++, x += channels) {
    for (int64_t c = 0; c < channels; c++) {
      const double value = static_cast<double>(x[c]) - pivot[c];
      sums[c] += value;
      squares[c] += value * value;
    }
  }
}

PINMEM_VECTORIZED void add_plane(const float* x, int64_t pixels, double pivot, double* sum, double* square) {
  constexpr int64_t LANES = 8;
  double sums[LANES] = {};
  double squares[LANES] = {};
  int64_t at = 0;
  for (; at + LANES <= pixels; at += LANES) {
    for (int64_t lane = 0; lane < LANES; lane++) {
      const double value = static_cast<double>(x[at + lane]) - pivot;
      sums[lane] += value;
      squares[lane] += value * value;
    }
  }
  for (; at < pixels; at++) {
    const double value = static_cast<double>(x[at]) - pivot;
    sums[0] += value;
    squares[0] += value * value;
  }
  for (int64_t lane = 0; lane < LANES; lane++) {
    *sum += sums[lane];
    *square += squares[lane];
  }
}

PINMEM_VECTORIZED void scale_pixels(
    float* x,
    int64_t pixels,
    int64_t channels,
    const float* scale,
    const float* shift,
    float low,
    float high) {
  for (int64_t pixel = 0; pixel < pixels; pixel++, x += channels) {
    for (int64_t c = 0; c < channels; c++) {
      const float value = x[c] * scale[c] + shift[c];
      const float above = value < low ? low : value;
      x[c] = above > high ? high : above;
    }
  }
}

PINMEM_VECTORIZED void scale_plane(float* x, int64_t pixels, float scale, float shift, float low, float high) {
  for (int64_t at = 0; at < pixels; at++) {
    const float value = x[at] * scale + shift;
    const float above = value < low ? low : value;
    x[at] = above > high ? high : above;
  }
}

void finish(double sum, double square, int64_t pixels, double pivot, float* mean, float* variance) {
  const double shifted = sum / static_cast<double>(pixels);
  *mean = static_cast<float>(shifted + pivot);
  // NaN stays NaN.
  const double spread = square / static_cast<double>(pixels) - shifted * shifted;
  *variance = static_cast<float>(spread < 0 ? 0 : spread);
}

void channels_last_statistics(const at::Tensor& image, float* mean, float* variance) {
  const int64_t images = image.size(0), channels = image.size(1), pixels = image.size(2) * image.size(3);
  const int64_t pieces = (pixels + PIXELS_IN_PIECE - 1) / PIXELS_IN_PIECE;
  const float* data = image.data_ptr<float>();
  std::vector<double> sums(static_cast<size_t>(images * pieces * channels * 2), 0.0);
  at::parallel_for(0, images * pieces, 1, [&](int64_t begin, int64_t end) {
    for (int64_t piece = begin; piece < end; piece++) {
      const float* first = data + piece / pieces * pixels * channels;
      const int64_t from = piece % pieces * PIXELS_IN_PIECE;
      double* own = sums.data() + piece * channels * 2;
      add_pixels(
          first + from * channels, std::min(PIXELS_IN_PIECE, pixels - from), channels, first, own, own + channels);
    }
  });
  for (int64_t one = 0; one < images; one++) {
    const float* pivot = data + one * pixels * channels;
    double* total = sums.data() + one * pieces * channels * 2;
    for (int64_t piece = 1; piece < pieces; piece++) {
      const double* part = total + piece * channels * 2;
      for (int64_t at = 0; at < channels * 2; at++) total[at] += part[at];
    }
    for (int64_t c = 0; c < channels; c++) {
      finish(total[c], total[channels + c], pixels, pivot[c], mean + one * channels + c, variance + one * channels + c);
    }
  }
}

void plane_statistics(const at::Tensor& image, float* mean, float* variance) {
  const int64_t planes = image.size(0) * image.size(1), pixels = image.size(2) * image.size(3);
  const float* data = image.data_ptr<float>();
  at::parallel_for(0, planes, 1, [&](int64_t begin, int64_t end) {
    for (int64_t plane = begin; plane < end; plane++) {
      const float* x = data + plane * pixels;
      double sum = 0, square = 0;
      add_plane(x, pixels, *x, &sum, &square);
      finish(sum, square, pixels, *x, mean + plane, variance + plane);
    }
  });
}

std::tuple<at::Tensor, at::Tensor> image_statistics(const at::Tensor& self) {
  TORCH_CHECK(self.dim() == 4, "'self' must have the dimensions [B, C, H, W], got ", self.sizes());
  if (!is_plain(self)) {
    const auto found = at::var_mean(self, at::IntArrayRef({2, 3}), /*unbiased=*/false, /*keepdim=*/false);
    return {std::get<1>(found), std::get<0>(found)};
  }
  const bool channels_last = is_channels_last(self);
  const at::Tensor image = channels_last || self.is_contiguous() ? self : self.contiguous();
  at::Tensor mean = at::empty({image.size(0), image.size(1)}, image.options().memory_format(c10::nullopt));
  at::Tensor variance = at::empty_like(mean);
  (channels_last ? channels_last_statistics : plane_statistics)(
      image, mean.data_ptr<float>(), variance.data_ptr<float>());
  return {mean, variance};
}

at::Tensor& scale_shift_(
    at::Tensor& self,
    const at::Tensor& scale,
    const at::Tensor& shift,
    double low,
    double high) {
  TORCH_CHECK(self.dim() == 4, "'self' must have the dimensions [B, C, H, W], got ", self.sizes());
  const int64_t images = self.size(0), channels = self.size(1), pixels = self.size(2) * self.size(3);
  for (const at::Tensor* each : {&scale, &shift}) {
    TORCH_CHECK(
        each->dim() == 2 && (each->size(0) == images || each->size(0) == 1) && each->size(1) == channels,
        "'scale' and 'shift' must have the dimensions [B, C] or [1, C], got ", each->sizes(), " for ", self.sizes());
  }
  const bool channels_last = is_channels_last(self);
  if (!is_plain(self) || !(channels_last || self.is_contiguous()) || scale.scalar_type() != at::kFloat ||
      shift.scalar_type() != at::kFloat) {
    self.mul_(scale.unsqueeze(2).unsqueeze(3)).add_(shift.unsqueeze(2).unsqueeze(3));
    if (low > -std::numeric_limits<double>::infinity()) self.clamp_min_(low);
    if (high < std::numeric_limits<double>::infinity()) self.clamp_max_(high);
    return self;
  }
  const at::Tensor scales = scale.expand({images, channels}).contiguous();
  const at::Tensor shifts = shift.expand({images, channels}).contiguous();
  float* data = self.data_ptr<float>();
  const float* factor = scales.data_ptr<float>();
  const float* offset = shifts.data_ptr<float>();
  const auto least = static_cast<float>(low), most = static_cast<float>(high);
  if (channels_last) {
    const int64_t pieces = (pixels + PIXELS_IN_PIECE - 1) / PIXELS_IN_PIECE;
    at::parallel_for(0, images * pieces, 1, [&](int64_t begin, int64_t end) {
      for (int64_t piece = begin; piece < end; piece++) {
        const int64_t one = piece / pieces, from = piece % pieces * PIXELS_IN_PIECE;
        scale_pixels(
            data + (one * pixels + from) * channels, std::min(PIXELS_IN_PIECE, pixels - from), channels,
            factor + one * channels, offset + one * channels, least, most);
      }
    });
  } else {
    at::parallel_for(0, images * channels, 1, [&](int64_t begin, int64_t end) {
      for (int64_t plane = begin; plane < end; plane++) {
        scale_plane(data + plane * pixels, pixels, factor[plane], offset[plane], least, most);
      }
    });
  }
  return self;
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(pinmem, library) {
  library.def("image_statistics(Tensor self) -> (Tensor mean, Tensor variance)", &image_statistics);
  library.def(
      "scale_shift_(Tensor(a!) self, Tensor scale, Tensor shift, float low, float high) -> Tensor(a!)", &scale_shift_);
}

}  // namespace pinmem
