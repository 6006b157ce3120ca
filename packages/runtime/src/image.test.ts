import { expect, it } from "vitest";
import { checkedImage, ownPicture, type Picture } from "./image.js";

const floats = new Float32Array(2 * 2 * 3).fill(0.5);

it("refuses numbers that are no bytes, of which every pixel would become the same class", () => {
  const wrong = /pixels must be bytes, 0 to 255, .* got Float32Array/;
  const pixels = floats as unknown as Uint8Array;
  expect(() => ownPicture({ width: 2, height: 2, pixels })).toThrow(wrong);
  for (const channels of [3, 4]) {
    const data = new Float32Array(4 * channels) as unknown as Uint8Array;
    expect(() => ownPicture({ data, info: { width: 2, height: 2, channels } })).toThrow(wrong);
  }
  const list = Array.from(floats) as unknown as Uint8Array;
  expect(() => checkedImage({ width: 2, height: 2, pixels: list })).toThrow(/got Array/);
});

it("takes bytes as sharp, canvases and Node give them", () => {
  for (const pixels of [new Uint8Array(12), Buffer.alloc(12), new Uint8ClampedArray(12)]) {
    const image = { width: 2, height: 2, pixels };
    expect(ownPicture(image)).toEqual({ width: 2, height: 2, pixels: new Uint8Array(12) });
    const raw = { data: pixels, info: { width: 2, height: 2, channels: 3 } };
    expect(ownPicture(raw)).toEqual({ width: 2, height: 2, pixels: new Uint8Array(12) });
  }
});

it("takes a copy of what a program may write over while the call waits", () => {
  const bytes = Buffer.from([1, 2, 3]);
  const info = { width: 1, height: 1, channels: 3 };
  const given: Picture[] = [bytes, { width: 1, height: 1, pixels: bytes }, { data: bytes, info }];
  const taken = given.map(ownPicture);
  const buffer = Uint8Array.of(1, 2, 3).buffer;
  taken.push(ownPicture(buffer));
  bytes.fill(0);
  new Uint8Array(buffer).fill(0);
  const numbers = Uint8Array.of(1, 2, 3);
  const pixels = { width: 1, height: 1, pixels: numbers };
  expect(taken).toEqual([numbers, pixels, pixels, numbers]);
});

it("says that a picture is missing, and which size is none", () => {
  for (const none of [null, undefined])
    expect(() => ownPicture(none as unknown as Picture)).toThrow(/a picture is needed, got (null|undefined)/);
  const pixels = new Uint8Array(12);
  const sizes = [
    { height: 2 },
    { width: "2", height: 2 },
    { width: 2, height: 0 },
    { width: 1.5, height: 8 },
  ];
  for (const size of sizes) {
    expect(() => ownPicture({ ...size, pixels } as unknown as Picture)).toThrow(
      /width and height of a picture must be whole numbers of at least 1, got (undefined|the string "2"|2|1\.5) and /,
    );
  }
  const raw = { data: pixels, info: undefined } as unknown as Picture;
  expect(() => ownPicture(raw)).toThrow(/must be whole numbers of at least 1, got undefined and undefined/);
});
