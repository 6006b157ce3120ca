// Plans the carriageway of a street: the condition of its asphalt and the paint on it.

import type { Random } from "@pinmem/core";
import { type Arrow, type Field, type Line, Markings, type Paint } from "../surfaces/markings.js";
import { Road } from "../surfaces/road.js";
import type { StreetPlan } from "./plan.js";
import { sampleFrom } from "./sampling.js";
import type { Style } from "./style.js";

export function planRoad(plan: StreetPlan, style: Style, random: Random): Road {
  const { road, weather } = style.domain;
  const wear = sampleFrom(random, road.paintWear);
  const look = {
    asphalt: style.asphalt,
    texture: style.texture,
    patches: sampleFrom(random, road.patches),
    dust: sampleFrom(random, road.dust),
    dustColor: style.earth,
    snow: sampleFrom(random, weather.snowOnRoad),
    cobbles: random.bernoulli(road.cobbles),
  };
  const section = {
    left: plan.left.curb,
    right: plan.right.curb,
    lanes: [...plan.own, ...plan.oncoming],
    rails: plan.tracks.flatMap((track) => [track - 0.72, track + 0.72]),
  };
  const markings = {
    lines: planLines(plan, road.centerLine, random),
    fields: planFields(plan),
    arrows: planArrows(plan, random),
    gaps: plan.crossings.map(({ start, end }) => [start - 5, end + 5] as const),
  };
  const seed = random.randint(0, 65536);
  return new Road(plan.course, look, section, new Markings(markings, wear, seed & 255), seed);
}

function planLines(plan: StreetPlan, center: Paint, random: Random): Line[] {
  const { side, laneWidth, own, oncoming, left, right, median, tracks } = plan;
  const lines: Line[] = [];
  const solid = (t: number, paint: Paint, width = 0.12) => lines.push({ t, width, dash: 1, gap: 0, paint });
  const dashed = (t: number, paint: Paint, width = 0.12) => lines.push({ t, width, dash: 3, gap: 5, paint });
  const half = laneWidth / 2;
  for (let k = 0; k + 1 < own.length; k++) dashed((own[k] as number) + side * half, "white");
  for (let k = 0; k + 1 < oncoming.length; k++) dashed((oncoming[k] as number) - side * half, "white");
  const inner = (own[0] as number) - side * half;
  if (oncoming.length > 0) {
    if (median || tracks.length > 0) {
      solid(inner + side * 0.08, center);
      solid((oncoming[0] as number) + side * half - side * 0.08, center);
    } else if (random.bernoulli(own.length > 1 ? 0.85 : 0.35)) {
      solid(inner - 0.12, center, 0.11);
      solid(inner + 0.12, center, 0.11);
    } else dashed(inner, center, 0.14);
  }
  if (plan.bicycleLane !== undefined) {
    solid(plan.bicycleLane - 0.8, "white", 0.14);
    if (random.bernoulli()) solid(plan.bicycleLane + 0.8, "white", 0.1);
  }
  const painted = random.bernoulli(0.6);
  for (const edge of [left, right]) {
    if (edge.parking) {
      if (painted) dashed(edge.curb - edge.side * 2.2, "white", 0.1);
    } else if (painted) solid(edge.curb - edge.side * 0.28, "white", 0.1);
  }
  return lines;
}

function planFields(plan: StreetPlan): Field[] {
  const { left, right, side, own, laneWidth } = plan;
  const fields: Field[] = [];
  const width = right.curb - left.curb - 0.8;
  const zebra = (s: number) => fields.push({ s, length: 3, t: left.curb + 0.4, width, bars: 1 });
  const inner = (own[0] as number) - (side * laneWidth) / 2;
  const outer = (own[own.length - 1] as number) + (side * laneWidth) / 2;
  const stop = (s: number) =>
    fields.push({
      s,
      length: 0.45,
      t: Math.min(inner, outer),
      width: Math.abs(outer - inner),
      bars: 0,
    });
  for (const crossing of plan.crossings) {
    if (crossing.zebra) {
      zebra(crossing.start - 3.8);
      zebra(crossing.end + 0.8);
    }
    if (crossing.signals || !crossing.zebra) stop(crossing.start - (crossing.zebra ? 5 : 1.2));
  }
  if (plan.zebra !== undefined) zebra(plan.zebra);
  return fields;
}

function planArrows({ crossings, own }: StreetPlan, random: Random): Arrow[] {
  if (own.length < 2 || !random.bernoulli(0.6)) return [];
  return crossings.flatMap(({ start }) => own.map((t) => ({ s: start - 12, t })));
}
