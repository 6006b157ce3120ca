// Key lists: every parameter and buffer of a network by name and shape, in the official order.

import type { KeyList } from "./case-file.js";
import { officialNetwork } from "./case-run.js";
import type { GroupResult } from "./compare.js";

/** Rows that the official code keeps beside the network, and a buffer here. */
const ROWS = "memory.m_items";

/** Compares names, shapes, order and what is trained. */
export function checkNames(list: KeyList): GroupResult[] {
  const network = officialNetwork(list);
  const shapes = [...network.stateDict()]
    .filter(([name]) => name !== ROWS)
    .map(([name, { shape }]) => [name, shape] as const);
  const trained = [...network.namedParameters()]
    .filter(([, { requiresGrad }]) => requiresGrad)
    .map(([name]) => name);
  const describe = ([name, shape]: readonly [string, readonly number[]]) => `${name} [${shape.join(", ")}]`;
  return [
    sameList("state_dict", shapes.map(describe), list.state_dict.map(describe)),
    sameList("trainable", trained, list.trainable),
  ];
}

function sameList(group: string, ours: readonly string[], expected: readonly string[]): GroupResult {
  const missing = expected.find((entry) => !ours.includes(entry));
  const extra = ours.find((entry) => !expected.includes(entry));
  const moved = expected.find((entry, i) => ours[i] !== entry);
  const figure = missing
    ? `${group}: ${missing} is missing`
    : extra
      ? `${group}: ${extra} is too many`
      : moved
        ? `${group}: ${moved} is elsewhere`
        : group;
  const passed = figure === group;
  return {
    group,
    figures: expected.length,
    deviation: passed ? 0 : 1,
    tolerance: 0,
    basis: "fixed",
    figure,
    passed,
  };
}
