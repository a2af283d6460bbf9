import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { SIGNATURE_BYTES } from "../../protocol/crypto/signed-object.ts";
import { InputSignature } from "../../protocol/rootchain/input-signature.ts";
import type { Payload } from "../../protocol/rootchain/payload.ts";
import { unlockPayToKey } from "../../protocol/rootchain/script/unlocking.ts";
import { spentHashOf } from "../../protocol/rootchain/signature-scheme.ts";
import { type Input, type Output, type UtxoFields, UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { Coin, Holder } from "./holder.ts";

/** A transaction that spends one coin. */
interface Spending {
  readonly coin: Pick<Coin, "outpoint" | "amount">;
  readonly owner: Holder;
  readonly outputs: readonly Output[];
  readonly payload: Payload | null;
}

const FINAL_SEQUENCE = 0xffff_ffff;
const EMPTY = new Uint8Array(0);

/** @returns the signed transaction, whose signature is known to be its owner's */
export function spendCoin(backend: CryptoBackend, { coin, owner, outputs, payload }: Spending): UtxoTransaction {
  const { publicKey } = owner.keyPair;
  const input: Input = { outpoint: coin.outpoint, unlockingScript: EMPTY, sequence: FINAL_SEQUENCE };
  const fields: UtxoFields = { chainId: ROOT_CHAIN, version: 1, inputs: [input], outputs, lockTime: 0, payload };
  const { outpointId } = new UtxoTransaction(fields);
  const spentHash = spentHashOf([{ amount: coin.amount, lockingScript: owner.script }]);
  const statement = { outpointId, spentHash, inputIndex: 0, scriptCode: owner.script };
  const proof = new InputSignature(statement, publicKey, new Uint8Array(SIGNATURE_BYTES));
  proof.signature = backend.sign(owner.keyPair, proof.preimage());
  proof.judgedKey = publicKey;
  proof.judgedValid = true;
  const unlockingScript = unlockPayToKey({ signature: proof.signature, publicKey });
  const transaction = new UtxoTransaction({ ...fields, inputs: [{ ...input, unlockingScript }] });
  transaction.signatures = [proof];
  return transaction;
}
