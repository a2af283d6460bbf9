import sodium from "libsodium-wrappers-sumo";
import { createNobleBackend } from "../../protocol/crypto/backend-noble.ts";
import { createSodiumBackend } from "../../protocol/crypto/backend-sodium.ts";
import { useSha256 } from "../../protocol/crypto/hash.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { sodiumSha256 } from "../../protocol/crypto/sha256-sodium.ts";

export const BACKENDS = ["sodium", "noble"] as const;
export type BackendName = (typeof BACKENDS)[number];

/** @returns the backend, ready for use, with its library behind all hashes too; both accept and produce the same bytes */
export async function cryptoBackend(name: BackendName): Promise<CryptoBackend> {
  if (name === "noble") {
    useSha256();
    return createNobleBackend();
  }
  await sodium.ready;
  useSha256(sodiumSha256(sodium));
  return createSodiumBackend(sodium);
}
