import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { serveFiles } from "../../../sim/platform/node/file-server.ts";
import { CHROMIUM_FLAGS } from "../../../sim/test/workspace/chromium.ts";

const VIEWER = path.resolve(import.meta.dirname, "../../../dist/viz");

/** A served run, and a browser to look at it with. */
export interface Viewer {
  readonly folder: string;
  readonly address: string;
  readonly server: Server;
  readonly browser: Browser;
}

/** Serves the built viewer beside files of a run, as the command line does. @param values served as JSON by their address */
export async function startViewer(
  executablePath: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  values: Readonly<Record<string, () => unknown>> = {},
): Promise<Viewer> {
  const folder = mkdtempSync(path.join(tmpdir(), "orrery-viewer-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  const { server, port } = await serveFiles({ folders: { "/": VIEWER, "/run/": folder }, values }, 0);
  // Playwright gives each launch a user data folder of its own.
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
  return { folder, address: `http://localhost:${port}/`, server, browser };
}

export async function stopViewer({ browser, server }: Viewer): Promise<void> {
  await browser.close();
  server.closeAllConnections();
  server.close();
}

/** A page, and what went wrong on it. */
export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Messages of errors and of refused content. */
  readonly errors: readonly string[];
  /** Addresses asked for. */
  readonly requests: readonly string[];
}

interface PageOptions {
  /** What follows the server's address. */
  readonly target?: string;
  readonly colorScheme?: "light" | "dark";
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** Opens the viewer and waits until it shows a run or says why not. */
export async function openPage({ browser, address }: Viewer, options: PageOptions = {}): Promise<OpenPage> {
  const { target = "", colorScheme = "light", viewport = { width: 1280, height: 800 } } = options;
  const context = await browser.newContext({ colorScheme, viewport, reducedMotion: "reduce" });
  const page = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    // Runs without a summary or a list of runs are sound; the browser reports what is missing all the same.
    const missing = /runs\.json|summary\.json/.test(message.location().url);
    if (message.type() === "error" && !missing) errors.push(message.text());
  });
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(address + target);
  await page.locator("#instrument[aria-busy=false], #notice:not([hidden])").first().waitFor();
  return { page, context, errors, requests };
}

/** Waits for two frames: one that reads what is new, one that has drawn it. */
async function twoFrames(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** Waits until everything about the present moment is drawn. */
export async function settled(page: Page): Promise<void> {
  await twoFrames(page);
  await page.locator("#instrument[aria-busy=false]").waitFor();
  await twoFrames(page);
}

/** @returns all pixels of a layer, as text to compare */
export function pixels(page: Page, layer: "ground" | "nodes" | "motion"): Promise<string> {
  return page.locator(`#${layer}`).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

/** @returns how many pixels of a layer are not empty */
export function inked(page: Page, layer: "ground" | "nodes" | "motion"): Promise<number> {
  return page.locator(`#${layer}`).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let count = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) count += 1;
    return count;
  });
}

/** @returns the terms and values that a panel lists */
export async function listed(page: Page, panel: string): Promise<Record<string, string>> {
  const terms = await page.locator(`${panel} dt`).allTextContents();
  const values = await page.locator(`${panel} dd`).allTextContents();
  return Object.fromEntries(terms.map((term, i) => [term, values[i] ?? ""]));
}
