// Figures as people read them.

/** Of a share, in percent with one decimal, without the sign: "54.3"; a dash where there is none. */
export const percent = (share: number | null | undefined, decimals = 1): string =>
  share === null || share === undefined ? "–" : (share * 100).toFixed(decimals);

/** "+1.2", "−0.4", "0.0": points of percent, with a sign that says the same as its color. */
export function points(gain: number): string {
  const text = (Math.abs(gain) * 100).toFixed(1);
  if (Number(text) === 0) return "0.0";
  return `${gain > 0 ? "+" : "−"}${text}`;
}

export const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** "1 run", "3 runs". */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
