import sodium from "libsodium-wrappers-sumo";
import { createNobleBackend } from "../../protocol/crypto/backend-noble.ts";
import { createSodiumBackend } from "../../protocol/crypto/backend-sodium.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";

export const BACKENDS = ["sodium", "noble"] as const;
export type BackendName = (typeof BACKENDS)[number];

/** @returns the backend, ready for use; both accept and produce the same bytes */
export async function cryptoBackend(name: BackendName): Promise<CryptoBackend> {
  if (name === "noble") return createNobleBackend();
  await sodium.ready;
  return createSodiumBackend(sodium);
}
