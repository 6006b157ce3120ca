// How alike the rows of a class memory are: the stronger the color, the less two classes can be told apart.

import * as Plot from "@observablehq/plot";
import { cosineCells } from "@pinmem/core";
import type { MemorySimilarity } from "../../comparison/run-record.js";
import type { Markup } from "../page/html.js";
import { draw } from "./draw.js";

export function similarityChart({ classes, cosine }: MemorySimilarity, label: string): Markup {
  const cells = cosineCells(cosine).map(({ row, column, value }) => ({
    row: classes[row],
    column: classes[column],
    opacity: Math.min(1, Math.max(0, value ?? 0)),
    title: `${classes[row]}, ${classes[column]}: ${value?.toFixed(2) ?? "none"}`,
  }));
  const size = Math.max(240, classes.length * 16);
  return draw(
    {
      width: size + 100,
      height: size + 100,
      marginLeft: 92,
      marginBottom: 4,
      marginTop: 92,
      marginRight: 4,
      padding: 0.04,
      style: { fontSize: "10.5px" },
      x: { domain: classes, label: null, tickRotate: -90, axis: "top", tickSize: 0 },
      y: { domain: classes, label: null, tickSize: 0 },
      marks: [
        Plot.cell(cells, {
          x: "column",
          y: "row",
          fill: "var(--accent)",
          fillOpacity: (cell: { opacity: number }) => cell.opacity,
          title: "title",
        }),
      ],
      opacity: { type: "identity" },
    },
    label,
  );
}
