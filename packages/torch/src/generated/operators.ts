// Generated from ops.txt by src/codegen. Do not edit: change ops.txt and run `npm run generate-ops`.

import { run, runBinary, runByPosition, runOverloaded } from "../dispatch.js";
import type { DType } from "../dtype.js";
import { Operator } from "../operator.js";
import { OwnedTensor } from "../ownership.js";
import type { Tensor } from "../tensor.js";
import type { Device, MemoryFormat, Scalar } from "../values.js";

const emptyOp = new Operator("aten::empty.memory_format", "empty", ["size", "dtype", "device", "memory_format"], 1);
const zerosOp = new Operator("aten::zeros", "zeros", ["size", "dtype", "device"], 1);
const onesOp = new Operator("aten::ones", "ones", ["size", "dtype", "device"], 1);
const fullOp = new Operator("aten::full", "full", ["size", "fill_value", "dtype", "device"], 2);
const arangeOp = [
  new Operator("aten::arange", "arange", ["end", "dtype", "device"], 1),
  new Operator("aten::arange.start", "arange", ["start", "end", "dtype", "device"], 2),
  new Operator("aten::arange.start_step", "arange", ["start", "end", "step", "dtype", "device"], 2),
] as const;
const linspaceOp = new Operator("aten::linspace", "linspace", ["start", "end", "steps", "dtype", "device"], 3);
const eyeOp = [
  new Operator("aten::eye", "eye", ["n", "dtype", "device"], 1),
  new Operator("aten::eye.m", "eye", ["n", "m", "dtype", "device"], 2),
] as const;
const randOp = new Operator("aten::rand", "rand", ["size", "dtype", "device"], 1);
const randnOp = new Operator("aten::randn", "randn", ["size", "dtype", "device"], 1);
const randintOp = [
  new Operator("aten::randint", "randint", ["high", "size", "dtype", "device"], 2),
  new Operator("aten::randint.low", "randint", ["low", "high", "size", "dtype", "device"], 3),
] as const;
const randpermOp = new Operator("aten::randperm", "randperm", ["n", "dtype", "device"], 1);
const emptyLikeOp = new Operator("aten::empty_like", "emptyLike", ["self", "dtype", "device", "memory_format"], 1);
const zerosLikeOp = new Operator("aten::zeros_like", "zerosLike", ["self", "dtype", "device", "memory_format"], 1);
const onesLikeOp = new Operator("aten::ones_like", "onesLike", ["self", "dtype", "device", "memory_format"], 1);
const fullLikeOp = new Operator("aten::full_like", "fullLike", ["self", "fill_value", "dtype", "device", "memory_format"], 2);
const randLikeOp = new Operator("aten::rand_like", "randLike", ["self", "dtype", "device", "memory_format"], 1);
const randnLikeOp = new Operator("aten::randn_like", "randnLike", ["self", "dtype", "device", "memory_format"], 1);
const cloneOp = new Operator("aten::clone", "clone", ["self", "memory_format"], 1);
const detachOp = new Operator("aten::detach", "detach", ["self"], 1);
const contiguousOp = new Operator("aten::contiguous", "contiguous", ["self", "memory_format"], 1);
const toOp = new Operator("aten::to.dtype_layout", "to", ["self", "dtype", "device", "non_blocking", "copy", "memory_format"], 1);
const viewOp = [
  new Operator("aten::view", "view", ["self", "size"], 2),
  new Operator("aten::view.dtype", "view", ["self", "dtype"], 2),
] as const;
const reshapeOp = new Operator("aten::reshape", "reshape", ["self", "shape"], 2);
const flattenOp = new Operator("aten::flatten.using_ints", "flatten", ["self", "start_dim", "end_dim"], 1, 3);
const unflattenOp = new Operator("aten::unflatten.int", "unflatten", ["self", "dim", "sizes"], 3);
const permuteOp = new Operator("aten::permute", "permute", ["self", "dims"], 2);
const transposeOp = new Operator("aten::transpose.int", "transpose", ["self", "dim0", "dim1"], 3);
const tOp = new Operator("aten::t", "t", ["self"], 1);
const unsqueezeOp = new Operator("aten::unsqueeze", "unsqueeze", ["self", "dim"], 2);
const squeezeOp = [
  new Operator("aten::squeeze", "squeeze", ["self"], 1),
  new Operator("aten::squeeze.dim", "squeeze", ["self", "dim"], 2),
] as const;
const expandOp = new Operator("aten::expand", "expand", ["self", "size", "implicit"], 2);
const expandAsOp = new Operator("aten::expand_as", "expandAs", ["self", "other"], 2);
const repeatOp = new Operator("aten::repeat", "repeat", ["self", "repeats"], 2);
const repeatInterleaveOp = new Operator("aten::repeat_interleave.self_int", "repeatInterleave", ["self", "repeats", "dim", "output_size"], 2, 3);
const narrowOp = new Operator("aten::narrow", "narrow", ["self", "dim", "start", "length"], 4);
const selectOp = new Operator("aten::select.int", "select", ["self", "dim", "index"], 3);
const sliceOp = new Operator("aten::slice.Tensor", "slice", ["self", "dim", "start", "end", "step"], 1, 2);
const splitOp = [
  new Operator("aten::split.Tensor", "split", ["self", "split_size", "dim"], 2, 3),
  new Operator("aten::split.sizes", "split", ["self", "split_size", "dim"], 2, 3),
] as const;
const chunkOp = new Operator("aten::chunk", "chunk", ["self", "chunks", "dim"], 2, 3);
const unbindOp = new Operator("aten::unbind.int", "unbind", ["self", "dim"], 1, 2);
const catOp = new Operator("aten::cat", "cat", ["tensors", "dim"], 1, 2);
const stackOp = new Operator("aten::stack", "stack", ["tensors", "dim"], 1, 2);
const flipOp = new Operator("aten::flip", "flip", ["self", "dims"], 2);
const rollOp = new Operator("aten::roll", "roll", ["self", "shifts", "dims"], 2, 3);
const unfoldOp = new Operator("aten::unfold", "unfold", ["self", "dimension", "size", "step"], 4);
const asStridedOp = new Operator("aten::as_strided", "asStrided", ["self", "size", "stride", "storage_offset"], 3);
const movedimOp = new Operator("aten::movedim.int", "movedim", ["self", "source", "destination"], 3);
const swapaxesOp = new Operator("aten::swapaxes", "swapaxes", ["self", "axis0", "axis1"], 3);
const diagonalOp = new Operator("aten::diagonal", "diagonal", ["self", "offset", "dim1", "dim2"], 1, 4);
const trilOp = new Operator("aten::tril", "tril", ["self", "diagonal"], 1, 2);
const triuOp = new Operator("aten::triu", "triu", ["self", "diagonal"], 1, 2);
const tileOp = new Operator("aten::tile", "tile", ["self", "dims"], 2);
const broadcastToOp = new Operator("aten::broadcast_to", "broadcastTo", ["self", "size"], 2);
const indexOp = new Operator("aten::index.Tensor", "index", ["self", "indices"], 2);
const indexPutOp = new Operator("aten::index_put", "indexPut", ["self", "indices", "values", "accumulate"], 3);
const indexPut_Op = new Operator("aten::index_put_", "indexPut_", ["self", "indices", "values", "accumulate"], 3);
const indexSelectOp = new Operator("aten::index_select", "indexSelect", ["self", "dim", "index"], 3);
const indexAddOp = new Operator("aten::index_add", "indexAdd", ["self", "dim", "index", "source", "alpha"], 4);
const gatherOp = new Operator("aten::gather", "gather", ["self", "dim", "index", "sparse_grad"], 3);
const scatterOp = [
  new Operator("aten::scatter.src", "scatter", ["self", "dim", "index", "src"], 4),
  new Operator("aten::scatter.value", "scatter", ["self", "dim", "index", "value"], 4),
] as const;
const scatterAddOp = new Operator("aten::scatter_add", "scatterAdd", ["self", "dim", "index", "src"], 4);
const scatter_Op = [
  new Operator("aten::scatter_.src", "scatter_", ["self", "dim", "index", "src"], 4),
  new Operator("aten::scatter_.value", "scatter_", ["self", "dim", "index", "value"], 4),
] as const;
const scatterAdd_Op = new Operator("aten::scatter_add_", "scatterAdd_", ["self", "dim", "index", "src"], 4);
const indexAdd_Op = new Operator("aten::index_add_", "indexAdd_", ["self", "dim", "index", "source", "alpha"], 4);
const indexFillOp = new Operator("aten::index_fill.int_Scalar", "indexFill", ["self", "dim", "index", "value"], 4);
const indexCopyOp = new Operator("aten::index_copy", "indexCopy", ["self", "dim", "index", "source"], 4);
const maskedFillOp = [
  new Operator("aten::masked_fill.Scalar", "maskedFill", ["self", "mask", "value"], 3),
  new Operator("aten::masked_fill.Tensor", "maskedFill", ["self", "mask", "value"], 3),
] as const;
const maskedFill_Op = [
  new Operator("aten::masked_fill_.Scalar", "maskedFill_", ["self", "mask", "value"], 3),
  new Operator("aten::masked_fill_.Tensor", "maskedFill_", ["self", "mask", "value"], 3),
] as const;
const maskedSelectOp = new Operator("aten::masked_select", "maskedSelect", ["self", "mask"], 2);
const whereOp = [
  new Operator("aten::where.self", "where", ["condition", "self", "other"], 3),
  new Operator("aten::where.ScalarOther", "where", ["condition", "self", "other"], 3),
  new Operator("aten::where.ScalarSelf", "where", ["condition", "self", "other"], 3),
  new Operator("aten::where.Scalar", "where", ["condition", "self", "other"], 3),
] as const;
const nonzeroOp = new Operator("aten::nonzero", "nonzero", ["self"], 1);
const oneHotOp = new Operator("aten::one_hot", "oneHot", ["self", "num_classes"], 1);
const bincountOp = new Operator("aten::bincount", "bincount", ["self", "weights", "minlength"], 1);
const histcOp = new Operator("aten::histc", "histc", ["self", "bins", "min", "max"], 1);
const takeAlongDimOp = new Operator("aten::take_along_dim", "takeAlongDim", ["self", "indices", "dim"], 2, 3);
const searchsortedOp = new Operator("aten::searchsorted.Tensor", "searchsorted", ["sorted_sequence", "self", "out_int32", "right", "side", "sorter"], 2);
const bucketizeOp = new Operator("aten::bucketize.Tensor", "bucketize", ["self", "boundaries", "out_int32", "right"], 2);
const addOp = [
  new Operator("aten::add.Tensor", "add", ["self", "other", "alpha"], 2),
  new Operator("aten::add.Scalar", "add", ["self", "other", "alpha"], 2),
] as const;
const add_Op = [
  new Operator("aten::add_.Tensor", "add_", ["self", "other", "alpha"], 2),
  new Operator("aten::add_.Scalar", "add_", ["self", "other", "alpha"], 2),
] as const;
const subOp = [
  new Operator("aten::sub.Tensor", "sub", ["self", "other", "alpha"], 2),
  new Operator("aten::sub.Scalar", "sub", ["self", "other", "alpha"], 2),
] as const;
const sub_Op = [
  new Operator("aten::sub_.Tensor", "sub_", ["self", "other", "alpha"], 2),
  new Operator("aten::sub_.Scalar", "sub_", ["self", "other", "alpha"], 2),
] as const;
const mulOp = [
  new Operator("aten::mul.Tensor", "mul", ["self", "other"], 2),
  new Operator("aten::mul.Scalar", "mul", ["self", "other"], 2),
] as const;
const mul_Op = [
  new Operator("aten::mul_.Tensor", "mul_", ["self", "other"], 2),
  new Operator("aten::mul_.Scalar", "mul_", ["self", "other"], 2),
] as const;
const divOp = [
  new Operator("aten::div.Tensor", "div", ["self", "other"], 2),
  new Operator("aten::div.Scalar", "div", ["self", "other"], 2),
  new Operator("aten::div.Tensor_mode", "div", ["self", "other", "rounding_mode"], 2),
  new Operator("aten::div.Scalar_mode", "div", ["self", "other", "rounding_mode"], 2),
] as const;
const div_Op = [
  new Operator("aten::div_.Tensor", "div_", ["self", "other"], 2),
  new Operator("aten::div_.Scalar", "div_", ["self", "other"], 2),
] as const;
const remainderOp = [
  new Operator("aten::remainder.Tensor", "remainder", ["self", "other"], 2),
  new Operator("aten::remainder.Scalar", "remainder", ["self", "other"], 2),
] as const;
const powOp = [
  new Operator("aten::pow.Tensor_Scalar", "pow", ["self", "exponent"], 2),
  new Operator("aten::pow.Tensor_Tensor", "pow", ["self", "exponent"], 2),
] as const;
const rsubOp = [
  new Operator("aten::rsub.Tensor", "rsub", ["self", "other", "alpha"], 2),
  new Operator("aten::rsub.Scalar", "rsub", ["self", "other", "alpha"], 2),
] as const;
const negOp = new Operator("aten::neg", "neg", ["self"], 1);
const absOp = new Operator("aten::abs", "abs", ["self"], 1);
const signOp = new Operator("aten::sign", "sign", ["self"], 1);
const sqrtOp = new Operator("aten::sqrt", "sqrt", ["self"], 1);
const rsqrtOp = new Operator("aten::rsqrt", "rsqrt", ["self"], 1);
const squareOp = new Operator("aten::square", "square", ["self"], 1);
const reciprocalOp = new Operator("aten::reciprocal", "reciprocal", ["self"], 1);
const expOp = new Operator("aten::exp", "exp", ["self"], 1);
const exp_Op = new Operator("aten::exp_", "exp_", ["self"], 1);
const expm1Op = new Operator("aten::expm1", "expm1", ["self"], 1);
const logOp = new Operator("aten::log", "log", ["self"], 1);
const log2Op = new Operator("aten::log2", "log2", ["self"], 1);
const log1pOp = new Operator("aten::log1p", "log1p", ["self"], 1);
const sinOp = new Operator("aten::sin", "sin", ["self"], 1);
const cosOp = new Operator("aten::cos", "cos", ["self"], 1);
const tanhOp = new Operator("aten::tanh", "tanh", ["self"], 1);
const tanOp = new Operator("aten::tan", "tan", ["self"], 1);
const asinOp = new Operator("aten::asin", "asin", ["self"], 1);
const acosOp = new Operator("aten::acos", "acos", ["self"], 1);
const atanOp = new Operator("aten::atan", "atan", ["self"], 1);
const sinhOp = new Operator("aten::sinh", "sinh", ["self"], 1);
const coshOp = new Operator("aten::cosh", "cosh", ["self"], 1);
const erfOp = new Operator("aten::erf", "erf", ["self"], 1);
const exp2Op = new Operator("aten::exp2", "exp2", ["self"], 1);
const log10Op = new Operator("aten::log10", "log10", ["self"], 1);
const logitOp = new Operator("aten::logit", "logit", ["self", "eps"], 1);
const atan2Op = new Operator("aten::atan2", "atan2", ["self", "other"], 2);
const floorOp = new Operator("aten::floor", "floor", ["self"], 1);
const ceilOp = new Operator("aten::ceil", "ceil", ["self"], 1);
const roundOp = new Operator("aten::round", "round", ["self"], 1);
const truncOp = new Operator("aten::trunc", "trunc", ["self"], 1);
const fracOp = new Operator("aten::frac", "frac", ["self"], 1);
const fmodOp = [
  new Operator("aten::fmod.Tensor", "fmod", ["self", "other"], 2),
  new Operator("aten::fmod.Scalar", "fmod", ["self", "other"], 2),
] as const;
const floorDivideOp = [
  new Operator("aten::floor_divide", "floorDivide", ["self", "other"], 2),
  new Operator("aten::floor_divide.Scalar", "floorDivide", ["self", "other"], 2),
] as const;
const logaddexpOp = new Operator("aten::logaddexp", "logaddexp", ["self", "other"], 2);
const xlogyOp = new Operator("aten::xlogy.Tensor", "xlogy", ["self", "other"], 2);
const clampOp = [
  new Operator("aten::clamp", "clamp", ["self", "min", "max"], 1, 3),
  new Operator("aten::clamp.Tensor", "clamp", ["self", "min", "max"], 1, 3),
] as const;
const clamp_Op = new Operator("aten::clamp_", "clamp_", ["self", "min", "max"], 1, 3);
const clampMinOp = new Operator("aten::clamp_min", "clampMin", ["self", "min"], 2);
const clampMaxOp = new Operator("aten::clamp_max", "clampMax", ["self", "max"], 2);
const lerpOp = new Operator("aten::lerp.Scalar", "lerp", ["self", "end", "weight"], 3);
const lerp_Op = new Operator("aten::lerp_.Scalar", "lerp_", ["self", "end", "weight"], 3);
const maximumOp = new Operator("aten::maximum", "maximum", ["self", "other"], 2);
const minimumOp = new Operator("aten::minimum", "minimum", ["self", "other"], 2);
const addcmulOp = new Operator("aten::addcmul", "addcmul", ["self", "tensor1", "tensor2", "value"], 3);
const addcdivOp = new Operator("aten::addcdiv", "addcdiv", ["self", "tensor1", "tensor2", "value"], 3);
const copy_Op = new Operator("aten::copy_", "copy_", ["self", "src", "non_blocking"], 2);
const fill_Op = [
  new Operator("aten::fill_.Scalar", "fill_", ["self", "value"], 2),
  new Operator("aten::fill_.Tensor", "fill_", ["self", "value"], 2),
] as const;
const zero_Op = new Operator("aten::zero_", "zero_", ["self"], 1);
const nanToNumOp = new Operator("aten::nan_to_num", "nanToNum", ["self", "nan", "posinf", "neginf"], 1);
const eqOp = [
  new Operator("aten::eq.Tensor", "eq", ["self", "other"], 2),
  new Operator("aten::eq.Scalar", "eq", ["self", "other"], 2),
] as const;
const neOp = [
  new Operator("aten::ne.Tensor", "ne", ["self", "other"], 2),
  new Operator("aten::ne.Scalar", "ne", ["self", "other"], 2),
] as const;
const ltOp = [
  new Operator("aten::lt.Tensor", "lt", ["self", "other"], 2),
  new Operator("aten::lt.Scalar", "lt", ["self", "other"], 2),
] as const;
const leOp = [
  new Operator("aten::le.Tensor", "le", ["self", "other"], 2),
  new Operator("aten::le.Scalar", "le", ["self", "other"], 2),
] as const;
const gtOp = [
  new Operator("aten::gt.Tensor", "gt", ["self", "other"], 2),
  new Operator("aten::gt.Scalar", "gt", ["self", "other"], 2),
] as const;
const geOp = [
  new Operator("aten::ge.Tensor", "ge", ["self", "other"], 2),
  new Operator("aten::ge.Scalar", "ge", ["self", "other"], 2),
] as const;
const logicalAndOp = new Operator("aten::logical_and", "logicalAnd", ["self", "other"], 2);
const logicalOrOp = new Operator("aten::logical_or", "logicalOr", ["self", "other"], 2);
const logicalNotOp = new Operator("aten::logical_not", "logicalNot", ["self"], 1);
const logicalXorOp = new Operator("aten::logical_xor", "logicalXor", ["self", "other"], 2);
const isnanOp = new Operator("aten::isnan", "isnan", ["self"], 1);
const isfiniteOp = new Operator("aten::isfinite", "isfinite", ["self"], 1);
const isinfOp = new Operator("aten::isinf", "isinf", ["self"], 1);
const iscloseOp = new Operator("aten::isclose", "isclose", ["self", "other", "rtol", "atol", "equal_nan"], 2);
const equalOp = new Operator("aten::equal", "equal", ["self", "other"], 2);
const allcloseOp = new Operator("aten::allclose", "allclose", ["self", "other", "rtol", "atol", "equal_nan"], 2);
const bitwiseAndOp = [
  new Operator("aten::bitwise_and.Tensor", "bitwiseAnd", ["self", "other"], 2),
  new Operator("aten::bitwise_and.Scalar", "bitwiseAnd", ["self", "other"], 2),
] as const;
const bitwiseOrOp = [
  new Operator("aten::bitwise_or.Tensor", "bitwiseOr", ["self", "other"], 2),
  new Operator("aten::bitwise_or.Scalar", "bitwiseOr", ["self", "other"], 2),
] as const;
const bitwiseXorOp = [
  new Operator("aten::bitwise_xor.Tensor", "bitwiseXor", ["self", "other"], 2),
  new Operator("aten::bitwise_xor.Scalar", "bitwiseXor", ["self", "other"], 2),
] as const;
const bitwiseNotOp = new Operator("aten::bitwise_not", "bitwiseNot", ["self"], 1);
const sumOp = [
  new Operator("aten::sum", "sum", ["self", "dtype"], 1),
  new Operator("aten::sum.dim_IntList", "sum", ["self", "dim", "keepdim", "dtype"], 2),
] as const;
const meanOp = [
  new Operator("aten::mean", "mean", ["self", "dtype"], 1),
  new Operator("aten::mean.dim", "mean", ["self", "dim", "keepdim", "dtype"], 2),
] as const;
const varOp = [
  new Operator("aten::var", "var", ["self", "unbiased"], 1),
  new Operator("aten::var.dim", "var", ["self", "dim", "unbiased", "keepdim"], 2),
] as const;
const stdOp = [
  new Operator("aten::std", "std", ["self", "unbiased"], 1),
  new Operator("aten::std.dim", "std", ["self", "dim", "unbiased", "keepdim"], 2),
] as const;
const stdMeanOp = new Operator("aten::std_mean.correction", "stdMean", ["self", "dim", "correction", "keepdim"], 2);
const nansumOp = new Operator("aten::nansum", "nansum", ["self", "dim", "keepdim", "dtype"], 1, 2);
const nanmeanOp = new Operator("aten::nanmean", "nanmean", ["self", "dim", "keepdim", "dtype"], 1, 2);
const countNonzeroOp = [
  new Operator("aten::count_nonzero", "countNonzero", ["self", "dim"], 1, 2),
  new Operator("aten::count_nonzero.dim_IntList", "countNonzero", ["self", "dim"], 2),
] as const;
const varMeanOp = new Operator("aten::var_mean.correction", "varMean", ["self", "dim", "correction", "keepdim"], 2);
const prodOp = [
  new Operator("aten::prod", "prod", ["self", "dtype"], 1),
  new Operator("aten::prod.dim_int", "prod", ["self", "dim", "keepdim", "dtype"], 2),
] as const;
const maxOp = [
  new Operator("aten::max", "max", ["self"], 1),
  new Operator("aten::max.dim", "max", ["self", "dim", "keepdim"], 2),
  new Operator("aten::max.other", "max", ["self", "other"], 2),
] as const;
const minOp = [
  new Operator("aten::min", "min", ["self"], 1),
  new Operator("aten::min.dim", "min", ["self", "dim", "keepdim"], 2),
  new Operator("aten::min.other", "min", ["self", "other"], 2),
] as const;
const amaxOp = new Operator("aten::amax", "amax", ["self", "dim", "keepdim"], 1, 2);
const aminOp = new Operator("aten::amin", "amin", ["self", "dim", "keepdim"], 1, 2);
const argmaxOp = new Operator("aten::argmax", "argmax", ["self", "dim", "keepdim"], 1, 2);
const argminOp = new Operator("aten::argmin", "argmin", ["self", "dim", "keepdim"], 1, 2);
const sortOp = new Operator("aten::sort", "sort", ["self", "dim", "descending"], 1, 2);
const argsortOp = new Operator("aten::argsort", "argsort", ["self", "dim", "descending"], 1, 2);
const topkOp = new Operator("aten::topk", "topk", ["self", "k", "dim", "largest", "sorted"], 2, 3);
const kthvalueOp = new Operator("aten::kthvalue", "kthvalue", ["self", "k", "dim", "keepdim"], 2, 3);
const medianOp = [
  new Operator("aten::median", "median", ["self"], 1),
  new Operator("aten::median.dim", "median", ["self", "dim", "keepdim"], 2),
] as const;
const quantileOp = new Operator("aten::quantile.scalar", "quantile", ["self", "q", "dim", "keepdim", "interpolation"], 2, 3);
const cumsumOp = new Operator("aten::cumsum", "cumsum", ["self", "dim", "dtype"], 2);
const cumprodOp = new Operator("aten::cumprod", "cumprod", ["self", "dim", "dtype"], 2);
const diffOp = new Operator("aten::diff", "diff", ["self", "n", "dim", "prepend", "append"], 1);
const allOp = [
  new Operator("aten::all", "all", ["self"], 1),
  new Operator("aten::all.dim", "all", ["self", "dim", "keepdim"], 2),
] as const;
const anyOp = [
  new Operator("aten::any", "any", ["self"], 1),
  new Operator("aten::any.dim", "any", ["self", "dim", "keepdim"], 2),
] as const;
const normOp = [
  new Operator("aten::norm.Scalar", "norm", ["self", "p"], 1, 2),
  new Operator("aten::norm.ScalarOpt_dim", "norm", ["self", "p", "dim", "keepdim"], 3),
] as const;
const linalgVectorNormOp = new Operator("aten::linalg_vector_norm", "linalgVectorNorm", ["self", "ord", "dim", "keepdim", "dtype"], 1);
const logsumexpOp = new Operator("aten::logsumexp", "logsumexp", ["self", "dim", "keepdim"], 2);
const traceOp = new Operator("aten::trace", "trace", ["self"], 1);
const distOp = new Operator("aten::dist", "dist", ["self", "other", "p"], 2, 3);
const uniqueConsecutiveOp = new Operator("aten::unique_consecutive", "uniqueConsecutive", ["self", "return_inverse", "return_counts", "dim"], 1);
const _unique2Op = new Operator("aten::_unique2", "_unique2", ["self", "sorted", "return_inverse", "return_counts"], 1);
const aminmaxOp = new Operator("aten::aminmax", "aminmax", ["self", "dim", "keepdim"], 1);
const matmulOp = new Operator("aten::matmul", "matmul", ["self", "other"], 2);
const mmOp = new Operator("aten::mm", "mm", ["self", "mat2"], 2);
const bmmOp = new Operator("aten::bmm", "bmm", ["self", "mat2"], 2);
const mvOp = new Operator("aten::mv", "mv", ["self", "vec"], 2);
const dotOp = new Operator("aten::dot", "dot", ["self", "tensor"], 2);
const outerOp = new Operator("aten::outer", "outer", ["self", "vec2"], 2);
const addmmOp = new Operator("aten::addmm", "addmm", ["self", "mat1", "mat2", "beta", "alpha"], 3);
const baddbmmOp = new Operator("aten::baddbmm", "baddbmm", ["self", "batch1", "batch2", "beta", "alpha"], 3);
const einsumOp = new Operator("aten::einsum", "einsum", ["equation", "tensors", "path"], 2);
const cdistOp = new Operator("aten::cdist", "cdist", ["x1", "x2", "p", "compute_mode"], 2, 3);
const linalgInvOp = new Operator("aten::linalg_inv", "linalgInv", ["A"], 1);
const linalgEighOp = new Operator("aten::linalg_eigh", "linalgEigh", ["self", "UPLO"], 1);
const conv1dOp = new Operator("aten::conv1d", "conv1d", ["input", "weight", "bias", "stride", "padding", "dilation", "groups"], 2);
const conv2dOp = new Operator("aten::conv2d", "conv2d", ["input", "weight", "bias", "stride", "padding", "dilation", "groups"], 2);
const convTranspose1dOp = new Operator("aten::conv_transpose1d", "convTranspose1d", ["input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"], 2);
const convTranspose2dOp = new Operator("aten::conv_transpose2d.input", "convTranspose2d", ["input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation"], 2);
const linearOp = new Operator("aten::linear", "linear", ["input", "weight", "bias"], 2);
const batchNormOp = new Operator("aten::batch_norm", "batchNorm", ["input", "weight", "bias", "running_mean", "running_var", "training", "momentum", "eps", "cudnn_enabled"], 9);
const instanceNormOp = new Operator("aten::instance_norm", "instanceNorm", ["input", "weight", "bias", "running_mean", "running_var", "use_input_stats", "momentum", "eps", "cudnn_enabled"], 9);
const groupNormOp = new Operator("aten::group_norm", "groupNorm", ["input", "num_groups", "weight", "bias", "eps", "cudnn_enabled"], 2);
const layerNormOp = new Operator("aten::layer_norm", "layerNorm", ["input", "normalized_shape", "weight", "bias", "eps", "cudnn_enable"], 2);
const maxPool1dOp = new Operator("aten::max_pool1d", "maxPool1d", ["self", "kernel_size", "stride", "padding", "dilation", "ceil_mode"], 2);
const avgPool1dOp = new Operator("aten::avg_pool1d", "avgPool1d", ["self", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad"], 2);
const adaptiveAvgPool1dOp = new Operator("aten::adaptive_avg_pool1d", "adaptiveAvgPool1d", ["self", "output_size"], 2);
const maxPool2dOp = new Operator("aten::max_pool2d", "maxPool2d", ["self", "kernel_size", "stride", "padding", "dilation", "ceil_mode"], 2);
const avgPool2dOp = new Operator("aten::avg_pool2d", "avgPool2d", ["self", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"], 2);
const adaptiveAvgPool2dOp = new Operator("aten::adaptive_avg_pool2d", "adaptiveAvgPool2d", ["self", "output_size"], 2);
const adaptiveMaxPool2dOp = new Operator("aten::adaptive_max_pool2d", "adaptiveMaxPool2d", ["self", "output_size"], 2);
const upsampleBilinear2dOp = new Operator("aten::upsample_bilinear2d", "upsampleBilinear2d", ["self", "output_size", "align_corners", "scales_h", "scales_w"], 3);
const upsampleNearest2dOp = new Operator("aten::upsample_nearest2d", "upsampleNearest2d", ["self", "output_size", "scales_h", "scales_w"], 2);
const upsampleBicubic2dOp = new Operator("aten::upsample_bicubic2d", "upsampleBicubic2d", ["self", "output_size", "align_corners", "scales_h", "scales_w"], 3);
const padOp = new Operator("aten::pad", "pad", ["self", "pad", "mode", "value"], 2);
const constantPadNdOp = new Operator("aten::constant_pad_nd", "constantPadNd", ["self", "pad", "value"], 2);
const dropoutOp = new Operator("aten::dropout", "dropout", ["input", "p", "train"], 3);
const featureDropoutOp = new Operator("aten::feature_dropout", "featureDropout", ["input", "p", "train"], 3);
const reluOp = new Operator("aten::relu", "relu", ["self"], 1);
const relu_Op = new Operator("aten::relu_", "relu_", ["self"], 1);
const relu6Op = new Operator("aten::relu6", "relu6", ["self"], 1);
const hardtanhOp = new Operator("aten::hardtanh", "hardtanh", ["self", "min_val", "max_val"], 1);
const hardtanh_Op = new Operator("aten::hardtanh_", "hardtanh_", ["self", "min_val", "max_val"], 1);
const leakyReluOp = new Operator("aten::leaky_relu", "leakyRelu", ["self", "negative_slope"], 1);
const eluOp = new Operator("aten::elu", "elu", ["self", "alpha", "scale", "input_scale"], 1);
const geluOp = new Operator("aten::gelu", "gelu", ["self", "approximate"], 1);
const siluOp = new Operator("aten::silu", "silu", ["self"], 1);
const hardswishOp = new Operator("aten::hardswish", "hardswish", ["self"], 1);
const hardsigmoidOp = new Operator("aten::hardsigmoid", "hardsigmoid", ["self"], 1);
const mishOp = new Operator("aten::mish", "mish", ["self"], 1);
const seluOp = new Operator("aten::selu", "selu", ["self"], 1);
const logSigmoidOp = new Operator("aten::log_sigmoid", "logSigmoid", ["self"], 1);
const preluOp = new Operator("aten::prelu", "prelu", ["self", "weight"], 2);
const softplusOp = new Operator("aten::softplus", "softplus", ["self", "beta", "threshold"], 1);
const sigmoidOp = new Operator("aten::sigmoid", "sigmoid", ["self"], 1);
const softmaxOp = new Operator("aten::softmax.int", "softmax", ["self", "dim", "dtype"], 2);
const logSoftmaxOp = new Operator("aten::log_softmax.int", "logSoftmax", ["self", "dim", "dtype"], 2);
const crossEntropyLossOp = new Operator("aten::cross_entropy_loss", "crossEntropyLoss", ["self", "target", "weight", "reduction", "ignore_index", "label_smoothing"], 2);
const nllLossNdOp = new Operator("aten::nll_loss_nd", "nllLossNd", ["self", "target", "weight", "reduction", "ignore_index"], 2);
const binaryCrossEntropyWithLogitsOp = new Operator("aten::binary_cross_entropy_with_logits", "binaryCrossEntropyWithLogits", ["self", "target", "weight", "pos_weight", "reduction"], 2);
const mseLossOp = new Operator("aten::mse_loss", "mseLoss", ["self", "target", "reduction"], 2);
const l1LossOp = new Operator("aten::l1_loss", "l1Loss", ["self", "target", "reduction"], 2);
const smoothL1LossOp = new Operator("aten::smooth_l1_loss", "smoothL1Loss", ["self", "target", "reduction", "beta"], 2);
const huberLossOp = new Operator("aten::huber_loss", "huberLoss", ["self", "target", "reduction", "delta"], 2);
const binaryCrossEntropyOp = new Operator("aten::binary_cross_entropy", "binaryCrossEntropy", ["self", "target", "weight", "reduction"], 2);
const klDivOp = new Operator("aten::kl_div", "klDiv", ["self", "target", "reduction", "log_target"], 2);
const embeddingOp = new Operator("aten::embedding", "embedding", ["weight", "indices", "padding_idx", "scale_grad_by_freq", "sparse"], 2);
const gridSamplerOp = new Operator("aten::grid_sampler", "gridSampler", ["input", "grid", "interpolation_mode", "padding_mode", "align_corners"], 5);
const affineGridGeneratorOp = new Operator("aten::affine_grid_generator", "affineGridGenerator", ["theta", "size", "align_corners"], 3);
const pixelShuffleOp = new Operator("aten::pixel_shuffle", "pixelShuffle", ["self", "upscale_factor"], 2);
const pixelUnshuffleOp = new Operator("aten::pixel_unshuffle", "pixelUnshuffle", ["self", "downscale_factor"], 2);
const im2colOp = new Operator("aten::im2col", "im2col", ["self", "kernel_size", "dilation", "padding", "stride"], 5);
const cosineSimilarityOp = new Operator("aten::cosine_similarity", "cosineSimilarity", ["x1", "x2", "dim", "eps"], 2, 3);
const channelShuffleOp = new Operator("aten::channel_shuffle", "channelShuffle", ["self", "groups"], 2);
const normal_Op = new Operator("aten::normal_", "normal_", ["self", "mean", "std"], 1, 3);
const uniform_Op = new Operator("aten::uniform_", "uniform_", ["self", "from", "to"], 1, 3);
const random_Op = [
  new Operator("aten::random_", "random_", ["self"], 1),
  new Operator("aten::random_.from", "random_", ["self", "from", "to"], 3),
] as const;
const bernoulliOp = new Operator("aten::bernoulli", "bernoulli", ["self"], 1);
const bernoulli_Op = new Operator("aten::bernoulli_.float", "bernoulli_", ["self", "p"], 1, 2);
const multinomialOp = new Operator("aten::multinomial", "multinomial", ["self", "num_samples", "replacement"], 2);
const exponential_Op = new Operator("aten::exponential_", "exponential_", ["self", "lambd"], 1, 2);
const _foreachAdd_Op = [
  new Operator("aten::_foreach_add_.List", "_foreachAdd_", ["self", "other", "alpha"], 2),
  new Operator("aten::_foreach_add_.Scalar", "_foreachAdd_", ["self", "scalar"], 2),
] as const;
const _foreachAddOp = new Operator("aten::_foreach_add.List", "_foreachAdd", ["self", "other", "alpha"], 2);
const _foreachSub_Op = new Operator("aten::_foreach_sub_.List", "_foreachSub_", ["self", "other", "alpha"], 2);
const _foreachMul_Op = [
  new Operator("aten::_foreach_mul_.Scalar", "_foreachMul_", ["self", "scalar"], 2),
  new Operator("aten::_foreach_mul_.List", "_foreachMul_", ["self", "other"], 2),
] as const;
const _foreachMulOp = new Operator("aten::_foreach_mul.Scalar", "_foreachMul", ["self", "scalar"], 2);
const _foreachDiv_Op = [
  new Operator("aten::_foreach_div_.List", "_foreachDiv_", ["self", "other"], 2),
  new Operator("aten::_foreach_div_.Scalar", "_foreachDiv_", ["self", "scalar"], 2),
] as const;
const _foreachSqrtOp = new Operator("aten::_foreach_sqrt", "_foreachSqrt", ["self"], 1);
const _foreachNegOp = new Operator("aten::_foreach_neg", "_foreachNeg", ["self"], 1);
const _foreachNormOp = new Operator("aten::_foreach_norm.Scalar", "_foreachNorm", ["self", "ord"], 1);
const _foreachAddcmul_Op = new Operator("aten::_foreach_addcmul_.Scalar", "_foreachAddcmul_", ["self", "tensor1", "tensor2", "value"], 3);
const _foreachAddcdiv_Op = new Operator("aten::_foreach_addcdiv_.Scalar", "_foreachAddcdiv_", ["self", "tensor1", "tensor2", "value"], 3);
const _foreachZero_Op = new Operator("aten::_foreach_zero_", "_foreachZero_", ["self"], 1);

/** The operators that are methods of a tensor. */
export abstract class TensorOperators extends OwnedTensor {
  /**
   * Uninitialised tensor like this one.
   *
   * `aten::empty_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
   */
  emptyLike(options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
    return run(emptyLikeOp, [this], options) as Tensor;
  }

  /**
   * Zeros in the shape, dtype and device of this tensor.
   *
   * `aten::zeros_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
   */
  zerosLike(options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
    return run(zerosLikeOp, [this], options) as Tensor;
  }

  /**
   * Ones in the shape, dtype and device of this tensor.
   *
   * `aten::ones_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
   */
  onesLike(options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
    return run(onesLikeOp, [this], options) as Tensor;
  }

  /**
   * One value in the shape, dtype and device of this tensor.
   *
   * `aten::full_like(Tensor self, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
   */
  fullLike(fillValue: Scalar, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
    return run(fullLikeOp, [this, fillValue], options) as Tensor;
  }

  /**
   * Uniform random values in [0, 1) like this tensor.
   *
   * `aten::rand_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
   */
  randLike(options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
    return run(randLikeOp, [this], options) as Tensor;
  }

  /**
   * Standard normal random values like this tensor.
   *
   * `aten::randn_like(Tensor self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
   */
  randnLike(options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
    return run(randnLikeOp, [this], options) as Tensor;
  }

  /**
   * Copy with memory of its own; gradients flow through.
   *
   * `aten::clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor`
   */
  clone(options?: { memoryFormat?: MemoryFormat | null | undefined }): Tensor {
    return run(cloneOp, [this], options) as Tensor;
  }

  /**
   * The same memory, cut from the graph.
   *
   * `aten::detach(Tensor(a) self) -> Tensor(a)`
   */
  detach(): Tensor {
    return run(detachOp, [this]) as Tensor;
  }

  /**
   * This tensor, or a copy in the given memory format.
   * Defaults: memoryFormat contiguous.
   *
   * `aten::contiguous(Tensor(a) self, *, MemoryFormat memory_format=0) -> Tensor(a)`
   */
  contiguous(options?: { memoryFormat?: MemoryFormat | undefined }): Tensor {
    return run(contiguousOp, [this], options) as Tensor;
  }

  /**
   * This tensor, or a copy in another dtype or on another device.
   * Defaults: nonBlocking false, copy false.
   *
   * `aten::to.dtype_layout(Tensor(a) self, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, bool non_blocking=False, bool copy=False, MemoryFormat? memory_format=None) -> Tensor(a)`
   */
  to(options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; nonBlocking?: boolean | undefined; copy?: boolean | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
    return run(toOp, [this], options) as Tensor;
  }

  /**
   * Another shape over the same memory.
   *
   * `aten::view(Tensor(a) self, SymInt[] size) -> Tensor(a)`
   * `aten::view.dtype(Tensor(a) self, ScalarType dtype) -> Tensor(a)`
   */
  view(size: readonly number[]): Tensor;
  view(dtype: DType): Tensor;
  view(...values: unknown[]): unknown {
    return runOverloaded(viewOp, [this, ...values]) as never;
  }

  /**
   * Another shape, copied where a view is impossible.
   *
   * `aten::reshape(Tensor(a) self, SymInt[] shape) -> Tensor(a)`
   */
  reshape(shape: readonly number[]): Tensor {
    return run(reshapeOp, [this, shape]) as Tensor;
  }

  /**
   * Dimensions from startDim to endDim become one.
   * Defaults: startDim 0, endDim -1.
   *
   * `aten::flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)`
   */
  flatten(startDim: number, endDim: number): Tensor;
  flatten(startDim: number, options?: { endDim?: number | undefined }): Tensor;
  flatten(options?: { startDim?: number | undefined; endDim?: number | undefined }): Tensor;
  flatten(startDim?: unknown, endDim?: unknown, options?: unknown): Tensor {
    return runByPosition(flattenOp, [this, startDim, endDim, options]) as Tensor;
  }

  /**
   * One dimension becomes several.
   *
   * `aten::unflatten.int(Tensor(a) self, int dim, int[] sizes) -> Tensor(a)`
   */
  unflatten(dim: number, sizes: readonly number[]): Tensor {
    return run(unflattenOp, [this, dim, sizes]) as Tensor;
  }

  /**
   * Dimensions in another order.
   *
   * `aten::permute(Tensor(a) self, int[] dims) -> Tensor(a)`
   */
  permute(dims: readonly number[]): Tensor {
    return run(permuteOp, [this, dims]) as Tensor;
  }

  /**
   * Swaps two dimensions.
   *
   * `aten::transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)`
   */
  transpose(dim0: number, dim1: number): Tensor {
    return run(transposeOp, [this, dim0, dim1]) as Tensor;
  }

  /**
   * Transposed matrix.
   *
   * `aten::t(Tensor(a) self) -> Tensor(a)`
   */
  t(): Tensor {
    return run(tOp, [this]) as Tensor;
  }

  /**
   * Inserts a dimension of size one.
   *
   * `aten::unsqueeze(Tensor(a) self, int dim) -> Tensor(a)`
   */
  unsqueeze(dim: number): Tensor {
    return run(unsqueezeOp, [this, dim]) as Tensor;
  }

  /**
   * Removes dimensions of size one: all, or the given one.
   *
   * `aten::squeeze(Tensor(a) self) -> Tensor(a)`
   * `aten::squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)`
   */
  squeeze(): Tensor;
  squeeze(dim: number): Tensor;
  squeeze(...values: unknown[]): unknown {
    return runOverloaded(squeezeOp, [this, ...values]) as never;
  }

  /**
   * Repeats dimensions of size one without copying.
   * Defaults: implicit false.
   *
   * `aten::expand(Tensor(a) self, SymInt[] size, *, bool implicit=False) -> Tensor(a)`
   */
  expand(size: readonly number[], options?: { implicit?: boolean | undefined }): Tensor {
    return run(expandOp, [this, size], options) as Tensor;
  }

  /**
   * Expands to the shape of another tensor.
   *
   * `aten::expand_as(Tensor(a) self, Tensor other) -> Tensor(a)`
   */
  expandAs(other: Tensor): Tensor {
    return run(expandAsOp, [this, other]) as Tensor;
  }

  /**
   * Tiles, copying.
   *
   * `aten::repeat(Tensor self, SymInt[] repeats) -> Tensor`
   */
  repeat(repeats: readonly number[]): Tensor {
    return run(repeatOp, [this, repeats]) as Tensor;
  }

  /**
   * Repeats each element along a dimension.
   *
   * `aten::repeat_interleave.self_int(Tensor self, int repeats, int? dim=None, *, int? output_size=None) -> Tensor`
   */
  repeatInterleave(repeats: number, dim: number | null, options?: { outputSize?: number | null | undefined }): Tensor;
  repeatInterleave(repeats: number, options?: { dim?: number | null | undefined; outputSize?: number | null | undefined }): Tensor;
  repeatInterleave(repeats?: unknown, dim?: unknown, options?: unknown): Tensor {
    return runByPosition(repeatInterleaveOp, [this, repeats, dim, options]) as Tensor;
  }

  /**
   * A range of one dimension, without copying.
   *
   * `aten::narrow(Tensor(a) self, int dim, int start, int length) -> Tensor(a)`
   */
  narrow(dim: number, start: number, length: number): Tensor {
    return run(narrowOp, [this, dim, start, length]) as Tensor;
  }

  /**
   * One index of one dimension, without copying.
   *
   * `aten::select.int(Tensor(a) self, int dim, int index) -> Tensor(a)`
   */
  select(dim: number, index: number): Tensor {
    return run(selectOp, [this, dim, index]) as Tensor;
  }

  /**
   * A strided range of one dimension, without copying.
   * Defaults: dim 0, step 1.
   *
   * `aten::slice.Tensor(Tensor(a) self, int dim=0, SymInt? start=None, SymInt? end=None, SymInt step=1) -> Tensor(a)`
   */
  slice(dim: number, options?: { start?: number | null | undefined; end?: number | null | undefined; step?: number | undefined }): Tensor;
  slice(options?: { dim?: number | undefined; start?: number | null | undefined; end?: number | null | undefined; step?: number | undefined }): Tensor;
  slice(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(sliceOp, [this, dim, options]) as Tensor;
  }

  /**
   * Pieces of a size along a dimension.
   * Defaults: dim 0.
   *
   * `aten::split.Tensor(Tensor(a -> *) self, int split_size, int dim=0) -> Tensor(a)[]`
   * `aten::split.sizes(Tensor(a -> *) self, int[] split_size, int dim=0) -> Tensor(a)[]`
   */
  split(splitSize: number, dim: number): Tensor[];
  split(splitSize: number, options?: { dim?: number | undefined }): Tensor[];
  split(splitSize: readonly number[], dim: number): Tensor[];
  split(splitSize: readonly number[], options?: { dim?: number | undefined }): Tensor[];
  split(...values: unknown[]): unknown {
    return runOverloaded(splitOp, [this, ...values]) as never;
  }

  /**
   * A number of pieces along a dimension.
   * Defaults: dim 0.
   *
   * `aten::chunk(Tensor(a -> *) self, int chunks, int dim=0) -> Tensor(a)[]`
   */
  chunk(chunks: number, dim: number): Tensor[];
  chunk(chunks: number, options?: { dim?: number | undefined }): Tensor[];
  chunk(chunks?: unknown, dim?: unknown, options?: unknown): Tensor[] {
    return runByPosition(chunkOp, [this, chunks, dim, options]) as Tensor[];
  }

  /**
   * One tensor for each index of a dimension.
   * Defaults: dim 0.
   *
   * `aten::unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]`
   */
  unbind(dim: number): Tensor[];
  unbind(options?: { dim?: number | undefined }): Tensor[];
  unbind(dim?: unknown, options?: unknown): Tensor[] {
    return runByPosition(unbindOp, [this, dim, options]) as Tensor[];
  }

  /**
   * Reverses dimensions.
   *
   * `aten::flip(Tensor self, int[] dims) -> Tensor`
   */
  flip(dims: readonly number[]): Tensor {
    return run(flipOp, [this, dims]) as Tensor;
  }

  /**
   * Rolls elements around dimensions.
   * Defaults: dims [].
   *
   * `aten::roll(Tensor self, int[1] shifts, int[1] dims=[]) -> Tensor`
   */
  roll(shifts: number | readonly number[], dims: number | readonly number[]): Tensor;
  roll(shifts: number | readonly number[], options?: { dims?: number | readonly number[] | undefined }): Tensor;
  roll(shifts?: unknown, dims?: unknown, options?: unknown): Tensor {
    return runByPosition(rollOp, [this, shifts, dims, options]) as Tensor;
  }

  /**
   * Sliding windows of one dimension, as a view.
   *
   * `aten::unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)`
   */
  unfold(dimension: number, size: number, step: number): Tensor {
    return run(unfoldOp, [this, dimension, size, step]) as Tensor;
  }

  /**
   * A view with the given sizes and strides.
   *
   * `aten::as_strided(Tensor(a) self, SymInt[] size, SymInt[] stride, SymInt? storage_offset=None) -> Tensor(a)`
   */
  asStrided(size: readonly number[], stride: readonly number[], options?: { storageOffset?: number | null | undefined }): Tensor {
    return run(asStridedOp, [this, size, stride], options) as Tensor;
  }

  /**
   * Moves one dimension to another place.
   *
   * `aten::movedim.int(Tensor(a) self, int source, int destination) -> Tensor(a)`
   */
  movedim(source: number, destination: number): Tensor {
    return run(movedimOp, [this, source, destination]) as Tensor;
  }

  /**
   * Swaps two dimensions, as `transpose`.
   *
   * `aten::swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)`
   */
  swapaxes(axis0: number, axis1: number): Tensor {
    return run(swapaxesOp, [this, axis0, axis1]) as Tensor;
  }

  /**
   * The diagonal of a matrix, as a view.
   * Defaults: offset 0, dim1 0, dim2 1.
   *
   * `aten::diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)`
   */
  diagonal(offset: number, dim1: number, dim2: number): Tensor;
  diagonal(offset: number, dim1: number, options?: { dim2?: number | undefined }): Tensor;
  diagonal(offset: number, options?: { dim1?: number | undefined; dim2?: number | undefined }): Tensor;
  diagonal(options?: { offset?: number | undefined; dim1?: number | undefined; dim2?: number | undefined }): Tensor;
  diagonal(offset?: unknown, dim1?: unknown, dim2?: unknown, options?: unknown): Tensor {
    return runByPosition(diagonalOp, [this, offset, dim1, dim2, options]) as Tensor;
  }

  /**
   * Lower triangle.
   * Defaults: diagonal 0.
   *
   * `aten::tril(Tensor self, int diagonal=0) -> Tensor`
   */
  tril(diagonal: number): Tensor;
  tril(options?: { diagonal?: number | undefined }): Tensor;
  tril(diagonal?: unknown, options?: unknown): Tensor {
    return runByPosition(trilOp, [this, diagonal, options]) as Tensor;
  }

  /**
   * Upper triangle.
   * Defaults: diagonal 0.
   *
   * `aten::triu(Tensor self, int diagonal=0) -> Tensor`
   */
  triu(diagonal: number): Tensor;
  triu(options?: { diagonal?: number | undefined }): Tensor;
  triu(diagonal?: unknown, options?: unknown): Tensor {
    return runByPosition(triuOp, [this, diagonal, options]) as Tensor;
  }

  /**
   * Tiles, copying; dimensions are added in front.
   *
   * `aten::tile(Tensor self, int[] dims) -> Tensor`
   */
  tile(dims: readonly number[]): Tensor {
    return run(tileOp, [this, dims]) as Tensor;
  }

  /**
   * Expands to a shape.
   *
   * `aten::broadcast_to(Tensor(a) self, int[] size) -> Tensor(a)`
   */
  broadcastTo(size: readonly number[]): Tensor {
    return run(broadcastToOp, [this, size]) as Tensor;
  }

  /**
   * Elements at index tensors (null leaves a dimension whole).
   *
   * `aten::index.Tensor(Tensor self, Tensor?[] indices) -> Tensor`
   */
  index(indices: readonly (Tensor | null)[]): Tensor {
    return run(indexOp, [this, indices]) as Tensor;
  }

  /**
   * Copy with elements at index tensors replaced or accumulated.
   * Defaults: accumulate false.
   *
   * `aten::index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor`
   */
  indexPut(indices: readonly (Tensor | null)[], values: Tensor, options?: { accumulate?: boolean | undefined }): Tensor {
    return run(indexPutOp, [this, indices, values], options) as Tensor;
  }

  /**
   * Replaces or accumulates elements at index tensors, in place.
   * Defaults: accumulate false.
   *
   * `aten::index_put_(Tensor(a!) self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor(a!)`
   */
  indexPut_(indices: readonly (Tensor | null)[], values: Tensor, options?: { accumulate?: boolean | undefined }): this {
    return run(indexPut_Op, [this, indices, values], options) as this;
  }

  /**
   * The given indices of one dimension.
   *
   * `aten::index_select(Tensor self, int dim, Tensor index) -> Tensor`
   */
  indexSelect(dim: number, index: Tensor): Tensor {
    return run(indexSelectOp, [this, dim, index]) as Tensor;
  }

  /**
   * Adds rows of a source at indices of one dimension.
   * Defaults: alpha 1.
   *
   * `aten::index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor`
   */
  indexAdd(dim: number, index: Tensor, source: Tensor, options?: { alpha?: Scalar | undefined }): Tensor {
    return run(indexAddOp, [this, dim, index, source], options) as Tensor;
  }

  /**
   * Elements along a dimension at an index tensor.
   * Defaults: sparseGrad false.
   *
   * `aten::gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor`
   */
  gather(dim: number, index: Tensor, options?: { sparseGrad?: boolean | undefined }): Tensor {
    return run(gatherOp, [this, dim, index], options) as Tensor;
  }

  /**
   * Copy with elements along a dimension replaced by a source or value.
   *
   * `aten::scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor`
   * `aten::scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor`
   */
  scatter(dim: number, index: Tensor, src: Tensor): Tensor;
  scatter(dim: number, index: Tensor, value: Scalar): Tensor;
  scatter(...values: unknown[]): unknown {
    return runOverloaded(scatterOp, [this, ...values]) as never;
  }

  /**
   * Copy with a source added along a dimension.
   *
   * `aten::scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor`
   */
  scatterAdd(dim: number, index: Tensor, src: Tensor): Tensor {
    return run(scatterAddOp, [this, dim, index, src]) as Tensor;
  }

  /**
   * Replaces elements along a dimension by a source or value, in place.
   *
   * `aten::scatter_.src(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)`
   * `aten::scatter_.value(Tensor(a!) self, int dim, Tensor index, Scalar value) -> Tensor(a!)`
   */
  scatter_(dim: number, index: Tensor, src: Tensor): this;
  scatter_(dim: number, index: Tensor, value: Scalar): this;
  scatter_(...values: unknown[]): unknown {
    return runOverloaded(scatter_Op, [this, ...values]) as never;
  }

  /**
   * Adds a source along a dimension, in place.
   *
   * `aten::scatter_add_(Tensor(a!) self, int dim, Tensor index, Tensor src) -> Tensor(a!)`
   */
  scatterAdd_(dim: number, index: Tensor, src: Tensor): this {
    return run(scatterAdd_Op, [this, dim, index, src]) as this;
  }

  /**
   * Adds rows of a source at indices of one dimension, in place.
   * Defaults: alpha 1.
   *
   * `aten::index_add_(Tensor(a!) self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor(a!)`
   */
  indexAdd_(dim: number, index: Tensor, source: Tensor, options?: { alpha?: Scalar | undefined }): this {
    return run(indexAdd_Op, [this, dim, index, source], options) as this;
  }

  /**
   * Copy with the given indices of one dimension filled with one value.
   *
   * `aten::index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor`
   */
  indexFill(dim: number, index: Tensor, value: Scalar): Tensor {
    return run(indexFillOp, [this, dim, index, value]) as Tensor;
  }

  /**
   * Copy with the given indices of one dimension replaced.
   *
   * `aten::index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor`
   */
  indexCopy(dim: number, index: Tensor, source: Tensor): Tensor {
    return run(indexCopyOp, [this, dim, index, source]) as Tensor;
  }

  /**
   * Copy with one value where the mask is true.
   *
   * `aten::masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor`
   * `aten::masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor`
   */
  maskedFill(mask: Tensor, value: Scalar): Tensor;
  maskedFill(mask: Tensor, value: Tensor): Tensor;
  maskedFill(...values: unknown[]): unknown {
    return runOverloaded(maskedFillOp, [this, ...values]) as never;
  }

  /**
   * Fills with one value where the mask is true, in place.
   *
   * `aten::masked_fill_.Scalar(Tensor(a!) self, Tensor mask, Scalar value) -> Tensor(a!)`
   * `aten::masked_fill_.Tensor(Tensor(a!) self, Tensor mask, Tensor value) -> Tensor(a!)`
   */
  maskedFill_(mask: Tensor, value: Scalar): this;
  maskedFill_(mask: Tensor, value: Tensor): this;
  maskedFill_(...values: unknown[]): unknown {
    return runOverloaded(maskedFill_Op, [this, ...values]) as never;
  }

  /**
   * Elements where the mask is true, in one dimension.
   *
   * `aten::masked_select(Tensor self, Tensor mask) -> Tensor`
   */
  maskedSelect(mask: Tensor): Tensor {
    return run(maskedSelectOp, [this, mask]) as Tensor;
  }

  /**
   * Indices of elements that are not zero.
   *
   * `aten::nonzero(Tensor self) -> Tensor`
   */
  nonzero(): Tensor {
    return run(nonzeroOp, [this]) as Tensor;
  }

  /**
   * Adds a dimension of numClasses with a one at each class.
   * Defaults: numClasses -1.
   *
   * `aten::one_hot(Tensor self, int num_classes=-1) -> Tensor`
   */
  oneHot(options?: { numClasses?: number | undefined }): Tensor {
    return run(oneHotOp, [this], options) as Tensor;
  }

  /**
   * How often each integer occurs.
   * Defaults: minlength 0.
   *
   * `aten::bincount(Tensor self, Tensor? weights=None, int minlength=0) -> Tensor`
   */
  bincount(options?: { weights?: Tensor | null | undefined; minlength?: number | undefined }): Tensor {
    return run(bincountOp, [this], options) as Tensor;
  }

  /**
   * Histogram of equal bins.
   * Defaults: bins 100, min 0, max 0.
   *
   * `aten::histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor`
   */
  histc(options?: { bins?: number | undefined; min?: Scalar | undefined; max?: Scalar | undefined }): Tensor {
    return run(histcOp, [this], options) as Tensor;
  }

  /**
   * Elements along a dimension at an index tensor, broadcasting.
   *
   * `aten::take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor`
   */
  takeAlongDim(indices: Tensor, dim: number | null): Tensor;
  takeAlongDim(indices: Tensor, options?: { dim?: number | null | undefined }): Tensor;
  takeAlongDim(indices?: unknown, dim?: unknown, options?: unknown): Tensor {
    return runByPosition(takeAlongDimOp, [this, indices, dim, options]) as Tensor;
  }

  /**
   * Positions at which values would be inserted into a sorted sequence.
   * Defaults: outInt32 false, right false.
   *
   * `aten::searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor`
   */
  searchsorted(self: Tensor, options?: { outInt32?: boolean | undefined; right?: boolean | undefined; side?: string | null | undefined; sorter?: Tensor | null | undefined }): Tensor {
    return run(searchsortedOp, [this, self], options) as Tensor;
  }

  /**
   * Index of the bucket of each value.
   * Defaults: outInt32 false, right false.
   *
   * `aten::bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor`
   */
  bucketize(boundaries: Tensor, options?: { outInt32?: boolean | undefined; right?: boolean | undefined }): Tensor {
    return run(bucketizeOp, [this, boundaries], options) as Tensor;
  }

  /**
   * Sum; the other operand is multiplied by alpha.
   * Defaults: alpha 1.
   *
   * `aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`
   * `aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
   */
  add(other: Tensor, options?: { alpha?: Scalar | undefined }): Tensor;
  add(other: Scalar, options?: { alpha?: Scalar | undefined }): Tensor;
  add(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(addOp, this, other, options);
  }

  /**
   * Adds in place.
   * Defaults: alpha 1.
   *
   * `aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)`
   * `aten::add_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)`
   */
  add_(other: Tensor, options?: { alpha?: Scalar | undefined }): this;
  add_(other: Scalar, options?: { alpha?: Scalar | undefined }): this;
  add_(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(add_Op, this, other, options);
  }

  /**
   * Difference; the other operand is multiplied by alpha.
   * Defaults: alpha 1.
   *
   * `aten::sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`
   * `aten::sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
   */
  sub(other: Tensor, options?: { alpha?: Scalar | undefined }): Tensor;
  sub(other: Scalar, options?: { alpha?: Scalar | undefined }): Tensor;
  sub(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(subOp, this, other, options);
  }

  /**
   * Subtracts in place.
   * Defaults: alpha 1.
   *
   * `aten::sub_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)`
   * `aten::sub_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)`
   */
  sub_(other: Tensor, options?: { alpha?: Scalar | undefined }): this;
  sub_(other: Scalar, options?: { alpha?: Scalar | undefined }): this;
  sub_(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(sub_Op, this, other, options);
  }

  /**
   * Product.
   *
   * `aten::mul.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::mul.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  mul(other: Tensor): Tensor;
  mul(other: Scalar): Tensor;
  mul(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(mulOp, this, other, options);
  }

  /**
   * Multiplies in place.
   *
   * `aten::mul_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
   * `aten::mul_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
   */
  mul_(other: Tensor): this;
  mul_(other: Scalar): this;
  mul_(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(mul_Op, this, other, options);
  }

  /**
   * Quotient; roundingMode may be "floor" or "trunc".
   *
   * `aten::div.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::div.Scalar(Tensor self, Scalar other) -> Tensor`
   * `aten::div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor`
   * `aten::div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor`
   */
  div(other: Tensor): Tensor;
  div(other: Scalar): Tensor;
  div(other: Tensor, options?: { roundingMode?: string | null | undefined }): Tensor;
  div(other: Scalar, options?: { roundingMode?: string | null | undefined }): Tensor;
  div(...values: unknown[]): unknown {
    return runOverloaded(divOp, [this, ...values]) as never;
  }

  /**
   * Divides in place.
   *
   * `aten::div_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)`
   * `aten::div_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)`
   */
  div_(other: Tensor): this;
  div_(other: Scalar): this;
  div_(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(div_Op, this, other, options);
  }

  /**
   * Remainder with the sign of the divisor.
   *
   * `aten::remainder.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::remainder.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  remainder(other: Tensor): Tensor;
  remainder(other: Scalar): Tensor;
  remainder(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(remainderOp, this, other, options);
  }

  /**
   * Power.
   *
   * `aten::pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor`
   * `aten::pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor`
   */
  pow(exponent: Scalar): Tensor;
  pow(exponent: Tensor): Tensor;
  pow(...values: unknown[]): unknown {
    return runOverloaded(powOp, [this, ...values]) as never;
  }

  /**
   * The other operand minus this tensor.
   * Defaults: alpha 1.
   *
   * `aten::rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor`
   * `aten::rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor`
   */
  rsub(other: Tensor, options?: { alpha?: Scalar | undefined }): Tensor;
  rsub(other: Scalar, options?: { alpha?: Scalar | undefined }): Tensor;
  rsub(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(rsubOp, this, other, options);
  }

  /**
   * Negative.
   *
   * `aten::neg(Tensor self) -> Tensor`
   */
  neg(): Tensor {
    return run(negOp, [this]) as Tensor;
  }

  /**
   * Absolute value.
   *
   * `aten::abs(Tensor self) -> Tensor`
   */
  abs(): Tensor {
    return run(absOp, [this]) as Tensor;
  }

  /**
   * Sign: -1, 0 or 1.
   *
   * `aten::sign(Tensor self) -> Tensor`
   */
  sign(): Tensor {
    return run(signOp, [this]) as Tensor;
  }

  /**
   * Square root.
   *
   * `aten::sqrt(Tensor self) -> Tensor`
   */
  sqrt(): Tensor {
    return run(sqrtOp, [this]) as Tensor;
  }

  /**
   * Reciprocal square root.
   *
   * `aten::rsqrt(Tensor self) -> Tensor`
   */
  rsqrt(): Tensor {
    return run(rsqrtOp, [this]) as Tensor;
  }

  /**
   * Square.
   *
   * `aten::square(Tensor self) -> Tensor`
   */
  square(): Tensor {
    return run(squareOp, [this]) as Tensor;
  }

  /**
   * 1 / x.
   *
   * `aten::reciprocal(Tensor self) -> Tensor`
   */
  reciprocal(): Tensor {
    return run(reciprocalOp, [this]) as Tensor;
  }

  /**
   * Exponential.
   *
   * `aten::exp(Tensor self) -> Tensor`
   */
  exp(): Tensor {
    return run(expOp, [this]) as Tensor;
  }

  /**
   * Exponential, in place.
   *
   * `aten::exp_(Tensor(a!) self) -> Tensor(a!)`
   */
  exp_(): this {
    return run(exp_Op, [this]) as this;
  }

  /**
   * exp(x) - 1, exact near zero.
   *
   * `aten::expm1(Tensor self) -> Tensor`
   */
  expm1(): Tensor {
    return run(expm1Op, [this]) as Tensor;
  }

  /**
   * Natural logarithm.
   *
   * `aten::log(Tensor self) -> Tensor`
   */
  log(): Tensor {
    return run(logOp, [this]) as Tensor;
  }

  /**
   * Logarithm to base 2.
   *
   * `aten::log2(Tensor self) -> Tensor`
   */
  log2(): Tensor {
    return run(log2Op, [this]) as Tensor;
  }

  /**
   * log(1 + x), exact near zero.
   *
   * `aten::log1p(Tensor self) -> Tensor`
   */
  log1p(): Tensor {
    return run(log1pOp, [this]) as Tensor;
  }

  /**
   * Sine.
   *
   * `aten::sin(Tensor self) -> Tensor`
   */
  sin(): Tensor {
    return run(sinOp, [this]) as Tensor;
  }

  /**
   * Cosine.
   *
   * `aten::cos(Tensor self) -> Tensor`
   */
  cos(): Tensor {
    return run(cosOp, [this]) as Tensor;
  }

  /**
   * Hyperbolic tangent.
   *
   * `aten::tanh(Tensor self) -> Tensor`
   */
  tanh(): Tensor {
    return run(tanhOp, [this]) as Tensor;
  }

  /**
   * Tangent.
   *
   * `aten::tan(Tensor self) -> Tensor`
   */
  tan(): Tensor {
    return run(tanOp, [this]) as Tensor;
  }

  /**
   * Inverse sine.
   *
   * `aten::asin(Tensor self) -> Tensor`
   */
  asin(): Tensor {
    return run(asinOp, [this]) as Tensor;
  }

  /**
   * Inverse cosine.
   *
   * `aten::acos(Tensor self) -> Tensor`
   */
  acos(): Tensor {
    return run(acosOp, [this]) as Tensor;
  }

  /**
   * Inverse tangent.
   *
   * `aten::atan(Tensor self) -> Tensor`
   */
  atan(): Tensor {
    return run(atanOp, [this]) as Tensor;
  }

  /**
   * Hyperbolic sine.
   *
   * `aten::sinh(Tensor self) -> Tensor`
   */
  sinh(): Tensor {
    return run(sinhOp, [this]) as Tensor;
  }

  /**
   * Hyperbolic cosine.
   *
   * `aten::cosh(Tensor self) -> Tensor`
   */
  cosh(): Tensor {
    return run(coshOp, [this]) as Tensor;
  }

  /**
   * Error function.
   *
   * `aten::erf(Tensor self) -> Tensor`
   */
  erf(): Tensor {
    return run(erfOp, [this]) as Tensor;
  }

  /**
   * 2 to the power of x.
   *
   * `aten::exp2(Tensor self) -> Tensor`
   */
  exp2(): Tensor {
    return run(exp2Op, [this]) as Tensor;
  }

  /**
   * Logarithm to base 10.
   *
   * `aten::log10(Tensor self) -> Tensor`
   */
  log10(): Tensor {
    return run(log10Op, [this]) as Tensor;
  }

  /**
   * Inverse of the sigmoid.
   *
   * `aten::logit(Tensor self, float? eps=None) -> Tensor`
   */
  logit(options?: { eps?: number | null | undefined }): Tensor {
    return run(logitOp, [this], options) as Tensor;
  }

  /**
   * Angle of the point (other, this).
   *
   * `aten::atan2(Tensor self, Tensor other) -> Tensor`
   */
  atan2(other: Tensor): Tensor {
    return run(atan2Op, [this, other]) as Tensor;
  }

  /**
   * Largest integer not above.
   *
   * `aten::floor(Tensor self) -> Tensor`
   */
  floor(): Tensor {
    return run(floorOp, [this]) as Tensor;
  }

  /**
   * Smallest integer not below.
   *
   * `aten::ceil(Tensor self) -> Tensor`
   */
  ceil(): Tensor {
    return run(ceilOp, [this]) as Tensor;
  }

  /**
   * Nearest integer, halves to even.
   *
   * `aten::round(Tensor self) -> Tensor`
   */
  round(): Tensor {
    return run(roundOp, [this]) as Tensor;
  }

  /**
   * Integer part.
   *
   * `aten::trunc(Tensor self) -> Tensor`
   */
  trunc(): Tensor {
    return run(truncOp, [this]) as Tensor;
  }

  /**
   * What is behind the decimal point.
   *
   * `aten::frac(Tensor self) -> Tensor`
   */
  frac(): Tensor {
    return run(fracOp, [this]) as Tensor;
  }

  /**
   * Remainder with the sign of this tensor.
   *
   * `aten::fmod.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::fmod.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  fmod(other: Tensor): Tensor;
  fmod(other: Scalar): Tensor;
  fmod(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(fmodOp, this, other, options);
  }

  /**
   * Quotient, rounded down.
   *
   * `aten::floor_divide(Tensor self, Tensor other) -> Tensor`
   * `aten::floor_divide.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  floorDivide(other: Tensor): Tensor;
  floorDivide(other: Scalar): Tensor;
  floorDivide(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(floorDivideOp, this, other, options);
  }

  /**
   * log(exp(x) + exp(y)).
   *
   * `aten::logaddexp(Tensor self, Tensor other) -> Tensor`
   */
  logaddexp(other: Tensor): Tensor {
    return run(logaddexpOp, [this, other]) as Tensor;
  }

  /**
   * x * log(y), zero where x is zero.
   *
   * `aten::xlogy.Tensor(Tensor self, Tensor other) -> Tensor`
   */
  xlogy(other: Tensor): Tensor {
    return run(xlogyOp, [this, other]) as Tensor;
  }

  /**
   * Limits values to [min, max].
   *
   * `aten::clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor`
   * `aten::clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor`
   */
  clamp(min: Scalar | null, max: Scalar | null): Tensor;
  clamp(min: Scalar | null, options?: { max?: Scalar | null | undefined }): Tensor;
  clamp(options?: { min?: Scalar | null | undefined; max?: Scalar | null | undefined }): Tensor;
  clamp(min: Tensor | null, max: Tensor | null): Tensor;
  clamp(min: Tensor | null, options?: { max?: Tensor | null | undefined }): Tensor;
  clamp(options?: { min?: Tensor | null | undefined; max?: Tensor | null | undefined }): Tensor;
  clamp(...values: unknown[]): unknown {
    return runOverloaded(clampOp, [this, ...values]) as never;
  }

  /**
   * Limits values in place.
   *
   * `aten::clamp_(Tensor(a!) self, Scalar? min=None, Scalar? max=None) -> Tensor(a!)`
   */
  clamp_(min: Scalar | null, max: Scalar | null): this;
  clamp_(min: Scalar | null, options?: { max?: Scalar | null | undefined }): this;
  clamp_(options?: { min?: Scalar | null | undefined; max?: Scalar | null | undefined }): this;
  clamp_(min?: unknown, max?: unknown, options?: unknown): this {
    return runByPosition(clamp_Op, [this, min, max, options]) as this;
  }

  /**
   * Limits values from below.
   *
   * `aten::clamp_min(Tensor self, Scalar min) -> Tensor`
   */
  clampMin(min: Scalar): Tensor {
    return run(clampMinOp, [this, min]) as Tensor;
  }

  /**
   * Limits values from above.
   *
   * `aten::clamp_max(Tensor self, Scalar max) -> Tensor`
   */
  clampMax(max: Scalar): Tensor {
    return run(clampMaxOp, [this, max]) as Tensor;
  }

  /**
   * Linear interpolation towards another tensor.
   *
   * `aten::lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor`
   */
  lerp(end: Tensor, weight: Scalar): Tensor {
    return run(lerpOp, [this, end, weight]) as Tensor;
  }

  /**
   * Linear interpolation in place.
   *
   * `aten::lerp_.Scalar(Tensor(a!) self, Tensor end, Scalar weight) -> Tensor(a!)`
   */
  lerp_(end: Tensor, weight: Scalar): this {
    return run(lerp_Op, [this, end, weight]) as this;
  }

  /**
   * Elementwise larger value.
   *
   * `aten::maximum(Tensor self, Tensor other) -> Tensor`
   */
  maximum(other: Tensor): Tensor {
    return run(maximumOp, [this, other]) as Tensor;
  }

  /**
   * Elementwise smaller value.
   *
   * `aten::minimum(Tensor self, Tensor other) -> Tensor`
   */
  minimum(other: Tensor): Tensor {
    return run(minimumOp, [this, other]) as Tensor;
  }

  /**
   * This + value * tensor1 * tensor2.
   * Defaults: value 1.
   *
   * `aten::addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor`
   */
  addcmul(tensor1: Tensor, tensor2: Tensor, options?: { value?: Scalar | undefined }): Tensor {
    return run(addcmulOp, [this, tensor1, tensor2], options) as Tensor;
  }

  /**
   * This + value * tensor1 / tensor2.
   * Defaults: value 1.
   *
   * `aten::addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor`
   */
  addcdiv(tensor1: Tensor, tensor2: Tensor, options?: { value?: Scalar | undefined }): Tensor {
    return run(addcdivOp, [this, tensor1, tensor2], options) as Tensor;
  }

  /**
   * Copies another tensor into this one, broadcasting and converting.
   * Defaults: nonBlocking false.
   *
   * `aten::copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)`
   */
  copy_(src: Tensor, options?: { nonBlocking?: boolean | undefined }): this {
    return run(copy_Op, [this, src], options) as this;
  }

  /**
   * Fills with one value.
   *
   * `aten::fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)`
   * `aten::fill_.Tensor(Tensor(a!) self, Tensor value) -> Tensor(a!)`
   */
  fill_(value: Scalar): this;
  fill_(value: Tensor): this;
  fill_(...values: unknown[]): unknown {
    return runOverloaded(fill_Op, [this, ...values]) as never;
  }

  /**
   * Fills with zero.
   *
   * `aten::zero_(Tensor(a!) self) -> Tensor(a!)`
   */
  zero_(): this {
    return run(zero_Op, [this]) as this;
  }

  /**
   * Replaces NaN and infinities.
   *
   * `aten::nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor`
   */
  nanToNum(options?: { nan?: number | null | undefined; posinf?: number | null | undefined; neginf?: number | null | undefined }): Tensor {
    return run(nanToNumOp, [this], options) as Tensor;
  }

  /**
   * Equal, elementwise.
   *
   * `aten::eq.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::eq.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  eq(other: Tensor): Tensor;
  eq(other: Scalar): Tensor;
  eq(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(eqOp, this, other, options);
  }

  /**
   * Not equal, elementwise.
   *
   * `aten::ne.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::ne.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  ne(other: Tensor): Tensor;
  ne(other: Scalar): Tensor;
  ne(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(neOp, this, other, options);
  }

  /**
   * Less than, elementwise.
   *
   * `aten::lt.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::lt.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  lt(other: Tensor): Tensor;
  lt(other: Scalar): Tensor;
  lt(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(ltOp, this, other, options);
  }

  /**
   * At most, elementwise.
   *
   * `aten::le.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::le.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  le(other: Tensor): Tensor;
  le(other: Scalar): Tensor;
  le(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(leOp, this, other, options);
  }

  /**
   * Greater than, elementwise.
   *
   * `aten::gt.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::gt.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  gt(other: Tensor): Tensor;
  gt(other: Scalar): Tensor;
  gt(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(gtOp, this, other, options);
  }

  /**
   * At least, elementwise.
   *
   * `aten::ge.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::ge.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  ge(other: Tensor): Tensor;
  ge(other: Scalar): Tensor;
  ge(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(geOp, this, other, options);
  }

  /**
   * Both true.
   *
   * `aten::logical_and(Tensor self, Tensor other) -> Tensor`
   */
  logicalAnd(other: Tensor): Tensor {
    return run(logicalAndOp, [this, other]) as Tensor;
  }

  /**
   * Any true.
   *
   * `aten::logical_or(Tensor self, Tensor other) -> Tensor`
   */
  logicalOr(other: Tensor): Tensor {
    return run(logicalOrOp, [this, other]) as Tensor;
  }

  /**
   * Not true.
   *
   * `aten::logical_not(Tensor self) -> Tensor`
   */
  logicalNot(): Tensor {
    return run(logicalNotOp, [this]) as Tensor;
  }

  /**
   * Exactly one true.
   *
   * `aten::logical_xor(Tensor self, Tensor other) -> Tensor`
   */
  logicalXor(other: Tensor): Tensor {
    return run(logicalXorOp, [this, other]) as Tensor;
  }

  /**
   * NaN, elementwise.
   *
   * `aten::isnan(Tensor self) -> Tensor`
   */
  isnan(): Tensor {
    return run(isnanOp, [this]) as Tensor;
  }

  /**
   * Neither NaN nor infinite, elementwise.
   *
   * `aten::isfinite(Tensor self) -> Tensor`
   */
  isfinite(): Tensor {
    return run(isfiniteOp, [this]) as Tensor;
  }

  /**
   * Infinite, elementwise.
   *
   * `aten::isinf(Tensor self) -> Tensor`
   */
  isinf(): Tensor {
    return run(isinfOp, [this]) as Tensor;
  }

  /**
   * Within rtol and atol, elementwise.
   * Defaults: rtol 1.0000000000000001e-05, atol 1e-08, equalNan false.
   *
   * `aten::isclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> Tensor`
   */
  isclose(other: Tensor, options?: { rtol?: number | undefined; atol?: number | undefined; equalNan?: boolean | undefined }): Tensor {
    return run(iscloseOp, [this, other], options) as Tensor;
  }

  /**
   * Same shape and same values.
   *
   * `aten::equal(Tensor self, Tensor other) -> bool`
   */
  equal(other: Tensor): boolean {
    return run(equalOp, [this, other]) as boolean;
  }

  /**
   * Values within rtol and atol of each other.
   * Defaults: rtol 1.0000000000000001e-05, atol 1e-08, equalNan false.
   *
   * `aten::allclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> bool`
   */
  allclose(other: Tensor, options?: { rtol?: number | undefined; atol?: number | undefined; equalNan?: boolean | undefined }): boolean {
    return run(allcloseOp, [this, other], options) as boolean;
  }

  /**
   * Bits in both, or both true.
   *
   * `aten::bitwise_and.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::bitwise_and.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  bitwiseAnd(other: Tensor): Tensor;
  bitwiseAnd(other: Scalar): Tensor;
  bitwiseAnd(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(bitwiseAndOp, this, other, options);
  }

  /**
   * Bits in either, or any true.
   *
   * `aten::bitwise_or.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::bitwise_or.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  bitwiseOr(other: Tensor): Tensor;
  bitwiseOr(other: Scalar): Tensor;
  bitwiseOr(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(bitwiseOrOp, this, other, options);
  }

  /**
   * Bits in one of the two.
   *
   * `aten::bitwise_xor.Tensor(Tensor self, Tensor other) -> Tensor`
   * `aten::bitwise_xor.Scalar(Tensor self, Scalar other) -> Tensor`
   */
  bitwiseXor(other: Tensor): Tensor;
  bitwiseXor(other: Scalar): Tensor;
  bitwiseXor(other: unknown, options?: Record<string, unknown>): unknown {
    return runBinary(bitwiseXorOp, this, other, options);
  }

  /**
   * Other bits, or not true.
   *
   * `aten::bitwise_not(Tensor self) -> Tensor`
   */
  bitwiseNot(): Tensor {
    return run(bitwiseNotOp, [this]) as Tensor;
  }

  /**
   * Sum of all elements, or over dimensions.
   * Defaults: keepdim false.
   *
   * `aten::sum(Tensor self, *, ScalarType? dtype=None) -> Tensor`
   * `aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
   */
  sum(options?: { dtype?: DType | null | undefined }): Tensor;
  sum(dim: number | readonly number[] | null, options?: { keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
  sum(options: { dim: number | readonly number[] | null; keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
  sum(...values: unknown[]): unknown {
    return runOverloaded(sumOp, [this, ...values]) as never;
  }

  /**
   * Mean of all elements, or over dimensions.
   * Defaults: keepdim false.
   *
   * `aten::mean(Tensor self, *, ScalarType? dtype=None) -> Tensor`
   * `aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
   */
  mean(options?: { dtype?: DType | null | undefined }): Tensor;
  mean(dim: number | readonly number[] | null, options?: { keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
  mean(options: { dim: number | readonly number[] | null; keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
  mean(...values: unknown[]): unknown {
    return runOverloaded(meanOp, [this, ...values]) as never;
  }

  /**
   * Variance of all elements, or over dimensions.
   * Defaults: unbiased true, keepdim false.
   *
   * `aten::var(Tensor self, bool unbiased=True) -> Tensor`
   * `aten::var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor`
   */
  var(options?: { unbiased?: boolean | undefined }): Tensor;
  var(dim: number | readonly number[] | null, options?: { unbiased?: boolean | undefined; keepdim?: boolean | undefined }): Tensor;
  var(options: { dim: number | readonly number[] | null; unbiased?: boolean | undefined; keepdim?: boolean | undefined }): Tensor;
  var(...values: unknown[]): unknown {
    return runOverloaded(varOp, [this, ...values]) as never;
  }

  /**
   * Standard deviation of all elements, or over dimensions.
   * Defaults: unbiased true, keepdim false.
   *
   * `aten::std(Tensor self, bool unbiased=True) -> Tensor`
   * `aten::std.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor`
   */
  std(options?: { unbiased?: boolean | undefined }): Tensor;
  std(dim: number | readonly number[] | null, options?: { unbiased?: boolean | undefined; keepdim?: boolean | undefined }): Tensor;
  std(options: { dim: number | readonly number[] | null; unbiased?: boolean | undefined; keepdim?: boolean | undefined }): Tensor;
  std(...values: unknown[]): unknown {
    return runOverloaded(stdOp, [this, ...values]) as never;
  }

  /**
   * Standard deviation and mean over dimensions.
   * Defaults: keepdim false.
   *
   * `aten::std_mean.correction(Tensor self, int[1]? dim, *, int? correction, bool keepdim=False) -> (Tensor, Tensor)`
   */
  stdMean(dim: number | readonly number[] | null, options?: { correction?: number | null | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor];
  stdMean(options: { dim: number | readonly number[] | null; correction?: number | null | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor];
  stdMean(dim?: unknown, options?: unknown): [Tensor, Tensor] {
    return runByPosition(stdMeanOp, [this, dim, options]) as [Tensor, Tensor];
  }

  /**
   * Sum without NaN.
   * Defaults: keepdim false.
   *
   * `aten::nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
   */
  nansum(dim: number | readonly number[] | null, options?: { keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
  nansum(options?: { dim?: number | readonly number[] | null | undefined; keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
  nansum(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(nansumOp, [this, dim, options]) as Tensor;
  }

  /**
   * Mean without NaN.
   * Defaults: keepdim false.
   *
   * `aten::nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
   */
  nanmean(dim: number | readonly number[] | null, options?: { keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
  nanmean(options?: { dim?: number | readonly number[] | null | undefined; keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
  nanmean(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(nanmeanOp, [this, dim, options]) as Tensor;
  }

  /**
   * How many elements are not zero.
   *
   * `aten::count_nonzero(Tensor self, int? dim=None) -> Tensor`
   * `aten::count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor`
   */
  countNonzero(dim: number | null): Tensor;
  countNonzero(options?: { dim?: number | null | undefined }): Tensor;
  countNonzero(dim: readonly number[]): Tensor;
  countNonzero(...values: unknown[]): unknown {
    return runOverloaded(countNonzeroOp, [this, ...values]) as never;
  }

  /**
   * Variance and mean over dimensions.
   * Defaults: keepdim false.
   *
   * `aten::var_mean.correction(Tensor self, int[1]? dim, *, int? correction, bool keepdim=False) -> (Tensor, Tensor)`
   */
  varMean(dim: number | readonly number[] | null, options?: { correction?: number | null | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor];
  varMean(options: { dim: number | readonly number[] | null; correction?: number | null | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor];
  varMean(dim?: unknown, options?: unknown): [Tensor, Tensor] {
    return runByPosition(varMeanOp, [this, dim, options]) as [Tensor, Tensor];
  }

  /**
   * Product of all elements, or over a dimension.
   * Defaults: keepdim false.
   *
   * `aten::prod(Tensor self, *, ScalarType? dtype=None) -> Tensor`
   * `aten::prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
   */
  prod(options?: { dtype?: DType | null | undefined }): Tensor;
  prod(dim: number, options?: { keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
  prod(options: { dim: number; keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
  prod(...values: unknown[]): unknown {
    return runOverloaded(prodOp, [this, ...values]) as never;
  }

  /**
   * Largest element; with a dimension, values and indices; with a tensor, elementwise.
   * Defaults: keepdim false.
   *
   * `aten::max(Tensor self) -> Tensor`
   * `aten::max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)`
   * `aten::max.other(Tensor self, Tensor other) -> Tensor`
   */
  max(): Tensor;
  max(dim: number, options?: { keepdim?: boolean | undefined }): [Tensor, Tensor];
  max(options: { dim: number; keepdim?: boolean | undefined }): [Tensor, Tensor];
  max(other: Tensor): Tensor;
  max(...values: unknown[]): unknown {
    return runOverloaded(maxOp, [this, ...values]) as never;
  }

  /**
   * Smallest element; with a dimension, values and indices; with a tensor, elementwise.
   * Defaults: keepdim false.
   *
   * `aten::min(Tensor self) -> Tensor`
   * `aten::min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)`
   * `aten::min.other(Tensor self, Tensor other) -> Tensor`
   */
  min(): Tensor;
  min(dim: number, options?: { keepdim?: boolean | undefined }): [Tensor, Tensor];
  min(options: { dim: number; keepdim?: boolean | undefined }): [Tensor, Tensor];
  min(other: Tensor): Tensor;
  min(...values: unknown[]): unknown {
    return runOverloaded(minOp, [this, ...values]) as never;
  }

  /**
   * Largest values over dimensions; gradients are shared among ties.
   * Defaults: dim [], keepdim false.
   *
   * `aten::amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor`
   */
  amax(dim: number | readonly number[], options?: { keepdim?: boolean | undefined }): Tensor;
  amax(options?: { dim?: number | readonly number[] | undefined; keepdim?: boolean | undefined }): Tensor;
  amax(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(amaxOp, [this, dim, options]) as Tensor;
  }

  /**
   * Smallest values over dimensions; gradients are shared among ties.
   * Defaults: dim [], keepdim false.
   *
   * `aten::amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor`
   */
  amin(dim: number | readonly number[], options?: { keepdim?: boolean | undefined }): Tensor;
  amin(options?: { dim?: number | readonly number[] | undefined; keepdim?: boolean | undefined }): Tensor;
  amin(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(aminOp, [this, dim, options]) as Tensor;
  }

  /**
   * Index of the largest element.
   * Defaults: keepdim false.
   *
   * `aten::argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor`
   */
  argmax(dim: number | null, options?: { keepdim?: boolean | undefined }): Tensor;
  argmax(options?: { dim?: number | null | undefined; keepdim?: boolean | undefined }): Tensor;
  argmax(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(argmaxOp, [this, dim, options]) as Tensor;
  }

  /**
   * Index of the smallest element.
   * Defaults: keepdim false.
   *
   * `aten::argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor`
   */
  argmin(dim: number | null, options?: { keepdim?: boolean | undefined }): Tensor;
  argmin(options?: { dim?: number | null | undefined; keepdim?: boolean | undefined }): Tensor;
  argmin(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(argminOp, [this, dim, options]) as Tensor;
  }

  /**
   * Sorted values and their indices.
   * Defaults: dim -1, descending false.
   *
   * `aten::sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)`
   */
  sort(dim: number, options?: { descending?: boolean | undefined }): [Tensor, Tensor];
  sort(options?: { dim?: number | undefined; descending?: boolean | undefined }): [Tensor, Tensor];
  sort(dim?: unknown, options?: unknown): [Tensor, Tensor] {
    return runByPosition(sortOp, [this, dim, options]) as [Tensor, Tensor];
  }

  /**
   * Indices that sort.
   * Defaults: dim -1, descending false.
   *
   * `aten::argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor`
   */
  argsort(dim: number, options?: { descending?: boolean | undefined }): Tensor;
  argsort(options?: { dim?: number | undefined; descending?: boolean | undefined }): Tensor;
  argsort(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(argsortOp, [this, dim, options]) as Tensor;
  }

  /**
   * Largest values and their indices.
   * Defaults: dim -1, largest true, sorted true.
   *
   * `aten::topk(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)`
   */
  topk(k: number, dim: number, options?: { largest?: boolean | undefined; sorted?: boolean | undefined }): [Tensor, Tensor];
  topk(k: number, options?: { dim?: number | undefined; largest?: boolean | undefined; sorted?: boolean | undefined }): [Tensor, Tensor];
  topk(k?: unknown, dim?: unknown, options?: unknown): [Tensor, Tensor] {
    return runByPosition(topkOp, [this, k, dim, options]) as [Tensor, Tensor];
  }

  /**
   * k-th smallest value and its index.
   * Defaults: dim -1, keepdim false.
   *
   * `aten::kthvalue(Tensor self, int k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)`
   */
  kthvalue(k: number, dim: number, options?: { keepdim?: boolean | undefined }): [Tensor, Tensor];
  kthvalue(k: number, options?: { dim?: number | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor];
  kthvalue(k?: unknown, dim?: unknown, options?: unknown): [Tensor, Tensor] {
    return runByPosition(kthvalueOp, [this, k, dim, options]) as [Tensor, Tensor];
  }

  /**
   * Median of all elements (the lower of two).
   * Defaults: keepdim false.
   *
   * `aten::median(Tensor self) -> Tensor`
   * `aten::median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)`
   */
  median(): Tensor;
  median(dim: number, options?: { keepdim?: boolean | undefined }): [Tensor, Tensor];
  median(options: { dim: number; keepdim?: boolean | undefined }): [Tensor, Tensor];
  median(...values: unknown[]): unknown {
    return runOverloaded(medianOp, [this, ...values]) as never;
  }

  /**
   * Quantile with interpolation.
   * Defaults: keepdim false, interpolation linear.
   *
   * `aten::quantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation="linear") -> Tensor`
   */
  quantile(q: number, dim: number | null, options?: { keepdim?: boolean | undefined; interpolation?: string | undefined }): Tensor;
  quantile(q: number, options?: { dim?: number | null | undefined; keepdim?: boolean | undefined; interpolation?: string | undefined }): Tensor;
  quantile(q?: unknown, dim?: unknown, options?: unknown): Tensor {
    return runByPosition(quantileOp, [this, q, dim, options]) as Tensor;
  }

  /**
   * Running sum.
   *
   * `aten::cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor`
   */
  cumsum(dim: number, options?: { dtype?: DType | null | undefined }): Tensor;
  cumsum(options: { dim: number; dtype?: DType | null | undefined }): Tensor;
  cumsum(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(cumsumOp, [this, dim, options]) as Tensor;
  }

  /**
   * Running product.
   *
   * `aten::cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor`
   */
  cumprod(dim: number, options?: { dtype?: DType | null | undefined }): Tensor;
  cumprod(options: { dim: number; dtype?: DType | null | undefined }): Tensor;
  cumprod(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(cumprodOp, [this, dim, options]) as Tensor;
  }

  /**
   * Differences of neighbors along a dimension.
   * Defaults: n 1, dim -1.
   *
   * `aten::diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor`
   */
  diff(options?: { n?: number | undefined; dim?: number | undefined; prepend?: Tensor | null | undefined; append?: Tensor | null | undefined }): Tensor {
    return run(diffOp, [this], options) as Tensor;
  }

  /**
   * All true.
   * Defaults: keepdim false.
   *
   * `aten::all(Tensor self) -> Tensor`
   * `aten::all.dim(Tensor self, int dim, bool keepdim=False) -> Tensor`
   */
  all(): Tensor;
  all(dim: number, options?: { keepdim?: boolean | undefined }): Tensor;
  all(options: { dim: number; keepdim?: boolean | undefined }): Tensor;
  all(...values: unknown[]): unknown {
    return runOverloaded(allOp, [this, ...values]) as never;
  }

  /**
   * Any true.
   * Defaults: keepdim false.
   *
   * `aten::any(Tensor self) -> Tensor`
   * `aten::any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor`
   */
  any(): Tensor;
  any(dim: number, options?: { keepdim?: boolean | undefined }): Tensor;
  any(options: { dim: number; keepdim?: boolean | undefined }): Tensor;
  any(...values: unknown[]): unknown {
    return runOverloaded(anyOp, [this, ...values]) as never;
  }

  /**
   * p-norm of all elements.
   * Defaults: p 2, keepdim false.
   *
   * `aten::norm.Scalar(Tensor self, Scalar p=2) -> Tensor`
   * `aten::norm.ScalarOpt_dim(Tensor self, Scalar? p, int[1] dim, bool keepdim=False) -> Tensor`
   */
  norm(p: Scalar): Tensor;
  norm(options?: { p?: Scalar | undefined }): Tensor;
  norm(p: Scalar | null, dim: number | readonly number[], options?: { keepdim?: boolean | undefined }): Tensor;
  norm(p: Scalar | null, options: { dim: number | readonly number[]; keepdim?: boolean | undefined }): Tensor;
  norm(...values: unknown[]): unknown {
    return runOverloaded(normOp, [this, ...values]) as never;
  }

  /**
   * Vector norm over dimensions.
   * Defaults: ord 2, keepdim false.
   *
   * `aten::linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`
   */
  linalgVectorNorm(options?: { ord?: Scalar | undefined; dim?: number | readonly number[] | null | undefined; keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor {
    return run(linalgVectorNormOp, [this], options) as Tensor;
  }

  /**
   * log of the sum of exponentials.
   * Defaults: keepdim false.
   *
   * `aten::logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor`
   */
  logsumexp(dim: number | readonly number[], options?: { keepdim?: boolean | undefined }): Tensor;
  logsumexp(options: { dim: number | readonly number[]; keepdim?: boolean | undefined }): Tensor;
  logsumexp(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(logsumexpOp, [this, dim, options]) as Tensor;
  }

  /**
   * Sum of the diagonal.
   *
   * `aten::trace(Tensor self) -> Tensor`
   */
  trace(): Tensor {
    return run(traceOp, [this]) as Tensor;
  }

  /**
   * p-norm of the difference.
   * Defaults: p 2.
   *
   * `aten::dist(Tensor self, Tensor other, Scalar p=2) -> Tensor`
   */
  dist(other: Tensor, p: Scalar): Tensor;
  dist(other: Tensor, options?: { p?: Scalar | undefined }): Tensor;
  dist(other?: unknown, p?: unknown, options?: unknown): Tensor {
    return runByPosition(distOp, [this, other, p, options]) as Tensor;
  }

  /**
   * Values without consecutive repetitions, with inverse and counts.
   * Defaults: returnInverse false, returnCounts false.
   *
   * `aten::unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor, Tensor)`
   */
  uniqueConsecutive(options?: { returnInverse?: boolean | undefined; returnCounts?: boolean | undefined; dim?: number | null | undefined }): [Tensor, Tensor, Tensor] {
    return run(uniqueConsecutiveOp, [this], options) as [Tensor, Tensor, Tensor];
  }

  /**
   * Distinct values, with inverse and counts.
   * Defaults: sorted true, returnInverse false, returnCounts false.
   *
   * `aten::_unique2(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)`
   */
  _unique2(options?: { sorted?: boolean | undefined; returnInverse?: boolean | undefined; returnCounts?: boolean | undefined }): [Tensor, Tensor, Tensor] {
    return run(_unique2Op, [this], options) as [Tensor, Tensor, Tensor];
  }

  /**
   * Smallest and largest values.
   * Defaults: keepdim false.
   *
   * `aten::aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)`
   */
  aminmax(options?: { dim?: number | null | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor] {
    return run(aminmaxOp, [this], options) as [Tensor, Tensor];
  }

  /**
   * Matrix product, broadcasting leading dimensions.
   *
   * `aten::matmul(Tensor self, Tensor other) -> Tensor`
   */
  matmul(other: Tensor): Tensor {
    return run(matmulOp, [this, other]) as Tensor;
  }

  /**
   * Product of two matrices.
   *
   * `aten::mm(Tensor self, Tensor mat2) -> Tensor`
   */
  mm(mat2: Tensor): Tensor {
    return run(mmOp, [this, mat2]) as Tensor;
  }

  /**
   * Products of batches of matrices.
   *
   * `aten::bmm(Tensor self, Tensor mat2) -> Tensor`
   */
  bmm(mat2: Tensor): Tensor {
    return run(bmmOp, [this, mat2]) as Tensor;
  }

  /**
   * Matrix times vector.
   *
   * `aten::mv(Tensor self, Tensor vec) -> Tensor`
   */
  mv(vec: Tensor): Tensor {
    return run(mvOp, [this, vec]) as Tensor;
  }

  /**
   * Inner product of two vectors.
   *
   * `aten::dot(Tensor self, Tensor tensor) -> Tensor`
   */
  dot(tensor: Tensor): Tensor {
    return run(dotOp, [this, tensor]) as Tensor;
  }

  /**
   * Outer product of two vectors.
   *
   * `aten::outer(Tensor self, Tensor vec2) -> Tensor`
   */
  outer(vec2: Tensor): Tensor {
    return run(outerOp, [this, vec2]) as Tensor;
  }

  /**
   * beta * this + alpha * (mat1 @ mat2).
   * Defaults: beta 1, alpha 1.
   *
   * `aten::addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor`
   */
  addmm(mat1: Tensor, mat2: Tensor, options?: { beta?: Scalar | undefined; alpha?: Scalar | undefined }): Tensor {
    return run(addmmOp, [this, mat1, mat2], options) as Tensor;
  }

  /**
   * Batched addmm.
   * Defaults: beta 1, alpha 1.
   *
   * `aten::baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor`
   */
  baddbmm(batch1: Tensor, batch2: Tensor, options?: { beta?: Scalar | undefined; alpha?: Scalar | undefined }): Tensor {
    return run(baddbmmOp, [this, batch1, batch2], options) as Tensor;
  }

  /**
   * Distances between all pairs of rows.
   * Defaults: p 2..
   *
   * `aten::cdist(Tensor x1, Tensor x2, float p=2., int? compute_mode=None) -> Tensor`
   */
  cdist(x2: Tensor, p: number, options?: { computeMode?: number | null | undefined }): Tensor;
  cdist(x2: Tensor, options?: { p?: number | undefined; computeMode?: number | null | undefined }): Tensor;
  cdist(x2?: unknown, p?: unknown, options?: unknown): Tensor {
    return runByPosition(cdistOp, [this, x2, p, options]) as Tensor;
  }

  /**
   * Inverse of square matrices.
   *
   * `aten::linalg_inv(Tensor A) -> Tensor`
   */
  linalgInv(): Tensor {
    return run(linalgInvOp, [this]) as Tensor;
  }

  /**
   * Eigenvalues and eigenvectors of symmetric matrices.
   * Defaults: UPLO L.
   *
   * `aten::linalg_eigh(Tensor self, str UPLO="L") -> (Tensor eigenvalues, Tensor eigenvectors)`
   */
  linalgEigh(options?: { UPLO?: string | undefined }): [Tensor, Tensor] {
    return run(linalgEighOp, [this], options) as [Tensor, Tensor];
  }

  /**
   * 1-D cross-correlation.
   * Defaults: stride [1], padding [0], dilation [1], groups 1.
   *
   * `aten::conv1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=[1], int[1] padding=[0], int[1] dilation=[1], int groups=1) -> Tensor`
   */
  conv1d(weight: Tensor, options?: { bias?: Tensor | null | undefined; stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; dilation?: number | readonly number[] | undefined; groups?: number | undefined }): Tensor {
    return run(conv1dOp, [this, weight], options) as Tensor;
  }

  /**
   * 2-D cross-correlation.
   * Defaults: stride [1, 1], padding [0, 0], dilation [1, 1], groups 1.
   *
   * `aten::conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, int[2] dilation=1, int groups=1) -> Tensor`
   */
  conv2d(weight: Tensor, options?: { bias?: Tensor | null | undefined; stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; dilation?: number | readonly number[] | undefined; groups?: number | undefined }): Tensor {
    return run(conv2dOp, [this, weight], options) as Tensor;
  }

  /**
   * Transposed 1-D convolution.
   * Defaults: stride [1], padding [0], outputPadding [0], groups 1, dilation [1].
   *
   * `aten::conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, int[1] stride=[1], int[1] padding=[0], int[1] output_padding=[0], int groups=1, int[1] dilation=[1]) -> Tensor`
   */
  convTranspose1d(weight: Tensor, options?: { bias?: Tensor | null | undefined; stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; outputPadding?: number | readonly number[] | undefined; groups?: number | undefined; dilation?: number | readonly number[] | undefined }): Tensor {
    return run(convTranspose1dOp, [this, weight], options) as Tensor;
  }

  /**
   * Transposed 2-D convolution.
   * Defaults: stride [1, 1], padding [0, 0], outputPadding [0, 0], groups 1, dilation [1, 1].
   *
   * `aten::conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, int[2] output_padding=0, int groups=1, int[2] dilation=1) -> Tensor`
   */
  convTranspose2d(weight: Tensor, options?: { bias?: Tensor | null | undefined; stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; outputPadding?: number | readonly number[] | undefined; groups?: number | undefined; dilation?: number | readonly number[] | undefined }): Tensor {
    return run(convTranspose2dOp, [this, weight], options) as Tensor;
  }

  /**
   * input @ weight^T + bias.
   *
   * `aten::linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor`
   */
  linear(weight: Tensor, options?: { bias?: Tensor | null | undefined }): Tensor {
    return run(linearOp, [this, weight], options) as Tensor;
  }

  /**
   * Normalises each channel by the statistics of the batch, or by running ones.
   *
   * `aten::batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor`
   */
  batchNorm(weight: Tensor | null, bias: Tensor | null, runningMean: Tensor | null, runningVar: Tensor | null, training: boolean, momentum: number, eps: number, cudnnEnabled: boolean): Tensor {
    return run(batchNormOp, [this, weight, bias, runningMean, runningVar, training, momentum, eps, cudnnEnabled]) as Tensor;
  }

  /**
   * Normalises each channel of each sample.
   *
   * `aten::instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) -> Tensor`
   */
  instanceNorm(weight: Tensor | null, bias: Tensor | null, runningMean: Tensor | null, runningVar: Tensor | null, useInputStats: boolean, momentum: number, eps: number, cudnnEnabled: boolean): Tensor {
    return run(instanceNormOp, [this, weight, bias, runningMean, runningVar, useInputStats, momentum, eps, cudnnEnabled]) as Tensor;
  }

  /**
   * Normalises groups of channels.
   * Defaults: eps 1.0000000000000001e-05, cudnnEnabled true.
   *
   * `aten::group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool cudnn_enabled=True) -> Tensor`
   */
  groupNorm(numGroups: number, options?: { weight?: Tensor | null | undefined; bias?: Tensor | null | undefined; eps?: number | undefined; cudnnEnabled?: boolean | undefined }): Tensor {
    return run(groupNormOp, [this, numGroups], options) as Tensor;
  }

  /**
   * Normalises trailing dimensions.
   * Defaults: eps 1.0000000000000001e-05, cudnnEnable true.
   *
   * `aten::layer_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool cudnn_enable=True) -> Tensor`
   */
  layerNorm(normalizedShape: readonly number[], options?: { weight?: Tensor | null | undefined; bias?: Tensor | null | undefined; eps?: number | undefined; cudnnEnable?: boolean | undefined }): Tensor {
    return run(layerNormOp, [this, normalizedShape], options) as Tensor;
  }

  /**
   * Largest value of each window.
   * Defaults: stride [], padding [0], dilation [1], ceilMode false.
   *
   * `aten::max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> Tensor`
   */
  maxPool1d(kernelSize: number | readonly number[], options?: { stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; dilation?: number | readonly number[] | undefined; ceilMode?: boolean | undefined }): Tensor {
    return run(maxPool1dOp, [this, kernelSize], options) as Tensor;
  }

  /**
   * Mean of each window.
   * Defaults: stride [], padding [0], ceilMode false, countIncludePad true.
   *
   * `aten::avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], bool ceil_mode=False, bool count_include_pad=True) -> Tensor`
   */
  avgPool1d(kernelSize: number | readonly number[], options?: { stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; ceilMode?: boolean | undefined; countIncludePad?: boolean | undefined }): Tensor {
    return run(avgPool1dOp, [this, kernelSize], options) as Tensor;
  }

  /**
   * Mean over windows that give the output size.
   *
   * `aten::adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor`
   */
  adaptiveAvgPool1d(outputSize: number | readonly number[]): Tensor {
    return run(adaptiveAvgPool1dOp, [this, outputSize]) as Tensor;
  }

  /**
   * Largest value of each window.
   * Defaults: stride [], padding [0, 0], dilation [1, 1], ceilMode false.
   *
   * `aten::max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor`
   */
  maxPool2d(kernelSize: number | readonly number[], options?: { stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; dilation?: number | readonly number[] | undefined; ceilMode?: boolean | undefined }): Tensor {
    return run(maxPool2dOp, [this, kernelSize], options) as Tensor;
  }

  /**
   * Mean of each window.
   * Defaults: stride [], padding [0, 0], ceilMode false, countIncludePad true.
   *
   * `aten::avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor`
   */
  avgPool2d(kernelSize: number | readonly number[], options?: { stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; ceilMode?: boolean | undefined; countIncludePad?: boolean | undefined; divisorOverride?: number | null | undefined }): Tensor {
    return run(avgPool2dOp, [this, kernelSize], options) as Tensor;
  }

  /**
   * Mean over windows that give the output size.
   *
   * `aten::adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor`
   */
  adaptiveAvgPool2d(outputSize: number | readonly number[]): Tensor {
    return run(adaptiveAvgPool2dOp, [this, outputSize]) as Tensor;
  }

  /**
   * Largest values and indices over windows that give the output size.
   *
   * `aten::adaptive_max_pool2d(Tensor self, int[2] output_size) -> (Tensor, Tensor)`
   */
  adaptiveMaxPool2d(outputSize: number | readonly number[]): [Tensor, Tensor] {
    return run(adaptiveMaxPool2dOp, [this, outputSize]) as [Tensor, Tensor];
  }

  /**
   * Bilinear interpolation to a size.
   *
   * `aten::upsample_bilinear2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor`
   */
  upsampleBilinear2d(outputSize: number | readonly number[], alignCorners: boolean, options?: { scalesH?: number | null | undefined; scalesW?: number | null | undefined }): Tensor {
    return run(upsampleBilinear2dOp, [this, outputSize, alignCorners], options) as Tensor;
  }

  /**
   * Nearest-neighbour interpolation to a size.
   *
   * `aten::upsample_nearest2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor`
   */
  upsampleNearest2d(outputSize: number | readonly number[], options?: { scalesH?: number | null | undefined; scalesW?: number | null | undefined }): Tensor {
    return run(upsampleNearest2dOp, [this, outputSize], options) as Tensor;
  }

  /**
   * Bicubic interpolation to a size.
   *
   * `aten::upsample_bicubic2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor`
   */
  upsampleBicubic2d(outputSize: number | readonly number[], alignCorners: boolean, options?: { scalesH?: number | null | undefined; scalesW?: number | null | undefined }): Tensor {
    return run(upsampleBicubic2dOp, [this, outputSize, alignCorners], options) as Tensor;
  }

  /**
   * Pads trailing dimensions: constant, reflect, replicate or circular.
   * Defaults: mode constant.
   *
   * `aten::pad(Tensor self, int[] pad, str mode="constant", float? value=None) -> Tensor`
   */
  pad(pad: readonly number[], options?: { mode?: string | undefined; value?: number | null | undefined }): Tensor {
    return run(padOp, [this, pad], options) as Tensor;
  }

  /**
   * Pads with one value.
   * Defaults: value 0.
   *
   * `aten::constant_pad_nd(Tensor self, int[] pad, Scalar value=0) -> Tensor`
   */
  constantPadNd(pad: readonly number[], options?: { value?: Scalar | undefined }): Tensor {
    return run(constantPadNdOp, [this, pad], options) as Tensor;
  }

  /**
   * Zeroes elements at random in training and scales the others.
   *
   * `aten::dropout(Tensor input, float p, bool train) -> Tensor`
   */
  dropout(p: number, train: boolean): Tensor {
    return run(dropoutOp, [this, p, train]) as Tensor;
  }

  /**
   * Zeroes whole channels at random in training and scales the others.
   *
   * `aten::feature_dropout(Tensor input, float p, bool train) -> Tensor`
   */
  featureDropout(p: number, train: boolean): Tensor {
    return run(featureDropoutOp, [this, p, train]) as Tensor;
  }

  /**
   * max(x, 0).
   *
   * `aten::relu(Tensor self) -> Tensor`
   */
  relu(): Tensor {
    return run(reluOp, [this]) as Tensor;
  }

  /**
   * max(x, 0), in place.
   *
   * `aten::relu_(Tensor(a!) self) -> Tensor(a!)`
   */
  relu_(): this {
    return run(relu_Op, [this]) as this;
  }

  /**
   * min(max(x, 0), 6).
   *
   * `aten::relu6(Tensor self) -> Tensor`
   */
  relu6(): Tensor {
    return run(relu6Op, [this]) as Tensor;
  }

  /**
   * Limits to [minVal, maxVal].
   * Defaults: minVal -1, maxVal 1.
   *
   * `aten::hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor`
   */
  hardtanh(options?: { minVal?: Scalar | undefined; maxVal?: Scalar | undefined }): Tensor {
    return run(hardtanhOp, [this], options) as Tensor;
  }

  /**
   * Limits to [minVal, maxVal], in place.
   * Defaults: minVal -1, maxVal 1.
   *
   * `aten::hardtanh_(Tensor(a!) self, Scalar min_val=-1, Scalar max_val=1) -> Tensor(a!)`
   */
  hardtanh_(options?: { minVal?: Scalar | undefined; maxVal?: Scalar | undefined }): this {
    return run(hardtanh_Op, [this], options) as this;
  }

  /**
   * x where positive, negativeSlope * x elsewhere.
   * Defaults: negativeSlope 0.01.
   *
   * `aten::leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor`
   */
  leakyRelu(options?: { negativeSlope?: Scalar | undefined }): Tensor {
    return run(leakyReluOp, [this], options) as Tensor;
  }

  /**
   * x where positive, alpha * (exp(x) - 1) elsewhere.
   * Defaults: alpha 1, scale 1, inputScale 1.
   *
   * `aten::elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor`
   */
  elu(options?: { alpha?: Scalar | undefined; scale?: Scalar | undefined; inputScale?: Scalar | undefined }): Tensor {
    return run(eluOp, [this], options) as Tensor;
  }

  /**
   * x times the normal distribution function.
   * Defaults: approximate none.
   *
   * `aten::gelu(Tensor self, *, str approximate="none") -> Tensor`
   */
  gelu(options?: { approximate?: string | undefined }): Tensor {
    return run(geluOp, [this], options) as Tensor;
  }

  /**
   * x * sigmoid(x).
   *
   * `aten::silu(Tensor self) -> Tensor`
   */
  silu(): Tensor {
    return run(siluOp, [this]) as Tensor;
  }

  /**
   * x * relu6(x + 3) / 6.
   *
   * `aten::hardswish(Tensor self) -> Tensor`
   */
  hardswish(): Tensor {
    return run(hardswishOp, [this]) as Tensor;
  }

  /**
   * relu6(x + 3) / 6.
   *
   * `aten::hardsigmoid(Tensor self) -> Tensor`
   */
  hardsigmoid(): Tensor {
    return run(hardsigmoidOp, [this]) as Tensor;
  }

  /**
   * x * tanh(softplus(x)).
   *
   * `aten::mish(Tensor self) -> Tensor`
   */
  mish(): Tensor {
    return run(mishOp, [this]) as Tensor;
  }

  /**
   * Scaled elu that keeps mean and variance.
   *
   * `aten::selu(Tensor self) -> Tensor`
   */
  selu(): Tensor {
    return run(seluOp, [this]) as Tensor;
  }

  /**
   * Logarithm of the sigmoid.
   *
   * `aten::log_sigmoid(Tensor self) -> Tensor`
   */
  logSigmoid(): Tensor {
    return run(logSigmoidOp, [this]) as Tensor;
  }

  /**
   * x where positive, weight * x elsewhere.
   *
   * `aten::prelu(Tensor self, Tensor weight) -> Tensor`
   */
  prelu(weight: Tensor): Tensor {
    return run(preluOp, [this, weight]) as Tensor;
  }

  /**
   * log(1 + exp(x)).
   * Defaults: beta 1, threshold 20.
   *
   * `aten::softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor`
   */
  softplus(options?: { beta?: Scalar | undefined; threshold?: Scalar | undefined }): Tensor {
    return run(softplusOp, [this], options) as Tensor;
  }

  /**
   * 1 / (1 + exp(-x)).
   *
   * `aten::sigmoid(Tensor self) -> Tensor`
   */
  sigmoid(): Tensor {
    return run(sigmoidOp, [this]) as Tensor;
  }

  /**
   * Exponentials that sum to one along a dimension.
   *
   * `aten::softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor`
   */
  softmax(dim: number, options?: { dtype?: DType | null | undefined }): Tensor;
  softmax(options: { dim: number; dtype?: DType | null | undefined }): Tensor;
  softmax(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(softmaxOp, [this, dim, options]) as Tensor;
  }

  /**
   * Logarithm of softmax.
   *
   * `aten::log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor`
   */
  logSoftmax(dim: number, options?: { dtype?: DType | null | undefined }): Tensor;
  logSoftmax(options: { dim: number; dtype?: DType | null | undefined }): Tensor;
  logSoftmax(dim?: unknown, options?: unknown): Tensor {
    return runByPosition(logSoftmaxOp, [this, dim, options]) as Tensor;
  }

  /**
   * Cross entropy of logits and class indices or probabilities.
   * Defaults: reduction 1, ignoreIndex -100, labelSmoothing 0..
   *
   * `aten::cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, int ignore_index=-100, float label_smoothing=0.) -> Tensor`
   */
  crossEntropyLoss(target: Tensor, options?: { weight?: Tensor | null | undefined; reduction?: number | undefined; ignoreIndex?: number | undefined; labelSmoothing?: number | undefined }): Tensor {
    return run(crossEntropyLossOp, [this, target], options) as Tensor;
  }

  /**
   * Negative log likelihood of log-probabilities.
   * Defaults: reduction 1, ignoreIndex -100.
   *
   * `aten::nll_loss_nd(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, int ignore_index=-100) -> Tensor`
   */
  nllLossNd(target: Tensor, options?: { weight?: Tensor | null | undefined; reduction?: number | undefined; ignoreIndex?: number | undefined }): Tensor {
    return run(nllLossNdOp, [this, target], options) as Tensor;
  }

  /**
   * Binary cross entropy of logits.
   * Defaults: reduction 1.
   *
   * `aten::binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=1) -> Tensor`
   */
  binaryCrossEntropyWithLogits(target: Tensor, options?: { weight?: Tensor | null | undefined; posWeight?: Tensor | null | undefined; reduction?: number | undefined }): Tensor {
    return run(binaryCrossEntropyWithLogitsOp, [this, target], options) as Tensor;
  }

  /**
   * Mean squared error.
   * Defaults: reduction 1.
   *
   * `aten::mse_loss(Tensor self, Tensor target, int reduction=1) -> Tensor`
   */
  mseLoss(target: Tensor, options?: { reduction?: number | undefined }): Tensor {
    return run(mseLossOp, [this, target], options) as Tensor;
  }

  /**
   * Mean absolute error.
   * Defaults: reduction 1.
   *
   * `aten::l1_loss(Tensor self, Tensor target, int reduction=1) -> Tensor`
   */
  l1Loss(target: Tensor, options?: { reduction?: number | undefined }): Tensor {
    return run(l1LossOp, [this, target], options) as Tensor;
  }

  /**
   * Squared error near zero, absolute elsewhere.
   * Defaults: reduction 1, beta 1..
   *
   * `aten::smooth_l1_loss(Tensor self, Tensor target, int reduction=1, float beta=1.) -> Tensor`
   */
  smoothL1Loss(target: Tensor, options?: { reduction?: number | undefined; beta?: number | undefined }): Tensor {
    return run(smoothL1LossOp, [this, target], options) as Tensor;
  }

  /**
   * Squared error near zero, absolute elsewhere, times delta.
   * Defaults: reduction 1, delta 1..
   *
   * `aten::huber_loss(Tensor self, Tensor target, int reduction=1, float delta=1.) -> Tensor`
   */
  huberLoss(target: Tensor, options?: { reduction?: number | undefined; delta?: number | undefined }): Tensor {
    return run(huberLossOp, [this, target], options) as Tensor;
  }

  /**
   * Binary cross entropy of probabilities.
   * Defaults: reduction 1.
   *
   * `aten::binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int reduction=1) -> Tensor`
   */
  binaryCrossEntropy(target: Tensor, options?: { weight?: Tensor | null | undefined; reduction?: number | undefined }): Tensor {
    return run(binaryCrossEntropyOp, [this, target], options) as Tensor;
  }

  /**
   * Kullback-Leibler divergence from log-probabilities.
   * Defaults: reduction 1, logTarget false.
   *
   * `aten::kl_div(Tensor self, Tensor target, int reduction=1, *, bool log_target=False) -> Tensor`
   */
  klDiv(target: Tensor, options?: { reduction?: number | undefined; logTarget?: boolean | undefined }): Tensor {
    return run(klDivOp, [this, target], options) as Tensor;
  }

  /**
   * Rows of a weight matrix.
   * Defaults: paddingIdx -1, scaleGradByFreq false, sparse false.
   *
   * `aten::embedding(Tensor weight, Tensor indices, int padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor`
   */
  embedding(indices: Tensor, options?: { paddingIdx?: number | undefined; scaleGradByFreq?: boolean | undefined; sparse?: boolean | undefined }): Tensor {
    return run(embeddingOp, [this, indices], options) as Tensor;
  }

  /**
   * Samples at normalised coordinates.
   *
   * `aten::grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor`
   */
  gridSampler(grid: Tensor, interpolationMode: number, paddingMode: number, alignCorners: boolean): Tensor {
    return run(gridSamplerOp, [this, grid, interpolationMode, paddingMode, alignCorners]) as Tensor;
  }

  /**
   * Sampling grid of affine maps.
   *
   * `aten::affine_grid_generator(Tensor theta, int[] size, bool align_corners) -> Tensor`
   */
  affineGridGenerator(size: readonly number[], alignCorners: boolean): Tensor {
    return run(affineGridGeneratorOp, [this, size, alignCorners]) as Tensor;
  }

  /**
   * Channels become space.
   *
   * `aten::pixel_shuffle(Tensor self, int upscale_factor) -> Tensor`
   */
  pixelShuffle(upscaleFactor: number): Tensor {
    return run(pixelShuffleOp, [this, upscaleFactor]) as Tensor;
  }

  /**
   * Space becomes channels.
   *
   * `aten::pixel_unshuffle(Tensor self, int downscale_factor) -> Tensor`
   */
  pixelUnshuffle(downscaleFactor: number): Tensor {
    return run(pixelUnshuffleOp, [this, downscaleFactor]) as Tensor;
  }

  /**
   * Sliding blocks as columns.
   *
   * `aten::im2col(Tensor self, int[2] kernel_size, int[2] dilation, int[2] padding, int[2] stride) -> Tensor`
   */
  im2col(kernelSize: number | readonly number[], dilation: number | readonly number[], padding: number | readonly number[], stride: number | readonly number[]): Tensor {
    return run(im2colOp, [this, kernelSize, dilation, padding, stride]) as Tensor;
  }

  /**
   * Cosine of the angle along a dimension.
   * Defaults: dim 1, eps 1e-08.
   *
   * `aten::cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor`
   */
  cosineSimilarity(x2: Tensor, dim: number, options?: { eps?: number | undefined }): Tensor;
  cosineSimilarity(x2: Tensor, options?: { dim?: number | undefined; eps?: number | undefined }): Tensor;
  cosineSimilarity(x2?: unknown, dim?: unknown, options?: unknown): Tensor {
    return runByPosition(cosineSimilarityOp, [this, x2, dim, options]) as Tensor;
  }

  /**
   * Interleaves groups of channels.
   *
   * `aten::channel_shuffle(Tensor self, int groups) -> Tensor`
   */
  channelShuffle(groups: number): Tensor {
    return run(channelShuffleOp, [this, groups]) as Tensor;
  }

  /**
   * Fills with normal random values.
   * Defaults: mean 0., std 1..
   *
   * `aten::normal_(Tensor(a!) self, float mean=0., float std=1., *, Generator? generator=None) -> Tensor(a!)`
   */
  normal_(mean: number, std: number): this;
  normal_(mean: number, options?: { std?: number | undefined }): this;
  normal_(options?: { mean?: number | undefined; std?: number | undefined }): this;
  normal_(mean?: unknown, std?: unknown, options?: unknown): this {
    return runByPosition(normal_Op, [this, mean, std, options]) as this;
  }

  /**
   * Fills with uniform random values.
   * Defaults: from 0., to 1..
   *
   * `aten::uniform_(Tensor(a!) self, float from=0., float to=1., *, Generator? generator=None) -> Tensor(a!)`
   */
  uniform_(from: number, to: number): this;
  uniform_(from: number, options?: { to?: number | undefined }): this;
  uniform_(options?: { from?: number | undefined; to?: number | undefined }): this;
  uniform_(from?: unknown, to?: unknown, options?: unknown): this {
    return runByPosition(uniform_Op, [this, from, to, options]) as this;
  }

  /**
   * Fills with random integers.
   *
   * `aten::random_(Tensor(a!) self, *, Generator? generator=None) -> Tensor(a!)`
   * `aten::random_.from(Tensor(a!) self, int from, int? to, *, Generator? generator=None) -> Tensor(a!)`
   */
  random_(): this;
  random_(from: number, to: number | null): this;
  random_(...values: unknown[]): unknown {
    return runOverloaded(random_Op, [this, ...values]) as never;
  }

  /**
   * Random ones with the given probabilities.
   *
   * `aten::bernoulli(Tensor self, *, Generator? generator=None) -> Tensor`
   */
  bernoulli(): Tensor {
    return run(bernoulliOp, [this]) as Tensor;
  }

  /**
   * Fills with random ones of a probability.
   * Defaults: p 0.5.
   *
   * `aten::bernoulli_.float(Tensor(a!) self, float p=0.5, *, Generator? generator=None) -> Tensor(a!)`
   */
  bernoulli_(p: number): this;
  bernoulli_(options?: { p?: number | undefined }): this;
  bernoulli_(p?: unknown, options?: unknown): this {
    return runByPosition(bernoulli_Op, [this, p, options]) as this;
  }

  /**
   * Draws indices with the given weights.
   * Defaults: replacement false.
   *
   * `aten::multinomial(Tensor self, int num_samples, bool replacement=False, *, Generator? generator=None) -> Tensor`
   */
  multinomial(numSamples: number, options?: { replacement?: boolean | undefined }): Tensor {
    return run(multinomialOp, [this, numSamples], options) as Tensor;
  }

  /**
   * Fills with exponentially distributed values.
   * Defaults: lambd 1..
   *
   * `aten::exponential_(Tensor(a!) self, float lambd=1., *, Generator? generator=None) -> Tensor(a!)`
   */
  exponential_(lambd: number): this;
  exponential_(options?: { lambd?: number | undefined }): this;
  exponential_(lambd?: unknown, options?: unknown): this {
    return runByPosition(exponential_Op, [this, lambd, options]) as this;
  }
}

/**
 * Uninitialised tensor of a shape.
 *
 * `aten::empty.memory_format(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
 */
export function empty(size: readonly number[], options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
  return run(emptyOp, [size], options) as Tensor;
}

/**
 * Tensor of zeros.
 *
 * `aten::zeros(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export function zeros(size: readonly number[], options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor {
  return run(zerosOp, [size], options) as Tensor;
}

/**
 * Tensor of ones.
 *
 * `aten::ones(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export function ones(size: readonly number[], options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor {
  return run(onesOp, [size], options) as Tensor;
}

/**
 * Tensor filled with one value; its dtype follows the value unless given.
 *
 * `aten::full(SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export function full(size: readonly number[], fillValue: Scalar, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor {
  return run(fullOp, [size, fillValue], options) as Tensor;
}

/**
 * Integers or numbers in [0, end) or [start, end) with a step.
 * Defaults: step 1.
 *
 * `aten::arange(Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * `aten::arange.start(Scalar start, Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * `aten::arange.start_step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export function arange(end: Scalar, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor;
export function arange(start: Scalar, end: Scalar, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor;
export function arange(start: Scalar, end: Scalar, options?: { step?: Scalar | undefined; dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor;
export function arange(...values: unknown[]): unknown {
  return runOverloaded(arangeOp, values) as never;
}

/**
 * Evenly spaced values, both ends included.
 *
 * `aten::linspace(Scalar start, Scalar end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export function linspace(start: Scalar, end: Scalar, steps: number, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor {
  return run(linspaceOp, [start, end, steps], options) as Tensor;
}

/**
 * Identity matrix.
 *
 * `aten::eye(int n, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * `aten::eye.m(int n, int m, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export function eye(n: number, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor;
export function eye(n: number, m: number, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor;
export function eye(...values: unknown[]): unknown {
  return runOverloaded(eyeOp, values) as never;
}

/**
 * Uniform random values in [0, 1).
 *
 * `aten::rand(int[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export function rand(size: readonly number[], options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor {
  return run(randOp, [size], options) as Tensor;
}

/**
 * Standard normal random values.
 *
 * `aten::randn(int[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export function randn(size: readonly number[], options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor {
  return run(randnOp, [size], options) as Tensor;
}

/**
 * Random integers in [0, high) or [low, high).
 * Defaults: dtype 4.
 *
 * `aten::randint(int high, int[] size, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 * `aten::randint.low(int low, int high, int[] size, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export function randint(high: number, size: readonly number[], options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor;
export function randint(low: number, high: number, size: readonly number[], options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor;
export function randint(...values: unknown[]): unknown {
  return runOverloaded(randintOp, values) as never;
}

/**
 * Random permutation of 0 .. n-1.
 * Defaults: dtype 4.
 *
 * `aten::randperm(int n, *, ScalarType? dtype=4, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
 */
export function randperm(n: number, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined }): Tensor {
  return run(randpermOp, [n], options) as Tensor;
}

/** Uninitialised tensor like this one. As the method of `Tensor`. */
export function emptyLike(input: Tensor, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
  return run(emptyLikeOp, [input], options) as Tensor;
}

/** Zeros in the shape, dtype and device of this tensor. As the method of `Tensor`. */
export function zerosLike(input: Tensor, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
  return run(zerosLikeOp, [input], options) as Tensor;
}

/** Ones in the shape, dtype and device of this tensor. As the method of `Tensor`. */
export function onesLike(input: Tensor, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
  return run(onesLikeOp, [input], options) as Tensor;
}

/** One value in the shape, dtype and device of this tensor. As the method of `Tensor`. */
export function fullLike(input: Tensor, fillValue: Scalar, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
  return run(fullLikeOp, [input, fillValue], options) as Tensor;
}

/** Uniform random values in [0, 1) like this tensor. As the method of `Tensor`. */
export function randLike(input: Tensor, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
  return run(randLikeOp, [input], options) as Tensor;
}

/** Standard normal random values like this tensor. As the method of `Tensor`. */
export function randnLike(input: Tensor, options?: { dtype?: DType | null | undefined; device?: Device | null | undefined; memoryFormat?: MemoryFormat | null | undefined }): Tensor {
  return run(randnLikeOp, [input], options) as Tensor;
}

/** Copy with memory of its own; gradients flow through. As the method of `Tensor`. */
export function clone(input: Tensor, options?: { memoryFormat?: MemoryFormat | null | undefined }): Tensor {
  return run(cloneOp, [input], options) as Tensor;
}

/** The same memory, cut from the graph. As the method of `Tensor`. */
export function detach(input: Tensor): Tensor {
  return run(detachOp, [input]) as Tensor;
}

/** Another shape, copied where a view is impossible. As the method of `Tensor`. */
export function reshape(input: Tensor, shape: readonly number[]): Tensor {
  return run(reshapeOp, [input, shape]) as Tensor;
}

/** Dimensions from startDim to endDim become one. As the method of `Tensor`. */
export function flatten(input: Tensor, startDim: number, endDim: number): Tensor;
export function flatten(input: Tensor, startDim: number, options?: { endDim?: number | undefined }): Tensor;
export function flatten(input: Tensor, options?: { startDim?: number | undefined; endDim?: number | undefined }): Tensor;
export function flatten(input?: unknown, startDim?: unknown, endDim?: unknown, options?: unknown): Tensor {
  return runByPosition(flattenOp, [input, startDim, endDim, options]) as Tensor;
}

/** One dimension becomes several. As the method of `Tensor`. */
export function unflatten(input: Tensor, dim: number, sizes: readonly number[]): Tensor {
  return run(unflattenOp, [input, dim, sizes]) as Tensor;
}

/** Dimensions in another order. As the method of `Tensor`. */
export function permute(input: Tensor, dims: readonly number[]): Tensor {
  return run(permuteOp, [input, dims]) as Tensor;
}

/** Swaps two dimensions. As the method of `Tensor`. */
export function transpose(input: Tensor, dim0: number, dim1: number): Tensor {
  return run(transposeOp, [input, dim0, dim1]) as Tensor;
}

/** Transposed matrix. As the method of `Tensor`. */
export function t(input: Tensor): Tensor {
  return run(tOp, [input]) as Tensor;
}

/** Inserts a dimension of size one. As the method of `Tensor`. */
export function unsqueeze(input: Tensor, dim: number): Tensor {
  return run(unsqueezeOp, [input, dim]) as Tensor;
}

/** Removes dimensions of size one: all, or the given one. As the method of `Tensor`. */
export function squeeze(input: Tensor): Tensor;
export function squeeze(input: Tensor, dim: number): Tensor;
export function squeeze(...values: unknown[]): unknown {
  return runOverloaded(squeezeOp, values) as never;
}

/** Repeats each element along a dimension. As the method of `Tensor`. */
export function repeatInterleave(input: Tensor, repeats: number, dim: number | null, options?: { outputSize?: number | null | undefined }): Tensor;
export function repeatInterleave(input: Tensor, repeats: number, options?: { dim?: number | null | undefined; outputSize?: number | null | undefined }): Tensor;
export function repeatInterleave(input?: unknown, repeats?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(repeatInterleaveOp, [input, repeats, dim, options]) as Tensor;
}

/** A range of one dimension, without copying. As the method of `Tensor`. */
export function narrow(input: Tensor, dim: number, start: number, length: number): Tensor {
  return run(narrowOp, [input, dim, start, length]) as Tensor;
}

/** One index of one dimension, without copying. As the method of `Tensor`. */
export function select(input: Tensor, dim: number, index: number): Tensor {
  return run(selectOp, [input, dim, index]) as Tensor;
}

/** A strided range of one dimension, without copying. As the method of `Tensor`. */
export function slice(input: Tensor, dim: number, options?: { start?: number | null | undefined; end?: number | null | undefined; step?: number | undefined }): Tensor;
export function slice(input: Tensor, options?: { dim?: number | undefined; start?: number | null | undefined; end?: number | null | undefined; step?: number | undefined }): Tensor;
export function slice(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(sliceOp, [input, dim, options]) as Tensor;
}

/** Pieces of a size along a dimension. As the method of `Tensor`. */
export function split(input: Tensor, splitSize: number, dim: number): Tensor[];
export function split(input: Tensor, splitSize: number, options?: { dim?: number | undefined }): Tensor[];
export function split(input: Tensor, splitSize: readonly number[], dim: number): Tensor[];
export function split(input: Tensor, splitSize: readonly number[], options?: { dim?: number | undefined }): Tensor[];
export function split(...values: unknown[]): unknown {
  return runOverloaded(splitOp, values) as never;
}

/** A number of pieces along a dimension. As the method of `Tensor`. */
export function chunk(input: Tensor, chunks: number, dim: number): Tensor[];
export function chunk(input: Tensor, chunks: number, options?: { dim?: number | undefined }): Tensor[];
export function chunk(input?: unknown, chunks?: unknown, dim?: unknown, options?: unknown): Tensor[] {
  return runByPosition(chunkOp, [input, chunks, dim, options]) as Tensor[];
}

/** One tensor for each index of a dimension. As the method of `Tensor`. */
export function unbind(input: Tensor, dim: number): Tensor[];
export function unbind(input: Tensor, options?: { dim?: number | undefined }): Tensor[];
export function unbind(input?: unknown, dim?: unknown, options?: unknown): Tensor[] {
  return runByPosition(unbindOp, [input, dim, options]) as Tensor[];
}

/**
 * Joins tensors along an existing dimension.
 * Defaults: dim 0.
 *
 * `aten::cat(Tensor[] tensors, int dim=0) -> Tensor`
 */
export function cat(tensors: readonly Tensor[], dim: number): Tensor;
export function cat(tensors: readonly Tensor[], options?: { dim?: number | undefined }): Tensor;
export function cat(tensors?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(catOp, [tensors, dim, options]) as Tensor;
}

/**
 * Joins tensors along a new dimension.
 * Defaults: dim 0.
 *
 * `aten::stack(Tensor[] tensors, int dim=0) -> Tensor`
 */
export function stack(tensors: readonly Tensor[], dim: number): Tensor;
export function stack(tensors: readonly Tensor[], options?: { dim?: number | undefined }): Tensor;
export function stack(tensors?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(stackOp, [tensors, dim, options]) as Tensor;
}

/** Reverses dimensions. As the method of `Tensor`. */
export function flip(input: Tensor, dims: readonly number[]): Tensor {
  return run(flipOp, [input, dims]) as Tensor;
}

/** Rolls elements around dimensions. As the method of `Tensor`. */
export function roll(input: Tensor, shifts: number | readonly number[], dims: number | readonly number[]): Tensor;
export function roll(input: Tensor, shifts: number | readonly number[], options?: { dims?: number | readonly number[] | undefined }): Tensor;
export function roll(input?: unknown, shifts?: unknown, dims?: unknown, options?: unknown): Tensor {
  return runByPosition(rollOp, [input, shifts, dims, options]) as Tensor;
}

/** A view with the given sizes and strides. As the method of `Tensor`. */
export function asStrided(input: Tensor, size: readonly number[], stride: readonly number[], options?: { storageOffset?: number | null | undefined }): Tensor {
  return run(asStridedOp, [input, size, stride], options) as Tensor;
}

/** Moves one dimension to another place. As the method of `Tensor`. */
export function movedim(input: Tensor, source: number, destination: number): Tensor {
  return run(movedimOp, [input, source, destination]) as Tensor;
}

/** Swaps two dimensions, as `transpose`. As the method of `Tensor`. */
export function swapaxes(input: Tensor, axis0: number, axis1: number): Tensor {
  return run(swapaxesOp, [input, axis0, axis1]) as Tensor;
}

/** The diagonal of a matrix, as a view. As the method of `Tensor`. */
export function diagonal(input: Tensor, offset: number, dim1: number, dim2: number): Tensor;
export function diagonal(input: Tensor, offset: number, dim1: number, options?: { dim2?: number | undefined }): Tensor;
export function diagonal(input: Tensor, offset: number, options?: { dim1?: number | undefined; dim2?: number | undefined }): Tensor;
export function diagonal(input: Tensor, options?: { offset?: number | undefined; dim1?: number | undefined; dim2?: number | undefined }): Tensor;
export function diagonal(input?: unknown, offset?: unknown, dim1?: unknown, dim2?: unknown, options?: unknown): Tensor {
  return runByPosition(diagonalOp, [input, offset, dim1, dim2, options]) as Tensor;
}

/** Lower triangle. As the method of `Tensor`. */
export function tril(input: Tensor, diagonal: number): Tensor;
export function tril(input: Tensor, options?: { diagonal?: number | undefined }): Tensor;
export function tril(input?: unknown, diagonal?: unknown, options?: unknown): Tensor {
  return runByPosition(trilOp, [input, diagonal, options]) as Tensor;
}

/** Upper triangle. As the method of `Tensor`. */
export function triu(input: Tensor, diagonal: number): Tensor;
export function triu(input: Tensor, options?: { diagonal?: number | undefined }): Tensor;
export function triu(input?: unknown, diagonal?: unknown, options?: unknown): Tensor {
  return runByPosition(triuOp, [input, diagonal, options]) as Tensor;
}

/** Tiles, copying; dimensions are added in front. As the method of `Tensor`. */
export function tile(input: Tensor, dims: readonly number[]): Tensor {
  return run(tileOp, [input, dims]) as Tensor;
}

/** Expands to a shape. As the method of `Tensor`. */
export function broadcastTo(input: Tensor, size: readonly number[]): Tensor {
  return run(broadcastToOp, [input, size]) as Tensor;
}

/** Elements at index tensors (null leaves a dimension whole). As the method of `Tensor`. */
export function index(input: Tensor, indices: readonly (Tensor | null)[]): Tensor {
  return run(indexOp, [input, indices]) as Tensor;
}

/** Copy with elements at index tensors replaced or accumulated. As the method of `Tensor`. */
export function indexPut(input: Tensor, indices: readonly (Tensor | null)[], values: Tensor, options?: { accumulate?: boolean | undefined }): Tensor {
  return run(indexPutOp, [input, indices, values], options) as Tensor;
}

/** The given indices of one dimension. As the method of `Tensor`. */
export function indexSelect(input: Tensor, dim: number, index: Tensor): Tensor {
  return run(indexSelectOp, [input, dim, index]) as Tensor;
}

/** Adds rows of a source at indices of one dimension. As the method of `Tensor`. */
export function indexAdd(input: Tensor, dim: number, index: Tensor, source: Tensor, options?: { alpha?: Scalar | undefined }): Tensor {
  return run(indexAddOp, [input, dim, index, source], options) as Tensor;
}

/** Elements along a dimension at an index tensor. As the method of `Tensor`. */
export function gather(input: Tensor, dim: number, index: Tensor, options?: { sparseGrad?: boolean | undefined }): Tensor {
  return run(gatherOp, [input, dim, index], options) as Tensor;
}

/** Copy with elements along a dimension replaced by a source or value. As the method of `Tensor`. */
export function scatter(input: Tensor, dim: number, index: Tensor, src: Tensor): Tensor;
export function scatter(input: Tensor, dim: number, index: Tensor, value: Scalar): Tensor;
export function scatter(...values: unknown[]): unknown {
  return runOverloaded(scatterOp, values) as never;
}

/** Copy with a source added along a dimension. As the method of `Tensor`. */
export function scatterAdd(input: Tensor, dim: number, index: Tensor, src: Tensor): Tensor {
  return run(scatterAddOp, [input, dim, index, src]) as Tensor;
}

/** Copy with the given indices of one dimension filled with one value. As the method of `Tensor`. */
export function indexFill(input: Tensor, dim: number, index: Tensor, value: Scalar): Tensor {
  return run(indexFillOp, [input, dim, index, value]) as Tensor;
}

/** Copy with the given indices of one dimension replaced. As the method of `Tensor`. */
export function indexCopy(input: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return run(indexCopyOp, [input, dim, index, source]) as Tensor;
}

/** Copy with one value where the mask is true. As the method of `Tensor`. */
export function maskedFill(input: Tensor, mask: Tensor, value: Scalar): Tensor;
export function maskedFill(input: Tensor, mask: Tensor, value: Tensor): Tensor;
export function maskedFill(...values: unknown[]): unknown {
  return runOverloaded(maskedFillOp, values) as never;
}

/** Elements where the mask is true, in one dimension. As the method of `Tensor`. */
export function maskedSelect(input: Tensor, mask: Tensor): Tensor {
  return run(maskedSelectOp, [input, mask]) as Tensor;
}

/**
 * Elements of one tensor where the condition is true, of another elsewhere.
 *
 * `aten::where.self(Tensor condition, Tensor self, Tensor other) -> Tensor`
 * `aten::where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor`
 * `aten::where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor`
 * `aten::where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor`
 */
export function where(condition: Tensor, input: Tensor, other: Tensor): Tensor;
export function where(condition: Tensor, input: Tensor, other: Scalar): Tensor;
export function where(condition: Tensor, input: Scalar, other: Tensor): Tensor;
export function where(condition: Tensor, input: Scalar, other: Scalar): Tensor;
export function where(...values: unknown[]): unknown {
  return runOverloaded(whereOp, values) as never;
}

/** Indices of elements that are not zero. As the method of `Tensor`. */
export function nonzero(input: Tensor): Tensor {
  return run(nonzeroOp, [input]) as Tensor;
}

/** How often each integer occurs. As the method of `Tensor`. */
export function bincount(input: Tensor, options?: { weights?: Tensor | null | undefined; minlength?: number | undefined }): Tensor {
  return run(bincountOp, [input], options) as Tensor;
}

/** Histogram of equal bins. As the method of `Tensor`. */
export function histc(input: Tensor, options?: { bins?: number | undefined; min?: Scalar | undefined; max?: Scalar | undefined }): Tensor {
  return run(histcOp, [input], options) as Tensor;
}

/** Elements along a dimension at an index tensor, broadcasting. As the method of `Tensor`. */
export function takeAlongDim(input: Tensor, indices: Tensor, dim: number | null): Tensor;
export function takeAlongDim(input: Tensor, indices: Tensor, options?: { dim?: number | null | undefined }): Tensor;
export function takeAlongDim(input?: unknown, indices?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(takeAlongDimOp, [input, indices, dim, options]) as Tensor;
}

/** Positions at which values would be inserted into a sorted sequence. As the method of `Tensor`. */
export function searchsorted(sortedSequence: Tensor, input: Tensor, options?: { outInt32?: boolean | undefined; right?: boolean | undefined; side?: string | null | undefined; sorter?: Tensor | null | undefined }): Tensor {
  return run(searchsortedOp, [sortedSequence, input], options) as Tensor;
}

/** Index of the bucket of each value. As the method of `Tensor`. */
export function bucketize(input: Tensor, boundaries: Tensor, options?: { outInt32?: boolean | undefined; right?: boolean | undefined }): Tensor {
  return run(bucketizeOp, [input, boundaries], options) as Tensor;
}

/** Sum; the other operand is multiplied by alpha. As the method of `Tensor`. */
export function add(input: Tensor, other: Tensor, options?: { alpha?: Scalar | undefined }): Tensor;
export function add(input: Tensor, other: Scalar, options?: { alpha?: Scalar | undefined }): Tensor;
export function add(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(addOp, input, other, options);
}

/** Difference; the other operand is multiplied by alpha. As the method of `Tensor`. */
export function sub(input: Tensor, other: Tensor, options?: { alpha?: Scalar | undefined }): Tensor;
export function sub(input: Tensor, other: Scalar, options?: { alpha?: Scalar | undefined }): Tensor;
export function sub(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(subOp, input, other, options);
}

/** Product. As the method of `Tensor`. */
export function mul(input: Tensor, other: Tensor): Tensor;
export function mul(input: Tensor, other: Scalar): Tensor;
export function mul(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(mulOp, input, other, options);
}

/** Quotient; roundingMode may be "floor" or "trunc". As the method of `Tensor`. */
export function div(input: Tensor, other: Tensor): Tensor;
export function div(input: Tensor, other: Scalar): Tensor;
export function div(input: Tensor, other: Tensor, options?: { roundingMode?: string | null | undefined }): Tensor;
export function div(input: Tensor, other: Scalar, options?: { roundingMode?: string | null | undefined }): Tensor;
export function div(...values: unknown[]): unknown {
  return runOverloaded(divOp, values) as never;
}

/** Remainder with the sign of the divisor. As the method of `Tensor`. */
export function remainder(input: Tensor, other: Tensor): Tensor;
export function remainder(input: Tensor, other: Scalar): Tensor;
export function remainder(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(remainderOp, input, other, options);
}

/** Power. As the method of `Tensor`. */
export function pow(input: Tensor, exponent: Scalar): Tensor;
export function pow(input: Tensor, exponent: Tensor): Tensor;
export function pow(...values: unknown[]): unknown {
  return runOverloaded(powOp, values) as never;
}

/** The other operand minus this tensor. As the method of `Tensor`. */
export function rsub(input: Tensor, other: Tensor, options?: { alpha?: Scalar | undefined }): Tensor;
export function rsub(input: Tensor, other: Scalar, options?: { alpha?: Scalar | undefined }): Tensor;
export function rsub(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(rsubOp, input, other, options);
}

/** Negative. As the method of `Tensor`. */
export function neg(input: Tensor): Tensor {
  return run(negOp, [input]) as Tensor;
}

/** Absolute value. As the method of `Tensor`. */
export function abs(input: Tensor): Tensor {
  return run(absOp, [input]) as Tensor;
}

/** Sign: -1, 0 or 1. As the method of `Tensor`. */
export function sign(input: Tensor): Tensor {
  return run(signOp, [input]) as Tensor;
}

/** Square root. As the method of `Tensor`. */
export function sqrt(input: Tensor): Tensor {
  return run(sqrtOp, [input]) as Tensor;
}

/** Reciprocal square root. As the method of `Tensor`. */
export function rsqrt(input: Tensor): Tensor {
  return run(rsqrtOp, [input]) as Tensor;
}

/** Square. As the method of `Tensor`. */
export function square(input: Tensor): Tensor {
  return run(squareOp, [input]) as Tensor;
}

/** 1 / x. As the method of `Tensor`. */
export function reciprocal(input: Tensor): Tensor {
  return run(reciprocalOp, [input]) as Tensor;
}

/** Exponential. As the method of `Tensor`. */
export function exp(input: Tensor): Tensor {
  return run(expOp, [input]) as Tensor;
}

/** exp(x) - 1, exact near zero. As the method of `Tensor`. */
export function expm1(input: Tensor): Tensor {
  return run(expm1Op, [input]) as Tensor;
}

/** Natural logarithm. As the method of `Tensor`. */
export function log(input: Tensor): Tensor {
  return run(logOp, [input]) as Tensor;
}

/** Logarithm to base 2. As the method of `Tensor`. */
export function log2(input: Tensor): Tensor {
  return run(log2Op, [input]) as Tensor;
}

/** log(1 + x), exact near zero. As the method of `Tensor`. */
export function log1p(input: Tensor): Tensor {
  return run(log1pOp, [input]) as Tensor;
}

/** Sine. As the method of `Tensor`. */
export function sin(input: Tensor): Tensor {
  return run(sinOp, [input]) as Tensor;
}

/** Cosine. As the method of `Tensor`. */
export function cos(input: Tensor): Tensor {
  return run(cosOp, [input]) as Tensor;
}

/** Hyperbolic tangent. As the method of `Tensor`. */
export function tanh(input: Tensor): Tensor {
  return run(tanhOp, [input]) as Tensor;
}

/** Tangent. As the method of `Tensor`. */
export function tan(input: Tensor): Tensor {
  return run(tanOp, [input]) as Tensor;
}

/** Inverse sine. As the method of `Tensor`. */
export function asin(input: Tensor): Tensor {
  return run(asinOp, [input]) as Tensor;
}

/** Inverse cosine. As the method of `Tensor`. */
export function acos(input: Tensor): Tensor {
  return run(acosOp, [input]) as Tensor;
}

/** Inverse tangent. As the method of `Tensor`. */
export function atan(input: Tensor): Tensor {
  return run(atanOp, [input]) as Tensor;
}

/** Hyperbolic sine. As the method of `Tensor`. */
export function sinh(input: Tensor): Tensor {
  return run(sinhOp, [input]) as Tensor;
}

/** Hyperbolic cosine. As the method of `Tensor`. */
export function cosh(input: Tensor): Tensor {
  return run(coshOp, [input]) as Tensor;
}

/** Error function. As the method of `Tensor`. */
export function erf(input: Tensor): Tensor {
  return run(erfOp, [input]) as Tensor;
}

/** 2 to the power of x. As the method of `Tensor`. */
export function exp2(input: Tensor): Tensor {
  return run(exp2Op, [input]) as Tensor;
}

/** Logarithm to base 10. As the method of `Tensor`. */
export function log10(input: Tensor): Tensor {
  return run(log10Op, [input]) as Tensor;
}

/** Inverse of the sigmoid. As the method of `Tensor`. */
export function logit(input: Tensor, options?: { eps?: number | null | undefined }): Tensor {
  return run(logitOp, [input], options) as Tensor;
}

/** Angle of the point (other, this). As the method of `Tensor`. */
export function atan2(input: Tensor, other: Tensor): Tensor {
  return run(atan2Op, [input, other]) as Tensor;
}

/** Largest integer not above. As the method of `Tensor`. */
export function floor(input: Tensor): Tensor {
  return run(floorOp, [input]) as Tensor;
}

/** Smallest integer not below. As the method of `Tensor`. */
export function ceil(input: Tensor): Tensor {
  return run(ceilOp, [input]) as Tensor;
}

/** Nearest integer, halves to even. As the method of `Tensor`. */
export function round(input: Tensor): Tensor {
  return run(roundOp, [input]) as Tensor;
}

/** Integer part. As the method of `Tensor`. */
export function trunc(input: Tensor): Tensor {
  return run(truncOp, [input]) as Tensor;
}

/** What is behind the decimal point. As the method of `Tensor`. */
export function frac(input: Tensor): Tensor {
  return run(fracOp, [input]) as Tensor;
}

/** Remainder with the sign of this tensor. As the method of `Tensor`. */
export function fmod(input: Tensor, other: Tensor): Tensor;
export function fmod(input: Tensor, other: Scalar): Tensor;
export function fmod(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(fmodOp, input, other, options);
}

/** Quotient, rounded down. As the method of `Tensor`. */
export function floorDivide(input: Tensor, other: Tensor): Tensor;
export function floorDivide(input: Tensor, other: Scalar): Tensor;
export function floorDivide(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(floorDivideOp, input, other, options);
}

/** log(exp(x) + exp(y)). As the method of `Tensor`. */
export function logaddexp(input: Tensor, other: Tensor): Tensor {
  return run(logaddexpOp, [input, other]) as Tensor;
}

/** x * log(y), zero where x is zero. As the method of `Tensor`. */
export function xlogy(input: Tensor, other: Tensor): Tensor {
  return run(xlogyOp, [input, other]) as Tensor;
}

/** Limits values to [min, max]. As the method of `Tensor`. */
export function clamp(input: Tensor, min: Scalar | null, max: Scalar | null): Tensor;
export function clamp(input: Tensor, min: Scalar | null, options?: { max?: Scalar | null | undefined }): Tensor;
export function clamp(input: Tensor, options?: { min?: Scalar | null | undefined; max?: Scalar | null | undefined }): Tensor;
export function clamp(input: Tensor, min: Tensor | null, max: Tensor | null): Tensor;
export function clamp(input: Tensor, min: Tensor | null, options?: { max?: Tensor | null | undefined }): Tensor;
export function clamp(input: Tensor, options?: { min?: Tensor | null | undefined; max?: Tensor | null | undefined }): Tensor;
export function clamp(...values: unknown[]): unknown {
  return runOverloaded(clampOp, values) as never;
}

/** Limits values from below. As the method of `Tensor`. */
export function clampMin(input: Tensor, min: Scalar): Tensor {
  return run(clampMinOp, [input, min]) as Tensor;
}

/** Limits values from above. As the method of `Tensor`. */
export function clampMax(input: Tensor, max: Scalar): Tensor {
  return run(clampMaxOp, [input, max]) as Tensor;
}

/** Linear interpolation towards another tensor. As the method of `Tensor`. */
export function lerp(input: Tensor, end: Tensor, weight: Scalar): Tensor {
  return run(lerpOp, [input, end, weight]) as Tensor;
}

/** Elementwise larger value. As the method of `Tensor`. */
export function maximum(input: Tensor, other: Tensor): Tensor {
  return run(maximumOp, [input, other]) as Tensor;
}

/** Elementwise smaller value. As the method of `Tensor`. */
export function minimum(input: Tensor, other: Tensor): Tensor {
  return run(minimumOp, [input, other]) as Tensor;
}

/** This + value * tensor1 * tensor2. As the method of `Tensor`. */
export function addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: Scalar | undefined }): Tensor {
  return run(addcmulOp, [input, tensor1, tensor2], options) as Tensor;
}

/** This + value * tensor1 / tensor2. As the method of `Tensor`. */
export function addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, options?: { value?: Scalar | undefined }): Tensor {
  return run(addcdivOp, [input, tensor1, tensor2], options) as Tensor;
}

/** Replaces NaN and infinities. As the method of `Tensor`. */
export function nanToNum(input: Tensor, options?: { nan?: number | null | undefined; posinf?: number | null | undefined; neginf?: number | null | undefined }): Tensor {
  return run(nanToNumOp, [input], options) as Tensor;
}

/** Equal, elementwise. As the method of `Tensor`. */
export function eq(input: Tensor, other: Tensor): Tensor;
export function eq(input: Tensor, other: Scalar): Tensor;
export function eq(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(eqOp, input, other, options);
}

/** Not equal, elementwise. As the method of `Tensor`. */
export function ne(input: Tensor, other: Tensor): Tensor;
export function ne(input: Tensor, other: Scalar): Tensor;
export function ne(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(neOp, input, other, options);
}

/** Less than, elementwise. As the method of `Tensor`. */
export function lt(input: Tensor, other: Tensor): Tensor;
export function lt(input: Tensor, other: Scalar): Tensor;
export function lt(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(ltOp, input, other, options);
}

/** At most, elementwise. As the method of `Tensor`. */
export function le(input: Tensor, other: Tensor): Tensor;
export function le(input: Tensor, other: Scalar): Tensor;
export function le(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(leOp, input, other, options);
}

/** Greater than, elementwise. As the method of `Tensor`. */
export function gt(input: Tensor, other: Tensor): Tensor;
export function gt(input: Tensor, other: Scalar): Tensor;
export function gt(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(gtOp, input, other, options);
}

/** At least, elementwise. As the method of `Tensor`. */
export function ge(input: Tensor, other: Tensor): Tensor;
export function ge(input: Tensor, other: Scalar): Tensor;
export function ge(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(geOp, input, other, options);
}

/** Both true. As the method of `Tensor`. */
export function logicalAnd(input: Tensor, other: Tensor): Tensor {
  return run(logicalAndOp, [input, other]) as Tensor;
}

/** Any true. As the method of `Tensor`. */
export function logicalOr(input: Tensor, other: Tensor): Tensor {
  return run(logicalOrOp, [input, other]) as Tensor;
}

/** Not true. As the method of `Tensor`. */
export function logicalNot(input: Tensor): Tensor {
  return run(logicalNotOp, [input]) as Tensor;
}

/** Exactly one true. As the method of `Tensor`. */
export function logicalXor(input: Tensor, other: Tensor): Tensor {
  return run(logicalXorOp, [input, other]) as Tensor;
}

/** NaN, elementwise. As the method of `Tensor`. */
export function isnan(input: Tensor): Tensor {
  return run(isnanOp, [input]) as Tensor;
}

/** Neither NaN nor infinite, elementwise. As the method of `Tensor`. */
export function isfinite(input: Tensor): Tensor {
  return run(isfiniteOp, [input]) as Tensor;
}

/** Infinite, elementwise. As the method of `Tensor`. */
export function isinf(input: Tensor): Tensor {
  return run(isinfOp, [input]) as Tensor;
}

/** Within rtol and atol, elementwise. As the method of `Tensor`. */
export function isclose(input: Tensor, other: Tensor, options?: { rtol?: number | undefined; atol?: number | undefined; equalNan?: boolean | undefined }): Tensor {
  return run(iscloseOp, [input, other], options) as Tensor;
}

/** Same shape and same values. As the method of `Tensor`. */
export function equal(input: Tensor, other: Tensor): boolean {
  return run(equalOp, [input, other]) as boolean;
}

/** Values within rtol and atol of each other. As the method of `Tensor`. */
export function allclose(input: Tensor, other: Tensor, options?: { rtol?: number | undefined; atol?: number | undefined; equalNan?: boolean | undefined }): boolean {
  return run(allcloseOp, [input, other], options) as boolean;
}

/** Bits in both, or both true. As the method of `Tensor`. */
export function bitwiseAnd(input: Tensor, other: Tensor): Tensor;
export function bitwiseAnd(input: Tensor, other: Scalar): Tensor;
export function bitwiseAnd(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(bitwiseAndOp, input, other, options);
}

/** Bits in either, or any true. As the method of `Tensor`. */
export function bitwiseOr(input: Tensor, other: Tensor): Tensor;
export function bitwiseOr(input: Tensor, other: Scalar): Tensor;
export function bitwiseOr(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(bitwiseOrOp, input, other, options);
}

/** Bits in one of the two. As the method of `Tensor`. */
export function bitwiseXor(input: Tensor, other: Tensor): Tensor;
export function bitwiseXor(input: Tensor, other: Scalar): Tensor;
export function bitwiseXor(input: unknown, other: unknown, options?: Record<string, unknown>): unknown {
  return runBinary(bitwiseXorOp, input, other, options);
}

/** Other bits, or not true. As the method of `Tensor`. */
export function bitwiseNot(input: Tensor): Tensor {
  return run(bitwiseNotOp, [input]) as Tensor;
}

/** Sum of all elements, or over dimensions. As the method of `Tensor`. */
export function sum(input: Tensor, options?: { dtype?: DType | null | undefined }): Tensor;
export function sum(input: Tensor, dim: number | readonly number[] | null, options?: { keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
export function sum(input: Tensor, options: { dim: number | readonly number[] | null; keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
export function sum(...values: unknown[]): unknown {
  return runOverloaded(sumOp, values) as never;
}

/** Mean of all elements, or over dimensions. As the method of `Tensor`. */
export function mean(input: Tensor, options?: { dtype?: DType | null | undefined }): Tensor;
export function mean(input: Tensor, dim: number | readonly number[] | null, options?: { keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
export function mean(input: Tensor, options: { dim: number | readonly number[] | null; keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
export function mean(...values: unknown[]): unknown {
  return runOverloaded(meanOp, values) as never;
}

/** Standard deviation of all elements, or over dimensions. As the method of `Tensor`. */
export function std(input: Tensor, options?: { unbiased?: boolean | undefined }): Tensor;
export function std(input: Tensor, dim: number | readonly number[] | null, options?: { unbiased?: boolean | undefined; keepdim?: boolean | undefined }): Tensor;
export function std(input: Tensor, options: { dim: number | readonly number[] | null; unbiased?: boolean | undefined; keepdim?: boolean | undefined }): Tensor;
export function std(...values: unknown[]): unknown {
  return runOverloaded(stdOp, values) as never;
}

/** Standard deviation and mean over dimensions. As the method of `Tensor`. */
export function stdMean(input: Tensor, dim: number | readonly number[] | null, options?: { correction?: number | null | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor];
export function stdMean(input: Tensor, options: { dim: number | readonly number[] | null; correction?: number | null | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor];
export function stdMean(input?: unknown, dim?: unknown, options?: unknown): [Tensor, Tensor] {
  return runByPosition(stdMeanOp, [input, dim, options]) as [Tensor, Tensor];
}

/** Sum without NaN. As the method of `Tensor`. */
export function nansum(input: Tensor, dim: number | readonly number[] | null, options?: { keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
export function nansum(input: Tensor, options?: { dim?: number | readonly number[] | null | undefined; keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
export function nansum(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(nansumOp, [input, dim, options]) as Tensor;
}

/** Mean without NaN. As the method of `Tensor`. */
export function nanmean(input: Tensor, dim: number | readonly number[] | null, options?: { keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
export function nanmean(input: Tensor, options?: { dim?: number | readonly number[] | null | undefined; keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
export function nanmean(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(nanmeanOp, [input, dim, options]) as Tensor;
}

/** How many elements are not zero. As the method of `Tensor`. */
export function countNonzero(input: Tensor, dim: number | null): Tensor;
export function countNonzero(input: Tensor, options?: { dim?: number | null | undefined }): Tensor;
export function countNonzero(input: Tensor, dim: readonly number[]): Tensor;
export function countNonzero(...values: unknown[]): unknown {
  return runOverloaded(countNonzeroOp, values) as never;
}

/** Variance and mean over dimensions. As the method of `Tensor`. */
export function varMean(input: Tensor, dim: number | readonly number[] | null, options?: { correction?: number | null | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor];
export function varMean(input: Tensor, options: { dim: number | readonly number[] | null; correction?: number | null | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor];
export function varMean(input?: unknown, dim?: unknown, options?: unknown): [Tensor, Tensor] {
  return runByPosition(varMeanOp, [input, dim, options]) as [Tensor, Tensor];
}

/** Product of all elements, or over a dimension. As the method of `Tensor`. */
export function prod(input: Tensor, options?: { dtype?: DType | null | undefined }): Tensor;
export function prod(input: Tensor, dim: number, options?: { keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
export function prod(input: Tensor, options: { dim: number; keepdim?: boolean | undefined; dtype?: DType | null | undefined }): Tensor;
export function prod(...values: unknown[]): unknown {
  return runOverloaded(prodOp, values) as never;
}

/** Largest element; with a dimension, values and indices; with a tensor, elementwise. As the method of `Tensor`. */
export function max(input: Tensor): Tensor;
export function max(input: Tensor, dim: number, options?: { keepdim?: boolean | undefined }): [Tensor, Tensor];
export function max(input: Tensor, options: { dim: number; keepdim?: boolean | undefined }): [Tensor, Tensor];
export function max(input: Tensor, other: Tensor): Tensor;
export function max(...values: unknown[]): unknown {
  return runOverloaded(maxOp, values) as never;
}

/** Smallest element; with a dimension, values and indices; with a tensor, elementwise. As the method of `Tensor`. */
export function min(input: Tensor): Tensor;
export function min(input: Tensor, dim: number, options?: { keepdim?: boolean | undefined }): [Tensor, Tensor];
export function min(input: Tensor, options: { dim: number; keepdim?: boolean | undefined }): [Tensor, Tensor];
export function min(input: Tensor, other: Tensor): Tensor;
export function min(...values: unknown[]): unknown {
  return runOverloaded(minOp, values) as never;
}

/** Largest values over dimensions; gradients are shared among ties. As the method of `Tensor`. */
export function amax(input: Tensor, dim: number | readonly number[], options?: { keepdim?: boolean | undefined }): Tensor;
export function amax(input: Tensor, options?: { dim?: number | readonly number[] | undefined; keepdim?: boolean | undefined }): Tensor;
export function amax(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(amaxOp, [input, dim, options]) as Tensor;
}

/** Smallest values over dimensions; gradients are shared among ties. As the method of `Tensor`. */
export function amin(input: Tensor, dim: number | readonly number[], options?: { keepdim?: boolean | undefined }): Tensor;
export function amin(input: Tensor, options?: { dim?: number | readonly number[] | undefined; keepdim?: boolean | undefined }): Tensor;
export function amin(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(aminOp, [input, dim, options]) as Tensor;
}

/** Index of the largest element. As the method of `Tensor`. */
export function argmax(input: Tensor, dim: number | null, options?: { keepdim?: boolean | undefined }): Tensor;
export function argmax(input: Tensor, options?: { dim?: number | null | undefined; keepdim?: boolean | undefined }): Tensor;
export function argmax(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(argmaxOp, [input, dim, options]) as Tensor;
}

/** Index of the smallest element. As the method of `Tensor`. */
export function argmin(input: Tensor, dim: number | null, options?: { keepdim?: boolean | undefined }): Tensor;
export function argmin(input: Tensor, options?: { dim?: number | null | undefined; keepdim?: boolean | undefined }): Tensor;
export function argmin(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(argminOp, [input, dim, options]) as Tensor;
}

/** Sorted values and their indices. As the method of `Tensor`. */
export function sort(input: Tensor, dim: number, options?: { descending?: boolean | undefined }): [Tensor, Tensor];
export function sort(input: Tensor, options?: { dim?: number | undefined; descending?: boolean | undefined }): [Tensor, Tensor];
export function sort(input?: unknown, dim?: unknown, options?: unknown): [Tensor, Tensor] {
  return runByPosition(sortOp, [input, dim, options]) as [Tensor, Tensor];
}

/** Indices that sort. As the method of `Tensor`. */
export function argsort(input: Tensor, dim: number, options?: { descending?: boolean | undefined }): Tensor;
export function argsort(input: Tensor, options?: { dim?: number | undefined; descending?: boolean | undefined }): Tensor;
export function argsort(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(argsortOp, [input, dim, options]) as Tensor;
}

/** Largest values and their indices. As the method of `Tensor`. */
export function topk(input: Tensor, k: number, dim: number, options?: { largest?: boolean | undefined; sorted?: boolean | undefined }): [Tensor, Tensor];
export function topk(input: Tensor, k: number, options?: { dim?: number | undefined; largest?: boolean | undefined; sorted?: boolean | undefined }): [Tensor, Tensor];
export function topk(input?: unknown, k?: unknown, dim?: unknown, options?: unknown): [Tensor, Tensor] {
  return runByPosition(topkOp, [input, k, dim, options]) as [Tensor, Tensor];
}

/** k-th smallest value and its index. As the method of `Tensor`. */
export function kthvalue(input: Tensor, k: number, dim: number, options?: { keepdim?: boolean | undefined }): [Tensor, Tensor];
export function kthvalue(input: Tensor, k: number, options?: { dim?: number | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor];
export function kthvalue(input?: unknown, k?: unknown, dim?: unknown, options?: unknown): [Tensor, Tensor] {
  return runByPosition(kthvalueOp, [input, k, dim, options]) as [Tensor, Tensor];
}

/** Median of all elements (the lower of two). As the method of `Tensor`. */
export function median(input: Tensor): Tensor;
export function median(input: Tensor, dim: number, options?: { keepdim?: boolean | undefined }): [Tensor, Tensor];
export function median(input: Tensor, options: { dim: number; keepdim?: boolean | undefined }): [Tensor, Tensor];
export function median(...values: unknown[]): unknown {
  return runOverloaded(medianOp, values) as never;
}

/** Quantile with interpolation. As the method of `Tensor`. */
export function quantile(input: Tensor, q: number, dim: number | null, options?: { keepdim?: boolean | undefined; interpolation?: string | undefined }): Tensor;
export function quantile(input: Tensor, q: number, options?: { dim?: number | null | undefined; keepdim?: boolean | undefined; interpolation?: string | undefined }): Tensor;
export function quantile(input?: unknown, q?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(quantileOp, [input, q, dim, options]) as Tensor;
}

/** Running sum. As the method of `Tensor`. */
export function cumsum(input: Tensor, dim: number, options?: { dtype?: DType | null | undefined }): Tensor;
export function cumsum(input: Tensor, options: { dim: number; dtype?: DType | null | undefined }): Tensor;
export function cumsum(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(cumsumOp, [input, dim, options]) as Tensor;
}

/** Running product. As the method of `Tensor`. */
export function cumprod(input: Tensor, dim: number, options?: { dtype?: DType | null | undefined }): Tensor;
export function cumprod(input: Tensor, options: { dim: number; dtype?: DType | null | undefined }): Tensor;
export function cumprod(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(cumprodOp, [input, dim, options]) as Tensor;
}

/** Differences of neighbors along a dimension. As the method of `Tensor`. */
export function diff(input: Tensor, options?: { n?: number | undefined; dim?: number | undefined; prepend?: Tensor | null | undefined; append?: Tensor | null | undefined }): Tensor {
  return run(diffOp, [input], options) as Tensor;
}

/** All true. As the method of `Tensor`. */
export function all(input: Tensor): Tensor;
export function all(input: Tensor, dim: number, options?: { keepdim?: boolean | undefined }): Tensor;
export function all(input: Tensor, options: { dim: number; keepdim?: boolean | undefined }): Tensor;
export function all(...values: unknown[]): unknown {
  return runOverloaded(allOp, values) as never;
}

/** Any true. As the method of `Tensor`. */
export function any(input: Tensor): Tensor;
export function any(input: Tensor, dim: number, options?: { keepdim?: boolean | undefined }): Tensor;
export function any(input: Tensor, options: { dim: number; keepdim?: boolean | undefined }): Tensor;
export function any(...values: unknown[]): unknown {
  return runOverloaded(anyOp, values) as never;
}

/** p-norm of all elements. As the method of `Tensor`. */
export function norm(input: Tensor, p: Scalar): Tensor;
export function norm(input: Tensor, options?: { p?: Scalar | undefined }): Tensor;
export function norm(input: Tensor, p: Scalar | null, dim: number | readonly number[], options?: { keepdim?: boolean | undefined }): Tensor;
export function norm(input: Tensor, p: Scalar | null, options: { dim: number | readonly number[]; keepdim?: boolean | undefined }): Tensor;
export function norm(...values: unknown[]): unknown {
  return runOverloaded(normOp, values) as never;
}

/** log of the sum of exponentials. As the method of `Tensor`. */
export function logsumexp(input: Tensor, dim: number | readonly number[], options?: { keepdim?: boolean | undefined }): Tensor;
export function logsumexp(input: Tensor, options: { dim: number | readonly number[]; keepdim?: boolean | undefined }): Tensor;
export function logsumexp(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(logsumexpOp, [input, dim, options]) as Tensor;
}

/** Sum of the diagonal. As the method of `Tensor`. */
export function trace(input: Tensor): Tensor {
  return run(traceOp, [input]) as Tensor;
}

/** p-norm of the difference. As the method of `Tensor`. */
export function dist(input: Tensor, other: Tensor, p: Scalar): Tensor;
export function dist(input: Tensor, other: Tensor, options?: { p?: Scalar | undefined }): Tensor;
export function dist(input?: unknown, other?: unknown, p?: unknown, options?: unknown): Tensor {
  return runByPosition(distOp, [input, other, p, options]) as Tensor;
}

/** Values without consecutive repetitions, with inverse and counts. As the method of `Tensor`. */
export function uniqueConsecutive(input: Tensor, options?: { returnInverse?: boolean | undefined; returnCounts?: boolean | undefined; dim?: number | null | undefined }): [Tensor, Tensor, Tensor] {
  return run(uniqueConsecutiveOp, [input], options) as [Tensor, Tensor, Tensor];
}

/** Smallest and largest values. As the method of `Tensor`. */
export function aminmax(input: Tensor, options?: { dim?: number | null | undefined; keepdim?: boolean | undefined }): [Tensor, Tensor] {
  return run(aminmaxOp, [input], options) as [Tensor, Tensor];
}

/** Matrix product, broadcasting leading dimensions. As the method of `Tensor`. */
export function matmul(input: Tensor, other: Tensor): Tensor {
  return run(matmulOp, [input, other]) as Tensor;
}

/** Product of two matrices. As the method of `Tensor`. */
export function mm(input: Tensor, mat2: Tensor): Tensor {
  return run(mmOp, [input, mat2]) as Tensor;
}

/** Products of batches of matrices. As the method of `Tensor`. */
export function bmm(input: Tensor, mat2: Tensor): Tensor {
  return run(bmmOp, [input, mat2]) as Tensor;
}

/** Matrix times vector. As the method of `Tensor`. */
export function mv(input: Tensor, vec: Tensor): Tensor {
  return run(mvOp, [input, vec]) as Tensor;
}

/** Inner product of two vectors. As the method of `Tensor`. */
export function dot(input: Tensor, tensor: Tensor): Tensor {
  return run(dotOp, [input, tensor]) as Tensor;
}

/** Outer product of two vectors. As the method of `Tensor`. */
export function outer(input: Tensor, vec2: Tensor): Tensor {
  return run(outerOp, [input, vec2]) as Tensor;
}

/** beta * this + alpha * (mat1 @ mat2). As the method of `Tensor`. */
export function addmm(input: Tensor, mat1: Tensor, mat2: Tensor, options?: { beta?: Scalar | undefined; alpha?: Scalar | undefined }): Tensor {
  return run(addmmOp, [input, mat1, mat2], options) as Tensor;
}

/** Batched addmm. As the method of `Tensor`. */
export function baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, options?: { beta?: Scalar | undefined; alpha?: Scalar | undefined }): Tensor {
  return run(baddbmmOp, [input, batch1, batch2], options) as Tensor;
}

/**
 * Einstein summation.
 *
 * `aten::einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor`
 */
export function einsum(equation: string, tensors: readonly Tensor[], options?: { path?: readonly number[] | null | undefined }): Tensor {
  return run(einsumOp, [equation, tensors], options) as Tensor;
}

/** Distances between all pairs of rows. As the method of `Tensor`. */
export function cdist(x1: Tensor, x2: Tensor, p: number, options?: { computeMode?: number | null | undefined }): Tensor;
export function cdist(x1: Tensor, x2: Tensor, options?: { p?: number | undefined; computeMode?: number | null | undefined }): Tensor;
export function cdist(x1?: unknown, x2?: unknown, p?: unknown, options?: unknown): Tensor {
  return runByPosition(cdistOp, [x1, x2, p, options]) as Tensor;
}

/** 1-D cross-correlation. As the method of `Tensor`. */
export function conv1d(input: Tensor, weight: Tensor, options?: { bias?: Tensor | null | undefined; stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; dilation?: number | readonly number[] | undefined; groups?: number | undefined }): Tensor {
  return run(conv1dOp, [input, weight], options) as Tensor;
}

/** 2-D cross-correlation. As the method of `Tensor`. */
export function conv2d(input: Tensor, weight: Tensor, options?: { bias?: Tensor | null | undefined; stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; dilation?: number | readonly number[] | undefined; groups?: number | undefined }): Tensor {
  return run(conv2dOp, [input, weight], options) as Tensor;
}

/** Transposed 1-D convolution. As the method of `Tensor`. */
export function convTranspose1d(input: Tensor, weight: Tensor, options?: { bias?: Tensor | null | undefined; stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; outputPadding?: number | readonly number[] | undefined; groups?: number | undefined; dilation?: number | readonly number[] | undefined }): Tensor {
  return run(convTranspose1dOp, [input, weight], options) as Tensor;
}

/** Transposed 2-D convolution. As the method of `Tensor`. */
export function convTranspose2d(input: Tensor, weight: Tensor, options?: { bias?: Tensor | null | undefined; stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; outputPadding?: number | readonly number[] | undefined; groups?: number | undefined; dilation?: number | readonly number[] | undefined }): Tensor {
  return run(convTranspose2dOp, [input, weight], options) as Tensor;
}

/** Normalises each channel by the statistics of the batch, or by running ones. As the method of `Tensor`. */
export function batchNorm(input: Tensor, weight: Tensor | null, bias: Tensor | null, runningMean: Tensor | null, runningVar: Tensor | null, training: boolean, momentum: number, eps: number, cudnnEnabled: boolean): Tensor {
  return run(batchNormOp, [input, weight, bias, runningMean, runningVar, training, momentum, eps, cudnnEnabled]) as Tensor;
}

/** Normalises each channel of each sample. As the method of `Tensor`. */
export function instanceNorm(input: Tensor, weight: Tensor | null, bias: Tensor | null, runningMean: Tensor | null, runningVar: Tensor | null, useInputStats: boolean, momentum: number, eps: number, cudnnEnabled: boolean): Tensor {
  return run(instanceNormOp, [input, weight, bias, runningMean, runningVar, useInputStats, momentum, eps, cudnnEnabled]) as Tensor;
}

/** Normalises groups of channels. As the method of `Tensor`. */
export function groupNorm(input: Tensor, numGroups: number, options?: { weight?: Tensor | null | undefined; bias?: Tensor | null | undefined; eps?: number | undefined; cudnnEnabled?: boolean | undefined }): Tensor {
  return run(groupNormOp, [input, numGroups], options) as Tensor;
}

/** Normalises trailing dimensions. As the method of `Tensor`. */
export function layerNorm(input: Tensor, normalizedShape: readonly number[], options?: { weight?: Tensor | null | undefined; bias?: Tensor | null | undefined; eps?: number | undefined; cudnnEnable?: boolean | undefined }): Tensor {
  return run(layerNormOp, [input, normalizedShape], options) as Tensor;
}

/** Largest value of each window. As the method of `Tensor`. */
export function maxPool1d(input: Tensor, kernelSize: number | readonly number[], options?: { stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; dilation?: number | readonly number[] | undefined; ceilMode?: boolean | undefined }): Tensor {
  return run(maxPool1dOp, [input, kernelSize], options) as Tensor;
}

/** Largest value of each window. As the method of `Tensor`. */
export function maxPool2d(input: Tensor, kernelSize: number | readonly number[], options?: { stride?: number | readonly number[] | undefined; padding?: number | readonly number[] | undefined; dilation?: number | readonly number[] | undefined; ceilMode?: boolean | undefined }): Tensor {
  return run(maxPool2dOp, [input, kernelSize], options) as Tensor;
}

/** Pads with one value. As the method of `Tensor`. */
export function constantPadNd(input: Tensor, pad: readonly number[], options?: { value?: Scalar | undefined }): Tensor {
  return run(constantPadNdOp, [input, pad], options) as Tensor;
}

/** Zeroes elements at random in training and scales the others. As the method of `Tensor`. */
export function dropout(input: Tensor, p: number, train: boolean): Tensor {
  return run(dropoutOp, [input, p, train]) as Tensor;
}

/** Zeroes whole channels at random in training and scales the others. As the method of `Tensor`. */
export function featureDropout(input: Tensor, p: number, train: boolean): Tensor {
  return run(featureDropoutOp, [input, p, train]) as Tensor;
}

/** max(x, 0). As the method of `Tensor`. */
export function relu(input: Tensor): Tensor {
  return run(reluOp, [input]) as Tensor;
}

/** Scaled elu that keeps mean and variance. As the method of `Tensor`. */
export function selu(input: Tensor): Tensor {
  return run(seluOp, [input]) as Tensor;
}

/** x where positive, weight * x elsewhere. As the method of `Tensor`. */
export function prelu(input: Tensor, weight: Tensor): Tensor {
  return run(preluOp, [input, weight]) as Tensor;
}

/** 1 / (1 + exp(-x)). As the method of `Tensor`. */
export function sigmoid(input: Tensor): Tensor {
  return run(sigmoidOp, [input]) as Tensor;
}

/** Exponentials that sum to one along a dimension. As the method of `Tensor`. */
export function softmax(input: Tensor, dim: number, options?: { dtype?: DType | null | undefined }): Tensor;
export function softmax(input: Tensor, options: { dim: number; dtype?: DType | null | undefined }): Tensor;
export function softmax(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(softmaxOp, [input, dim, options]) as Tensor;
}

/** Logarithm of softmax. As the method of `Tensor`. */
export function logSoftmax(input: Tensor, dim: number, options?: { dtype?: DType | null | undefined }): Tensor;
export function logSoftmax(input: Tensor, options: { dim: number; dtype?: DType | null | undefined }): Tensor;
export function logSoftmax(input?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(logSoftmaxOp, [input, dim, options]) as Tensor;
}

/** Binary cross entropy of logits. As the method of `Tensor`. */
export function binaryCrossEntropyWithLogits(input: Tensor, target: Tensor, options?: { weight?: Tensor | null | undefined; posWeight?: Tensor | null | undefined; reduction?: number | undefined }): Tensor {
  return run(binaryCrossEntropyWithLogitsOp, [input, target], options) as Tensor;
}

/** Kullback-Leibler divergence from log-probabilities. As the method of `Tensor`. */
export function klDiv(input: Tensor, target: Tensor, options?: { reduction?: number | undefined; logTarget?: boolean | undefined }): Tensor {
  return run(klDivOp, [input, target], options) as Tensor;
}

/** Rows of a weight matrix. As the method of `Tensor`. */
export function embedding(weight: Tensor, indices: Tensor, options?: { paddingIdx?: number | undefined; scaleGradByFreq?: boolean | undefined; sparse?: boolean | undefined }): Tensor {
  return run(embeddingOp, [weight, indices], options) as Tensor;
}

/** Channels become space. As the method of `Tensor`. */
export function pixelShuffle(input: Tensor, upscaleFactor: number): Tensor {
  return run(pixelShuffleOp, [input, upscaleFactor]) as Tensor;
}

/** Space becomes channels. As the method of `Tensor`. */
export function pixelUnshuffle(input: Tensor, downscaleFactor: number): Tensor {
  return run(pixelUnshuffleOp, [input, downscaleFactor]) as Tensor;
}

/** Cosine of the angle along a dimension. As the method of `Tensor`. */
export function cosineSimilarity(x1: Tensor, x2: Tensor, dim: number, options?: { eps?: number | undefined }): Tensor;
export function cosineSimilarity(x1: Tensor, x2: Tensor, options?: { dim?: number | undefined; eps?: number | undefined }): Tensor;
export function cosineSimilarity(x1?: unknown, x2?: unknown, dim?: unknown, options?: unknown): Tensor {
  return runByPosition(cosineSimilarityOp, [x1, x2, dim, options]) as Tensor;
}

/** Interleaves groups of channels. As the method of `Tensor`. */
export function channelShuffle(input: Tensor, groups: number): Tensor {
  return run(channelShuffleOp, [input, groups]) as Tensor;
}

/** Random ones with the given probabilities. As the method of `Tensor`. */
export function bernoulli(input: Tensor): Tensor {
  return run(bernoulliOp, [input]) as Tensor;
}

/** Draws indices with the given weights. As the method of `Tensor`. */
export function multinomial(input: Tensor, numSamples: number, options?: { replacement?: boolean | undefined }): Tensor {
  return run(multinomialOp, [input, numSamples], options) as Tensor;
}

/**
 * Adds lists elementwise, in place; the second is multiplied by alpha.
 * Defaults: alpha 1.
 *
 * `aten::_foreach_add_.List(Tensor(a!)[] self, Tensor[] other, *, Scalar alpha=1) -> ()`
 * `aten::_foreach_add_.Scalar(Tensor(a!)[] self, Scalar scalar) -> ()`
 */
export function _foreachAdd_(input: readonly Tensor[], other: readonly Tensor[], options?: { alpha?: Scalar | undefined }): void;
export function _foreachAdd_(input: readonly Tensor[], scalar: Scalar): void;
export function _foreachAdd_(...values: unknown[]): unknown {
  return runOverloaded(_foreachAdd_Op, values) as never;
}

/**
 * Adds lists elementwise; the second is multiplied by alpha.
 * Defaults: alpha 1.
 *
 * `aten::_foreach_add.List(Tensor[] self, Tensor[] other, *, Scalar alpha=1) -> Tensor[]`
 */
export function _foreachAdd(input: readonly Tensor[], other: readonly Tensor[], options?: { alpha?: Scalar | undefined }): Tensor[] {
  return run(_foreachAddOp, [input, other], options) as Tensor[];
}

/**
 * Subtracts lists elementwise, in place.
 * Defaults: alpha 1.
 *
 * `aten::_foreach_sub_.List(Tensor(a!)[] self, Tensor[] other, *, Scalar alpha=1) -> ()`
 */
export function _foreachSub_(input: readonly Tensor[], other: readonly Tensor[], options?: { alpha?: Scalar | undefined }): void {
  run(_foreachSub_Op, [input, other], options);
}

/**
 * Multiplies lists in place.
 *
 * `aten::_foreach_mul_.Scalar(Tensor(a!)[] self, Scalar scalar) -> ()`
 * `aten::_foreach_mul_.List(Tensor(a!)[] self, Tensor[] other) -> ()`
 */
export function _foreachMul_(input: readonly Tensor[], scalar: Scalar): void;
export function _foreachMul_(input: readonly Tensor[], other: readonly Tensor[]): void;
export function _foreachMul_(...values: unknown[]): unknown {
  return runOverloaded(_foreachMul_Op, values) as never;
}

/**
 * Multiplies lists.
 *
 * `aten::_foreach_mul.Scalar(Tensor[] self, Scalar scalar) -> Tensor[]`
 */
export function _foreachMul(input: readonly Tensor[], scalar: Scalar): Tensor[] {
  return run(_foreachMulOp, [input, scalar]) as Tensor[];
}

/**
 * Divides lists in place.
 *
 * `aten::_foreach_div_.List(Tensor(a!)[] self, Tensor[] other) -> ()`
 * `aten::_foreach_div_.Scalar(Tensor(a!)[] self, Scalar scalar) -> ()`
 */
export function _foreachDiv_(input: readonly Tensor[], other: readonly Tensor[]): void;
export function _foreachDiv_(input: readonly Tensor[], scalar: Scalar): void;
export function _foreachDiv_(...values: unknown[]): unknown {
  return runOverloaded(_foreachDiv_Op, values) as never;
}

/**
 * Square roots of a list.
 *
 * `aten::_foreach_sqrt(Tensor[] self) -> Tensor[]`
 */
export function _foreachSqrt(input: readonly Tensor[]): Tensor[] {
  return run(_foreachSqrtOp, [input]) as Tensor[];
}

/**
 * Negatives of a list.
 *
 * `aten::_foreach_neg(Tensor[] self) -> Tensor[]`
 */
export function _foreachNeg(input: readonly Tensor[]): Tensor[] {
  return run(_foreachNegOp, [input]) as Tensor[];
}

/**
 * Norm of each tensor of a list.
 * Defaults: ord 2.
 *
 * `aten::_foreach_norm.Scalar(Tensor[] self, Scalar ord=2) -> Tensor[]`
 */
export function _foreachNorm(input: readonly Tensor[], options?: { ord?: Scalar | undefined }): Tensor[] {
  return run(_foreachNormOp, [input], options) as Tensor[];
}

/**
 * Adds value * tensor1 * tensor2 to each of a list, in place.
 * Defaults: value 1.
 *
 * `aten::_foreach_addcmul_.Scalar(Tensor(a!)[] self, Tensor[] tensor1, Tensor[] tensor2, Scalar value=1) -> ()`
 */
export function _foreachAddcmul_(input: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], options?: { value?: Scalar | undefined }): void {
  run(_foreachAddcmul_Op, [input, tensor1, tensor2], options);
}

/**
 * Adds value * tensor1 / tensor2 to each of a list, in place.
 * Defaults: value 1.
 *
 * `aten::_foreach_addcdiv_.Scalar(Tensor(a!)[] self, Tensor[] tensor1, Tensor[] tensor2, Scalar value=1) -> ()`
 */
export function _foreachAddcdiv_(input: readonly Tensor[], tensor1: readonly Tensor[], tensor2: readonly Tensor[], options?: { value?: Scalar | undefined }): void {
  run(_foreachAddcdiv_Op, [input, tensor1, tensor2], options);
}

/**
 * Fills each of a list with zero.
 *
 * `aten::_foreach_zero_(Tensor(a!)[] self) -> ()`
 */
export function _foreachZero_(input: readonly Tensor[]): void {
  run(_foreachZero_Op, [input]);
}
