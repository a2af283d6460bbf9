import type { DelegateId } from "../../protocol/core/ids.ts";
import { AccountBook } from "./account-book.ts";
import { AgreementChecker } from "./agreement.ts";
import { CertificateChecker } from "./certificate.ts";
import type { Checker, World } from "./checker.ts";
import { CommitteeChecker } from "./committee.ts";
import { EvidenceChecker } from "./evidence.ts";
import { ExecutedOnceChecker } from "./executed-once.ts";
import { FinalChain } from "./final-chain.ts";
import { Forensics } from "./forensics.ts";
import { LivenessChecker } from "./liveness.ts";
import { LockChecker } from "./lock.ts";
import { People } from "./people.ts";
import { RootSupplyChecker } from "./root-supply.ts";
import { Roster } from "./roster.ts";
import { SignedBytesChecker } from "./signed-bytes.ts";
import { SingleVoteChecker } from "./single-vote.ts";
import { StateRootChecker } from "./state-root.ts";
import { Signatures } from "./statements.ts";
import { SupplyChecker } from "./supply.ts";

/** The checkers of one chain, and what they hold to be its final blocks. */
export interface ChainCheckers {
  readonly world: World;
  readonly chain: FinalChain;
  /** @returns the members that sign a height, by priority; undefined where the chain does not reach so far */
  readonly membersAt: (height: number) => readonly DelegateId[] | undefined;
  /** @returns how many delegates were ever registered */
  readonly registered: () => number;
  /** One for each invariant; they share what they derive, so all have to watch, in this order. */
  readonly checkers: readonly Checker[];
}

/** @returns what watches the invariants of one chain */
export function watchChain(world: World): ChainCheckers {
  const people = new People(world);
  const chain = new FinalChain(world, people);
  const roster = new Roster(world, people);
  const book = new AccountBook(world);
  const signatures = new Signatures(world, roster);
  const forensics = new Forensics(chain, signatures);
  const checkers = [
    new AgreementChecker(world, chain, { people, roster, forensics }),
    new CommitteeChecker(world, chain, { people, roster }),
    new StateRootChecker(world, chain, { roster, book }),
    world.ledger === "root"
      ? new RootSupplyChecker(world, chain, people)
      : new SupplyChecker(world, chain, { people, roster, book }),
    new CertificateChecker(world, people, { roster, signatures }),
    new SingleVoteChecker(world, chain, people),
    new LockChecker(world, chain, { people, roster, signatures }),
    new EvidenceChecker(world, chain, { people, signatures }),
    new ExecutedOnceChecker(world, chain),
    new SignedBytesChecker(world, chain, people),
    new LivenessChecker(world, people),
  ];
  const membersAt = (height: number) => roster.membersAt(height);
  return { world, chain, checkers, membersAt, registered: () => roster.registered };
}
