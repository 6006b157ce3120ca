import { expect, it } from "vitest";
import { runCli } from "../../test/run-cli.js";

it.each([
  ["evaluate r --classes --json", "--classes", "--json prints the classes too"],
  ["evaluate r --combine logits", "--combine", "there is nothing to combine"],
  ["evaluate r --protocol sliding --combine logits", "--combine", "there is nothing to combine"],
  ["predict r x.png --write color --legend", "--legend", "--write names no overlay"],
  ["predict r x.png --write color --opacity 0.2", "--opacity", "--write names no overlay"],
  ["predict r x.mp4 --write overlay --frames", "--frames", "--write names overlays alone"],
  ["inspect r --what reliance --baseline b", "--baseline", "--what names no grid"],
  ["inspect r --what grid --embedding-classes road", "--embedding-classes", "--what names no embedding"],
  ["inspect r --what grid --classes road", "--embedding-classes", "--what names no embedding"],
  ["inspect r --what grid --seed 1", "--seed", "--what names neither embedding nor reliance"],
  ["ablate r --steps 5 --set length.epochs=1", "--set", "--steps says how long a run is"],
  ["ablate r --seeds 1,2 --set seed=3", "--set", "--seeds says which seeds are taken"],
  ["demo --steps 1,1 --minutes 5", "--minutes", "--steps says how long"],
  ["demo --seed 1 --set seed=2", "--seed", "--set seed=… says it already"],
  ["demo --set length.steps=5", "--set", "--steps says how long"],
  ["weights convert f --backbone resnet18 --out o --step 5", "--step", "says nothing of steps"],
  ["weights convert f --backbone resnet18 --out o --set seed=1", "--set", "a backbone has no recipe"],
])("pinmem %s is refused: %s would have no effect", async (line, flag, why) => {
  const { err, code } = await runCli(...line.split(" "));
  expect(err).toContain(`${flag} has no effect here:`);
  expect(err).toContain(why);
  expect(code).toBe(2);
});

it.each([
  ["evaluate nowhere --combine logits --flip"],
  ["evaluate nowhere --protocol multi-scale --combine logits"],
  ["inspect nowhere --what embedding --seed 1 --embedding-classes road"],
  ["weights convert nowhere --backbone resnet18 --out o --partial"],
])("pinmem %s is not", async (line) => {
  const { err, code } = await runCli(...line.split(" "));
  expect(err).not.toContain("has no effect");
  expect(code).toBe(1);
});
