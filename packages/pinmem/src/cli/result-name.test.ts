import { protocol } from "@pinmem/core/formats";
import { expect, it } from "vitest";
import { resultName } from "./result-name.js";

const looks = ["overcast", "dusk", "night", "fog", "rain", "snow"].map((look) => `streets:${look}`);
const name = (asked: readonly string[], flags: Parameters<typeof resultName>[0]["flags"] = {}) =>
  resultName({ protocol: protocol("whole"), flags, asked, file: "runs/a/best.safetensors" });

it("says protocol, domains and weights", () => {
  expect(name(["streets:night", "camvid"])).toBe("whole-streets_night+camvid-best.json");
});

it("tells apart what is cut off, and what else was asked for", () => {
  const names = [
    name([...looks, "streets:bazaar"]),
    name([...looks, "streets:dashcam"]),
    name(["camvid"]),
    name(["camvid"], { data: "a.json" }),
    name(["camvid"], { data: "b.json" }),
    name(["camvid"], { maxPixels: 1000 }),
    name(["camvid"], { limit: 5 }),
    name(["camvid"], { cohesion: true }),
    name(["camvid=/data"]),
  ];
  expect(new Set(names).size).toBe(names.length);
  for (const one of names) expect(one.length).toBeLessThan(120);
  expect(name(["camvid"], { data: "a.json" })).toBe(names[3]);
});

it("names several folders of one's own by their ends", () => {
  expect(name(["folder=/data/north/", "folder=south", "camvid=/data/camvid"])).toMatch(
    /^whole-folder_north\+folder_south\+camvid-best-\w{6}\.json$/,
  );
});
