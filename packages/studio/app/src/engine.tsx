// What computes, and why not something faster, with what to do about it.

import type { Engine } from "@pinmem/runtime/browser";
import * as state from "./state.js";

/** At the right of the header; opens to tell more. */
export function EngineNote() {
  const engine = state.model.value?.engine;
  if (!engine) return null;
  return (
    <details class="engine quiet">
      <summary>{nameOf(engine)}</summary>
      <div class="told">
        {reasonsOf(engine).map((text) => (
          <p key={text}>{text}</p>
        ))}
      </div>
    </details>
  );
}

function nameOf({ kind, threads }: Engine): string {
  if (kind === "server") return "libtorch, on the server";
  return kind === "wasm" ? `wasm · ${threads} ${threads === 1 ? "thread" : "threads"}` : kind;
}

function reasonsOf({ kind, threads, reason }: Engine): string[] {
  if (kind === "server") return ["The server computes (--engine torch); this page shows."];
  if (kind === "webgpu") return ["The graphics card computes, by WebGPU."];
  const live = state.site.value?.live ?? false;
  return [
    `The processor computes, by WebAssembly on ${threads === 1 ? "one thread" : `${threads} threads`}.`,
    ...(reason === null ? [] : [`Not by the graphics card: ${reason}.`]),
    ...(globalThis.crossOriginIsolated
      ? []
      : [
          "One thread only, since the page is not isolated: its web server has to send Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, over https or from this machine.",
        ]),
    ...(live ? ["Large models are faster by libtorch: pinmem studio RUN --engine torch."] : []),
  ];
}
