import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { synthetic } from "../../../sim/test/trace/memory.ts";
import { describeWithChromium } from "../../../sim/test/workspace/chromium.ts";
import { manyChains } from "../model/many-chains.ts";
import { openPage, settled, startViewer, stopViewer, type Viewer } from "./open-viewer.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

describeWithChromium("accessibility of the viewer", (executablePath) => {
  let viewer: Viewer;
  beforeAll(async () => {
    const bytes = await synthetic(24, 40);
    const summary = JSON.stringify({ verdict: "inconclusive", digest: "ab".repeat(32) });
    viewer = await startViewer(executablePath, {
      "trace.orrery": bytes,
      "summary.json": summary,
      "chains/trace.orrery": await manyChains(12),
    });
  });
  afterAll(() => stopViewer(viewer));

  test.each([
    ["light", 1280, "#t=13.35&node=4&height=5"],
    ["dark", 1280, "#t=13.35&node=4&height=5"],
    ["light", 420, "#t=5.2&view=ring"],
    ["dark", 420, "?run=absent"],
    ["light", 1280, "?run=chains#t=14.7&chain=home-2&height=9"],
    ["dark", 1280, "?run=chains#t=14.7"],
    ["dark", 420, "?run=chains#t=14.7&chain=home-1"],
  ] as const)("axe finds nothing in %s, %i pixels wide, at %s", async (colorScheme, width, target) => {
    const { page, context } = await openPage(viewer, { colorScheme, target, viewport: { width, height: 900 } });
    if (target.includes("#")) await settled(page);
    // Through the debugger, because the page's policy admits no script but its own.
    await page.addInitScript({ path: AXE });
    await page.reload();
    await page.locator("#instrument[aria-busy=false], #notice:not([hidden])").first().waitFor();
    const results = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<AxeResults> } };
      return axe.run();
    });
    expect(results.passes.length).toBeGreaterThan(10);
    expect(results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
    await context.close();
  });

  test("every control is reached by the tab key and shows where the focus is", async () => {
    const { page, context } = await openPage(viewer);
    const reached = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement?.id ?? ""));
    }
    for (const id of [
      "file",
      "node-choice",
      "height-follow",
      "timeline",
      "play",
      "step-back",
      "step-forward",
      "speed",
    ]) {
      expect(reached).toContain(id);
    }
    await page.locator("#timeline").focus();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).toBe("solid");
    await context.close();
  });
});
