import { appendFileSync, mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../../test/data-fixtures.js";
import { sessionRecord, summaryRecord, versionRecord } from "./event-file.js";
import { readEventPictures } from "./event-pictures.js";
import { TensorBoard } from "./tensorboard.js";

const picture = (step: number, value = step) => ({
  event: "picture" as const,
  step,
  name: "source/night",
  width: 2,
  height: 1,
  pixels: Uint8Array.of(value, 0, 0, 0, 0, value),
});
const image = (step: number, png: number) =>
  summaryRecord(0, step, [{ tag: "source/night", image: { width: 1, height: 1, png: Uint8Array.of(png) } }]);

it("reads back the pictures that a training wrote, among its other events", async () => {
  const folder = temporaryFolder();
  const board = new TensorBoard(folder);
  await board.write({ event: "start", step: 0, steps: 9, name: "run" });
  await board.write(picture(3));
  await board.write({
    event: "evaluation",
    step: 3,
    domain: "night",
    role: "source",
    meanIoU: 0.5,
    classIoU: {},
    images: 1,
  });
  await board.write(picture(6));
  board.close();
  const pictures = await readEventPictures(folder);
  expect(pictures.map(({ step, name }) => [step, name])).toEqual([
    [3, "source/night"],
    [6, "source/night"],
  ]);
  expect([...(pictures[0]?.png.subarray(0, 4) ?? [])]).toEqual([0x89, 0x50, 0x4e, 0x47]);
});

it("takes the newer of steps that were done again, and steps that lie evenly of many", async () => {
  const folder = temporaryFolder();
  const [one, two] = ["events.out.tfevents.1", "events.out.tfevents.2"].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  writeFileSync(one, Buffer.concat([versionRecord(0), ...[0, 1, 2, 3].map((step) => image(step, step))]));
  writeFileSync(two, Buffer.concat([versionRecord(0), sessionRecord(0, 2), image(2, 20), image(4, 4)]));
  const read = async (most?: number) =>
    (await readEventPictures(folder, most)).map(({ step, png }) => [step, png[0]]);
  expect(await read()).toEqual([
    [0, 0],
    [1, 1],
    [2, 20],
    [4, 4],
  ]);
  expect(await read(2)).toEqual([
    [0, 0],
    [4, 4],
  ]);
});

it("ends at a record that is damaged, with what was before it and what other files hold", async () => {
  const folder = temporaryFolder();
  const damaged = summaryRecord(0, 2, [
    { tag: "x", image: { width: 1, height: 1, png: new Uint8Array(40) } },
  ]);
  damaged.fill(0xff, 20, 40);
  writeFileSync(join(folder, "events.out.tfevents.1"), Buffer.concat([image(1, 1), damaged, image(3, 3)]));
  writeFileSync(join(folder, "events.out.tfevents.2"), image(4, 4));
  mkdirSync(join(folder, "events.out.tfevents.3"));
  expect((await readEventPictures(folder)).map(({ step }) => step)).toEqual([1, 4]);
});

it("ends at a record that is not whole yet, and knows folders without event files", async () => {
  const folder = temporaryFolder();
  expect(await readEventPictures(join(folder, "none"))).toEqual([]);
  const file = join(folder, "events.out.tfevents.1");
  writeFileSync(file, Buffer.concat([versionRecord(0), image(1, 1)]));
  appendFileSync(file, image(2, 2));
  truncateSync(file, statSync(file).size - 5);
  expect(readdirSync(folder).length).toBe(1);
  expect((await readEventPictures(folder)).map(({ step }) => step)).toEqual([1]);
});
