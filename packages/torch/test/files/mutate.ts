// Damage for the fuzz run: seeded, so that every case can be made again from its number.

export type Random = (below: number) => number;

/** Mulberry32: small, and the same everywhere. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export const pick = <T>(random: Random, items: readonly T[]): T => items[random(items.length)] as T;

/** Numbers that break size and offset arithmetic. */
const hostileNumbers = (size: number): bigint[] => [
  0n,
  1n,
  2n,
  7n,
  0xffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  2n ** 40n,
  2n ** 52n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
  BigInt(size),
  BigInt(size) - 1n,
  BigInt(size) + 1n,
  BigInt(size >> 1),
];

type Mutation = (bytes: Buffer, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const flipBits: Mutation = (bytes, random) => {
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
  }
  return bytes;
};

const setBytes: Mutation = (bytes, random) => {
  const at = random(bytes.length);
  bytes.subarray(at, at + 1 + random(8)).fill(pick(random, [0, 1, 0x7f, 0x80, 0xff, random(256)]));
  return bytes;
};

const truncate: Mutation = (bytes, random) => bytes.subarray(0, random(bytes.length));

const remove: Mutation = (bytes, random) => {
  const at = random(bytes.length);
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(16))]);
};

const splice: Mutation = (bytes, random, others) => {
  const other = Buffer.from(pick(random, others));
  const start = random(other.length);
  const piece = other.subarray(start, start + 1 + random(200));
  const at = random(bytes.length);
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + random(2) * piece.length)]);
};

const writeNumber = (bytes: Buffer, random: Random, at: number): Buffer => {
  const number = Buffer.alloc(8);
  number.writeBigUInt64LE(pick(random, hostileNumbers(bytes.length)));
  number.copy(bytes, Math.min(at, bytes.length), 0, pick(random, [1, 2, 4, 8]));
  return bytes;
};

const anyNumber: Mutation = (bytes, random) => writeNumber(bytes, random, random(bytes.length));

export const bytesMutations: readonly Mutation[] = [flipBits, setBytes, truncate, remove, splice, anyNumber];

/** A number in the records of a zip archive, which are found by their signatures. */
export const zipField: Mutation = (bytes, random) => {
  const records: [signature: string, fieldOffsets: number[]][] = [
    ["PK\x03\x04", [6, 8, 14, 18, 22, 26, 28]],
    ["PK\x01\x02", [8, 10, 16, 20, 24, 28, 30, 32, 42]],
    ["PK\x05\x06", [4, 8, 10, 12, 16, 20]],
    ["PK\x06\x06", [4, 24, 32, 40, 48]],
    ["PK\x06\x07", [4, 8, 16]],
  ];
  const [signature, offsets] = pick(random, records);
  const places: number[] = [];
  for (
    let at = bytes.indexOf(signature, 0, "latin1");
    at >= 0;
    at = bytes.indexOf(signature, at + 1, "latin1")
  ) {
    places.push(at);
  }
  return places.length > 0 ? writeNumber(bytes, random, pick(random, places) + pick(random, offsets)) : bytes;
};

/** The length of a safetensors header. */
export const headerLength: Mutation = (bytes, random) => {
  const near = bytes.readBigUInt64LE() + BigInt(random(17) - 8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, pick(random, [near, ...hostileNumbers(bytes.length)])));
  return bytes;
};

/** A number, name or bracket in a safetensors header, with the header's length kept right. */
export const headerText: Mutation = (bytes, random) => {
  const end = Math.min(bytes.length, 8 + Number(bytes.readBigUInt64LE()));
  const header = bytes.toString("utf8", 8, end);
  const tokens = [...header.matchAll(/\d+|"[^"]*"|[[\]{},:]/g)];
  const token = pick(random, tokens);
  if (!token) return bytes;
  const words = [
    '"F64"',
    '"BOOL"',
    '"U8"',
    '"__metadata__"',
    '"dtype"',
    '"shape"',
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "1.5",
  ];
  const replacement = pick(random, [
    String(pick(random, hostileNumbers(bytes.length))),
    `-${random(9)}`,
    pick(random, words),
    pick(random, tokens)[0],
    "",
    "[".repeat(random(100)),
  ]);
  const changed = Buffer.from(
    header.slice(0, token.index) + replacement + header.slice(token.index + token[0].length),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(changed.length));
  return Buffer.concat([length, changed, bytes.subarray(end)]);
};

const OPCODES =
  "\x80\x95N\x88\x89KMJG\x8a\x8b\x8cX\x8dUTCB\x8e\x96])}\x8f(\x85\x86\x87tld\x91aesu\x90012qr\x94hjc\x93R\x81bQ.";

/** Opcodes put in, over, or again, where a pickle stands from `start` to `end`. */
export const pickleOpcodes: Mutation = (bytes, random) => {
  let changed: Buffer = bytes;
  for (let count = 1 + random(3); count > 0; count--) {
    const at = random(changed.length);
    const opcode = Buffer.from(pick(random, [...OPCODES]), "latin1");
    const start = random(changed.length);
    const piece = pick(random, [
      opcode,
      Buffer.alloc(1 + random(300), opcode),
      changed.subarray(start, start + 1 + random(60)),
    ]);
    const kept = pick(random, [0, 1, piece.length]);
    changed = Buffer.concat([changed.subarray(0, at), piece, changed.subarray(at + kept)]);
  }
  return changed;
};

/** A small integer of a pickle (a size, stride, offset or length) made large, negative or a little different. */
export const pickleInteger: Mutation = (bytes, random) => {
  const places: number[] = [];
  for (let at = 0; at < bytes.length - 1; at++) if (bytes[at] === 0x4b) places.push(at);
  if (places.length === 0) return bytes;
  const at = pick(random, places);
  const near = BigInt((bytes[at + 1] ?? 0) + random(5) - 2);
  const value = Buffer.alloc(8);
  value.writeBigUInt64LE(BigInt.asUintN(64, pick(random, [near, -near, ...hostileNumbers(bytes.length)])));
  return Buffer.concat([bytes.subarray(0, at), Buffer.from([0x8a, 8]), value, bytes.subarray(at + 2)]);
};

/** Mostly one mutation, which reaches deepest, sometimes up to three. */
export function mutate(
  bytes: Uint8Array,
  random: Random,
  mutations: readonly Mutation[],
  others: readonly Uint8Array[],
): Uint8Array {
  let mutated = Buffer.from(bytes);
  const count = random(3) === 0 ? 2 + random(2) : 1;
  for (let done = 0; done < count && mutated.length > 8; done++) {
    mutated = Buffer.from(pick(random, mutations)(mutated, random, others));
  }
  return new Uint8Array(mutated);
}
