import type { PeerId } from "../../protocol/core/ids.ts";
import type { Context, Message } from "../../protocol/core/machine.ts";
import { Transactions } from "../../protocol/gossip/messages.ts";
import type { Payload } from "../../protocol/rootchain/payload.ts";
import { signerOf, spendCoins } from "../../protocol/rootchain/wallet.ts";
import { ROOT_CHAIN } from "../../protocol/subchain/specification.ts";
import type { Holder } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import type { Misconduct } from "./byzantine-node.ts";
import { SQUAT_COIN, SQUAT_DEPOSIT, SQUAT_PIECES, SQUAT_PRICE } from "./fortune.ts";
import type { Member, Setting } from "./setting.ts";

/** Nodes of the rootchain that each bid is handed to. */
const HANDED_TO = 3;

/** Bids for many pieces in every period, and keeps its chain from sending anything. */
export class QuotaSquat implements Misconduct {
  bites = 0;
  readonly #setting: Setting;
  readonly #member: Member;
  /** Bids for the gang; null for all its members but one. */
  readonly #bidder: Holder | null;
  #period = -1;

  constructor(setting: Setting, member: Member, bidder: Holder | null) {
    this.#setting = setting;
    this.#member = member;
    this.#bidder = bidder;
  }

  /** Locks never reach its pool. */
  receive(_context: Context, _from: PeerId, message: Message): boolean {
    if (!(message instanceof Transactions)) return false;
    const locks = message.transactions.filter((each) => each.kind === "action" && each.action.kind === "lock");
    this.bites += locks.length;
    return locks.length > 0;
  }

  act(context: Context): void {
    const { chains, quotaPeriodBlocks } = this.#setting;
    const [root] = chains;
    const chainId = this.#member.state()?.rotation.parameters.chainId;
    if (this.#bidder === null || root === undefined || chainId === undefined) return;
    const period = Math.floor(context.nowUs / (quotaPeriodBlocks * root.roundUs));
    if (period === this.#period) return;
    this.#period = period;
    this.#bid(context, this.#bidder, chainId);
  }

  #bid(context: Context, bidder: Holder, chainId: number): void {
    const coin = bidder.takeCoin(SQUAT_COIN, context.nowUs);
    if (coin === null) return;
    const { keyPair, script } = bidder;
    const { outpoint, amount } = coin;
    const terms = { pieces: SQUAT_PIECES, pricePerPiece: SQUAT_PRICE, deposit: SQUAT_DEPOSIT };
    const payload: Payload = { kind: "quota-bid", chainId, ...terms, refundScript: script };
    const bid = spendCoins(signerOf(this.#setting.backend), {
      chainId: ROOT_CHAIN,
      coins: [{ outpoint, output: { amount, lockingScript: script }, keyPair }],
      outputs: [{ amount: amount - SQUAT_DEPOSIT - FEE, lockingScript: script }],
      payload,
    });
    const peers = this.#setting.chains[0]?.members ?? [];
    const first = context.entropy();
    for (let copy = 0; copy < HANDED_TO; copy++) {
      context.send(peers[(first + copy) % peers.length] as PeerId, new Transactions([bid]));
    }
    this.bites++;
  }
}
