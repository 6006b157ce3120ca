// `npm run bench -- streets`: how fast street scenes are rendered at 256x128, domain by domain, on one core. There is no
// peer. Goal: 60 images per second.
//
// Others may use the machine at the same time. So each scene is rendered several times: the fastest says what a core can
// do, the median what it did; the result file notes the load.

import { renderStreet, streetDomains } from "pinmem/data";
import { benchOptions, positive } from "./lib/options.js";
import { report } from "./lib/report.js";
import { median } from "./lib/statistics.js";

benchOptions({
  name: "streets",
  about: "How fast street scenes are rendered at 256x128, domain by domain, on one core.",
  lines: ["ROUNDS=COUNT  of each scene (default: 8)"],
  options: {},
});
const rounds = positive("streets", "ROUNDS", process.env.ROUNDS ?? "8");
const scenes = 12;
const size = { width: 256, height: 128 };

/** Milliseconds that one scene takes. */
function time(domain: string, index: number): number {
  const start = performance.now();
  renderStreet({ domain, seed: 3, index, ...size });
  return performance.now() - start;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const indices = Array.from({ length: scenes }, (_, index) => index);

// Until the compiler has seen every kind of scene.
for (const { name } of streetDomains) for (const index of indices) time(name, index);

const rows = streetDomains.map(({ name }) => {
  const before = process.cpuUsage();
  const times = indices.map((index) => Array.from({ length: rounds }, () => time(name, index)));
  const { user, system } = process.cpuUsage(before);
  const fastest = mean(times.map((repeated) => Math.min(...repeated)));
  return {
    domain: name,
    "images/s, fastest": Number((1000 / fastest).toFixed(1)),
    "images/s, median": Number((1000 / mean(times.map(median))).toFixed(1)),
    "CPU ms/image": Number(((user + system) / 1000 / (scenes * rounds)).toFixed(2)),
  };
});

const rates = rows.map((row) => row["images/s, fastest"]);
report({
  name: "streets",
  versions: { node: process.version, v8: process.versions.v8 },
  settings: { ...size, scenes, rounds },
  rows,
  figures: {
    fastest: {
      value: rates.length / rates.reduce((sum, rate) => sum + 1 / rate, 0),
      goal: { at: "least", limit: 60 },
    },
    median: { value: rows.length / rows.reduce((sum, row) => sum + 1 / row["images/s, median"], 0) },
  },
});
