import { expect, it } from "vitest";
import { datasetTitle } from "./dataset-title.js";

it("tells folders of one's own apart, and names published data sets wherever they lie", () => {
  const title = (name: string, root: string) => datasetTitle({ name, root, split: "all" });
  expect(title("camvid", "/data/camvid")).toBe("camvid, all");
  expect(title("folder", "/data/cities/north")).toBe("folder cities/north, all");
  expect(title("folder (2)", "/data/cities/south/")).toBe("folder cities/south, all");
  expect(title("folder", "")).toBe("folder, all");
});
