import type { CrossTransfer } from "../../bridge/cross-transfer.ts";
import { certificateOf } from "../../consensus/certificate.ts";
import { type BlockPlan, buildBlock, type ChainState, judgeBlock } from "../../consensus/chain-state.ts";
import { committeeHash } from "../../consensus/committee.ts";
import { quorumOf } from "../../consensus/parameters.ts";
import { stateRootOf } from "../../consensus/state-root.ts";
import { NO_PROOF, Phase, Vote } from "../../consensus/vote.ts";
import { type DelegateId, type Hash, type PeerId, ZERO_HASH } from "../../core/ids.ts";
import { IOTX, SECOND_US } from "../../core/units.ts";
import { AuthenticatedMap } from "../../crypto/authenticated-map.ts";
import { hashTagged, hashToBytes } from "../../crypto/hash.ts";
import { addressOf } from "../../ledger/address.ts";
import type { Block } from "../../ledger/block.ts";
import { BLOCK_VERSION, type Header, headerHash, VRF_PROOF_BYTES } from "../../ledger/header.ts";
import type { LedgerTransaction, Transaction } from "../../ledger/transaction.ts";
import type { Anchor } from "../../light/anchor.ts";
import type { CertifiedHeader } from "../../light/certified-header.ts";
import type { StateProof } from "../../light/state-proof.ts";
import type { OperatorSeat } from "../../rootchain/payload.ts";
import { type GenesisAccount, type SubchainGenesis, subchainGenesis } from "../../subchain/genesis.ts";
import type { ChainSpecification } from "../../subchain/specification.ts";
import { AccountAction, type Action } from "../../subchain/transaction.ts";
import { crypto, holder, keyPair, smallChain } from "../people.ts";

/** Id of the subchain that these tests run. */
export const HERE = 2;
export const ELSEWHERE = 3;
export const HOUR_US = 3600 * SECOND_US;
export const START_US = 10 * SECOND_US;
/** Seats of the subchain and of the committee of the rootchain. */
export const SEATS = 4;

/** @returns an address of a holder of people.ts */
export function account(index: number): Hash {
  return addressOf(holder(index).publicKey);
}

/** @returns an operator's seat; its keys are those of the delegate of the same number */
export function seat(index: number): OperatorSeat {
  const [signing, vrf] = [keyPair(1, index), keyPair(2, index)];
  return { publicKey: signing.publicKey, vrfPublicKey: vrf.publicKey, endpoint: index as PeerId, bond: 50n * IOTX };
}

export function specificationOf(changes: Partial<ChainSpecification> = {}): ChainSpecification {
  return {
    name: "test-chain",
    parameters: smallChain(SEATS, { chainId: HERE }),
    ownToken: false,
    permission: { kind: "public" },
    rewardPool: 0n,
    rewardBlocks: 0,
    trustPeriodUs: HOUR_US,
    ...changes,
  };
}

const ROOT_SIGNERS = Array.from({ length: SEATS }, (_, index) => keyPair(7, index));
const ANY = hashTagged("test/any");

/** A rootchain of which only headers exist: their roots are whatever a test wants to prove. */
export class RootStub {
  readonly genesis: Anchor = {
    chainId: 1,
    height: 0,
    blockHash: hashTagged("test/root-genesis"),
    timeUs: START_US,
    stateRoot: ANY,
    transactionRoot: ANY,
    nextCommitteeHash: committeeHash(
      quorumOf(SEATS),
      ROOT_SIGNERS.map((each) => each.publicKey),
      null,
    ),
  };

  /** @returns a final header of the rootchain */
  header(height: number, changes: Partial<Header> = {}): CertifiedHeader {
    const header: Header = {
      version: BLOCK_VERSION,
      chainId: 1,
      height,
      originalView: 0,
      timeUs: START_US + height * SECOND_US,
      previousHash: height === 1 ? this.genesis.blockHash : hashTagged("test/previous"),
      transactionRoot: ANY,
      stateRoot: ANY,
      executionRoot: ZERO_HASH,
      proposer: 0 as DelegateId,
      vrfPriority: ZERO_HASH,
      vrfProof: new Uint8Array(VRF_PROOF_BYTES),
      nextCommitteeHash: this.genesis.nextCommitteeHash,
      ...changes,
    };
    return certify(header, ROOT_SIGNERS);
  }
}

/** @returns a header with a commit of every signer */
export function certify(header: Header, signers: readonly ReturnType<typeof keyPair>[]): CertifiedHeader {
  const { chainId, height } = header;
  const blockHash = headerHash(header);
  const votes = signers.map((pair, index) => {
    const fields = { chainId, height, view: 0, phase: Phase.commit, blockHash, newViewHash: ZERO_HASH };
    const vote = new Vote({ ...fields, signer: index as DelegateId, membership: NO_PROOF });
    crypto.sign(vote, pair);
    return vote;
  });
  const members = signers.map(({ publicKey }, index) => ({ id: index as DelegateId, publicKey }));
  return { header, certificate: certificateOf(votes), members };
}

/** A rootchain's entries behind a state root, to prove any of them. */
export class StateStub {
  #map = AuthenticatedMap.empty();
  readonly #rotationRoot = hashTagged("test/rotation");

  set(key: Hash, value: Uint8Array): this {
    this.#map = this.#map.set(key, value);
    return this;
  }

  get root(): Hash {
    return stateRootOf(this.#map.root, this.#rotationRoot);
  }

  prove(key: Hash): StateProof {
    return { rotationRoot: this.#rotationRoot, map: this.#map.prove(key) };
  }
}

/** A subchain that is built block by block, each judged as well. */
export class World {
  readonly specification: ChainSpecification;
  readonly root = new RootStub();
  state: ChainState;

  constructor(
    specification: ChainSpecification = specificationOf(),
    genesis: Partial<SubchainGenesis> & { accounts?: readonly GenesisAccount[] } = {},
  ) {
    this.specification = specification;
    const accounts = [0, 1, 2].map((index) => ({ address: account(index), amount: 1000n * IOTX }));
    const operators = Array.from({ length: SEATS }, (_, index) => seat(index));
    this.state = subchainGenesis(specification, { rootAnchor: this.root.genesis, accounts, operators, ...genesis });
  }

  get entries(): AuthenticatedMap {
    return this.state.ledger.entries;
  }

  plan(lateUs = 0): BlockPlan {
    const { timeUs, rotation } = this.state;
    return { originalView: 0, timeUs: timeUs + rotation.parameters.roundUs + lateUs, proposer: rotation.proposer(0) };
  }

  /** Builds and judges the next block. @returns it */
  next(candidates: readonly Transaction[] = [], lateUs = 0): Block {
    const { block, after } = buildBlock(crypto, this.state, { plan: this.plan(lateUs), candidates });
    const judged = judgeBlock(crypto, this.state, block);
    if (judged.refusal !== null) throw new Error(`a built block is refused: ${judged.refusal}`);
    if (judged.after.stateRoot !== after.stateRoot) throw new Error("a judged block gives another state");
    this.state = after;
    return block;
  }

  /** @returns why a transaction is refused in the next block, or null; nothing changes */
  refusal(transaction: LedgerTransaction, lateUs = 0): string | null {
    const { timeUs, proposer } = this.plan(lateUs);
    const { rotation, height, ledger, rules } = this.state;
    return rules.begin(ledger, { crypto, height: height + 1, timeUs, proposer, rotation }).execute(transaction);
  }

  /** @returns a signed action of a holder, with the nonce that is due */
  action(
    from: number,
    action: Action,
    changes: { nonce?: number; fee?: bigint; chainId?: number } = {},
  ): AccountAction {
    const { nonce = this.nonceOf(from), fee = 1n, chainId = HERE } = changes;
    const result = new AccountAction({ chainId, from: holder(from).publicKey, nonce, fee, action });
    crypto.sign(result, holder(from));
    return result;
  }

  nonceOf(from: number): number {
    const bytes = this.entries.get(account(from));
    return bytes === undefined ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(21);
  }
}

/** @returns a transfer from here to another subchain */
export function outward(changes: Partial<CrossTransfer> = {}): CrossTransfer {
  return {
    token: 1,
    sourceChain: HERE,
    destinationChain: ELSEWHERE,
    amount: 10n * IOTX,
    receiver: hashToBytes(account(5)),
    dataHash: ZERO_HASH,
    rootExpiryUs: START_US + 600 * SECOND_US,
    destinationExpiryUs: START_US + 1200 * SECOND_US,
    relockFee: 5n,
    deliveryFee: 7n,
    fallback: Uint8Array.of(0x51),
    ...changes,
  };
}
