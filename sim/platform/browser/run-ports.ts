import sodium from "libsodium-wrappers-sumo";
import { createNobleBackend } from "../../../protocol/crypto/backend-noble.ts";
import { createSodiumBackend } from "../../../protocol/crypto/backend-sodium.ts";
import { useSha256 } from "../../../protocol/crypto/hash.ts";
import type { CryptoBackend } from "../../../protocol/crypto/node-crypto.ts";
import { sodiumSha256 } from "../../../protocol/crypto/sha256-sodium.ts";

/** Hashes a run's digest in a browser, whose own SHA-256 only takes whole messages. */
export { nobleHasher as browserHasher } from "../../kernel/index.ts";

/** Libraries behind `crypto: real`; both produce and accept the same bytes. */
export type BackendName = "sodium" | "noble";

/** @returns the backend, ready for use */
export async function browserCrypto(name: BackendName): Promise<CryptoBackend> {
  if (name === "noble") {
    useSha256();
    return createNobleBackend();
  }
  await sodium.ready;
  useSha256(sodiumSha256(sodium));
  return createSodiumBackend(sodium);
}
