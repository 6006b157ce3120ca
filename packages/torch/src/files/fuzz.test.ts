// Damaged files, at least 20,000 with `full`, the same in every run: each must end in a value or a TensorFileError, in time,
// and without more memory than twice its size. Four families, because the outer layers of a format stop most damage
// before it reaches the inner ones: pickles are also damaged inside archives whose checksums are right.
// FUZZ_SCALE=50 runs fifty times as many; without `full` two fifths of them run.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fixtureBytes, fixturesNamed } from "../../test/files/fixtures.js";
import {
  bytesMutations,
  headerLength,
  headerText,
  mutate,
  pick,
  pickleInteger,
  pickleOpcodes,
  type Random,
  seededRandom,
  zipField,
} from "../../test/files/mutate.js";
import { buildZip } from "../../test/files/zip-builder.js";
import { mapTensors, TensorFileError } from "./index.js";
import { type Input, openInput } from "./input.js";
import { loadPth } from "./pth.js";
import { loadSafetensors } from "./safetensors.js";
import { ZipArchive } from "./zip.js";

const OBJECT_ALLOWANCE = 4 * 2 ** 20;
const LONGEST_MS = 2000;
const SCALE = Number(process.env.FUZZ_SCALE ?? (process.env.PINMEM_TESTS === "full" ? 1 : 0.4));

const readAllPth = (input: Input) => mapTensors(loadPth(input), (tensor) => tensor.read());
const readAllSafetensors = (input: Input) => {
  for (const tensor of loadSafetensors(input).tensors.values()) tensor.read();
};

// Every buffer that anything makes while a file is read, also one that bypassed the budget.
const PlainUint8Array = globalThis.Uint8Array;
let largestBuffer = 0;
beforeAll(() => {
  globalThis.Uint8Array = new Proxy(PlainUint8Array, {
    construct(target, args, newTarget) {
      if (typeof args[0] === "number") largestBuffer = Math.max(largestBuffer, args[0]);
      return Reflect.construct(target, args, newTarget);
    },
  });
});
afterAll(() => {
  globalThis.Uint8Array = PlainUint8Array;
});

interface Tally {
  accepted: number;
  reasons: Map<string, number>;
}

/** Reads one damaged file and checks everything that is promised about it. */
function check(bytes: Uint8Array, read: (input: Input) => unknown, tally: Tally): void {
  const input = openInput(bytes);
  const start = performance.now();
  largestBuffer = 0;
  try {
    read(input);
    tally.accepted++;
  } catch (error) {
    if (!(error instanceof TensorFileError)) throw error;
    const reason = error.message.slice(error.message.indexOf(error.where) + error.where.length);
    const kind = reason.replace(/"(\\.|[^"\\])*"|[\d,]+/g, "#").slice(0, 60);
    tally.reasons.set(kind, (tally.reasons.get(kind) ?? 0) + 1);
  }
  const { budget } = input;
  const problems = [
    performance.now() - start > LONGEST_MS && `took ${performance.now() - start} ms`,
    budget.peakBuffers > 2 * bytes.length && `took ${budget.peakBuffers} bytes of buffers`,
    largestBuffer > 2 * bytes.length && `made a buffer of ${largestBuffer} bytes`,
    budget.buffers + budget.objects > 2 * bytes.length + OBJECT_ALLOWANCE &&
      `took ${budget.objects} of objects`,
  ].filter(Boolean);
  if (problems.length > 0) throw new Error(`a file of ${bytes.length} bytes ${problems.join(", ")}`);
}

function fuzz(
  count: number,
  seed: number,
  read: (input: Input) => unknown,
  make: (random: Random) => Uint8Array,
): Tally {
  const tally: Tally = { accepted: 0, reasons: new Map() };
  for (let index = 0; index < count; index++) {
    const bytes = make(seededRandom(seed + index));
    try {
      check(bytes, read, tally);
    } catch (cause) {
      const hex = Buffer.from(bytes).toString("base64");
      throw new Error(`case ${seed + index}: ${String(cause)}\n${hex}`, { cause });
    }
  }
  return tally;
}

/** The pickle and the storages of an archive, to be put together again. */
function unpack(archive: Uint8Array): { pickle: Uint8Array; rest: { name: string; data: Uint8Array }[] } {
  const zip = new ZipArchive(openInput(archive));
  const entries = [...zip.names].map((name) => {
    const bytes = zip.open(name);
    const data = new PlainUint8Array(bytes?.size ?? 0);
    bytes?.readInto(data, 0);
    return { name, data };
  });
  const isPickle = ({ name }: { name: string }) => name.endsWith("/data.pkl");
  return {
    pickle: entries.find(isPickle)?.data ?? new PlainUint8Array(0),
    rest: entries.filter((entry) => !isPickle(entry)),
  };
}

const usedMemory = (): number => {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

describe("damaged files", () => {
  const checkpoints = fixturesNamed(/\.pth$/).map(fixtureBytes);
  const archives = checkpoints.filter((bytes) => bytes[0] === 0x50);
  const legacy = checkpoints.filter((bytes) => bytes[0] === 0x80);
  const pickles = archives.map(unpack).filter(({ pickle }) => pickle.length > 0);
  const safetensors = fixturesNamed(/\.safetensors$/).map(fixtureBytes);
  const pickleMutations = [...bytesMutations, pickleOpcodes, pickleInteger, pickleInteger];

  const families: [
    name: string,
    count: number,
    read: (input: Input) => unknown,
    make: (random: Random) => Uint8Array,
  ][] = [
    [
      "safetensors",
      10_000 * SCALE,
      readAllSafetensors,
      (random) =>
        mutate(
          pick(random, safetensors),
          random,
          [...bytesMutations, headerLength, headerText, headerText],
          safetensors,
        ),
    ],
    [
      ".pth archives",
      5_000 * SCALE,
      readAllPth,
      (random) =>
        mutate(pick(random, archives), random, [...bytesMutations, zipField, zipField, zipField], archives),
    ],
    [
      ".pth archives around damaged pickles",
      6_000 * SCALE,
      readAllPth,
      (random) => {
        const { pickle, rest } = pick(random, pickles);
        const others = pickles.map((other) => other.pickle);
        const data = mutate(pickle, random, pickleMutations, others);
        return new PlainUint8Array(
          buildZip([{ name: `${rest[0]?.name.split("/")[0]}/data.pkl`, data }, ...rest]),
        );
      },
    ],
    [
      "legacy .pth files",
      4_000 * SCALE,
      readAllPth,
      (random) => mutate(pick(random, legacy), random, pickleMutations, legacy),
    ],
  ];

  test.each(families)(
    "%s: %i of them end in a value or a TensorFileError, in time and within their memory",
    (_name, count, read, make) => {
      fuzz(100, 1_000_000, read, make);
      const before = usedMemory();
      const tally = fuzz(count, 0, read, make);
      expect(usedMemory() - before).toBeLessThan(16 * 2 ** 20);
      // Damage that is always or never noticed, or always in the same place, would test little.
      expect(tally.accepted).toBeGreaterThan(count / 50);
      expect(tally.accepted).toBeLessThan(count / 2);
      expect(tally.reasons.size).toBeGreaterThan(25);
    },
  );

  test.runIf(SCALE >= 1)("are at least 20,000, half of each format", () => {
    const counts = families.map(([, count]) => count);
    expect(counts[0]).toBeGreaterThanOrEqual(10_000);
    expect(counts.slice(1).reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(10_000);
  });
});
