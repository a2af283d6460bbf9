import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import * as browser from "../../platform/browser/trace-sources.ts";
import * as node from "../../platform/node/compression.ts";
import { FileRanges } from "../../platform/node/trace-file.ts";
import type { RangeReader } from "../../trace/ports.ts";
import { openTrace } from "../../trace/reader.ts";
import { synthetic } from "./memory.ts";

let server: Server | null = null;
afterEach(() => {
  server?.close();
  server = null;
});

async function serve(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/trace.orrery`;
}

/** Answers range requests, and counts the bytes. */
function ranges(bytes: Uint8Array, count: { sent: number }): RequestListener {
  return (request, response) => {
    const [from, to] = (request.headers.range ?? "").replace("bytes=", "").split("-").map(Number) as [number, number];
    const part = bytes.subarray(from, to + 1);
    count.sent += part.length;
    response.writeHead(206, { "Content-Range": `bytes ${from}-${to}/${bytes.length}` }).end(part);
  };
}

async function expectReadable(source: RangeReader): Promise<void> {
  const trace = await openTrace(source, browser.decompressGzip);
  if ("unreadable" in trace) throw new Error(trace.unreadable);
  expect((await trace.messagesBetween(5_000_000, 5_400_000)).count).toBeGreaterThan(100);
  expect(await trace.verify()).toEqual([]);
}

describe("a trace is read", () => {
  test("from a chosen file", async () => {
    await expectReadable(new browser.BlobRanges(new Blob([(await synthetic(12, 40)).slice()])));
  });

  test("over HTTP without loading all of it", async () => {
    const bytes = await synthetic(12, 120);
    const count = { sent: 0 };
    const source = await browser.HttpRanges.open(await serve(ranges(bytes, count)));
    const trace = await openTrace(source, browser.decompressGzip);
    if ("unreadable" in trace) throw new Error(trace.unreadable);
    await trace.stateAt(50_000_000, 3);
    expect(count.sent).toBeLessThan(bytes.length / 2);
    expect(await trace.verify()).toEqual([]);
  });

  test("from a server that knows no ranges", async () => {
    const bytes = await synthetic(12, 40);
    await expectReadable(
      await browser.HttpRanges.open(await serve((_, response) => response.writeHead(200).end(bytes))),
    );
  });

  test("from a file on disk", async () => {
    const folder = await mkdtemp(join(tmpdir(), "orrery-trace-"));
    try {
      await writeFile(join(folder, "trace.orrery"), await synthetic(12, 40));
      const file = await FileRanges.open(join(folder, "trace.orrery"));
      await expectReadable(file);
      expect((await file.read(file.sizeBytes - 5, 100)).length).toBe(5);
      expect((await file.read(file.sizeBytes + 5, 100)).length).toBe(0);
      await file.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test("a refusing server is an error that names the address", async () => {
  const url = await serve((_, response) => response.writeHead(404).end());
  await expect(browser.HttpRanges.open(url)).rejects.toThrow(url);
});

describe.each([
  ["Node", node.compress, node.decompress],
  ["the browser", browser.compressGzip, browser.decompressGzip],
])("gzip of %s", (_, compress, decompress) => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) >> 5);

  test.each(["fast", "small"] as const)("gives back what it took (%s)", async (effort) => {
    expect(Buffer.from((await decompress(await compress(bytes, effort), 5000)) ?? [])).toEqual(Buffer.from(bytes));
  });

  test("is read by the other", async () => {
    const other = compress === node.compress ? browser.decompressGzip : node.decompress;
    expect(Buffer.from((await other(await compress(bytes, "small"), 5000)) ?? [])).toEqual(Buffer.from(bytes));
  });

  test("answers null to what is too long, cut or no gzip at all", async () => {
    const stored = await compress(bytes, "small");
    expect(await decompress(stored, 4999)).toBeNull();
    expect(await decompress(stored.subarray(0, stored.length - 9), 5000)).toBeNull();
    expect(await decompress(bytes, 5000)).toBeNull();
  });
});
