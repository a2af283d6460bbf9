import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBytes, synthetic } from "../../../sim/test/trace/memory.ts";
import { describeWithChromium } from "../../../sim/test/workspace/chromium.ts";
import type { Trace } from "../../../sim/trace/reader.ts";
import { arrange } from "../../model/arrange.ts";
import { clockText } from "../../model/wording.ts";
import { stateWords } from "../../views/node-panel.ts";
import { inked, listed, openPage, pixels, settled, startViewer, stopViewer, type Viewer } from "./open-viewer.ts";

const VIOLATIONS = [{ invariant: "agreement", atSeconds: 9.5, nodes: [], detail: "made up" }];
const SUMMARY = {
  violations: VIOLATIONS,
  verdict: "pass",
  digest: "ab".repeat(32),
  question: "Does the viewer show it?",
};

describeWithChromium("the viewer in a browser", (executablePath) => {
  let viewer: Viewer;
  let trace: Trace;
  let bytes: Uint8Array;

  beforeAll(async () => {
    bytes = await synthetic(24, 40);
    trace = await openBytes(bytes);
    viewer = await startViewer(executablePath, { "trace.orrery": bytes, "summary.json": JSON.stringify(SUMMARY) });
  });
  afterAll(() => stopViewer(viewer));

  test("opens a run: facts, network, blocks and votes, with nothing refused and nothing fetched from elsewhere", async () => {
    const { page, context, errors, requests } = await openPage(viewer, { target: "#t=5.15" });
    await settled(page);
    expect(await page.locator("h1").textContent()).toBe("synthetic");
    expect(await page.locator("#question").textContent()).toBe(SUMMARY.question);
    expect(await page.locator(".verdict").textContent()).toBe("pass");
    for (const layer of ["ground", "nodes", "motion"] as const) expect(await inked(page, layer)).toBeGreaterThan(100);
    expect(await page.locator("#blocks button").first().getAttribute("title")).toContain("Block 1, view 0");
    expect(await page.locator(".vote-seat").count()).toBe(24);
    expect(await page.locator(".fault").count()).toBe(4);
    expect(requests.filter((url) => !url.startsWith(viewer.address))).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });

  test("plays and pauses, faster and slower, by keys", async () => {
    const { page, context } = await openPage(viewer);
    await page.keyboard.press("+");
    await expect.poll(() => page.locator("#speed-text").textContent()).toBe("2×");
    await page.keyboard.press("Space");
    await page.waitForFunction(() => document.querySelector("#clock")?.textContent !== "0:00.000");
    expect(await page.locator("#play").getAttribute("aria-label")).toBe("Pause");
    await page.keyboard.press("Space");
    await expect.poll(() => page.locator("#play").getAttribute("aria-label")).toBe("Play");
    const stopped = await page.locator("#clock").textContent();
    await settled(page);
    expect(await page.locator("#clock").textContent()).toBe(stopped);
    await page.keyboard.press("m");
    await expect.poll(() => page.locator("#arrange-ring").getAttribute("aria-pressed")).toBe("true");
    await context.close();
  });

  test("shows the same pixels and words after playing as after seeking", async () => {
    const played = await openPage(viewer, { target: "#t=12.9&node=4&speed=1" });
    await played.page.keyboard.press("Space");
    await played.page.waitForFunction(() => Number(document.querySelector("#clock")?.textContent?.slice(2)) > 13.2);
    await played.page.keyboard.press("Space");
    await settled(played.page);
    await expect.poll(() => played.page.evaluate(() => location.hash.includes("t=13."))).toBe(true);
    const nowSeconds = await played.page.locator("#timeline").getAttribute("aria-valuenow");
    const sought = await openPage(viewer, { target: `#t=${nowSeconds}&node=4&speed=1` });
    await settled(sought.page);
    for (const layer of ["ground", "nodes", "motion"] as const) {
      expect(await pixels(played.page, layer)).toBe(await pixels(sought.page, layer));
    }
    for (const panel of ["#node-state", "#height-state", "#caption", "#votes"]) {
      const [a, b] = [played.page, sought.page].map((page) => page.locator(panel).innerHTML());
      expect(await a).toBe(await b);
    }
    await played.context.close();
    await sought.context.close();
  });

  test("a click on a node shows its state as the trace has it, and Escape lets it go", async () => {
    const { page, context } = await openPage(viewer, { target: "#t=13.35" });
    await settled(page);
    const box = await page.locator("#stage").boundingBox();
    if (box === null) throw new Error("the stage is shown");
    const { x, y } = arrange(trace.meta.nodes, "map", box);
    for (const node of [3, 17]) {
      await page.mouse.click(box.x + (x[node] as number), box.y + (y[node] as number));
      await settled(page);
      expect(await page.locator("#node-choice").inputValue()).toBe(String(node));
      const state = await trace.stateAt(13_350_000, node);
      expect(await listed(page, "#node-state")).toMatchObject(Object.fromEntries(stateWords(state, node)));
    }
    expect(await page.locator("#tooltip").textContent()).toContain("delegate-17");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator("#node-choice").inputValue()).toBe("");
    await context.close();
  });

  test("the scrub bar seeks, by pointer and by keys, and arrows step through blocks", async () => {
    const { page, context } = await openPage(viewer);
    const box = await page.locator("#timeline").boundingBox();
    if (box === null) throw new Error("the timeline is shown");
    await page.mouse.click(box.x + box.width / 2, box.y + 30);
    await expect.poll(() => page.locator("#clock").textContent()).toMatch(/^0:20\.\d{3}$/);
    await page.locator("#violations button", { hasText: "agreement: made up" }).click();
    await expect.poll(() => page.locator("#clock").textContent()).toBe("0:09.500");
    await page.locator("#timeline").press("Home");
    await expect.poll(() => page.locator("#clock").textContent()).toBe("0:00.000");
    await page.keyboard.press("ArrowRight");
    const first = (await trace.blocks())[0]?.finalizedUs ?? 0;
    await expect.poll(() => page.locator("#clock").textContent()).toBe(clockText(first));
    await page.keyboard.press("End");
    await expect.poll(() => page.locator("#clock").textContent()).toBe("0:41.000");
    await context.close();
  });

  test("a link restores moment, node, height, speed and arrangement, and the address keeps up", async () => {
    const link = "#t=21.234567&node=7&height=5&speed=0.5&view=ring";
    const { page, context } = await openPage(viewer, { target: link });
    await settled(page);
    expect(await page.locator("#clock").textContent()).toBe("0:21.234");
    expect(await page.locator("#node-choice").inputValue()).toBe("7");
    expect(await page.locator("#height-title").textContent()).toBe("Height 5");
    expect(await page.locator("#speed-text").textContent()).toBe("0.5×");
    expect(await page.locator("#arrange-ring").getAttribute("aria-pressed")).toBe("true");
    await page.locator("#blocks button", { hasText: /^Block 6/ }).click();
    await expect.poll(() => page.evaluate(() => location.hash)).toBe(link.replace("height=5", "height=6"));
    await context.close();
  });

  test("a hidden class of messages is not drawn", async () => {
    const { page, context } = await openPage(viewer, { target: "#t=5.2" });
    await settled(page);
    await page.locator("#legend label", { hasText: "vote" }).uncheck();
    await page.locator("#legend label", { hasText: "proposal" }).uncheck();
    await expect.poll(() => page.locator("#caption").textContent()).toBe("0 messages under way");
    expect(await inked(page, "motion")).toBe(0);
    await context.close();
  });

  test("a truncated trace is shown as far as it goes, and says so", async () => {
    const { page, context, errors } = await openPage(viewer);
    const cut = bytes.slice(0, Math.floor(bytes.length * 0.6));
    await page.locator("#file").setInputFiles({ name: "cut.orrery", mimeType: "", buffer: Buffer.from(cut) });
    await expect.poll(() => page.locator("#notice").textContent()).toContain("This trace is truncated");
    await settled(page);
    expect(await inked(page, "nodes")).toBeGreaterThan(100);
    expect(errors).toEqual([]);
    await context.close();
  });

  test("an altered trace is shown without its damaged parts, and says where they are", async () => {
    const { page, context } = await openPage(viewer);
    const chunk = trace.chunks.find((each) => each.kind === "messages");
    if (chunk === undefined) throw new Error("the trace holds messages");
    const altered = bytes.slice();
    const middle = chunk.offset + Math.floor(chunk.lengthBytes / 2);
    altered[middle] = (altered[middle] ?? 0) ^ 1;
    await page.locator("#file").setInputFiles({ name: "a.orrery", mimeType: "", buffer: Buffer.from(altered) });
    await expect.poll(() => page.locator("#notice").textContent()).toContain("Parts of this trace are damaged");
    expect(await page.locator("#notice li").textContent()).toContain(`at byte ${chunk.offset}: checksum mismatch`);
    await context.close();
  });

  test("a trace dropped on the page is opened", async () => {
    const { page, context } = await openPage(viewer, { target: "?run=absent" });
    const dropped = await page.evaluateHandle((data) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(data), (char) => char.charCodeAt(0))], "dropped.orrery"));
      return transfer;
    }, Buffer.from(bytes).toString("base64"));
    await page.dispatchEvent("body", "drop", { dataTransfer: dropped });
    await page.locator("#instrument[aria-busy=false]").waitFor();
    expect(await page.locator("h1").textContent()).toBe("synthetic");
    expect(await page.locator("#question").textContent()).toBe("Replay of a finished run");
    await context.close();
  });

  test("the summary of another run is not shown", async () => {
    const other = JSON.stringify({ ...SUMMARY, digest: "ef".repeat(32) });
    mkdirSync(path.join(viewer.folder, "mixed"));
    writeFileSync(path.join(viewer.folder, "mixed/trace.orrery"), bytes);
    writeFileSync(path.join(viewer.folder, "mixed/summary.json"), other);
    const { page, context } = await openPage(viewer, { target: "?run=mixed" });
    await settled(page);
    expect(await page.locator(".verdict").count()).toBe(0);
    await context.close();
  });

  test("what is no trace, or is not there, is refused with the reason, and another file can still be opened", async () => {
    const { page, context } = await openPage(viewer, { target: "?run=../../absent" });
    expect(await page.locator("#notice").textContent()).toContain("The served run cannot be shown");
    expect(await page.locator("#notice").textContent()).toContain("404");
    await page
      .locator("#file")
      .setInputFiles({ name: "a.orrery", mimeType: "", buffer: Buffer.from("hello, no trace") });
    await expect.poll(() => page.locator("#notice").textContent()).toContain("does not begin with a trace's mark");
    writeFileSync(path.join(viewer.folder, "good.orrery"), bytes);
    await page.locator("#file").setInputFiles(path.join(viewer.folder, "good.orrery"));
    await page.locator("#instrument[aria-busy=false]").waitFor();
    expect(await page.locator("#notice").isVisible()).toBe(false);
    await context.close();
  });
});

describeWithChromium("the viewer of several runs", (executablePath) => {
  const RUNS = ["first/1", "second run/7"];
  let viewer: Viewer;
  beforeAll(async () => {
    const bytes = await synthetic(8, 30);
    const files = RUNS.flatMap((run) => [
      [`${run}/trace.orrery`, bytes] as const,
      [`${run}/summary.json`, JSON.stringify({ ...SUMMARY, question: `Is this ${run}?` })] as const,
    ]);
    const list = RUNS.map((run) => ({ path: run, label: run }));
    viewer = await startViewer(executablePath, Object.fromEntries(files), { "/runs.json": () => list });
  });
  afterAll(() => stopViewer(viewer));

  test("opens the first unless told, offers the others, and the address names the chosen one", async () => {
    const { page, context } = await openPage(viewer);
    expect(await page.locator("#question").textContent()).toBe("Is this first/1?");
    expect(await page.locator("#runs option").allTextContents()).toEqual(RUNS);
    await page.locator("#runs").selectOption("second run/7");
    await expect.poll(() => page.locator("#question").textContent()).toBe("Is this second run/7?");
    expect(new URL(page.url()).searchParams.get("run")).toBe("second run/7");
    expect(await page.locator("#runs").inputValue()).toBe("second run/7");
    await context.close();
  });
});
