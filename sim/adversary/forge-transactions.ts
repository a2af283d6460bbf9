import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { SECOND_US } from "../../protocol/core/units.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import type { LedgerTransaction, Transaction } from "../../protocol/ledger/transaction.ts";
import { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { signerOf, spendCoins } from "../../protocol/rootchain/wallet.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { Coin } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import type { Misconduct } from "./byzantine-node.ts";
import { AccountForger } from "./forged-account-transactions.ts";
import type { Forger, Setting, SettingChain } from "./setting.ts";

const INTERVAL_US = 2 * SECOND_US;
/** Transactions heard of that are kept to be said again. */
const MAX_HEARD = 64;
/** A chain that the run does not have. */
const NO_CHAIN = 0x7fff_ffff;

/**
 * Hands in transactions of which each breaks one rule of a ledger: an output spent twice in one transaction, more out than in,
 * another's value under the own signature, a signature made for another chain, what is final once more, a lock that has
 * expired. None of them may ever take effect.
 */
export class ForgeTransactions implements Misconduct {
  bites = 0;
  readonly #setting: Setting;
  readonly #forger: Forger;
  readonly #accounts: AccountForger;
  /** Oldest first. */
  readonly #heard: Transaction[] = [];
  #coin: Coin | null = null;
  #turn = 0;
  #dueUs = 0;

  constructor(setting: Setting, forger: Forger) {
    this.#setting = setting;
    this.#forger = forger;
    this.#accounts = new AccountForger(setting.backend, forger);
  }

  receive(_context: Context, _from: PeerId, message: Message): boolean {
    if (message instanceof Transactions) {
      this.#heard.push(...message.transactions);
      this.#heard.splice(0, this.#heard.length - MAX_HEARD);
    }
    return false;
  }

  act(context: Context): void {
    if (context.nowUs < this.#dueUs) return;
    this.#dueUs = context.nowUs + INTERVAL_US;
    const turn = this.#turn++;
    for (const chain of this.#setting.chains) {
      const forged = chain.id === ROOT_CHAIN ? this.#onRoot(turn) : this.#accounts.make(chain, { turn, context });
      if (forged !== null) this.#handIn(context, chain, forged);
    }
  }

  #handIn(context: Context, { members }: SettingChain, forged: LedgerTransaction | Transaction): void {
    const to = members[context.entropy() % members.length] as PeerId;
    context.send(to, new Transactions([forged]));
    this.bites++;
  }

  #onRoot(turn: number): Transaction | null {
    this.#coin ??= this.#forger.spender.takeCoin(FEE, Number.MAX_SAFE_INTEGER);
    const coin = this.#coin;
    if (coin === null) return null;
    const { amount } = coin;
    switch (turn % 5) {
      case 0:
        return this.#spend([coin, coin], 2n * amount - FEE);
      case 1:
        return this.#spend([coin], amount + FEE);
      case 2:
        return this.#ofAnother();
      case 3:
        return this.#fromElsewhere(coin);
      default:
        return this.#heard[turn % Math.max(1, this.#heard.length)] ?? null;
    }
  }

  #spend(coins: readonly Coin[], amount: bigint, chainId: number = ROOT_CHAIN): UtxoTransaction {
    const { keyPair, script } = this.#forger.spender;
    return spendCoins(signerOf(this.#setting.backend), {
      chainId,
      coins: coins.map(({ outpoint, amount: held }) => {
        return { outpoint, output: { amount: held, lockingScript: script }, keyPair };
      }),
      outputs: [{ amount, lockingScript: script }],
    });
  }

  /** Spends the first output of what it heard of last, as if it were its own. */
  #ofAnother(): UtxoTransaction | null {
    const heard = this.#heard.findLast((each) => each.kind === "utxo");
    const output = heard?.kind === "utxo" ? heard.outputs[0] : undefined;
    if (heard?.kind !== "utxo" || output === undefined) return null;
    const outpoint = { transactionId: heard.outpointId, index: 0 };
    return this.#spend([{ outpoint, amount: output.amount, fromUs: 0 }], output.amount - FEE);
  }

  /** Signs for a chain that is not there, and puts the rootchain's name on it. */
  #fromElsewhere(coin: Coin): UtxoTransaction {
    const { version, inputs, outputs, lockTime, payload } = this.#spend([coin], coin.amount - FEE, NO_CHAIN);
    return new UtxoTransaction({ chainId: ROOT_CHAIN, version, inputs, outputs, lockTime, payload });
  }
}
