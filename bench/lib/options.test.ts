import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { full } from "../../packages/pinmem/test/scope.js";

const script = (name: string) => fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
const names = readdirSync(new URL("..", import.meta.url))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replace(".ts", ""));

const bench = async (name: string, args: readonly string[], env: Record<string, string> = {}) => {
  const child = spawn(process.execPath, [script(name), ...args], { env: { ...process.env, ...env } });
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await closed, stdout, stderr };
};

// Each call starts a process that loads libtorch.
describe.skipIf(!full)("a benchmark's command line", () => {
  test.concurrent.each(names)(
    "of %s tells its options, and refuses others with exit code 2",
    async (name) => {
      expect(await bench(name, ["--help"])).toEqual({
        status: 0,
        stdout: expect.stringContaining(`npm run bench -- ${name} [options]`),
        stderr: "",
      });
      expect(await bench(name, ["--nope"])).toEqual({
        status: 2,
        stdout: "",
        stderr: `bench ${name}: Unknown option '--nope'. See npm run bench -- ${name} --help\n`,
      });
    },
  );

  test.concurrent.each([
    ["model", ["--models", "resnet51"], {}, 2, /there is no backbone "resnet51"; there are mobilenet_v2, /],
    ["model", ["--layout", "rows"], {}, 2, /--layout is "rows", but must be channels-last or contiguous/],
    ["meta-step", ["--size", "0"], {}, 2, /--size is "0", but must be a positive whole number/],
    ["meta-step", ["--device", "tpu"], {}, 2, /--device is "tpu", but must be cpu or cuda/],
    ["streets", [], { ROUNDS: "x" }, 2, /ROUNDS is "x", but must be a positive whole number/],
    ["meta-step", [], { PYTHON: "/nowhere" }, 1, /^bench meta-step: python3-torch: \/nowhere does not start/],
  ] as const)("%s %j %j exits with %i and says why in a line", async (name, args, env, code, message) => {
    const { status, stderr } = await bench(name, args, env);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(status).toBe(code);
  });

  test("leaves no temporary folder behind when it is interrupted", async () => {
    const folders = () =>
      readdirSync(tmpdir()).filter((name) => name.startsWith("pinmem-bench-data-")).length;
    const before = folders();
    const child = spawn(process.execPath, [script("data")], { stdio: "ignore" });
    while (folders() === before) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGTERM");
    expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(130);
    expect(folders()).toBe(before);
  });
});
