import { Random } from "@pinmem/core";
import { describe, expect, it } from "vitest";
import { streetDomains } from "../domains.js";
import { Course } from "./course.js";
import { planStreet } from "./plan.js";

const plans = streetDomains.flatMap((domain) =>
  Array.from({ length: 60 }, (_, index) => ({
    domain,
    plan: planStreet(domain.road, new Random({ seed: 8, index, stream: "test" })),
  })),
);

describe("planStreet", () => {
  it("keeps every lane, track and the camera between the curbs", () => {
    for (const { plan } of plans) {
      const { left, right, own, oncoming, tracks, ego, laneWidth } = plan;
      for (const t of [...own, ...oncoming]) {
        expect(t - laneWidth / 2).toBeGreaterThan(left.curb);
        expect(t + laneWidth / 2).toBeLessThan(right.curb);
      }
      for (const t of [...tracks, ego]) expect(t > left.curb && t < right.curb).toBe(true);
      expect(Math.min(...own.map((t) => Math.abs(t - ego)))).toBeLessThan(0.4);
    }
  });

  it("drives on the side that the domain drives on", () => {
    for (const { domain, plan } of plans) {
      const side = domain.road.drivesOn === "right" ? 1 : -1;
      expect(plan.side).toBe(side);
      for (const t of plan.oncoming)
        for (const mine of plan.own) expect((mine - t) * side).toBeGreaterThan(0);
    }
  });

  it("separates lanes by their width", () => {
    for (const { plan } of plans) {
      const lanes = [...plan.own, ...plan.oncoming].sort((a, b) => a - b);
      for (let k = 1; k < lanes.length; k++) {
        expect((lanes[k] as number) - (lanes[k - 1] as number)).toBeGreaterThan(plan.laneWidth - 1e-9);
      }
    }
  });

  it("keeps crossings apart", () => {
    for (const { plan } of plans) {
      plan.crossings.forEach((crossing, k) => {
        expect(crossing.end).toBeGreaterThan(crossing.start);
        const next = plan.crossings[k + 1];
        if (next) expect(next.start - crossing.end).toBeGreaterThan(20);
      });
    }
  });
});

describe("Course", () => {
  it("is smooth: its slope is the change of its place", () => {
    const course = new Course(0.004);
    for (const s of [-5, 1, 40, 119, 121, 200]) {
      expect((course.x(s + 1e-4) - course.x(s - 1e-4)) / 2e-4).toBeCloseTo(course.slope(s), 4);
    }
  });
});
