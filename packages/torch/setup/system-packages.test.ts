import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { installAdvice } from "./install-advice.mjs";
import { parseOsRelease } from "./system.mjs";
import { aptCommands, parsePolicy, provide } from "./system-packages.mjs";
import { recordingReporter } from "./testing.js";

describe("on Debian and Ubuntu", () => {
  test("root installs directly, others through sudo, lists first where they lack something", () => {
    const install = ["apt-get", "install", "-y", "--no-install-recommends"];
    expect(aptCommands(["libtorch-dev", "g++"], { privilege: "root", update: false })).toEqual([
      [...install, "libtorch-dev", "g++"],
    ]);
    expect(aptCommands(["g++"], { privilege: "sudo", update: true })).toEqual([
      ["sudo", "apt-get", "update"],
      ["sudo", ...install, "g++"],
    ]);
  });

  test("apt's candidates are read, epochs and absences included", () => {
    const policy = [
      ...[
        "libtorch-dev:",
        "  Installed: (none)",
        "  Candidate: 1.13.1+dfsg-4",
        "  Version table:",
        "     1.13.1+dfsg-4 500",
      ],
      ...[
        "g++:",
        "  Installed: 4:12.2.0-3",
        "  Candidate: 4:12.2.0-3",
        "libopenblas0-openmp:",
        "  Installed: (none)",
        "  Candidate: (none)",
      ],
    ].join("\n");
    expect(parsePolicy(policy)).toEqual(
      new Map([
        ["libtorch-dev", "1.13.1+dfsg-4"],
        ["g++", "12.2.0-3"],
      ]),
    );
  });

  test("os-release is read with and without quotes", () => {
    expect(
      parseOsRelease('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nID_LIKE="a b"\n'),
    ).toEqual({
      PRETTY_NAME: "Debian GNU/Linux 12 (bookworm)",
      ID: "debian",
      ID_LIKE: "a b",
    });
  });
});

describe("packages that are welcome, but not needed", () => {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-apt-"));
  const path = process.env.PATH;
  afterAll(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });

  test("come after what is needed, and set-up goes on where there are none", async () => {
    const program = (name: string, body: string) =>
      writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    program("apt-cache", "printf 'g++:\\n  Installed: (none)\\n  Candidate: 4:12.2.0-3\\n'");
    program(
      "apt-get",
      `echo "$*" >> ${join(folder, "log")}; case "$*" in *unheard-of*) echo no such thing; exit 100;; esac`,
    );
    process.env.PATH = `${folder}:${path}`;
    const report = recordingReporter();
    const system = {
      platform: "linux" as const,
      name: "Debian 12",
      family: ["debian"],
      apt: true,
      privilege: "root" as const,
    };
    await provide(["compiler"], {
      system,
      install: true,
      also: ["unheard-of"],
      confirm: async () => true,
      report,
    });
    const installed = readFileSync(join(folder, "log"), "utf8").trim().split("\n");
    expect(installed.map((line) => line.split(" ").at(-1))).toEqual(["g++", "unheard-of"]);
    expect(report.lines.join("\n")).toMatch(
      /set-up goes on without: apt-get install .* failed[\s\S]*no such thing/,
    );
  });
});

describe("where set-up does not install", () => {
  const mac = { name: "macOS", family: ["macos"] };

  test("the advice names this system's own commands, and those that work everywhere", () => {
    const text = installAdvice(["libtorch", "compiler"], mac).join("\n");
    expect(text).toContain("missing on macOS: libtorch, a C++ compiler");
    expect(text).toContain("brew install pytorch");
    expect(text).toContain("xcode-select --install");
    expect(text).toMatch(/pip install torch[\s\S]*conda install[\s\S]*LIBTORCH/);
  });

  test("a distribution whose libtorch is too old is not recommended", () => {
    const text = installAdvice(
      ["libtorch"],
      { name: "Ubuntu 22.04", family: ["ubuntu", "debian"] },
      "an older one",
    ).join("\n");
    expect(text).toContain("1.13 or newer; this distribution has an older one");
    expect(text).not.toContain("apt-get");
  });

  test("an unknown system still gets complete advice", () => {
    const text = installAdvice(["libtorch", "compiler", "blas"], { name: "Plan 9", family: ["plan9"] }).join(
      "\n",
    );
    expect(text).toContain("missing on Plan 9");
    expect(text).toContain("g++ 10 or newer");
    expect(text).not.toContain("undefined");
  });

  test("a missing library stops set-up, a slow BLAS is only said", async () => {
    const report = recordingReporter();
    const system = { platform: "linux" as const, ...mac, apt: false, privilege: "none" as const };
    const options = { system, install: true, also: [], confirm: async () => true, report };
    await expect(provide(["libtorch", "blas"], options)).rejects.toThrow(
      "missing on macOS: libtorch, an optimized BLAS",
    );
    await provide(["blas"], options);
    expect(report.lines.join("\n")).toContain("optimized BLAS");
  });
});
