// The name of a picture in a list: where there is no room for all of it, what it shares with its neighbours is cut, not what tells it apart.

import { computed } from "@preact/signals";
import { sharedStarts } from "./shared-start.js";
import * as state from "./state.js";

const starts = computed(() =>
  sharedStarts(state.pictures.value.map(({ name, group }) => ({ name: shortName(name), group }))),
);

/** Without folders. */
const shortName = (name: string): string => name.replace(/^.*\//, "");

export function PictureName({ picture: { name, group } }: { readonly picture: state.Picture }) {
  const short = shortName(name);
  const shared = starts.value.get(group) ?? 0;
  return (
    <span class="name" title={name}>
      {shared > 0 && <span class="shared">{short.slice(0, shared)}</span>}
      <span class="own">{short.slice(shared)}</span>
    </span>
  );
}
