import { buildBlock, type ChainState, genesisState } from "../../consensus/chain-state.ts";
import type { LedgerView } from "../../consensus/ledger-rules.ts";
import type { ConsensusParameters } from "../../consensus/parameters.ts";
import { Registry } from "../../consensus/registry.ts";
import type { DelegateId, Hash, PeerId } from "../../core/ids.ts";
import { IOTX } from "../../core/units.ts";
import type { Block } from "../../ledger/block.ts";
import type { Transaction } from "../../ledger/transaction.ts";
import { type GenesisDelegate, genesisOutpoints, genesisStake, rootGenesisLedger } from "../../rootchain/genesis.ts";
import { DEFAULT_ROOT_PARAMETERS, type RootParameters } from "../../rootchain/parameters.ts";
import { RootRules } from "../../rootchain/rules.ts";
import { payToKey } from "../../rootchain/script/index.ts";
import type { Output, UtxoTransaction } from "../../rootchain/transaction.ts";
import { type Coin, type Spending, signerOf, spendCoins } from "../../rootchain/wallet.ts";
import { keyedBackend } from "../keyed-crypto.ts";
import { crypto, holder, identityOf, keyPair, smallChain } from "../people.ts";

/** Signs for whoever owns the keys. */
export const sign = signerOf(keyedBackend);
export const CHAIN = 1;
/** What every coin of the genesis is worth. */
export const COIN = 100n * IOTX;
export const BOND = 50n * IOTX;

/** @returns the keys that a delegate's bond, own vote and rewards belong to */
export function ownerOf(delegate: number) {
  return keyPair(7, delegate);
}

export interface Options {
  readonly delegates?: number;
  /** Coins of holder 0, 1, … */
  readonly coins?: number;
  readonly stakeOf?: (id: number) => bigint;
  readonly commissionOf?: (id: number) => number;
  readonly consensus?: Partial<ConsensusParameters>;
  readonly root?: Partial<RootParameters>;
}

/** A rootchain without nodes: blocks are built and not voted on. */
export class World {
  readonly rules: RootRules;
  readonly genesis: ChainState;
  readonly coins: readonly Coin[];
  readonly #delegates: readonly GenesisDelegate[];
  state: ChainState;
  blocks: Block[] = [];

  constructor(options: Options = {}) {
    const { delegates = 4, coins = 8, stakeOf = () => IOTX, commissionOf = () => 1000 } = options;
    this.rules = new RootRules({ ...DEFAULT_ROOT_PARAMETERS, rewardBlocks: 1000, ...options.root });
    this.#delegates = Array.from({ length: delegates }, (_, id) => {
      const rewardScript = payToKey(ownerOf(id).publicKey);
      return { bond: BOND, stake: stakeOf(id), commission: commissionOf(id), rewardScript };
    });
    const registry = new Registry(
      this.#delegates.map(({ bond, stake }, id) => {
        const { signing, vrf } = identityOf(id);
        return { publicKey: signing.publicKey, vrfPublicKey: vrf.publicKey, endpoint: id as PeerId, stake, bond };
      }),
    );
    const outputs = Array.from({ length: coins }, (_, index) => paying(index, COIN));
    const outpoints = genesisOutpoints({ chainId: CHAIN, outputs });
    this.coins = outpoints.map((outpoint, index) => {
      return { outpoint, output: outputs[index] as Output, keyPair: holder(index) };
    });
    const ledger = rootGenesisLedger({ chainId: CHAIN, outputs, delegates: this.#delegates });
    const parameters = smallChain(delegates, options.consensus);
    this.genesis = genesisState({ registry, parameters, ledger, rules: this.rules, timeUs: 0 });
    this.state = this.genesis;
  }

  /** A coin of the genesis. */
  coin(index: number): Coin {
    return this.coins[index] as Coin;
  }

  /** Where a delegate's bond and its own vote are. */
  stakeOf(delegate: number): { bond: Coin; vote: Coin } {
    const genesis = this.#delegates[delegate] as GenesisDelegate;
    const { bond, vote } = genesisStake(CHAIN, delegate as DelegateId, genesis);
    const { rewardScript: lockingScript } = genesis;
    const keyPair = ownerOf(delegate);
    return {
      bond: { outpoint: bond, output: { amount: genesis.bond, lockingScript }, keyPair },
      vote: { outpoint: vote, output: { amount: genesis.stake, lockingScript }, keyPair },
    };
  }

  get view(): LedgerView {
    const { height, timeUs, ledger, rotation } = this.state;
    return { height, timeUs, ledger, rotation };
  }

  /** Builds a block of those transactions that take effect. @returns those that were left out */
  mine(...transactions: readonly Transaction[]): Transaction[] {
    const { rotation, timeUs } = this.state;
    const plan = { originalView: 0, timeUs: timeUs + rotation.parameters.roundUs, proposer: rotation.proposer(0) };
    const { block, after } = buildBlock(crypto, this.state, { plan, candidates: transactions });
    this.state = after;
    this.blocks.push(block);
    return transactions.filter((each) => !block.transactions.includes(each));
  }

  /** Builds empty blocks up to a height. */
  mineTo(height: number): void {
    while (this.state.height < height) this.mine();
  }

  /** @returns why a transaction may not be in the next block, or null when it may */
  refusal(transaction: UtxoTransaction): string | null {
    const { rotation, height, timeUs, ledger } = this.state;
    const draft = {
      crypto,
      height: height + 1,
      timeUs: timeUs + rotation.parameters.roundUs,
      proposer: rotation.proposer(0),
      rotation,
    };
    return this.rules.begin(ledger, draft).execute(transaction);
  }
}

/** @returns an output that pays a holder */
export function paying(index: number, amount: bigint): Output {
  return { amount, lockingScript: payToKey(holder(index).publicKey) };
}

/** @returns a signed transaction that spends coins */
export function spending(coins: readonly Coin[], outputs: readonly Output[], rest: Partial<Spending> = {}) {
  return spendCoins(sign, { chainId: CHAIN, coins, outputs, ...rest });
}

/** @returns an output of a transaction as a coin of a holder */
export function coinOf(transaction: UtxoTransaction, index: number, owner: number): Coin {
  const output = transaction.outputs[index] as Output;
  return { outpoint: { transactionId: transaction.outpointId as Hash, index }, output, keyPair: holder(owner) };
}
