// The command `npm run golden -- DIR`: makes the checkout ready, then compares the code with the golden files in DIR.

import "./node-version.mjs";
import { kernels } from "../golden/kernels.mjs";
import { prepared } from "./prepare.mjs";

for (const [name, value] of Object.entries(kernels)) process.env[name] ??= value;

if (await prepared()) {
  const { main } = await import("../golden/dist/main.js");
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.exitCode = 1;
}
