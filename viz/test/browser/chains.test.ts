import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWithChromium } from "../../../sim/test/workspace/chromium.ts";
import { manyChains } from "../model/many-chains.ts";
import { inked, listed, openPage, settled, startViewer, stopViewer, type Viewer } from "./open-viewer.ts";

describeWithChromium("the viewer of a world of chains", (executablePath) => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await startViewer(executablePath, {
      "few/trace.orrery": await manyChains(3),
      "many/trace.orrery": await manyChains(31),
    });
  });
  afterAll(() => stopViewer(viewer));

  test("shows nodes by chain, a row of blocks for each, and transfers with their counts", async () => {
    const { page, context, errors } = await openPage(viewer, { target: "?run=few#t=14.7" });
    await settled(page);
    expect(await page.locator("#arrange-chains").getAttribute("aria-pressed")).toBe("true");
    const rows = await page.locator(".chain-name").allTextContents();
    expect(rows).toEqual(["root14", "home-110", "home-214", "home-314"]);
    expect(await listed(page, "#transfer-state")).toEqual({
      Started: "15",
      "In flight": "3",
      Delivered: "11",
      Refunded: "1",
    });
    expect(await page.locator("#transfers li").count()).toBe(3);
    expect(await inked(page, "motion")).toBeGreaterThan(100);
    expect(errors).toEqual([]);
    await context.close();
  });

  test("a chain's name and a block in its row select it, and the address keeps it", async () => {
    const { page, context } = await openPage(viewer, { target: "?run=few#t=14.7" });
    await settled(page);
    await page.locator(".chain-name", { hasText: "home-2" }).click();
    await expect.poll(() => page.locator("#height-title").textContent()).toBe("home-2, height 15");
    await expect.poll(() => page.evaluate(() => location.hash)).toContain("chain=home-2");
    const canvas = page.locator("#chain-blocks");
    const box = await canvas.boundingBox();
    if (box === null) throw new Error("the rows are shown");
    // The third row, four usual intervals before the middle.
    await canvas.click({ position: { x: box.width / 2 - 96, y: 3.5 * 24 } });
    await settled(page);
    expect(await page.locator("#height-title").textContent()).toMatch(/^home-3, height \d+$/);
    expect((await listed(page, "#height-state")).Proposer).toMatch(/^home-3\/operator-\d$/);
    expect(await page.locator(".vote-seat").count()).toBe(4);
    await expect.poll(() => page.evaluate(() => location.hash)).toContain("chain=home-3");
    const hash = await page.evaluate(() => location.hash);
    const again = await openPage(viewer, { target: `?run=few${hash}` });
    await settled(again.page);
    expect(await again.page.locator("#height-state").innerHTML()).toBe(await page.locator("#height-state").innerHTML());
    await again.context.close();
    await context.close();
  });

  test("a chosen transfer shows its steps with times, and each leads to its moment", async () => {
    const { page, context } = await openPage(viewer, { target: "?run=few#t=14.7" });
    await settled(page);
    const first = page.locator("#transfers button").first();
    expect(await first.getAttribute("title")).toMatch(
      /^Transfer 12\nstarted 0:12\.300\nlocked 0:13\.300 \(\+1\.00 s\)/,
    );
    await first.click();
    const steps = page.locator("#transfer-steps button");
    await expect.poll(() => steps.allTextContents()).toHaveLength(4);
    await steps.last().click();
    await expect.poll(() => page.locator("#clock").textContent()).toBe("0:15.300");
    await page.keyboard.press("Escape");
    await expect.poll(() => steps.count()).toBe(0);
    await context.close();
  });

  test("32 chains have rows that can be scrolled to, and no page wider than its window", async () => {
    const { page, context } = await openPage(viewer, {
      target: "?run=many#t=14.7",
      viewport: { width: 420, height: 900 },
    });
    await settled(page);
    expect(await page.locator(".chain-name").count()).toBe(32);
    const last = page.locator(".chain-name").last();
    await last.scrollIntoViewIfNeeded();
    await last.click();
    // Its fourteenth block is final 80 ms later.
    await expect.poll(() => page.locator("#height-title").textContent()).toBe("home-31, height 14");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
    const stage = await page.locator("#stage").boundingBox();
    expect(stage?.width).toBeGreaterThan(400);
    await context.close();
  });
});
