import { afterAll, beforeAll, expect, test } from "vitest";
import { loadScenarioFile } from "../../../sim/cli/load-scenario-file.ts";
import { runScenario, type Scenario } from "../../../sim/index.ts";
import { browserCrypto } from "../../../sim/platform/browser/run-ports.ts";
import { nodeHasher } from "../../../sim/platform/node/hasher.ts";
import { describeWithChromium } from "../../../sim/test/workspace/chromium.ts";
import { startViewer, stopViewer, type Viewer } from "./open-viewer.ts";

/** The first two minutes of the quickstart: loss, a crash and a restart, with real cryptography. */
function smallScenario(): Scenario {
  return loadScenarioFile("scenarios/quickstart.yaml", { until: "2min" });
}

async function digestInNode(scenario: Scenario): Promise<string> {
  const backend = await browserCrypto("sodium");
  const ports = { backend, hasher: nodeHasher, trace: null, paranoid: false };
  return runScenario(scenario, { ...ports, codeVersion: "node" }).digest;
}

describeWithChromium("a run in a browser's worker", (executablePath) => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await startViewer(executablePath, {});
  });
  afterAll(() => stopViewer(viewer));

  test.each(["sodium", "noble"])("has the digest of the same run in Node, with %s", async (backend) => {
    const scenario = smallScenario();
    const page = await viewer.browser.newPage();
    await page.goto(`${viewer.address}live/digest.html`);
    await page.locator("#backend").selectOption(backend);
    const buffer = Buffer.from(JSON.stringify(scenario));
    await page.locator("#scenario-file").setInputFiles({ name: "s.json", mimeType: "application/json", buffer });
    await expect
      .poll(() => page.locator("#progress").textContent(), { timeout: 90_000 })
      .toMatch(/^(Finished|Not run)/);
    expect(await page.locator("#digest").textContent()).toBe(await digestInNode(scenario));
    await page.close();
  });

  test("that cannot start says why", async () => {
    const page = await viewer.browser.newPage();
    await page.goto(`${viewer.address}live/digest.html`);
    const wrong = { name: "s.json", mimeType: "application/json", buffer: Buffer.from("{") };
    await page.locator("#scenario-file").setInputFiles(wrong);
    await expect.poll(() => page.locator("#progress").textContent()).toBe("Not run: s.json is no JSON");
    await page.close();
  });
});
