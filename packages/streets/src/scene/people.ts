// Puts people on the sidewalks and crossings, cyclists beside the traffic, and cycles that wait for their owners.

import type { Random } from "@pinmem/core";
import { drawBicycle, drawMotorcycle, drawRider } from "../objects/cycle.js";
import { drawPerson } from "../objects/person.js";
import { trainIds } from "../surface.js";
import { CURB } from "./ground.js";
import { samplePersonLook } from "./person-look.js";
import { type Edge, onCrossing } from "./plan.js";
import { placeAlong } from "./roadside.js";
import { sampleColor, sampleCount } from "./sampling.js";
import type { Traffic } from "./traffic.js";

export function drawPeople(traffic: Traffic): void {
  const { plan, style, random } = traffic;
  const { people } = style.domain;
  const edges = [plan.left, plan.right];
  for (let k = sampleCount(random, people.walking); k > 0; k--) walk(traffic, random.choice(edges));
  for (let k = sampleCount(random, people.crossing); k > 0; k--) cross(traffic);
  for (let k = sampleCount(random, people.cyclists); k > 0; k--) cycle(traffic);
  for (let k = sampleCount(random, people.parkedBicycles); k > 0; k--)
    park(traffic, random.choice(edges), "bicycle");
  for (let k = sampleCount(random, people.parkedMotorcycles); k > 0; k--)
    park(traffic, random.choice(edges), "motorcycle");
}

/** Nearer places are more likely: far away a person is a dot. */
const somewhere = (random: Random): number => 5 + 50 * random.uniform() * random.uniform(0.35, 1);

function walk({ canvas, plan, style, random }: Traffic, edge: Edge): void {
  const s = somewhere(random);
  const width = Math.max(0.8, edge.sidewalk + (edge.sidewalk > 0 ? 0 : edge.verge));
  const inner = edge.curb + edge.side * (edge.sidewalk > 0 ? edge.verge : 0.2);
  const direction = random.bernoulli() ? 1 : -1;
  const stands = random.bernoulli(0.2);
  const company = random.bernoulli(style.domain.people.company) ? random.randint(1, 4) : 0;
  for (let k = 0; k <= company; k++) {
    const t = inner + edge.side * random.uniform(0.35, Math.max(0.5, width - 0.3));
    const at = s + (k === 0 ? 0 : random.uniform(-0.7, 0.7));
    if (onCrossing(plan, at)) continue;
    placeAlong(canvas, plan, at, t, edge.sidewalk > 0 ? CURB : 0, direction);
    const look = samplePersonLook(style, random, trainIds.person);
    drawPerson(canvas, look, random.uniform(0, 6.283), stands ? 0.15 : random.uniform(0.7, 1.1));
  }
}

function cross({ canvas, plan, style, random, taken }: Traffic): void {
  const junction = plan.crossings[0];
  const zebra = plan.zebra ?? (junction ? junction.start - 2.4 : undefined);
  const s =
    zebra !== undefined && random.bernoulli(0.8) ? zebra + random.uniform(-1, 1.2) : random.uniform(14, 45);
  const t = random.uniform(plan.left.curb, plan.right.curb);
  if (s < 6 || taken.some((other) => s > other.from - 1 && s < other.to + 1 && Math.abs(other.t - t) < 2.2))
    return;
  canvas.place(plan.course.x(s) + t, 0, s, 0, random.bernoulli() ? 1 : -1);
  drawPerson(
    canvas,
    samplePersonLook(style, random, trainIds.person),
    random.uniform(0, 6.283),
    random.uniform(0.8, 1.2),
  );
}

function cycle({ canvas, plan, style, random, taken }: Traffic): void {
  const oncoming = random.bernoulli(0.3) && plan.oncoming.length > 0;
  const edge = plan.side > 0 === oncoming ? plan.left : plan.right;
  const lane = edge.curb - edge.side * (edge.parking ? 2.9 : 0.9);
  const t = !oncoming && plan.bicycleLane !== undefined ? plan.bicycleLane : lane;
  const s = 6 + 40 * random.uniform() * random.uniform(0.3, 1);
  if (taken.some((other) => s > other.from - 1.2 && s < other.to + 1.2 && Math.abs(other.t - t) < 1.5))
    return;
  taken.push({ from: s - 1, to: s + 1, t });
  placeAlong(canvas, plan, s, t, 0, oncoming ? -1 : 1);
  drawBicycle(canvas, sampleColor(random, style.domain.palettes.vehicles));
  drawRider(canvas, samplePersonLook(style, random, trainIds.rider), random.uniform(0, 6.283));
}

/** A cycle on its stand, near the curb or the wall, alone or in a row. */
function park({ canvas, plan, style, random }: Traffic, edge: Edge, kind: "bicycle" | "motorcycle"): void {
  if (edge.sidewalk < 1) return;
  const s = somewhere(random);
  const atCurb = kind === "motorcycle" || random.bernoulli();
  const t = atCurb ? edge.curb + edge.side * (edge.verge + 0.8) : edge.front - edge.side * 0.6;
  const count = random.randint(1, 4);
  const across = random.bernoulli(0.5);
  for (let k = 0; k < count; k++) {
    const at = s + k * (across ? 0.75 : 2.1);
    if (onCrossing(plan, at, 1)) continue;
    if (across) canvas.place(plan.course.x(at) + t, CURB, at, 0.2, edge.side * 0.98);
    else placeAlong(canvas, plan, at, t, CURB, random.bernoulli() ? 1 : -1);
    const color = sampleColor(random, style.domain.palettes.vehicles);
    if (kind === "bicycle") drawBicycle(canvas, color);
    else drawMotorcycle(canvas, { color, scooter: random.bernoulli(), lamps: 0 });
  }
}
