import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context } from "../../protocol/core/machine.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { signerOf, spendCoins } from "../../protocol/rootchain/wallet.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { Coin, Holder } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import type { Misconduct } from "./byzantine-node.ts";
import type { Setting } from "./setting.ts";

const INTERVAL_US = 5 * SECOND_US;
/** Nodes that are handed each of the two. */
const HANDED_TO = 2;

/** Spends each of its coins twice, to two receivers, and hands one of the transactions to some nodes and one to others. */
export class DoubleSpend implements Misconduct {
  bites = 0;
  readonly #setting: Setting;
  readonly #spender: Holder;
  readonly #receivers: readonly [Holder, Holder];
  #dueUs = 0;

  constructor(setting: Setting, spender: Holder, receivers: readonly [Holder, Holder]) {
    this.#setting = setting;
    this.#spender = spender;
    this.#receivers = receivers;
  }

  act(context: Context): void {
    if (context.nowUs < this.#dueUs) return;
    const coin = this.#spender.takeCoin(2n * FEE, context.nowUs);
    if (coin === null) return;
    this.#dueUs = context.nowUs + INTERVAL_US;
    const peers = this.#setting.chains[0]?.members ?? [];
    const first = context.entropy();
    this.#receivers.forEach((receiver, which) => {
      const message = new Transactions([this.#spend(coin, receiver)]);
      for (let copy = 0; copy < HANDED_TO; copy++) {
        const place = (first + copy * this.#receivers.length + which) % peers.length;
        context.send(peers[place] as PeerId, message);
      }
    });
    this.bites++;
  }

  #spend({ outpoint, amount }: Coin, receiver: Holder): UtxoTransaction {
    const { keyPair, script } = this.#spender;
    return spendCoins(signerOf(this.#setting.backend), {
      chainId: ROOT_CHAIN,
      coins: [{ outpoint, output: { amount, lockingScript: script }, keyPair }],
      outputs: [{ amount: amount - FEE, lockingScript: receiver.script }],
    });
  }
}
