import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";

export const BACKENDS = ["sodium", "noble"] as const;
export type BackendName = (typeof BACKENDS)[number];

/**
 * Loads a library behind all cryptography, hashes too, when a run is about to need it.
 *
 * @returns the backend, ready for use; both accept and produce the same bytes
 */
export async function cryptoBackend(name: BackendName): Promise<CryptoBackend> {
  const { useSha256 } = await import("../../protocol/crypto/hash.ts");
  if (name === "noble") {
    const { createNobleBackend } = await import("../../protocol/crypto/backend-noble.ts");
    useSha256();
    return createNobleBackend();
  }
  const [{ default: sodium }, { createSodiumBackend }, { sodiumSha256 }] = await Promise.all([
    import("libsodium-wrappers-sumo"),
    import("../../protocol/crypto/backend-sodium.ts"),
    import("../../protocol/crypto/sha256-sodium.ts"),
  ]);
  await sodium.ready;
  useSha256(sodiumSha256(sodium));
  return createSodiumBackend(sodium);
}
