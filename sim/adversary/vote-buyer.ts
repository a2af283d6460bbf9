import type { ChainState } from "../../protocol/consensus/chain-state.ts";
import type { DelegateId } from "../../protocol/core/ids.ts";
import type { Context } from "../../protocol/core/machine.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import { voteKey } from "../../protocol/rootchain/staking-entries.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { type Coin as Input, signerOf, spendCoins } from "../../protocol/rootchain/wallet.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { Coin, Holder } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import type { HandIn, Misconduct } from "./byzantine-node.ts";
import { LOAN } from "./fortune.ts";
import type { Member, Setting } from "./setting.ts";

/** Iterations from the snapshot of the candidates to the end of the epoch (C1). */
const SNAPSHOT_LEAD = 2;

interface Bought {
  readonly vote: UtxoTransaction;
  readonly amount: bigint;
}

/** Stands behind itself with a borrowed fortune while an epoch's candidates are fixed, and takes it away right after. */
export class VoteBuyer implements Misconduct {
  bites = 0;
  readonly #setting: Setting;
  readonly #member: Member;
  readonly #lender: Holder;
  #boughtEpoch = -1;
  #bought: Bought | null = null;
  /** The stake that it has taken away, which its lender wants back. */
  #loan: Coin | null = null;

  constructor(setting: Setting, member: Member, lender: Holder) {
    this.#setting = setting;
    this.#member = member;
    this.#lender = lender;
  }

  act(context: Context, handIn: HandIn): void {
    const state = this.#member.state();
    if (state === null) return;
    const { iterationsPerEpoch, roundsPerIteration } = state.rotation.parameters;
    const place = state.height % (iterationsPerEpoch * roundsPerIteration);
    const snapshot = (iterationsPerEpoch - SNAPSHOT_LEAD) * roundsPerIteration;
    if (this.#bought !== null && (place >= snapshot || state.rotation.epoch > this.#boughtEpoch)) {
      this.#leave(context, handIn, state, this.#bought);
    } else if (place >= snapshot - roundsPerIteration && place < snapshot) this.#buy(context, handIn, state);
  }

  #buy({ nowUs }: Context, handIn: HandIn, { rotation }: ChainState): void {
    const delegate = this.#member.identity?.id;
    if (rotation.epoch === this.#boughtEpoch || delegate === undefined || this.#bought !== null) return;
    const coin = this.#lender.takeCoin(LOAN, nowUs);
    if (coin === null) return;
    this.#boughtEpoch = rotation.epoch;
    this.#repay(handIn);
    const amount = coin.amount - FEE;
    const payload = { kind: "vote", delegate: delegate as DelegateId } as const;
    const vote = spendCoins(signerOf(this.#setting.backend), {
      chainId: ROOT_CHAIN,
      coins: [this.#input(coin)],
      outputs: [{ amount, lockingScript: this.#lender.script }],
      payload,
    });
    this.#bought = { vote, amount };
    this.bites++;
    handIn(new Transactions([vote]));
  }

  /** A vote leaves whole, so that another coin pays the fee. */
  #leave({ nowUs }: Context, handIn: HandIn, { ledger }: ChainState, { vote, amount }: Bought): void {
    this.#bought = null;
    if (ledger.entries.get(voteKey(vote.outpointId)) === undefined) return;
    const change = this.#lender.takeCoin(2n * FEE, nowUs);
    if (change === null) return;
    const stake = { outpoint: { transactionId: vote.outpointId, index: 0 }, amount, fromUs: 0 };
    const unbond = spendCoins(signerOf(this.#setting.backend), {
      chainId: ROOT_CHAIN,
      coins: [this.#input(stake), this.#input(change)],
      outputs: [
        { amount, lockingScript: this.#lender.script },
        { amount: change.amount - FEE, lockingScript: this.#lender.script },
      ],
      payload: { kind: "unbond" },
    });
    this.bites++;
    this.#loan = { outpoint: { transactionId: unbond.outpointId, index: 0 }, amount, fromUs: 0 };
    handIn(new Transactions([unbond]));
  }

  /** The loan was for one epoch: it tries to give it back before the unbonding delay is over. */
  #repay(handIn: HandIn): void {
    if (this.#loan === null) return;
    const outputs = [{ amount: this.#loan.amount - FEE, lockingScript: this.#lender.script }];
    const coins = [this.#input(this.#loan)];
    this.#loan = null;
    this.bites++;
    handIn(new Transactions([spendCoins(signerOf(this.#setting.backend), { chainId: ROOT_CHAIN, coins, outputs })]));
  }

  #input({ outpoint, amount }: Coin): Input {
    const { script: lockingScript, keyPair } = this.#lender;
    return { outpoint, output: { amount, lockingScript }, keyPair };
  }
}
