// Shares as people read them: percent, with a true minus.

/** "37.2"; nothing where there is none. */
export const percent = (share: number | null): string => (share === null ? "" : (100 * share).toFixed(1));

/** "+1.3" or "−0.4". */
export const signed = (gain: number): string => `${gain < 0 ? "−" : "+"}${Math.abs(100 * gain).toFixed(1)}`;
