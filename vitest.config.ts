import { fileURLToPath } from "node:url";
import { defaultExclude, defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { kernels } from "./golden/kernels.mjs";

const include = [
  "packages/*/{src,test,setup}/**/*.test.ts",
  "packages/studio/app/**/*.test.ts",
  "golden/*.test.ts",
  "scripts/**/*.test.ts",
  "bench/**/*.test.ts",
];
const asFound = ["packages/pinmem/test/as-found.ts"];

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// By vitest.browser.config.ts alone.
const inBrowser = ["packages/*/test/browser/**"];

// Files that measure their process, change what a process has only once, or compute for long get one of their own.
const alone = [
  "packages/torch/src/{allocator,backends,device,open-files,unscoped,warnings}.test.ts",
  "packages/torch/src/files/fuzz.test.ts",
  "packages/torch/test/{errors,leaks,threads}.test.ts",
  "packages/pinmem/src/images/png.test.ts",
  "packages/pinmem/src/loading/loader.test.ts",
  "packages/pinmem/test/documents/own-parts.test.ts",
  "packages/torch/src/nn/views.test.ts",
  "packages/torch/test/{gradients,maml}.test.ts",
];

// Two files run at once, one on each core: threads of both would wait for one another, and most networks here are too small for
// two.
const oneThread = { OMP_NUM_THREADS: "1" };

// A process is started by a copy of the page table of the one that starts it: of the shared ones, with gigabytes in pages of 4 KiB,
// that takes up to half a second, and with pages of 2 MiB next to nothing. Where glibc or the kernel has none, nothing changes.
const largePages = { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1" };

// Files that know no libtorch and start compilers and programs: from processes that stay small.
const ofSetUp = ["packages/torch/setup/*.test.ts"];

// In single precision their figures are within the noise of their files with the kernels of these alone.
const asGolden = ["golden/{golden,foundation,run-golden}.test.ts"];

// A clean clone knows no times, and vitest then begins with large files; these are small and take longest, and would be waited
// for at the end, with one core idle.
const longest =
  /(golden\/(golden|foundation)|runtime\/test\/parity|export\/parity|cli\/(demo|faults|launch|signals)|runs\/ranks|documents\/code|test\/(examples|recipes)|bench\/lib\/options)\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ project, moduleId }: TestSpecification) =>
      (project.name === "shared" ? 2 : 0) + (longest.test(moduleId) ? 0 : 1);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

// All others share two processes, since starting one costs more than most of them take; as-found.ts sees to it that each
// leaves its process as it was. Tests run from the TypeScript sources.
export default defineConfig({
  resolve: {
    // The packages' own doors only: what lies behind a slash, such as @pinmem/torch/setup, resolves as it does for users.
    alias: [
      { find: /^@pinmem\/core\/formats$/, replacement: source("packages/core/src/formats/index.ts") },
      { find: /^@pinmem\/torch\/files$/, replacement: source("packages/torch/src/files/index.ts") },
      { find: /^@pinmem\/streets$/, replacement: source("packages/pinmem/test/remembered-streets.ts") },
      {
        find: /^@pinmem\/(core|torch|runtime|studio)$/,
        replacement: source("packages/$1/src/index.ts"),
      },
      { find: /^pinmem$/, replacement: source("packages/pinmem/src/index.ts") },
      { find: /^pinmem\/(\w+)$/, replacement: source("packages/pinmem/src/api/$1.ts") },
    ],
  },
  test: {
    pool: "forks",
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "shared",
          include,
          exclude: [...defaultExclude, ...alone, ...asGolden, ...ofSetUp, ...inBrowser],
          isolate: false,
          setupFiles: asFound,
          env: { ...oneThread, ...largePages },
        },
      },
      { extends: true, test: { name: "alone", include: alone, env: oneThread } },
      { extends: true, test: { name: "setup", include: ofSetUp, isolate: false, env: oneThread } },
      {
        extends: true,
        test: { name: "golden", include: asGolden, env: { ...kernels, ...oneThread }, testTimeout: 180_000 },
      },
    ],
  },
});
