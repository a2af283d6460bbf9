import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { codeOf } from "./error-code.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".json": "application/json; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".wasm": "application/wasm",
};

/** Pages may run only what comes from here, and nobody else may embed or read it. */
const HEADERS = {
  "cache-control": "no-cache",
  "content-security-policy":
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** What is served. */
export interface Served {
  /** URL prefix → folder; the longest that fits serves. */
  readonly folders: Readonly<Record<string, string>>;
  /** URL → value that is made afresh for each request and served as JSON. */
  readonly values: Readonly<Record<string, () => unknown>>;
}

/**
 * Serves folders, read-only and by ranges, to this machine alone. Requests under another host's name are refused, so that no
 * web page can reach in.
 *
 * @param port 0 for any free one
 * @returns the server and the port it listens on
 */
export async function serveFiles(served: Served, port: number): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    void answer(served, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const host = (request.headers.host ?? "").replace(/:\d+$/u, "");
  if (host !== "localhost" && host !== "127.0.0.1") return refuse(response, 403);
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405);
  const url = request.url ?? "/";
  const value = Object.hasOwn(served.values, url) ? served.values[url] : undefined;
  if (value !== undefined) return sendValue(response, value());
  const file = await locate(served.folders, url);
  if (file === null) return refuse(response, 404);
  const { size } = await stat(file);
  const range = parseRange(request.headers.range, size);
  if (range === null) return refuse(response, 416, { "content-range": `bytes */${size}` });
  const partial = request.headers.range !== undefined;
  response.writeHead(partial ? 206 : 200, {
    ...HEADERS,
    "accept-ranges": "bytes",
    "content-type": TYPES[path.extname(file)] ?? "application/octet-stream",
    "content-length": range.end - range.start,
    ...(partial ? { "content-range": `bytes ${range.start}-${range.end - 1}/${size}` } : {}),
  });
  if (request.method === "HEAD" || range.end === range.start) return void response.end();
  createReadStream(file, { start: range.start, end: range.end - 1 })
    .on("error", () => response.destroy())
    .pipe(response);
}

function sendValue(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { ...HEADERS, "content-type": TYPES[".json"] }).end(JSON.stringify(value));
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...HEADERS, ...headers, "content-type": "text/plain" }).end(`${status}\n`);
}

/** @returns the file's real path inside its mount, or null */
async function locate(folders: Served["folders"], url: string): Promise<string | null> {
  const prefixes = Object.keys(folders).toSorted((a, b) => b.length - a.length);
  try {
    const name = decodeURIComponent(new URL(url, "http://localhost").pathname);
    const prefix = prefixes.find((each) => name.startsWith(each));
    const folder = prefix === undefined ? undefined : folders[prefix];
    if (prefix === undefined || folder === undefined || name.includes("\0")) return null;
    const rest = name.slice(prefix.length);
    const real = await realpath(path.join(folder, rest === "" || rest.endsWith("/") ? `${rest}index.html` : rest));
    const inside = path.relative(await realpath(folder), real);
    if (inside.startsWith("..") || path.isAbsolute(inside)) return null;
    return (await stat(real)).isFile() ? real : null;
  } catch (error) {
    if (error instanceof URIError || codeOf(error) !== undefined) return null;
    throw error;
  }
}

/** @returns the half-open range of bytes, all without a header; null when it cannot be satisfied */
export function parseRange(header: string | undefined, size: number): { start: number; end: number } | null {
  if (header === undefined) return { start: 0, end: size };
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/u.exec(header.trim()) ?? [];
  if (first === "" && last === "") return null;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  return start < end ? { start, end } : null;
}
