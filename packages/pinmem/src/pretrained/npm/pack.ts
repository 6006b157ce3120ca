// A package of the npm registry, fetched by npm's own client, so that its registry, its proxies and its certificates hold; no
// script of the package runs. The bytes must be those whose integrity is known here.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writing } from "../../files/write-error.js";
import type { Environment } from "../../web/environment.js";
import { PullError } from "../../web/pull-error.js";

export interface Package {
  readonly name: string;
  readonly version: string;
  /** As package-lock.json has it: "sha512-" and base64. */
  readonly integrity: string;
}

const run = promisify(execFile);

/**
 * The tarball of a package.
 * @throws PullError where npm cannot bring it, or brings another
 */
export async function packNpm(
  { name, version, integrity }: Package,
  { env, signal }: { readonly env: Environment; readonly signal?: AbortSignal | undefined },
): Promise<Uint8Array> {
  const spec = `${name}@${version}`;
  const parent = tmpdir();
  const folder = writing(parent, () => mkdtempSync(join(parent, "pinmem-npm-")));
  try {
    const args = ["pack", spec, "--ignore-scripts", "--no-audit", "--no-update-notifier", "--no-progress"];
    const patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
    await run("npm", [...args, ...patience, "--loglevel=error", `--pack-destination=${folder}`], {
      cwd: folder,
      env: { ...env } as NodeJS.ProcessEnv,
      shell: process.platform === "win32",
      maxBuffer: 2 ** 24,
      ...(signal && { signal }),
    });
    const [file] = readdirSync(folder).filter((one) => one.endsWith(".tgz"));
    if (file === undefined) throw new PullError(`npm pack ${spec}`, "left no package");
    const tarball = readFileSync(join(folder, file));
    const found = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
    if (found !== integrity)
      throw new PullError(
        spec,
        `is another package than the one that is known here: its integrity is ${found}`,
      );
    return tarball;
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof PullError ? error : inWords(spec, error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const unreachable =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT)$/;

/** What npm said, in one line. */
function inWords(spec: string, error: unknown): PullError {
  const { code, stderr = "", message } = error as NodeJS.ErrnoException & { stderr?: string };
  const source = `npm pack ${spec}`;
  if (code === "ENOENT") return new PullError(source, "npm is not on the PATH", { cause: error });
  const lines = [...stderr.matchAll(/^npm (?:error|ERR!) ?(.*)$/gm)].map(([, line = ""]) => line.trim());
  const codes = lines.flatMap((line) => /^(?:code|errno) (\S+)$/.exec(line)?.[1] ?? []);
  const known = codes[0] ?? "";
  if (unreachable.test(known)) {
    return new PullError(
      source,
      `npm cannot reach its registry (${known}): there is no network, or npm's settings (registry, proxy) do not fit it`,
      { cause: error },
    );
  }
  if (known === "ENOSPC")
    return new PullError(source, "the disk is full. Free some space, then run this again");
  const told = lines.find((line) => line !== "" && !/^(code|errno|syscall) /.test(line));
  return new PullError(source, [known, told ?? message.split("\n")[0]].filter(Boolean).join(": "), {
    cause: error,
  });
}
