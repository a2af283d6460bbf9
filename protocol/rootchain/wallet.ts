import { assert } from "../core/assert.ts";
import type { CryptoBackend, NodeCrypto } from "../crypto/node-crypto.ts";
import type { KeyPair } from "../crypto/signed-object.ts";
import { DelegatePossession } from "./delegate-possession.ts";
import { InputSignature, type Output } from "./input-signature.ts";
import { FINAL_SEQUENCE } from "./lock-time.ts";
import type { Payload } from "./payload.ts";
import { unlockPayToKey } from "./script/index.ts";
import { spentHashOf } from "./signature-scheme.ts";
import { type Outpoint, UtxoTransaction } from "./transaction.ts";

/** Signs in the name of whoever owns the keys. */
export type Sign = NodeCrypto["sign"];

/** An output that a wallet can spend by one signature: it pays to the key. */
export interface Coin {
  readonly outpoint: Outpoint;
  readonly output: Output;
  readonly keyPair: KeyPair;
  /** Relative lock time and signal of finality; final when left out. */
  readonly sequence?: number;
}

/** What a transaction is to do. */
export interface Spending {
  readonly chainId: number;
  readonly coins: readonly Coin[];
  readonly outputs: readonly Output[];
  readonly payload?: Payload | null;
  readonly lockTime?: number;
  readonly version?: number;
}

const NOTHING = new Uint8Array(0);
const CURRENT_VERSION = 2;

/** @returns how someone outside the simulated nodes signs with a backend, vouching for its own signatures */
export function signerOf(backend: CryptoBackend): Sign {
  return (object, keyPair) => {
    object.signature = backend.sign(keyPair, object.preimage());
    object.judgedKey = keyPair.publicKey;
    object.judgedValid = true;
  };
}

/** @returns the transaction with nothing in its unlocking scripts, as signatures see it */
export function unsigned({ chainId, coins, outputs, payload, lockTime, version }: Spending): UtxoTransaction {
  const inputs = coins.map(({ outpoint, sequence }) => ({
    outpoint,
    unlockingScript: NOTHING,
    sequence: sequence ?? FINAL_SEQUENCE,
  }));
  const rest = { payload: payload ?? null, lockTime: lockTime ?? 0, version: version ?? CURRENT_VERSION };
  return new UtxoTransaction({ chainId, inputs, outputs, ...rest });
}

/**
 * Signs one input of a transaction whose unlocking scripts need not be there yet.
 *
 * @param options.spent the outputs of all inputs
 * @param options.scriptCode the script that will ask: the locking script, or what pays to a script's hash hides
 */
export function signInput(
  sign: Sign,
  transaction: UtxoTransaction,
  options: { inputIndex: number; spent: readonly Output[]; keyPair: KeyPair; scriptCode?: Uint8Array },
): InputSignature {
  const { inputIndex, spent, keyPair } = options;
  const scriptCode = options.scriptCode ?? spent[inputIndex]?.lockingScript;
  assert(scriptCode !== undefined, "each input has its output");
  const statement = { outpointId: transaction.outpointId, spentHash: spentHashOf(spent), inputIndex, scriptCode };
  const signature = new InputSignature(statement, keyPair.publicKey, NOTHING);
  sign(signature, keyPair);
  return signature;
}

/**
 * @param scripts one for each input
 * @param signatures that are in them: what their signer knows of them comes with the transaction
 * @returns the transaction with its unlocking scripts
 */
export function withUnlocking(
  transaction: UtxoTransaction,
  scripts: readonly Uint8Array[],
  signatures: readonly InputSignature[],
): UtxoTransaction {
  const inputs = transaction.inputs.map((input, index) => ({
    outpoint: input.outpoint,
    unlockingScript: scripts[index] ?? NOTHING,
    sequence: input.sequence,
  }));
  const { chainId, version, outputs, lockTime, payload } = transaction;
  const signed = new UtxoTransaction({ chainId, version, inputs, outputs, lockTime, payload });
  signed.signatures = [...signatures];
  return signed;
}

/** Spends coins that pay to keys. @returns the signed transaction; whatever the outputs leave over is its fee */
export function spendCoins(sign: Sign, spending: Spending): UtxoTransaction {
  const transaction = unsigned(spending);
  const spent = spending.coins.map(({ output }) => output);
  const signatures = spending.coins.map(({ keyPair }, inputIndex) =>
    signInput(sign, transaction, { inputIndex, spent, keyPair }),
  );
  const scripts = signatures.map(({ signature, publicKey }) => unlockPayToKey({ signature, publicKey }));
  return withUnlocking(transaction, scripts, signatures);
}

/** @returns the payload that registers a delegate, signed by its own key */
export function delegateRegistration(
  sign: Sign,
  chainId: number,
  keyPair: KeyPair,
  terms: Omit<Extract<Payload, { kind: "register-delegate" }>, "kind" | "publicKey" | "signature">,
): Payload {
  const payload = {
    kind: "register-delegate",
    publicKey: keyPair.publicKey,
    signature: NOTHING,
    ...terms,
  } as const;
  const possession = new DelegatePossession(chainId, payload);
  sign(possession, keyPair);
  return { ...payload, signature: possession.signature };
}
