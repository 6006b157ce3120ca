import { expect, it } from "vitest";
import { miniRecipe } from "../../test/mini-recipe.js";
import type { RecipeInput } from "./recipe.js";
import { createRecipeNetwork } from "./recipe-network.js";

const made = (name: "erm" | "pin-memory", memory: NonNullable<RecipeInput["model"]["memory"]> = {}) =>
  createRecipeNetwork(miniRecipe({ method: { name }, model: { backbone: "mobilenet_v2", memory } }), 19);

it("has a memory where its method trains one, or where one does nothing but vote, which is empty then", () => {
  expect(made("erm", { vote: 10 }).memory).toBeNull();
  const trained = made("pin-memory", { vote: 5 });
  expect(trained.memory).toMatchObject({ votesOnly: false, voteWeight: 5 });
  expect(trained.memory?.items.ne(0).any().item()).toBe(true);

  const attached = made("erm", { vote: 10, votesOnly: true });
  expect(attached.memory).toMatchObject({ votesOnly: true, voteWeight: 10 });
  expect(attached.memory?.items.ne(0).any().item()).toBe(false);
  expect([...attached.stateDict().keys()]).toEqual([...trained.stateDict().keys()]);
});
