import type { CrossTransfer } from "../../protocol/bridge/cross-transfer.ts";
import { ZERO_HASH } from "../../protocol/core/ids.ts";
import type { Context } from "../../protocol/core/machine.ts";
import { IOTX } from "../../protocol/core/units.ts";
import type { CryptoBackend } from "../../protocol/crypto/node-crypto.ts";
import { Transfer } from "../../protocol/ledger/transaction.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import { AccountAction } from "../../protocol/subchain/transaction.ts";
import type { Holder } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import type { Forger, SettingChain } from "./setting.ts";

/** More than any account holds. */
const BEYOND_MEASURE = 10n ** 12n * IOTX;
const NO_DATA = new Uint8Array(0);

type Accounts = Pick<Forger, "account" | "victim">;

/** Makes transactions of accounts that no chain may carry out. */
export class AccountForger {
  readonly #backend: CryptoBackend;
  readonly #accounts: Accounts;

  constructor(backend: CryptoBackend, accounts: Accounts) {
    this.#backend = backend;
    this.#accounts = accounts;
  }

  /** @param of.turn decides which rule is broken, and makes each attempt another transaction */
  make({ id }: SettingChain, { turn, context }: { turn: number; context: Context }): Transfer | AccountAction {
    const { account, victim } = this.#accounts;
    switch (turn % 4) {
      case 0:
      case 1:
        return this.#expiredLock(id, turn, context.nowUs);
      case 2:
        return this.#transfer({ chainId: id, signedFor: id, from: account, signer: account, amount: BEYOND_MEASURE });
      default:
        return turn % 8 === 3
          ? this.#transfer({ chainId: id, signedFor: id, from: victim, signer: account, amount: IOTX })
          : this.#transfer({ chainId: id, signedFor: id + 1, from: victim, signer: victim, amount: IOTX });
    }
  }

  #transfer(of: { chainId: number; signedFor: number; from: Holder; signer: Holder; amount: bigint }): Transfer {
    const { chainId, signedFor, from, signer, amount } = of;
    const fields = {
      from: from.keyPair.publicKey,
      nonce: 0,
      to: this.#accounts.account.address,
      amount,
      fee: FEE,
      data: NO_DATA,
    };
    const preimage = new Transfer({ ...fields, chainId: signedFor }).preimage();
    return new Transfer({ ...fields, chainId }, this.#backend.sign(signer.keyPair, preimage));
  }

  /** Could be paid for and is soundly signed, but may burn nothing: nobody could ever redeem it. */
  #expiredLock(chainId: number, turn: number, nowUs: number): AccountAction {
    const { keyPair, script } = this.#accounts.account;
    const transfer: CrossTransfer = {
      token: ROOT_CHAIN,
      sourceChain: chainId,
      destinationChain: ROOT_CHAIN,
      amount: FEE,
      receiver: script,
      dataHash: ZERO_HASH,
      rootExpiryUs: Math.floor(nowUs / 2),
      destinationExpiryUs: nowUs,
      relockFee: 0n,
      deliveryFee: 0n,
      fallback: script,
    };
    const fee = FEE + BigInt(turn);
    const action = new AccountAction({
      chainId,
      from: keyPair.publicKey,
      nonce: 0,
      fee,
      action: { kind: "lock", transfer },
    });
    action.signature = this.#backend.sign(keyPair, action.preimage());
    return action;
  }
}
