import { IOTX } from "../../protocol/core/units.ts";
import { deriveSeed } from "../kernel/index.ts";
import type { Strategy } from "../scenario/scenario.ts";
import { Holder } from "../workload/holder.ts";
import { FEE } from "../workload/leg-maker.ts";
import type { Forger, Setting, Wealth } from "./setting.ts";

/** Stake that a vote buyer borrows for each epoch: more than anybody has of his own. */
export const LOAN = 100_000_000n * IOTX;
/** What a squatter bids for in each period. */
export const SQUAT_PIECES = 16;
export const SQUAT_PRICE = IOTX;
export const SQUAT_DEPOSIT = 100n * IOTX;
/** What it needs for one bid. */
export const SQUAT_COIN = SQUAT_DEPOSIT + 2n * FEE;

const SPAMMERS = 16;
const SPAM_BALANCE = 1_000n * IOTX;
const LOANS = 16;
const DOUBLE_SPENDS = 32;
const COIN = 10n * IOTX;

/** Accounts and coins that an adversary's accomplices hold; every key follows from the scenario's seed. */
export class Fortune {
  readonly wealth: Wealth;
  /** By node of the gang, where each has its own. */
  readonly #own = new Map<number, Holder>();
  readonly spammers: readonly Holder[];
  readonly forger: Forger;
  readonly #setting: Setting;
  readonly #name: string;

  constructor(setting: Setting, gang: { name: string; strategy: Strategy; nodes: readonly number[] }) {
    this.#setting = setting;
    this.#name = gang.name;
    const spams = gang.strategy === "quota-spam";
    this.spammers = spams ? Array.from({ length: SPAMMERS }, (_, place) => this.holder(`account/${place}`)) : [];
    const chain = setting.chains.find(({ members }) => members.includes(gang.nodes[0] as never));
    const chainId = chain?.id ?? 0;
    const tokens = chain === undefined || chain.nativeToken === 1 ? [1] : [1, chain.nativeToken];
    const accounts = this.spammers.flatMap((holder) =>
      tokens.map((token) => ({ chainId, holder, token, amount: SPAM_BALANCE })),
    );
    this.forger = { spender: this.holder("spender"), account: this.holder("account"), victim: this.holder("victim") };
    const forged = gang.strategy === "forge-transactions" ? this.#forgedAccounts() : [];
    this.wealth = { accounts: [...accounts, ...forged], coins: this.#coins(gang) };
  }

  /** The forger, and its victim, have an account on each subchain, in the token that its fees are in and in the root token. */
  #forgedAccounts(): Wealth["accounts"] {
    const owners = [this.forger.account, this.forger.victim];
    return this.#setting.chains.slice(1).flatMap(({ id: chainId, nativeToken }) => {
      const tokens = [...new Set([1, nativeToken])];
      return owners.flatMap((holder) => tokens.map((token) => ({ chainId, holder, token, amount: SPAM_BALANCE })));
    });
  }

  /** @returns an accomplice */
  holder(purpose: string): Holder {
    const { backend, seed } = this.#setting;
    return new Holder(backend.keyPairFromSeed(deriveSeed(seed, `adversary/${this.#name}/${purpose}`)));
  }

  /** @returns whose coins a node of the gang spends */
  ownerAt(node: number): Holder {
    const known = this.#own.get(node) ?? this.holder(`node/${node}`);
    this.#own.set(node, known);
    return known;
  }

  #coins({ strategy, nodes }: { strategy: Strategy; nodes: readonly number[] }): Wealth["coins"] {
    const each = (holder: Holder, count: number, amount: bigint) =>
      Array.from({ length: count }, () => ({ holder, amount }));
    const { durationUs, quotaPeriodBlocks, chains } = this.#setting;
    const periodUs = quotaPeriodBlocks * (chains[0]?.roundUs ?? durationUs);
    switch (strategy) {
      case "double-spend":
        return nodes.flatMap((node) => each(this.ownerAt(node), DOUBLE_SPENDS, COIN));
      case "forge-transactions":
        return each(this.forger.spender, nodes.length, COIN);
      case "vote-buyer":
        return nodes.flatMap((node) => {
          const lender = this.ownerAt(node);
          return [...each(lender, LOANS, COIN), ...each(lender, LOANS, LOAN)];
        });
      case "quota-squat":
        return each(this.ownerAt(nodes[0] as number), Math.floor(durationUs / periodUs) + 1, SQUAT_COIN);
      default:
        return [];
    }
  }
}
