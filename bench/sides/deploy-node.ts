// The Node side of `npm run bench -- deploy`: an exported model by @pinmem/runtime and onnxruntime-node, without libtorch. Sessions
// are timed on the way, so that what is ours can be told from what is onnxruntime's.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { load, type Model } from "@pinmem/runtime";
import * as ort from "onnxruntime-node";
import { answer } from "../lib/answer.js";
import {
  type Edited,
  type Measured,
  type Opening,
  type OwnTime,
  type PictureFile,
  strokeOn,
  VOTES,
} from "../lib/deploy-side.js";

type Values = ort.InferenceSession.OnnxValueMapType;

let sessionMs = 0;
let model: Model | undefined;

timeSessions(ort.InferenceSession);

function timeSessions(sessions: { create: (bytes: Uint8Array, options?: object) => Promise<unknown> }): void {
  const create = sessions.create.bind(sessions);
  sessions.create = async (bytes, options) => {
    const session = (await create(bytes, options)) as ort.InferenceSession;
    const run = session.run.bind(session);
    session.run = async (feeds: Values, fetches?: unknown) => {
      const start = performance.now();
      const result = await run(feeds, fetches as readonly string[]);
      sessionMs += performance.now() - start;
      return result;
    };
    return session;
  };
}

const opened = (): Model => {
  if (model) return model;
  throw new Error("nothing is open");
};

async function open({ folder, threads }: Opening): Promise<Record<string, string>> {
  await model?.dispose();
  model = await load(join(folder, "whole"), { threads });
  return { version: model.engine.version };
}

async function segment(picture: PictureFile): Promise<Measured & OwnTime> {
  const { width, height, wantsLabels } = picture;
  const image = { width, height, pixels: await readFile(picture.file) };
  sessionMs = 0;
  const start = performance.now();
  const { labels } = await opened().segment(image);
  const now = performance.now();
  const seen = wantsLabels ? Buffer.from(labels).toString("base64") : null;
  return { ms: now - start, sinceStart: now, sessionMs, labels: seen };
}

async function edit(picture: PictureFile): Promise<Edited> {
  const start = performance.now();
  await opened().write([strokeOn(picture)]);
  opened().votes = VOTES;
  const written = performance.now();
  await opened().decode();
  const decoded = performance.now();
  opened().reset();
  return { writeMs: written - start, decodeMs: decoded - written };
}

await answer((request) => {
  const { task } = request;
  if (task === "open") return open(request as unknown as Opening);
  return (task === "edit" ? edit : segment)(request as unknown as PictureFile);
});
await model?.dispose();
