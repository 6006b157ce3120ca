// A few choices side by side, of which one holds.

interface ChoiceProps<T extends string> {
  /** For people who cannot see it. */
  readonly label: string;
  readonly values: readonly T[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
}

export function Choice<T extends string>({ label, values, chosen, onChoose }: ChoiceProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row everywhere
    <div class="choice" role="group" aria-label={label}>
      {values.map((one) => (
        <button key={one} type="button" aria-pressed={chosen === one} onClick={() => onChoose(one)}>
          {one}
        </button>
      ))}
    </div>
  );
}
