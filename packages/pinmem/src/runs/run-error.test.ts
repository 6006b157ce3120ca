import { describe, expect, it } from "vitest";
import { CheckpointError } from "../training/checkpoints/checkpoint.js";
import { RunError } from "./run-error.js";

const name = "run\nfake: all is well\u001b[2J";

describe("errors about runs and checkpoints", () => {
  it.each([new RunError(name, "is no run"), new CheckpointError(name, "is cut short")])(
    "stay one line whatever files are called: $name",
    ({ message }) => {
      expect(message).toContain("run\\nfake: all is well\\x1b[2J");
      expect(message).not.toMatch(/\p{Cc}/u);
    },
  );
});
