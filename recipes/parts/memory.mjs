// How a memory is read where the paper's read is not asked for.

/** A read that can be seen to act: without a temperature its weights are nearly flat, and a constant does as well. */
export const sharp = { temperature: 0.1, maskAbsent: true };
