// Writes src/generated/operators.ts from ops.txt and the schemas of the loaded libtorch.
//
//   npm run generate-ops             writes
//   npm run generate-ops -- --check  exits 1 if the file is not what would be written

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseOperatorList } from "./operator-list.js";
import { renderOperators } from "./render.js";
import { readSchemas } from "./schema.js";

const root = new URL("../../", import.meta.url);
const target = fileURLToPath(new URL("src/generated/operators.ts", root));
const list = parseOperatorList(readFileSync(new URL("ops.txt", root), "utf8"));
const text = renderOperators(list, readSchemas(list));

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("src/generated/operators.ts does not match ops.txt: run `npm run generate-ops`");
    process.exitCode = 1;
  }
} else {
  writeFileSync(`${target}.tmp`, text);
  renameSync(`${target}.tmp`, target);
  console.log(
    `${list.length} operators, ${list.reduce((n, op) => n + op.overloads.length, 0)} overloads -> src/generated/operators.ts`,
  );
}
