// Puts vehicles on the lanes, in the parking strips and on the tracks.

import type { Random } from "@pinmem/core";
import type { Canvas } from "../canvas.js";
import type { VehicleKind } from "../domain.js";
import { busLength, drawBus } from "../objects/bus.js";
import { type CarKind, carLength, drawCar } from "../objects/car.js";
import { drawBicycle, drawMotorcycle, drawRider } from "../objects/cycle.js";
import { drawTrain, trainLength } from "../objects/train.js";
import { drawTruck, type TruckKind, truckLength } from "../objects/truck.js";
import { trainIds } from "../surface.js";
import { samplePersonLook } from "./person-look.js";
import { onCrossing, type StreetPlan } from "./plan.js";
import { placeAlong } from "./roadside.js";
import { sampleByWeight, sampleColor, sampleFrom } from "./sampling.js";
import { type Style, sampleSkin } from "./style.js";

/** A stretch of the road that is taken. */
export interface Taken {
  readonly from: number;
  readonly to: number;
  readonly t: number;
}

export interface Traffic {
  readonly canvas: Canvas;
  readonly plan: StreetPlan;
  readonly style: Style;
  readonly random: Random;
  readonly taken: Taken[];
}

export function drawTraffic(traffic: Traffic): void {
  const { plan, style, random } = traffic;
  drawTrams(traffic);
  for (const t of plan.own) {
    const mine = Math.abs(t - plan.ego) < 1;
    fillLane(traffic, t, 1, mine ? random.uniform(8, 34) : random.uniform(2, 24));
  }
  for (const t of plan.oncoming) fillLane(traffic, t, -1, random.uniform(5, 30));
  for (const edge of [plan.left, plan.right]) {
    if (edge.parking) fillParking(traffic, edge.curb - edge.side * 1.15, edge.side);
  }
  for (const { start, end } of plan.crossings) {
    if (!random.bernoulli(0.35)) continue;
    // One that crosses, seen from the side.
    const t = random.uniform(plan.left.curb - 9, plan.right.curb + 9);
    const s = random.bernoulli() ? start + (end - start) * 0.3 : start + (end - start) * 0.72;
    if (traffic.taken.some((other) => s > other.from - 2 && s < other.to + 2)) continue;
    const direction = s < (start + end) / 2 === plan.side > 0 ? -1 : 1;
    traffic.canvas.place(plan.course.x(s) + t, 0, s, 0, direction);
    drawCar(
      traffic.canvas,
      sampleByWeight(random, style.domain.traffic.cars),
      sampleSkin(style, random, trainIds.car, false),
    );
    traffic.taken.push({ from: s - 1.5, to: s + 1.5, t });
  }
}

function fillLane(traffic: Traffic, t: number, direction: 1 | -1, first: number): void {
  const { style, random, taken } = traffic;
  const { gap, vehicles } = style.domain.traffic;
  let s = first;
  while (s < 120) {
    const kind = sampleByWeight(random, vehicles);
    const offset = t + random.uniform(-0.25, 0.25);
    // Nothing large right in front of the camera: it would be all there is to see.
    const tooNear =
      s < 15 && direction === 1 && (kind === "truck" || kind === "bus") && Math.abs(t - traffic.plan.ego) < 4;
    const length = drawVehicle(traffic, tooNear ? "car" : kind, s, offset, direction);
    taken.push({ from: s, to: s + length, t });
    s += length + sampleFrom(random, gap) * random.uniform(0.3, 1.7);
  }
}

/** Draws a vehicle whose rear (or front, when it comes towards the camera) is at s; returns its length. */
function drawVehicle(traffic: Traffic, kind: VehicleKind, s: number, t: number, direction: 1 | -1): number {
  const { canvas, plan, style, random } = traffic;
  const { traffic: statistics, palettes } = style.domain;
  const at = (length: number) => placeAlong(canvas, plan, s + length / 2, t, 0, direction);
  switch (kind) {
    case "car": {
      const shape: CarKind = sampleByWeight(random, statistics.cars);
      const length = carLength(shape);
      at(length);
      drawCar(canvas, shape, sampleSkin(style, random, trainIds.car, false), {
        taxi: random.bernoulli(statistics.taxis),
      });
      return length;
    }
    case "truck": {
      const shape = random.choice<TruckKind>(["box", "box", "container", "tipper", "pickup"]);
      const length = truckLength(shape);
      at(length);
      drawTruck(
        canvas,
        shape,
        sampleSkin(style, random, trainIds.truck, false),
        sampleColor(random, palettes.vehicles),
      );
      return length;
    }
    case "bus": {
      at(busLength);
      const skin = {
        ...sampleSkin(style, random, trainIds.bus, false),
        paint: sampleColor(random, palettes.trains),
      };
      const decks = random.bernoulli(statistics.doubleDeckers) ? 2 : 1;
      drawBus(canvas, skin, plan.side, decks, style.vehicleLamps > 0.3 ? 0.5 : 0);
      return busLength;
    }
    case "motorcycle": {
      at(2.1);
      const look = {
        color: sampleColor(random, palettes.vehicles),
        scooter: random.bernoulli(),
        lamps: style.vehicleLamps,
      };
      drawMotorcycle(canvas, look);
      const rider = samplePersonLook(style, random, trainIds.rider);
      drawRider(
        canvas,
        {
          ...rider,
          hat: true,
          hair: random.bernoulli(0.8) ? sampleColor(random, palettes.vehicles) : rider.hair,
        },
        undefined,
      );
      return 2.1;
    }
    case "bicycle": {
      at(1.8);
      drawBicycle(canvas, sampleColor(random, palettes.vehicles));
      drawRider(canvas, samplePersonLook(style, random, trainIds.rider), random.uniform(0, 6.283));
      return 1.8;
    }
  }
}

function fillParking({ canvas, plan, style, random }: Traffic, t: number, side: 1 | -1): void {
  const { cars, parked } = style.domain.traffic;
  const direction = side === plan.side ? 1 : -1;
  const share = parked * random.uniform(0.5, 1.3);
  for (let s = random.uniform(-4, 2); s < 105; ) {
    const kind = sampleByWeight(random, cars);
    const length = carLength(kind);
    if (random.bernoulli(share) && !onCrossing(plan, s + length / 2, 8)) {
      placeAlong(canvas, plan, s + length / 2, t + random.uniform(-0.12, 0.12), 0, direction);
      drawCar(canvas, kind, sampleSkin(style, random, trainIds.car, true));
    }
    s += length + random.uniform(0.8, 1.8);
  }
}

function drawTrams({ canvas, plan, style, random, taken }: Traffic): void {
  const [own, oncoming] = plan.tracks;
  if (own === undefined || oncoming === undefined) return;
  const skin = (): ReturnType<typeof sampleSkin> => ({
    ...sampleSkin(style, random, trainIds.train, false),
    paint: sampleColor(random, style.domain.palettes.trains),
    stripe: { color: sampleColor(random, style.domain.palettes.accents), from: 0.25, to: 0.6 },
  });
  const inside = style.vehicleLamps > 0.3 ? 0.5 : 0;
  const cars = random.randint(2, 5);
  if (random.bernoulli(0.6)) {
    const front = random.uniform(12, 45) + trainLength(cars);
    placeAlong(canvas, plan, front, own, 0);
    drawTrain(canvas, skin(), cars, inside);
    taken.push({ from: front - trainLength(cars), to: front, t: own });
  }
  if (random.bernoulli(0.6)) {
    const front = random.uniform(9, 50);
    placeAlong(canvas, plan, front, oncoming, 0, -1);
    drawTrain(canvas, skin(), cars, inside);
    taken.push({ from: front, to: front + trainLength(cars), t: oncoming });
  }
}
