// A proof that a run survives being killed at any moment: trains a small network on Streets with a checkpoint after every
// step, kills the process (SIGKILL) again and again at random moments, continues each time, and compares the end with the
// same run left alone: weights, buffers, memory, optimizer and log must be identical. After every kill the newest
// checkpoint must be readable, and no step that was saved may be lost.
//
// Usage: node packages/pinmem/scripts/prove-resumption.mjs [kills=50] [seed=1]    # after npm run build

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { scope } from "@pinmem/torch";
import { CheckpointStore } from "../dist/training/checkpoints/checkpoint-store.js";

const kills = Number(process.argv[2] ?? 50);
const seed = Number(process.argv[3] ?? 1);
const program = fileURLToPath(new URL("../bin/pinmem.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pinmem-kills-"));

/** @param {number} steps */
const recipe = (steps) => ({
  name: "kills",
  data: {
    sources: [
      { name: "streets", domain: "toy-town", count: 8 },
      { name: "streets", domain: "boulevard", count: 8 },
    ],
    validation: [{ name: "streets", domain: "toy-town", count: 2, seed: 1 }],
    crop: { width: 64, height: 64 },
    perDomain: 2,
  },
  model: { backbone: "mobilenet_v2" },
  method: { name: "pin-memory", memoryStart: { batches: 2 } },
  length: { steps },
  validation: { every: 5, preciseBatchNorm: 1 },
  checkpoints: { every: 1, keep: 2 },
});

/** @param {string[]} args */
function start(args) {
  const child = spawn(process.execPath, [program, "train", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  return { child, ended, errors: () => errors };
}

/** @param {string[]} args */
async function complete(args) {
  const { ended, errors } = start(args);
  const { code } = /** @type {{ code: number }} */ (await ended);
  if (code !== 0) throw new Error(`train ${args.join(" ")} ended with ${code}:\n${errors()}`);
}

/** The newest checkpoint's step, after reading all of it. @param {string} run */
function savedStep(run) {
  const found = scope(() => new CheckpointStore(join(run, "checkpoints")).latest());
  if (found && found.skipped.length > 0) throw new Error(`damaged checkpoints:\n${found.skipped.join("\n")}`);
  return found?.checkpoint.state.step ?? 0;
}

/** Mulberry32: the moments of the kills are the same for the same seed. @param {number} state */
function randomNumbers(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Everything that must be the same, as text and bytes. @param {string} run @param {number} steps */
function outcome(run, steps) {
  const checkpoint = join(run, "checkpoints", `step-${String(steps).padStart(6, "0")}`);
  const files = [
    join(checkpoint, "model.safetensors"),
    join(checkpoint, "training.safetensors"),
    join(run, "best.safetensors"),
    join(run, "last.safetensors"),
  ];
  const log = readFileSync(join(run, "events.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.stringify({ ...JSON.parse(line), timing: null }));
  return { files: files.map((file) => readFileSync(file).toString("base64")), log };
}

const random = randomNumbers(seed);
const killed = join(folder, "killed");
// More than the kills leave time for, so that every one of them hits a run in progress.
const steps = 2 * kills + 20;
const file = join(folder, "recipe.json");
writeFileSync(file, JSON.stringify(recipe(steps)));
// How long a start takes here tells when to kill: moments are spread over twice that.
const first = start([file, "--run", killed]);
const began = performance.now();
while (savedStep(killed) === 0) await wait(100);
const startUp = performance.now() - began;
first.child.kill("SIGKILL");
await first.ended;
let saved = savedStep(killed);
for (let kill = 1; kill <= kills; kill++) {
  const { child, ended, errors } = start(["--resume", killed]);
  const finished = await Promise.race([ended, wait(random() * 2 * startUp).then(() => null)]);
  child.kill("SIGKILL");
  await ended;
  if (finished) throw new Error(`the run ended by itself before kill ${kill}:\n${errors()}`);
  const now = savedStep(killed);
  if (now < saved)
    throw new Error(`kill ${kill}: step ${saved} was saved, but the newest checkpoint is of ${now}`);
  saved = now;
  console.log(`kill ${kill} of ${kills}: the checkpoint of step ${saved} of ${steps} is whole`);
}
await complete(["--resume", killed]);
const alone = join(folder, "alone");
await complete([file, "--run", alone]);
const [a, b] = [outcome(killed, steps), outcome(alone, steps)];
const same = JSON.stringify(a) === JSON.stringify(b);
console.log(
  same
    ? `after ${kills} kills, ${steps} steps: weights, buffers, memory, optimizer and log are identical to a run left alone`
    : `the runs differ; both are in ${folder}`,
);
if (same) rmSync(folder, { recursive: true });
process.exitCode = same ? 0 : 1;
