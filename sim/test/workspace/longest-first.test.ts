import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../cli/orrery.ts";
import { LONGEST, longestFirst } from "./longest-first.ts";

test("the longest files begin first, and the others keep their order", () => {
  const files = ["viz/a.test.ts", ...LONGEST.toReversed(), "sim/b.test.ts"];
  const specifications = files.map((file) => ({ moduleId: path.join(ROOT, file) }));
  const order = longestFirst(specifications).map(({ moduleId }) => path.relative(ROOT, moduleId));
  expect(order).toEqual([...LONGEST, "viz/a.test.ts", "sim/b.test.ts"]);
});

test("the longest files are all there", () => {
  expect(LONGEST.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
});
