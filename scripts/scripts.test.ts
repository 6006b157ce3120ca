import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { missingOptional } from "./complete-lock.mjs";
import { packagesMatch } from "./npm-packages.mjs";

const script = (name: string, ...args: string[]) => {
  const path = new URL(name, import.meta.url).pathname;
  return spawnSync(process.execPath, [path, ...args], { encoding: "utf8" });
};

describe("package-lock.json", () => {
  test("names the optional packages of every system, or npm ci would refuse it (mend: node scripts/complete-lock.mjs)", () => {
    const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
    expect(missingOptional(lock.packages)).toEqual({});
  });

  test("is completed with the system that a package's name tells", () => {
    const owner = {
      version: "1.0.0",
      dev: true,
      optionalDependencies: { "@a/b-linux-arm-musleabihf": "1.2.3", there: "1.0.0" },
    };
    expect(missingOptional({ "node_modules/owner": owner, "node_modules/there": {} })).toEqual({
      "node_modules/@a/b-linux-arm-musleabihf": {
        version: "1.2.3",
        cpu: ["arm"],
        dev: true,
        libc: ["musl"],
        optional: true,
        os: ["linux"],
      },
    });
  });

  test("is compared with what is installed: versions count, other systems' packages may be absent", () => {
    const wanted = {
      "packages/a": {},
      "node_modules/x": { version: "1.0.0" },
      "node_modules/y": { version: "2.0.0", optional: true },
    };
    expect(packagesMatch(wanted, { "node_modules/x": { version: "1.0.0" } })).toBe(true);
    expect(packagesMatch(wanted, { "node_modules/x": { version: "1.0.1" } })).toBe(false);
    expect(packagesMatch(wanted, {})).toBe(false);
  });
});

describe("a mistyped word", () => {
  test("stops npm run setup and npm run bench with exit code 2", () => {
    const setup = script("setup.mjs", "--libtorhc", "/usr");
    expect([setup.status, setup.stderr]).toEqual([
      2,
      expect.stringContaining("it takes --libtorch, --search,"),
    ]);
    const bench = script("bench.mjs", "no-such-benchmark");
    expect([bench.status, bench.stderr]).toEqual([
      2,
      expect.stringContaining("there is no benchmark no-such-benchmark"),
    ]);
  });
});
