// Modules of a network exchanged for others that compute the same in another form.

import { nn } from "@pinmem/torch";
import { Stage } from "./backbones/stage.js";

/** Puts a module in the place of its parent's child of that name. */
export function replaceChild(parent: nn.AnyModule, name: string, module: nn.Module): void {
  if (parent instanceof nn.Sequential || parent instanceof Stage) parent.replace(Number(name), module);
  else setField(parent, name, module);
}

/** Sets a field that its class declares as readonly. */
export const setField = (holder: object, field: string, value: unknown): void => {
  (holder as Record<string, unknown>)[field] = value;
};
