import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { ROOT, SMALL, Workplace } from "../cli/orrery.ts";

// The version of the code is that of the build, so this is what is built.
const built = pathToFileURL(path.join(ROOT, "dist/sim/testing/index.js")).href;
const { loadSweep, runSweep } = (await import(built)) as typeof import("../../testing/index.ts");

test("a sweep in this process comes to what the command says", async () => {
  const workplace = new Workplace({
    "small.yaml": `${SMALL}sweep: {grid: {rootchain.delegates: [4, 5]}}\nreplications: 2\n`,
  });
  const results = await runSweep(loadSweep(workplace.path("small.yaml")));
  expect(workplace.run("sweep", "small.yaml").status).toBe(0);
  const [, ...rows] = readFileSync(workplace.path("results/small-run/sweep/sweep.csv"), "utf8").trim().split("\n");
  const own = results.flatMap(({ cell, values, figures }) =>
    figures.map(({ name, unit, samples, mean, deviation, low, high }) =>
      [cell, ...values, name, unit, samples, mean, deviation, low, high].map((each) => String(each ?? "")).join(","),
    ),
  );
  expect(own).toEqual(rows);
});
