// The frame of the page: header with runs and views, pictures at the left, the stage in the middle, what can be set at the right.

import { useEffect } from "preact/hooks";
import { addFiles, chooseRun } from "./actions.js";
import { ComparePanel } from "./compare-panel.js";
import { CompareTables } from "./compare-tables.js";
import { EngineNote } from "./engine.js";
import { Follow } from "./follow.js";
import { InsidePanel } from "./inside-panel.js";
import { takesLetters } from "./page-keys.js";
import { PictureList } from "./picture-list.js";
import { SegmentPanel } from "./segment-panel.js";
import { Stage } from "./stage.js";
import * as state from "./state.js";
import { TeachPanel } from "./teach-panel.js";

/** All of the page. */
export function App() {
  useEffect(() => {
    const allow = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => void onDrop(event);
    addEventListener("keydown", onKey);
    addEventListener("dragover", allow);
    addEventListener("drop", drop);
    addEventListener("beforeunload", onLeave);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("dragover", allow);
      removeEventListener("drop", drop);
      removeEventListener("beforeunload", onLeave);
    };
  }, []);
  const { value: tab } = state.tab;
  return (
    <div class="app">
      <Header />
      <Messages />
      {tab === "Follow" ? (
        <main class="wide">
          <Follow />
        </main>
      ) : (
        <div class="work">
          <PictureList />
          <main class="middle">
            <Stage />
            {tab === "Compare" && <CompareTables />}
          </main>
          <aside class="panel" aria-label={tab}>
            {tab === "Segment" && <SegmentPanel />}
            {tab === "Inside" && <InsidePanel />}
            {tab === "Teach" && <TeachPanel />}
            {tab === "Compare" && <ComparePanel />}
          </aside>
        </div>
      )}
    </div>
  );
}

function Header() {
  const { value: site } = state.site;
  return (
    <header class="top">
      <h1>
        pinmem <span>studio</span>
      </h1>
      <label class="run">
        <span class="quiet">Run</span>
        <select
          value={state.runAt.value}
          title={state.run.value?.path}
          onChange={(event) => void chooseRun(Number(event.currentTarget.value))}
        >
          {site?.runs.map(({ name, model }, at) => (
            <option key={name} value={at} disabled={model === null}>
              {model === null ? `${name} (not finished)` : name}
            </option>
          ))}
        </select>
      </label>
      <nav aria-label="Views">
        {state.tabs.map((name, at) => (
          <button
            key={name}
            type="button"
            aria-current={state.tab.value === name ? "page" : undefined}
            title={`Key ${at + 1}`}
            onClick={() => {
              state.tab.value = name;
            }}
          >
            {name}
          </button>
        ))}
      </nav>
      <EngineNote />
    </header>
  );
}

function Messages() {
  return (
    <div class="messages">
      {state.problem.value !== null && (
        <p class="problem" role="alert">
          {state.problem}
          <button
            type="button"
            aria-label="Close message"
            onClick={() => {
              state.problem.value = null;
            }}
          >
            ×
          </button>
        </p>
      )}
      <p class="hidden" role="status">
        {state.busy.value ?? state.said.value}
      </p>
    </div>
  );
}

/** Asks where strokes would be lost. */
function onLeave(event: BeforeUnloadEvent): void {
  if (!state.isKept.value) event.preventDefault();
}

function onKey(event: KeyboardEvent): void {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target instanceof HTMLElement && takesLetters(target)) return;
  const tab = state.tabs[Number(event.key) - 1];
  if (tab) state.tab.value = tab;
  if (event.key === "o") state.outline.value = !state.outline.value;
}

async function onDrop(event: DragEvent): Promise<void> {
  event.preventDefault();
  const items = [...(event.dataTransfer?.items ?? [])];
  const entries = items.map((item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory)) {
    await addFiles([...(event.dataTransfer?.files ?? [])]);
    return;
  }
  const files = new Map((await Promise.all(entries.map((entry) => filesOf(entry)))).flat());
  await addFiles([...files.keys()], (file) => files.get(file) ?? file.name);
}

/** A file, or all below a folder, and where they lie. */
async function filesOf(entry: FileSystemEntry | null): Promise<[file: File, path: string][]> {
  if (!entry) return [];
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [[file, entry.fullPath.replace(/^\/+/, "")]];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) break;
    all.push(...some);
  }
  return (await Promise.all(all.map((one) => filesOf(one)))).flat();
}
