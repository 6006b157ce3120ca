// The names of outputs: those of the inputs without their ending, so that road.jpg becomes road.png. Where two would meet
// (x.jpg beside x.png, a video x.mp4 beside a folder x), the inputs keep their endings: x.jpg.png, x.png.png.

export interface NamedInput {
  /** Relative, with "/". */
  readonly path: string;
  /** Its outputs may be folders of frames. */
  readonly isVideo: boolean;
}

/** A name for each input, without the output's ending. */
export function outputNames(inputs: readonly NamedInput[]): string[] {
  const folders = new Set(inputs.flatMap(({ path }) => foldersOf(path)));
  const short = inputs.map(({ path }) => path.replace(/(?<=[^/])\.[^./]*$/, ""));
  const bearers = new Map<string, number>();
  // Capitals do not tell names apart on every file system.
  for (const name of short) bearers.set(key(name), (bearers.get(key(name)) ?? 0) + 1);
  const whole = inputs.map(
    ({ isVideo }, at) =>
      bearers.get(key(short[at] as string)) !== 1 || meetsFolder(short[at] as string, isVideo, folders),
  );
  const names = () => inputs.map(({ path }, at) => (whole[at] ? path : (short[at] as string)));
  // A whole name may be another's short one: x.jpg beside x.png and x.jpg.tif.
  for (let changed = true; changed; ) {
    changed = false;
    const taken = new Set(names().filter((_, at) => whole[at]));
    names().forEach((name, at) => {
      if (whole[at] || !taken.has(name)) return;
      whole[at] = true;
      changed = true;
    });
  }
  return names();
}

const key = (name: string) => name.toLowerCase();

const foldersOf = (path: string): string[] => {
  const parts = path.split("/");
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"));
};

const meetsFolder = (name: string, isVideo: boolean, folders: ReadonlySet<string>): boolean =>
  (isVideo && folders.has(name)) || [".png", ".jpg", ".mp4"].some((ending) => folders.has(name + ending));
