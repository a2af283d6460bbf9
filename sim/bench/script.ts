import {
  BLOCK_SCRIPT_FLAGS,
  hash160,
  payToKey,
  type SignatureScheme,
  unlockPayToKey,
  verifyScript,
} from "../../protocol/rootchain/script/index.ts";
import type { BenchResult } from "./result.ts";
import { interleave, medianOf } from "./rounds.ts";

const ROUNDS = 9;
const EVALUATIONS = 50_000;
const KEYS = 64;
const MIN_EVALUATIONS_PER_SECOND = 200_000;

/** Takes every signature for valid: what is measured is all but signatures. */
const STUB: SignatureScheme = {
  signatureFault: () => null,
  publicKeyFault: () => null,
  withoutSignature: (scriptCode) => scriptCode,
  checkSignature: () => true,
  checkLockTime: () => true,
  checkSequence: () => true,
};

interface Spend {
  readonly publicKey: Uint8Array;
  readonly unlocking: Uint8Array;
  readonly locking: Uint8Array;
}

function spends(): readonly Spend[] {
  return Array.from({ length: KEYS }, (_, id) => {
    const publicKey = new Uint8Array(32).fill(id);
    const signature = new Uint8Array(64).fill(id);
    return { publicKey, unlocking: unlockPayToKey({ signature, publicKey }), locking: payToKey(publicKey) };
  });
}

/** Evaluations of pay-to-key scripts without their signatures, beside the one hash of a key that each cannot do without. */
export async function scriptPayToKey(name: string): Promise<readonly BenchResult[]> {
  const all = spends();
  const repeat = (evaluate: (spend: Spend) => boolean) => () => {
    for (let i = 0; i < EVALUATIONS; i++) {
      if (!evaluate(all[i % KEYS] as Spend)) throw new Error("a script of the benchmark does not hold");
    }
  };
  const flags = BLOCK_SCRIPT_FLAGS;
  const rounds = await interleave(
    {
      evaluating: repeat(
        ({ unlocking, locking }) => verifyScript({ unlocking, locking, flags, scheme: STUB }) === null,
      ),
      hashing: repeat(({ publicKey }) => hash160(publicKey).length > 0),
    },
    { rounds: ROUNDS },
  );
  const perSecond = medianOf(rounds, ({ evaluating }) => EVALUATIONS / evaluating.cpuSeconds);
  const hashesPerSecond = medianOf(rounds, ({ hashing }) => EVALUATIONS / hashing.cpuSeconds);
  return [
    {
      name,
      value: perSecond,
      unit: "evaluations/s",
      higherIsBetter: true,
      ratio: {
        to: "one HASH160 each",
        value: medianOf(rounds, (round) => round.hashing.cpuSeconds / round.evaluating.cpuSeconds),
      },
      target: MIN_EVALUATIONS_PER_SECOND,
      met: perSecond >= MIN_EVALUATIONS_PER_SECOND,
      detail: `pay-to-key scripts of ${all[0]?.unlocking.length} + ${all[0]?.locking.length} bytes, signatures taken for valid; ${Math.round(hashesPerSecond)} HASH160/s`,
    },
  ];
}
