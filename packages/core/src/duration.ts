// How long something takes, as people say it.

/**
 * "41 s", "3 min 20 s", "2 h 5 min"; "?" where it is not known.
 * @param seconds how long; not finite while it is not known
 */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}
