import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lacksFonts } from "./fonts.js";

test.runIf(process.platform === "linux")(
  "fonts are looked for where fontconfig does without being told",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "pinmem-fonts-"));
    try {
      expect(lacksFonts({}, join(folder, "absent"))).toBe(true);
      mkdirSync(join(folder, "truetype/dejavu"), { recursive: true });
      expect(lacksFonts({}, folder)).toBe(true);
      expect(lacksFonts({ FONTCONFIG_FILE: "/elsewhere/fonts.conf" }, folder)).toBe(false);
      writeFileSync(join(folder, "truetype/dejavu/DejaVuSans.ttf"), "");
      expect(lacksFonts({}, folder)).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
