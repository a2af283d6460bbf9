import type { CrossTransfer } from "../../protocol/bridge/cross-transfer.ts";
import { type Hash, ZERO_HASH } from "../../protocol/core/ids.ts";
import type { Context } from "../../protocol/core/machine.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import { accountOf } from "../../protocol/subchain/balances.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import { AccountAction } from "../../protocol/subchain/transaction.ts";
import type { Holder } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import type { HandIn, Misconduct } from "./byzantine-node.ts";
import type { Member, Setting } from "./setting.ts";

/** Base units of each transfer: a thousandth of a token and what its relayer asks for. */
const AMOUNT = 2n * FEE;
const EXPIRY_US = 120 * SECOND_US;
/** A lock that is not final after so many blocks is made again. */
const RETRY_BLOCKS = 5;

/** Locks nothing much again and again, from many accounts at once, so that its chain's pieces are full of it. */
export class QuotaSpam implements Misconduct {
  bites = 0;
  readonly #setting: Setting;
  readonly #member: Member;
  readonly #spammers: readonly Holder[];
  /** By account: its last lock. */
  readonly #sent = new Map<Hash, { readonly nonce: number; readonly height: number }>();
  #height = -1;

  constructor(setting: Setting, member: Member, spammers: readonly Holder[]) {
    this.#setting = setting;
    this.#member = member;
    this.#spammers = spammers;
  }

  act(_context: Context, handIn: HandIn): void {
    const state = this.#member.state();
    if (state === null || state.height === this.#height) return;
    this.#height = state.height;
    const { height, timeUs, ledger, rotation } = state;
    const { chainId } = rotation.parameters;
    const locks = this.#spammers.flatMap((spammer): AccountAction[] => {
      const { nonce } = accountOf(ledger.entries, spammer.address);
      const sent = this.#sent.get(spammer.address);
      if (sent?.nonce === nonce && height < sent.height + RETRY_BLOCKS) return [];
      this.#sent.set(spammer.address, { nonce, height });
      return [this.#lock(spammer, { chainId, nonce, timeUs })];
    });
    this.bites += locks.length;
    if (locks.length > 0) handIn(new Transactions(locks));
  }

  #lock(
    spammer: Holder,
    { chainId, nonce, timeUs }: { chainId: number; nonce: number; timeUs: number },
  ): AccountAction {
    const transfer: CrossTransfer = {
      token: ROOT_CHAIN,
      sourceChain: chainId,
      destinationChain: ROOT_CHAIN,
      amount: AMOUNT,
      receiver: spammer.script,
      dataHash: ZERO_HASH,
      rootExpiryUs: timeUs + EXPIRY_US,
      destinationExpiryUs: timeUs + EXPIRY_US,
      relockFee: FEE,
      deliveryFee: 0n,
      fallback: spammer.script,
    };
    const { keyPair } = spammer;
    const action = { kind: "lock", transfer } as const;
    const lock = new AccountAction({ chainId, from: keyPair.publicKey, nonce, fee: FEE, action });
    lock.signature = this.#setting.backend.sign(keyPair, lock.preimage());
    return lock;
  }
}
