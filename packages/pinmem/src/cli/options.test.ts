import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/data-fixtures.js";
import { domainNames } from "./options.js";

it("splits domains at commas, but not the path of a folder that is there", () => {
  const root = temporaryFolder();
  const [plain, comma] = [join(root, "north"), join(root, "south, east,west")] as const;
  for (const folder of [plain, comma]) mkdirSync(folder);
  expect(domainNames(`folder=${comma}`)).toEqual([`folder=${comma}`]);
  expect(domainNames(`streets:fog, folder=${comma},folder=${plain},recipe`)).toEqual([
    "streets:fog",
    `folder=${comma}`,
    `folder=${plain}`,
    "recipe",
  ]);
  expect(domainNames("recipe", [`folder=${comma}`])).toEqual([`folder=${comma}`, "recipe"]);
  expect(domainNames("folder=/gone/a,streets:fog")).toEqual(["folder=/gone/a", "streets:fog"]);
  expect(() => domainNames(" , ")).toThrow("It must be a name");
});
