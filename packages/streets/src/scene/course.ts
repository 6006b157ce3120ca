// The course of the road: its center line leaves straight ahead and bends evenly to one side, then runs on straight.
// Places along the street are given as (s, t): meters along the road and meters to the right of its center line.

const BEND_END = 120;

export class Course {
  /** `curvature` in 1/m, to the right when positive. */
  constructor(readonly curvature: number) {}

  /** The world x of the center line at z = s. */
  x(s: number): number {
    if (s <= 0) return 0;
    const bent = Math.min(s, BEND_END);
    return this.curvature * bent * (0.5 * bent + (s - bent));
  }

  /** How far the center line moves to the right for each meter ahead. */
  slope(s: number): number {
    return this.curvature * Math.min(Math.max(s, 0), BEND_END);
  }
}
