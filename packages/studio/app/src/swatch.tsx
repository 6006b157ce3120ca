// The color of a class, as it is shown.

import * as state from "./state.js";

export function Swatch({ trainId }: { readonly trainId: number }) {
  const color = state.colors.value[trainId] ?? [0, 0, 0];
  return <span class="swatch" style={{ background: `rgb(${color.join(" ")})` }} />;
}
