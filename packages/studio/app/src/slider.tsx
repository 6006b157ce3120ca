// A number to set by hand: name, value, slider.

import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";

interface SliderProps {
  readonly name: string;
  readonly of: Signal<number>;
  readonly least?: number;
  readonly most?: number;
  readonly step?: number;
  /** The value in words. */
  readonly say?: (value: number) => string;
  /** After each change. */
  readonly onChange?: () => void;
}

/** Sets a signal. */
export function Slider({
  name,
  of,
  least = 0,
  most = 1,
  step = 0.01,
  say = (value) => value.toFixed(2),
  onChange,
}: SliderProps) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{name}</label>
      <output for={id}>{say(of.value)}</output>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={of.value}
        onInput={({ currentTarget }) => {
          of.value = Number(currentTarget.value);
          onChange?.();
        }}
      />
    </div>
  );
}
