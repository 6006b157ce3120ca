// Gradient clipping under the name that PyTorch gives it, torch.nn.utils; `optim` has the same.

export { clipGradNorm_, clipGradValue_ } from "../optim/clip.js";
