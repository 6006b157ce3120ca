import { describe, expect, it } from "vitest";
import { type Content, html, trusted } from "./html.js";

describe("html", () => {
  it("escapes what is put in, in text and in attributes", () => {
    const hostile = `"><script>alert('1')</script>&`;
    expect(html`<p title="${hostile}">${hostile}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;">' +
        "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;</p>",
    );
  });

  it("leaves markup of its own as it is, joins lists, and leaves out what is not there", () => {
    const items: Content[] = ["<a>", html`<b>${1}</b>`, null, false, undefined, trusted("<i></i>")];
    expect(html`<p>${items}</p>`.text).toBe("<p>&lt;a&gt;<b>1</b><i></i></p>");
  });

  it("takes an object that only looks like markup for text", () => {
    const forged = JSON.parse('{"text": "<script>"}') as never;
    expect(() => html`${forged}`.text).toThrow();
  });
});
