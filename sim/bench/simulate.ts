import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { cryptoBackend } from "../cli/crypto-backends.ts";
import { nodeHasher } from "../platform/node/hasher.ts";
import { type RunSummary, runScenario } from "../runner/index.ts";
import type { Scenario } from "../scenario/index.ts";

/** What a measured run may differ in from a plain one. */
export interface SimulateOptions {
  readonly backend: CryptoBackend;
  /** Whether invariants are watched. */
  readonly checkers: boolean;
}

/** @returns libsodium, ready for use */
export function sodiumBackend(): Promise<CryptoBackend> {
  return cryptoBackend("sodium");
}

/** Runs a scenario without a trace, with its digest. */
export function simulate(scenario: Scenario, { backend, checkers }: SimulateOptions): RunSummary {
  const options = { backend, checkers, hasher: nodeHasher, trace: null, paranoid: false, codeVersion: "" };
  return runScenario(scenario, options).summary;
}

/** How often a run signed and proved. */
export interface CryptoCounts {
  signatures: number;
  proofs: number;
}

/** @returns a backend that counts what it makes, and its counts */
export function counting(backend: CryptoBackend): { backend: CryptoBackend; counts: CryptoCounts } {
  const counts = { signatures: 0, proofs: 0 };
  const counted: CryptoBackend = {
    ...backend,
    sign: (keyPair, message) => {
      counts.signatures++;
      return backend.sign(keyPair, message);
    },
    vrfProve: (keyPair, alpha) => {
      counts.proofs++;
      return backend.vrfProve(keyPair, alpha);
    },
  };
  return { backend: counted, counts };
}
