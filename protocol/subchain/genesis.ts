import { type ChainState, genesisState } from "../consensus/chain-state.ts";
import { Registry } from "../consensus/registry.ts";
import { assert } from "../core/assert.ts";
import type { Hash } from "../core/ids.ts";
import { AuthenticatedMap } from "../crypto/authenticated-map.ts";
import type { Anchor } from "../light/anchor.ts";
import type { OperatorSeat } from "../rootchain/payload.ts";
import { credit } from "./balances.ts";
import { encodeAdmission, encodeAmount, permissionKey, REWARD_POOL_KEY, SubchainEntry } from "./entries.ts";
import type { ExecutionExtension } from "./extension.ts";
import { MAX_AMOUNT } from "./limits.ts";
import { encodeOperators, OPERATORS_KEY } from "./operators.ts";
import { recordAnchor } from "./root-view.ts";
import { SubchainRules } from "./rules.ts";
import { type ChainSpecification, nativeToken, ROOT_CHAIN } from "./specification.ts";
import { MapWorkspace } from "./workspace.ts";

/** An account that a chain starts with. */
export interface GenesisAccount {
  readonly address: Hash;
  /** Base units. */
  readonly amount: bigint;
  /** Chain id of the token's home; the chain's native token where it is left out. */
  readonly token?: number;
}

/** What provisions a subchain besides its specification (S10). */
export interface SubchainGenesis {
  /** The rootchain as the chain first knows it. */
  readonly rootAnchor: Anchor;
  readonly accounts: readonly GenesisAccount[];
  /** By seat; a seat's place is its operator's id. */
  readonly operators: readonly OperatorSeat[];
  /** On a private chain, addresses admitted to read and write besides all accounts. */
  readonly admitted?: readonly Hash[];
  /** On a private chain, addresses admitted to read alone. */
  readonly readers?: readonly Hash[];
  /** What the chain executes beyond the native kinds (S7). */
  readonly extensions?: readonly ExecutionExtension[];
}

const READER = { mayRead: true, mayWrite: false };

/** Whatever the chain does, one account could come to hold all of it. */
function assertSupplyFits(specification: ChainSpecification, accounts: readonly GenesisAccount[]): void {
  const native = nativeToken(specification);
  const balances = accounts.map(({ token = native, amount }) => (token === native ? amount : 0n));
  const supply = balances.reduce((sum, each) => sum + each, specification.rewardPool);
  assert(supply <= MAX_AMOUNT, "the native token's supply fits one entry");
}

function genesisEntries(specification: ChainSpecification, genesis: SubchainGenesis): AuthenticatedMap {
  const { rootAnchor, accounts, operators, admitted = [], readers = [] } = genesis;
  assertSupplyFits(specification, accounts);
  const workspace = new MapWorkspace(AuthenticatedMap.empty());
  for (const { address, amount, token = nativeToken(specification) } of accounts) {
    assert(credit(specification, workspace, { address, token, amount }) === null, "genesis balances fit their entries");
  }
  if (specification.permission.kind === "private") {
    for (const address of readers) workspace.set(permissionKey(address), encodeAdmission(READER));
    const admission = encodeAdmission({ mayRead: true, mayWrite: true });
    for (const address of [...accounts.map((account) => account.address), ...admitted]) {
      workspace.set(permissionKey(address), admission);
    }
  }
  const { rewardPool } = specification;
  if (rewardPool > 0n) workspace.set(REWARD_POOL_KEY, encodeAmount(SubchainEntry.rewardPool, rewardPool));
  recordAnchor(workspace, rootAnchor);
  const seats = operators.map((seat) => ({ ...seat, slashed: false, resigned: false }));
  workspace.set(OPERATORS_KEY, encodeOperators({ rootHeight: rootAnchor.height, seats }));
  return workspace.map;
}

/**
 * A subchain before its block 1, from its typed specification: the framework that the paper promises (S10).
 *
 * Its time starts where the rootchain's known header stands. Accounts and the reward pool of a foreign token have to be
 * escrowed on the rootchain by whoever registers the chain: {@link tallyOf} says how much.
 */
export function subchainGenesis(specification: ChainSpecification, genesis: SubchainGenesis): ChainState {
  const { rootAnchor, operators } = genesis;
  assert(rootAnchor.chainId === ROOT_CHAIN, "a subchain hangs on the rootchain");
  assert(operators.length > 0, "a subchain has operators");
  const registry = new Registry(operators.map((seat) => ({ ...seat, stake: seat.bond })));
  return genesisState({
    registry,
    parameters: specification.parameters,
    ledger: { entries: genesisEntries(specification, genesis) },
    rules: new SubchainRules(specification, genesis.extensions),
    timeUs: rootAnchor.timeUs,
  });
}
