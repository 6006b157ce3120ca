// The thread that decodes and crops. Batches are worked on in the order in which they were asked for, and the next one
// is begun while the last crops of the one before are still under way in other threads.

import { parentPort, workerData } from "node:worker_threads";
import { CropWorker } from "./crop-worker.js";
import type { WorkerRequest, WorkerStart } from "./loader-protocol.js";

const port = parentPort;
if (!port) throw new Error("internal: data/worker.js must run as a worker thread of the loader");

const worker = new CropWorker(workerData as WorkerStart, (report) => port.postMessage(report));
let queue = Promise.resolve();
port.on("message", (request: WorkerRequest) => {
  queue = queue.then(() => (request.type === "close" ? close() : worker.work(request)));
});

function close(): void {
  worker.close();
  port?.close();
}
