// Types of the door to set-up's tools, written by hand like those of its main door; tools.test.ts holds both to each other.

/** A C++ compiler of this machine. */
export interface Compiler {
  /** Program and fixed arguments, such as ["ccache", "g++"]. */
  command: string[];
  kind: "gcc" | "clang";
  version: string;
}

/** The compiler that CXX names, or else g++ or clang++; undefined where there is none. @throws SetupError */
export function findCompiler(env?: NodeJS.ProcessEnv): Promise<Compiler | undefined>;

/** A folder of headers as flags; none for /usr/include, which is searched anyway. */
export function includeFlags(folder: string): string[];

/** The words of a variable such as CXXFLAGS. */
export function words(text: string | undefined): string[];

/** Node's C headers, from npm, and their version. @throws SetupError where their package is not installed */
export function nodeHeaders(): { include: string; version: string };

/** 32 hexadecimal digits; parts do not run into one another. */
export function hashOf(parts: readonly (string | Uint8Array)[]): string;

/** Whether there is a file of that name. */
export function isFile(path: string): boolean;

/** The object in a JSON file; undefined where there is no such file, or no object in it. */
export function readJson(path: string): Record<string, unknown> | undefined;

/** Writes JSON so that a reader sees the old file or the new one, and nothing between. */
export function writeJson(path: string, value: unknown): void;

/** A name beside `path` that no other process and no other call uses. */
export function temporaryName(path: string): string;

/** Runs a program, without a shell. */
export function run(
  command: readonly string[],
  options?: { cwd?: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal; timeout?: number },
): Promise<{ code: number | null; stdout: string; output: string }>;

/** The last lines of a program's output. */
export function lastLines(output: string, lines: number): string;
