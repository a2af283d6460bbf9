import {
  type CrossTransfer,
  MAX_ADDRESS_BYTES,
  readCrossTransfer,
  writeCrossTransfer,
} from "../bridge/cross-transfer.ts";
import { MAX_PROVEN_ENTRY_BYTES } from "../bridge/limits.ts";
import { type Onward, readOnward, writeOnward } from "../bridge/onward.ts";
import type { Reader, Writer } from "../core/codec.ts";
import type { DelegateId, Hash, PeerId } from "../core/ids.ts";
import { MAX_BLOCK_BYTES } from "../core/limits.ts";
import { SIGNATURE_BYTES } from "../crypto/signed-object.ts";
import { type Anchor, readAnchor, writeAnchor } from "../light/anchor.ts";
import { type HeaderPath, readHeaderPath, writeHeaderPath } from "../light/header-path.ts";
import {
  readStateProof,
  readTransactionProof,
  type StateProof,
  type TransactionProof,
  writeStateProof,
  writeTransactionProof,
} from "../light/state-proof.ts";
import { type FraudProof, readFraudProof, writeFraudProof } from "../subchain/fraud-proof.ts";
import { type ChainSpecification, readSpecification, writeSpecification } from "../subchain/specification.ts";

const KEY_BYTES = 32;
/** Most operators of one subchain. */
export const MAX_OPERATORS = 256;

/** An operator's seat on a subchain: its keys, where it is reached, and its bond (S3). */
export interface OperatorSeat {
  readonly publicKey: Uint8Array;
  readonly vrfPublicKey: Uint8Array;
  readonly endpoint: PeerId;
  /** Base units of the root token; the registration's output of the same place holds them. */
  readonly bond: bigint;
}

/**
 * What an advanced transaction does (R4). Value that it takes in or gives out is part of the balance of the transaction:
 * inputs + given out = outputs + taken in + fee.
 */
export type Payload =
  /** BondedRegistration: output i holds the bond of operator i. */
  | {
      readonly kind: "register-subchain";
      readonly specification: ChainSpecification;
      readonly operators: readonly OperatorSeat[];
      /** The subchain's genesis, as its first anchor. */
      readonly genesis: Anchor;
    }
  /** An operator lets another key act in its seat, without a bond of its own (S3); signed by the seat's registered key. */
  | {
      readonly kind: "nominate";
      readonly chainId: number;
      readonly seat: number;
      readonly nominee: OperatorSeat;
      readonly signature: Uint8Array;
    }
  /** Takes an operator's seat away from the next selection on and starts the unbonding of its bond. */
  | { readonly kind: "resign"; readonly chainId: number; readonly seat: number; readonly signature: Uint8Array }
  /** Root token to a subchain: takes the amount into escrow. */
  | { readonly kind: "lock"; readonly transfer: CrossTransfer }
  /** Moves what was locked on a subchain to the escrow of its destination, or, where that is the rootchain, out to its receiver. */
  | {
      readonly kind: "relock";
      readonly path: HeaderPath;
      /** The encoded lock transaction of the source chain. */
      readonly lock: Uint8Array;
      readonly proof: TransactionProof;
    }
  /** Gives back what the destination did not consume in time: by absence at a header that is late enough (B5). */
  | { readonly kind: "refund"; readonly lockId: Hash; readonly path: HeaderPath; readonly proof: StateProof }
  /** A heartbeat: advances a subchain's anchor and nothing else. */
  | { readonly kind: "anchor"; readonly chainId: number; readonly path: HeaderPath }
  /** Leaves a dead subchain with what an account held or had locked there, proven at its terminal anchor and signed by it. */
  | {
      readonly kind: "exit";
      readonly chainId: number;
      readonly publicKey: Uint8Array;
      readonly proof: StateProof;
      /** The entry of the account, of its root token, or of its open lock, at the terminal anchor. */
      readonly account: Uint8Array;
      /** For a token that the rootchain does not hold: where it goes on to. Null for the root token, which the outputs take. */
      readonly onward: Onward | null;
      readonly signature: Uint8Array;
    }
  /** Bids for pieces of the cross-chain half of blocks, for a period (B7); takes the deposit in. */
  | {
      readonly kind: "quota-bid";
      readonly chainId: number;
      readonly pieces: number;
      readonly pricePerPiece: bigint;
      readonly deposit: bigint;
      /** Where the refund of what was not used goes. */
      readonly refundScript: Uint8Array;
    }
  /** Output 0 holds the bond. */
  | {
      readonly kind: "register-delegate";
      readonly publicKey: Uint8Array;
      readonly vrfPublicKey: Uint8Array;
      readonly endpoint: PeerId;
      /** Part of its rewards that the delegate keeps, in 1/10000. */
      readonly commission: number;
      readonly rewardScript: Uint8Array;
      /** By `publicKey`, over the chain and everything above: nobody registers another's key. */
      readonly signature: Uint8Array;
    }
  /** Output 0 is a vote: stake behind a delegate for as long as it stays unspent. */
  | { readonly kind: "vote"; readonly delegate: DelegateId }
  /** Spends votes or bonds (its inputs); output 0 stays locked until the unbonding delay is over. */
  | { readonly kind: "unbond" }
  /** Pays a delegate's or a vote's accrued rewards out to its own script. */
  | {
      readonly kind: "claim-reward";
      readonly of: "delegate" | "vote";
      readonly delegate: DelegateId;
      /** The vote; zero for a delegate. */
      readonly vote: Hash;
      /** The last epoch whose rewards are paid, so that the amount does not depend on when the claim enters a block. */
      readonly throughEpoch: number;
    }
  /** An informer's promise of evidence, so that nobody can take the reward by copying the reveal (S8). */
  | { readonly kind: "evidence-commit"; readonly digest: Hash }
  /** Evidence (a): conflicting signed statements of an operator; or of a delegate where `chainId` is the rootchain's. */
  | {
      readonly kind: "evidence-reveal";
      readonly chainId: number;
      readonly evidence: Uint8Array;
      /** Opens the commitment together with the evidence and output 0; anything where there was none. */
      readonly salt: Hash;
    }
  /** Evidence (b): a certified header of a subchain whose execution is wrong in one transaction. */
  | { readonly kind: "fraud-proof"; readonly chainId: number; readonly fraud: FraudProof; readonly salt: Hash };

const KINDS: readonly Payload["kind"][] = [
  "register-subchain",
  "nominate",
  "resign",
  "lock",
  "relock",
  "refund",
  "anchor",
  "exit",
  "quota-bid",
  "register-delegate",
  "vote",
  "unbond",
  "claim-reward",
  "evidence-commit",
  "evidence-reveal",
  "fraud-proof",
];

/** Appends the canonical encoding of a seat. */
export function writeOperatorSeat(writer: Writer, { publicKey, vrfPublicKey, endpoint, bond }: OperatorSeat): void {
  writer.fixed(publicKey).fixed(vrfPublicKey).u32(endpoint).u128(bond);
}

/** Reads a seat; what its keys are good for is not checked here. */
export function readOperatorSeat(reader: Reader): OperatorSeat {
  return {
    publicKey: reader.fixed(KEY_BYTES),
    vrfPublicKey: reader.fixed(KEY_BYTES),
    endpoint: reader.u32() as PeerId,
    bond: reader.u128(),
  };
}

/** Appends the canonical encoding of a payload. */
export function writePayload(writer: Writer, payload: Payload): void {
  writer.u8(KINDS.indexOf(payload.kind));
  switch (payload.kind) {
    case "register-subchain":
      writeSpecification(writer, payload.specification);
      writer.u32(payload.operators.length);
      for (const seat of payload.operators) writeOperatorSeat(writer, seat);
      return writeAnchor(writer, payload.genesis);
    case "nominate":
      writer.u32(payload.chainId).u32(payload.seat);
      writeOperatorSeat(writer, payload.nominee);
      return void writer.fixed(payload.signature);
    case "resign":
      return void writer.u32(payload.chainId).u32(payload.seat).fixed(payload.signature);
    case "lock":
      return writeCrossTransfer(writer, payload.transfer);
    case "relock":
      writeHeaderPath(writer, payload.path);
      return writeTransactionProof(writer.bytes(payload.lock), payload.proof);
    case "refund":
      writeHeaderPath(writer.hash(payload.lockId), payload.path);
      return writeStateProof(writer, payload.proof);
    case "anchor":
      return writeHeaderPath(writer.u32(payload.chainId), payload.path);
    case "exit":
      writer.u32(payload.chainId).fixed(payload.publicKey);
      writeStateProof(writer, payload.proof);
      writeOnward(writer.bytes(payload.account), payload.onward);
      return void writer.fixed(payload.signature);
    default:
      return writeOtherPayload(writer, payload);
  }
}

/** The kinds that no proof comes with, and evidence. */
type OtherPayload = Extract<
  Payload,
  {
    kind:
      | "quota-bid"
      | "register-delegate"
      | "vote"
      | "unbond"
      | "claim-reward"
      | "evidence-commit"
      | "evidence-reveal"
      | "fraud-proof";
  }
>;

function writeOtherPayload(writer: Writer, payload: OtherPayload): void {
  switch (payload.kind) {
    case "quota-bid":
      writer.u32(payload.chainId).u32(payload.pieces).u128(payload.pricePerPiece).u128(payload.deposit);
      return void writer.bytes(payload.refundScript);
    case "register-delegate":
      writer.fixed(payload.publicKey).fixed(payload.vrfPublicKey).u32(payload.endpoint).u32(payload.commission);
      return void writer.bytes(payload.rewardScript).fixed(payload.signature);
    case "vote":
      return void writer.u32(payload.delegate);
    case "unbond":
      return;
    case "claim-reward":
      return void writer
        .u8(payload.of === "vote" ? 1 : 0)
        .u32(payload.delegate)
        .hash(payload.vote)
        .u64(payload.throughEpoch);
    case "evidence-commit":
      return void writer.hash(payload.digest);
    case "evidence-reveal":
      return void writer.u32(payload.chainId).bytes(payload.evidence).hash(payload.salt);
    case "fraud-proof":
      writeFraudProof(writer.u32(payload.chainId), payload.fraud);
      return void writer.hash(payload.salt);
  }
}

/** Reads a payload; the reader is marked failed when the bytes are none. */
export function readPayload(reader: Reader): Payload {
  const kind = KINDS[reader.u8()];
  switch (kind) {
    case "register-subchain": {
      const specification = readSpecification(reader);
      return {
        kind,
        specification,
        operators: reader.list(MAX_OPERATORS, readOperatorSeat),
        genesis: readAnchor(reader),
      };
    }
    case "nominate": {
      const [chainId, seat, nominee] = [reader.u32(), reader.u32(), readOperatorSeat(reader)];
      return { kind, chainId, seat, nominee, signature: reader.fixed(SIGNATURE_BYTES) };
    }
    case "resign":
      return { kind, chainId: reader.u32(), seat: reader.u32(), signature: reader.fixed(SIGNATURE_BYTES) };
    case "lock":
      return { kind, transfer: readCrossTransfer(reader) };
    case "relock": {
      const [path, lock] = [readHeaderPath(reader), reader.bytes(MAX_BLOCK_BYTES)];
      return { kind, path, lock, proof: readTransactionProof(reader) };
    }
    case "refund":
      return { kind, lockId: reader.hash(), path: readHeaderPath(reader), proof: readStateProof(reader) };
    case "anchor":
      return { kind, chainId: reader.u32(), path: readHeaderPath(reader) };
    case "exit":
      return readExit(reader);
    case "quota-bid":
      return readQuotaBid(reader);
    case "register-delegate":
      return readDelegateRegistration(reader);
    case "vote":
      return { kind, delegate: reader.u32() as DelegateId };
    case "claim-reward":
      return readRewardClaim(reader);
    case "evidence-commit":
      return { kind, digest: reader.hash() };
    case "evidence-reveal":
      return { kind, chainId: reader.u32(), evidence: reader.bytes(MAX_BLOCK_BYTES), salt: reader.hash() };
    case "fraud-proof":
      return { kind, chainId: reader.u32(), fraud: readFraudProof(reader), salt: reader.hash() };
    case "unbond":
      return { kind };
    default:
      reader.fail();
      return { kind: "unbond" };
  }
}

function readExit(reader: Reader): Payload {
  const [chainId, publicKey, proof] = [reader.u32(), reader.fixed(KEY_BYTES), readStateProof(reader)];
  const [account, onward] = [reader.bytes(MAX_PROVEN_ENTRY_BYTES), readOnward(reader)];
  return { kind: "exit", chainId, publicKey, proof, account, onward, signature: reader.fixed(SIGNATURE_BYTES) };
}

function readQuotaBid(reader: Reader): Payload {
  const [chainId, pieces, pricePerPiece, deposit] = [reader.u32(), reader.u32(), reader.u128(), reader.u128()];
  return { kind: "quota-bid", chainId, pieces, pricePerPiece, deposit, refundScript: reader.bytes(MAX_ADDRESS_BYTES) };
}

function readDelegateRegistration(reader: Reader): Payload {
  const [publicKey, vrfPublicKey] = [reader.fixed(KEY_BYTES), reader.fixed(KEY_BYTES)];
  const [endpoint, commission] = [reader.u32() as PeerId, reader.u32()];
  const rewardScript = reader.bytes(MAX_ADDRESS_BYTES);
  const signature = reader.fixed(SIGNATURE_BYTES);
  return { kind: "register-delegate", publicKey, vrfPublicKey, endpoint, commission, rewardScript, signature };
}

function readRewardClaim(reader: Reader): Payload {
  const flag = reader.u8();
  if (flag > 1) reader.fail();
  const of = flag === 1 ? "vote" : "delegate";
  const [delegate, vote] = [reader.u32() as DelegateId, reader.hash()];
  return { kind: "claim-reward", of, delegate, vote, throughEpoch: reader.u64() };
}
