// What has nothing to draw. What has is drawn by a browser: test/browser/page.test.ts.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { OwnPicture } from "../image.js";
import { drawn } from "./pixels.js";

beforeEach(() => {
  vi.stubGlobal("ImageData", class {});
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const element = (kind: string, properties: object): OwnPicture =>
  Object.assign(Object.create({ [Symbol.toStringTag]: kind }), properties);

it.each<[string, object, RegExp]>([
  [
    "HTMLImageElement",
    { width: 40, height: 30, naturalWidth: 0, naturalHeight: 0 },
    /not loaded yet .*damaged$/,
  ],
  [
    "HTMLVideoElement",
    { width: 0, height: 0, videoWidth: 0, videoHeight: 0, readyState: 0 },
    /shows no frame yet: wait for its event `loadeddata`$/,
  ],
  [
    "HTMLVideoElement",
    { width: 0, height: 0, videoWidth: 640, videoHeight: 480, readyState: 1 },
    /shows no frame yet/,
  ],
  ["ImageBitmap", { width: 0, height: 0 }, /was closed: segment it before `close\(\)`$/],
  ["VideoFrame", { displayWidth: 0, displayHeight: 0 }, /was closed/],
  ["HTMLCanvasElement", { width: 0, height: 150 }, /has no pixels$/],
])("says of a %s that shows nothing what to do: %o", (kind, properties, problem) => {
  expect(() => drawn(element(kind, properties))).toThrow(problem);
  expect(() => drawn(element(kind, properties))).toThrow(`segment: the ${kind} `);
});

it.each(["HTMLDivElement", "SVGImageElement", "Response"])("says of a %s that it is no picture", (kind) => {
  const problem = new RegExp(`^segment: in a page a picture is an address, .*; got ${kind}`);
  expect(() => drawn(element(kind, { width: {}, height: {} }))).toThrow(problem);
});

it("leaves to be decoded what is a file", () => {
  const { buffer } = Uint8Array.of(1);
  for (const file of ["a.png", new URL("http://localhost/a.png"), new Blob([buffer]), new Uint8Array(buffer)])
    expect(drawn(file)).toBeNull();
});
