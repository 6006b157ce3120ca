import { expect, it } from "vitest";
import { takesLetters } from "./page-keys.js";

it("leaves letters and digits to selects and to fields that are typed into", () => {
  for (const control of [
    { tagName: "SELECT", type: "select-one" },
    { tagName: "TEXTAREA", type: "textarea" },
    { tagName: "INPUT", type: "text" },
    { tagName: "INPUT", type: "number" },
  ])
    expect(takesLetters(control), control.type).toBe(true);
});

it("takes them from all that has no use for them", () => {
  for (const control of [
    { tagName: "BODY" },
    { tagName: "BUTTON", type: "submit" },
    { tagName: "INPUT", type: "range" },
    { tagName: "INPUT", type: "checkbox" },
  ])
    expect(takesLetters(control), control.type).toBe(false);
});
