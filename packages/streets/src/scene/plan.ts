// The plan of a street: the cross-section of road and sidewalks, which lanes there are, where other streets cross. All in
// (s, t) of the course: meters along, and to the right of the center line.

import type { Random } from "@pinmem/core";
import type { RoadStatistics } from "../domain.js";
import { Course } from "./course.js";
import { sampleByWeight, sampleFrom } from "./sampling.js";

/** How far ahead things are placed, meters. */
export const FARTHEST = 170;

export interface Crossing {
  readonly start: number;
  readonly end: number;
  readonly signals: boolean;
  readonly zebra: boolean;
}

export interface Edge {
  /** -1: left of the road, 1: right. */
  readonly side: 1 | -1;
  /** t of the curb. */
  readonly curb: number;
  readonly verge: number;
  readonly sidewalk: number;
  /** t where the plots begin. */
  readonly front: number;
  readonly parking: boolean;
}

export interface StreetPlan {
  readonly course: Course;
  /** The side of the road on which the own vehicle drives. */
  readonly side: 1 | -1;
  readonly laneWidth: number;
  /** Middles of the lanes. */
  readonly own: readonly number[];
  readonly oncoming: readonly number[];
  /** Middles of the tram's tracks: the own direction's first. */
  readonly tracks: readonly number[];
  readonly bicycleLane: number | undefined;
  /** [from, to] of a raised strip between the directions. */
  readonly median: readonly [number, number] | undefined;
  readonly ego: number;
  readonly left: Edge;
  readonly right: Edge;
  readonly crossings: readonly Crossing[];
  /** A zebra crossing away from junctions. */
  readonly zebra: number | undefined;
}

const PARKING = 2.2;
const TRACK = 3.1;

export function planStreet(road: RoadStatistics, random: Random): StreetPlan {
  const side = road.drivesOn === "right" ? 1 : -1;
  const laneWidth = sampleFrom(random, road.laneWidth);
  const lanes = Number(sampleByWeight(random, road.lanes));
  const oneWay = random.bernoulli(road.oneWay);
  const tram = !oneWay && random.bernoulli(road.tram);
  const medianWidth = !oneWay && !tram && random.bernoulli(road.median) ? random.uniform(1.2, 3.5) : 0;
  const hasBicycleLane = random.bernoulli(road.bicycleLane);

  // Laid out for driving on the right, then mirrored.
  const inner = medianWidth / 2 + (tram ? TRACK + 0.2 : 0);
  const own: number[] = [];
  for (let k = 0; k < lanes; k++) own.push(inner + (k + 0.5) * laneWidth);
  let outer = inner + lanes * laneWidth;
  let bicycleLane: number | undefined;
  if (hasBicycleLane) {
    bicycleLane = outer + 0.8;
    outer += 1.6;
  }
  const ownParking = random.bernoulli(road.parking);
  const farParking = random.bernoulli(road.parking);
  const ownCurb = outer + 0.3 + (ownParking ? PARKING : 0);
  const oncoming: number[] = [];
  if (!oneWay) {
    const others = random.bernoulli(0.75) ? lanes : Math.max(1, lanes - 1);
    for (let k = 0; k < others; k++) oncoming.push(-(inner + (k + 0.5) * laneWidth));
  }
  const farCurb = (oneWay ? 0 : inner + oncoming.length * laneWidth) + 0.3 + (farParking ? PARKING : 0);

  const mirrored = (t: number) => side * t;
  const edgeOf = (curb: number, edgeSide: 1 | -1, parking: boolean): Edge => {
    const none = random.bernoulli(road.noSidewalk);
    const sidewalk = none ? 0 : sampleFrom(random, road.sidewalk);
    const verge =
      !none && random.bernoulli(road.verge) ? random.uniform(1, 2.6) : none ? random.uniform(0.6, 2) : 0;
    return { side: edgeSide, curb, verge, sidewalk, front: curb + edgeSide * (verge + sidewalk), parking };
  };
  const ownEdge = edgeOf(side * ownCurb, side, ownParking);
  const farEdge = edgeOf(-side * farCurb, side === 1 ? -1 : 1, farParking);
  const bend = sampleFrom(random, road.curvature) * (random.bernoulli() ? 1 : -1) * (tram ? 0.25 : 1);
  const crossings = planCrossings(road, random);
  const zebra = crossings.length === 0 && random.bernoulli(0.3) ? random.uniform(10, 40) : undefined;
  return {
    course: new Course(bend),
    side,
    laneWidth,
    own: own.map(mirrored),
    oncoming: oncoming.map(mirrored),
    tracks: tram ? [side * (TRACK / 2 + 0.1), -side * (TRACK / 2 + 0.1)] : [],
    bicycleLane: bicycleLane === undefined ? undefined : side * bicycleLane,
    median: medianWidth > 0 ? [-medianWidth / 2 + 0.15, medianWidth / 2 - 0.15] : undefined,
    ego: side * (own[random.randint(0, own.length)] as number) + random.uniform(-0.35, 0.35),
    left: side === 1 ? farEdge : ownEdge,
    right: side === 1 ? ownEdge : farEdge,
    crossings,
    zebra,
  };
}

function planCrossings(road: RoadStatistics, random: Random): Crossing[] {
  const crossings: Crossing[] = [];
  let from = random.uniform(12, 34);
  while (from < 120 && random.bernoulli(road.junction)) {
    const width = random.uniform(7, 15);
    const signals = random.bernoulli(0.65);
    crossings.push({ start: from, end: from + width, signals, zebra: random.bernoulli(0.6) });
    from += width + random.uniform(35, 80);
  }
  return crossings;
}

/** Whether a place along the street lies on a crossing street, or within `margin` meters of it. */
export const onCrossing = (plan: StreetPlan, s: number, margin = 0): boolean =>
  plan.crossings.some(({ start, end }) => s > start - margin && s < end + margin);
