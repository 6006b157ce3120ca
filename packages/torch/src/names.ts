// Names on both sides of the seam: libtorch and PyTorch write snake_case, TypeScript camelCase.

/** `align_corners` is `alignCorners`; leading and trailing underscores stay. */
export const camelCase = (name: string): string =>
  name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, c: string) => c.toUpperCase());

/** `runningMean` is `running_mean`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
