import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import type { StepEvent, TrainingEvent } from "@pinmem/core/formats";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crc32c } from "./event-file.js";
import { JsonLines } from "./json-lines.js";
import { Progress } from "./progress.js";
import { TensorBoard } from "./tensorboard.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pinmem-events-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const step = (number: number): StepEvent => ({
  event: "step",
  step: number,
  epoch: 0,
  losses: { "meta-train": { total: 2.5, segmentation: 2 }, "meta-test": { total: 3.25 } },
  learningRate: 0.01,
  innerRate: 0.001,
  gradientNorm: 7,
  timing: { seconds: 0.5, imagesPerSecond: 8, dataSeconds: 0.01, peakMemory: 2 ** 30 },
});

describe("JsonLines", () => {
  it("writes one object a line and counts the bytes", () => {
    const path = join(folder, "events.jsonl");
    const log = new JsonLines(path);
    log.write(step(1));
    log.write({ event: "picture", step: 1, name: "look", width: 1, height: 1, pixels: new Uint8Array(3) });
    log.write({ event: "note", step: 1, text: "größer" });
    const text = readFileSync(path, "utf8");
    expect(log.length).toBe(Buffer.byteLength(text));
    log.close();
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([step(1), { event: "note", step: 1, text: "größer" }]);
  });

  it.skipIf(process.platform === "win32")("are not written where a link leads, and cut nothing there", () => {
    const [mine, path] = [join(folder, "mine.txt"), join(folder, "events.jsonl")];
    writeFileSync(mine, "mine");
    symlinkSync(mine, path);
    expect(() => new JsonLines(path)).toThrow(
      /events\.jsonl: cannot be written: a link stands in its place\. Move it away/,
    );
    expect(readFileSync(mine, "utf8")).toBe("mine");
  });

  it("continues after the given bytes, whatever was written behind them", () => {
    const path = join(folder, "events.jsonl");
    const before = new JsonLines(path);
    before.write(step(1));
    const kept = before.length;
    before.write(step(2));
    before.close();
    const after = new JsonLines(path);
    after.truncate(kept);
    after.write(step(3));
    after.close();
    const steps = readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).step);
    expect(steps).toEqual([1, 3]);
  });
});

/** A reader of its own, from the specification: records with both checksums verified. */
function* records(bytes: Buffer): Generator<Uint8Array> {
  const unmask = (masked: number) => {
    const rotated = (masked - 0xa282ead8) >>> 0;
    return ((rotated >>> 17) | (rotated << 15)) >>> 0;
  };
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(unmask(bytes.readUInt32LE(at + 8))).toBe(crc32c(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(unmask(bytes.readUInt32LE(at + 12 + length))).toBe(crc32c(data));
    yield data;
    at += 16 + length;
  }
}

type Message = Map<number, (number | bigint | Uint8Array)[]>;

function parse(bytes: Uint8Array): Message {
  const reader = new BinaryReader(bytes);
  const fields: Message = new Map();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const value =
      type === WireType.Varint
        ? reader.int64()
        : type === WireType.Bit64
          ? reader.double()
          : type === WireType.Bit32
            ? reader.float()
            : reader.bytes();
    fields.set(field, [...(fields.get(field) ?? []), value as number]);
  }
  return fields;
}

const text = (value: unknown) => new TextDecoder().decode(value as Uint8Array);
const messages = (message: Message, field: number) =>
  (message.get(field) ?? []).map((bytes) => parse(bytes as Uint8Array));

describe("TensorBoard", () => {
  it("knows the checksum of the specification's example", () => {
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  });

  it("writes version, session, scalars and pictures in valid records", async () => {
    const board = new TensorBoard(folder);
    const events: TrainingEvent[] = [
      { event: "start", step: 20, steps: 40, name: "test" },
      step(21),
      {
        event: "memory",
        step: 21,
        classes: ["a", "b"],
        cosine: [
          [1, -0.5],
          [-0.5, 1],
        ],
      },
      {
        event: "evaluation",
        step: 21,
        domain: "camvid",
        role: "target",
        meanIoU: 0.25,
        classIoU: {},
        images: 3,
      },
    ];
    for (const event of events) await board.write(event);
    board.flush();
    board.close();

    const [name = ""] = readdirSync(folder);
    expect(name).toMatch(/^events\.out\.tfevents\.\d+\.\d+\./);
    const [version, session, scalars, picture, evaluation] = [
      ...records(readFileSync(join(folder, name))),
    ].map(parse) as [Message, Message, Message, Message, Message];
    expect(text(version.get(3)?.[0])).toBe("brain.Event:2");
    expect(version.get(1)?.[0]).toBeCloseTo(Date.now() / 1000, -2);
    expect(Number(session.get(2)?.[0])).toBe(21);
    expect(Number(messages(session, 7)[0]?.get(1)?.[0])).toBe(1);
    const values = messages(scalars, 5).flatMap((summary) => messages(summary, 1));
    const byTag = Object.fromEntries(values.map((value) => [text(value.get(1)?.[0]), value.get(2)?.[0]]));
    expect(byTag).toMatchObject({
      "loss/meta-train/total": 2.5,
      "loss/meta-test/total": 3.25,
      "gradient norm": 7,
    });
    const image = messages(messages(messages(picture, 5)[0] as Message, 1)[0] as Message, 4)[0] as Message;
    expect([1, 2, 3].map((field) => Number(image.get(field)?.[0]))).toEqual([32, 32, 3]);
    expect(text(image.get(4)?.[0])).toMatch(/^.PNG/);
    expect(text(messages(messages(evaluation, 5)[0] as Message, 1)[0]?.get(1)?.[0])).toBe(
      "mIoU/target/camvid",
    );
  });
});

describe("Progress", () => {
  function watch(isTTY: boolean) {
    const written: string[] = [];
    let now = 0;
    const output = {
      isTTY,
      columns: 200,
      write: (chunk: string | Uint8Array) => written.push(String(chunk)) > 0,
    };
    const progress = new Progress({ output, interval: 10, now: () => now });
    return { progress, written, wait: (ms: number) => (now += ms) };
  }

  it("writes plain lines now and then where there is no terminal", () => {
    const { progress, written, wait } = watch(false);
    progress.write({ event: "start", step: 0, steps: 100, name: "test" });
    for (let number = 1; number <= 30; number++) {
      wait(1000);
      progress.write(step(number));
    }
    progress.write({ event: "end", step: 30, reason: "interrupted" });
    for (const control of ["\r", "\u001b"]) expect(written.join("")).not.toContain(control);
    expect(written.filter((line) => line.startsWith("step "))).toHaveLength(3);
    expect(written.join("")).toContain(
      "step 11/100, loss 2.500 / 3.250, 8.0 images/s, 1 min 29 s left, 1.0 GiB",
    );
    expect(written.at(-1)).toBe("interrupted at step 30 of 100\n");
  });

  it("redraws one line on a terminal and keeps messages above it", () => {
    const { progress, written, wait } = watch(true);
    progress.write({ event: "start", step: 0, steps: 4, name: "test" });
    wait(200);
    progress.write(step(2));
    progress.write({ event: "note", step: 2, text: "checkpoint" });
    expect(written.at(-2)).toBe("step 2: checkpoint\n");
    expect(written.at(-1)).toMatch(/^\r.*\[#{10}\.{10}\] step 2\/4/);
    progress.write({ event: "end", step: 4, reason: "finished" });
    expect(written.at(-1)).toBe("finished at step 4 of 4\n");
  });
});
