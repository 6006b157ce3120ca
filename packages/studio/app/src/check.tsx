// A choice to be made by hand: name, and a box.

import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

interface CheckProps {
  /** The name, and what stands beside it. */
  readonly children: ComponentChildren;
  readonly of: Signal<boolean>;
  /** After each change. */
  readonly onChange?: (isChecked: boolean) => void;
}

/** Sets a signal. */
export function Check({ children, of, onChange }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={of.value}
        onChange={({ currentTarget }) => {
          of.value = currentTarget.checked;
          onChange?.(of.value);
        }}
      />
      {children}
    </label>
  );
}
