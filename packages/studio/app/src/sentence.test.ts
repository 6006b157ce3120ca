import { expect, it } from "vitest";
import { asSentence } from "./sentence.js";

it("leaves names of files, runs and addresses as they are", () => {
  for (const text of [
    "empty.jpg cannot be decoded: choose a JPEG, PNG, WebP or AVIF picture",
    "http://127.0.0.1:4000/runs/0/model/model.json cannot be read",
    "demo cannot be looked at yet: it is not finished",
    "the.jpg cannot be decoded",
    "a-b cannot be looked at yet",
  ])
    expect(asSentence(text)).toBe(text);
});

it("begins sentences with a capital", () => {
  expect(asSentence("the server is gone")).toBe("The server is gone");
  expect(asSentence("there is nothing here")).toBe("There is nothing here");
});
