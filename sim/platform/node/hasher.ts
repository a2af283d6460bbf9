import { createHash } from "node:crypto";
import type { Hasher } from "../../kernel/index.ts";

/** A streaming SHA-256 in native code. */
export const nodeHasher = (): Hasher => createHash("sha256");

/** @returns SHA-256 as 64 hex digits */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
