// A registry of npm on this machine that has the tarballs of release/, and sends everybody who asks for another package to the
// real one. So that `npm install pinmem` can be tried as users type it, before anything is published.

import { createHash } from "node:crypto";
import { createReadStream, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import { prebuiltPlatforms } from "../../packages/torch/setup/platform.mjs";
import { run } from "../../packages/torch/setup/run.mjs";
import { addonManifest, libtorchManifest, tarballName } from "./manifests.mjs";

/** @import { AddressInfo } from "node:net" */
/** @import { Manifest } from "./manifests.mjs" */

/** @typedef {{ manifest: Manifest, file: string, integrity: string, bytes: number }} Tarball */

/**
 * @param {string} tarball
 * @returns {Promise<Manifest>}
 */
export async function readManifest(tarball) {
  // macOS has the tar of BSD.
  const firstOnly = process.platform === "darwin" ? "--fast-read" : "--occurrence=1";
  const { stdout } = await run(["tar", "-xzOf", tarball, firstOnly, "package/package.json"]);
  return JSON.parse(stdout);
}

/**
 * @param {string} folder
 * @returns {Promise<Tarball[]>}
 */
export async function readTarballs(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  return Promise.all(
    files.map(async (name) => {
      const file = join(folder, name);
      const integrity = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
      return { manifest: await readManifest(file), file, integrity, bytes: statSync(file).size };
    }),
  );
}

/**
 * @param {readonly Tarball[]} tarballs
 * @param {string} upstream the real registry
 */
export async function startRegistry(tarballs, upstream) {
  let address = "";
  const names = tarballs.map(({ manifest }) => manifest.name);
  // Packed on other machines: they are asked about, and not fetched here.
  const elsewhere = prebuiltPlatforms
    .flatMap((platform) => [
      addonManifest(
        platform,
        String(tarballs.find(({ manifest }) => manifest.name === "@pinmem/torch")?.manifest.version),
      ),
      libtorchManifest(platform),
    ])
    .filter(({ name }) => !names.includes(name))
    .map((manifest) => ({ manifest, file: tarballName(manifest), integrity: `sha512-${"A".repeat(86)}==` }));
  /** @type {string[]} */
  const served = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname).slice(1);
    const file = tarballs.find((tarball) => path === `-/${basename(tarball.file)}`);
    if (file) {
      served.push(file.manifest.name);
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": file.bytes });
      createReadStream(file.file).pipe(response);
      return;
    }
    const known = [
      ...tarballs.filter(({ manifest }) => manifest.name === path),
      ...elsewhere.filter(({ manifest }) => manifest.name === path),
    ];
    if (known.length === 0 && !path.startsWith("@pinmem/")) {
      response.writeHead(302, { location: `${upstream.replace(/\/$/, "")}${request.url}` }).end();
      return;
    }
    if (known.length === 0) {
      response.writeHead(404, { "content-type": "application/json" }).end('{"error":"not found"}');
      return;
    }
    const versions = Object.fromEntries(
      known.map(({ manifest, integrity, file: tarball }) => [
        manifest.version,
        { ...manifest, dist: { integrity, tarball: `${address}/-/${basename(tarball)}` } },
      ]),
    );
    const latest = known.at(-1)?.manifest.version;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ name: path, "dist-tags": { latest }, versions }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  address = `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;
  return {
    address,
    /** Names of packages that were fetched. */
    served,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
