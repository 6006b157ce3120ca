// The thread that decodes and crops. Batches are worked on in the order in which they were asked for, and the next one
// is begun while the last crops of the one before are still under way in other threads.

import { parentPort, workerData } from "node:worker_threads";
import { CropWorker } from "./crop-worker.js";
import type { BatchRequest, WorkerStart } from "./loader-protocol.js";

const port = parentPort;
if (!port) throw new Error("internal: data/worker.js must run as a worker thread of the loader");

const worker = new CropWorker(workerData as WorkerStart, (report) => port.postMessage(report));
let queue = Promise.resolve();
port.on("message", (request: BatchRequest) => {
  queue = queue.then(() => worker.work(request));
});
