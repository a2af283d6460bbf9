export { type Baseline, heldAgainst, readBaseline, updatedBaseline, writeBaseline } from "./baseline.ts";
export { type Capsule, makeCapsule, readCapsule, writeCapsule } from "./capsule.ts";
export { checkMarkdown } from "./check-markdown.ts";
export { checkTable, checkTotals, githubAnnotations, groupBy, junitXml, reproduceLines } from "./check-report.ts";
export { type CheckAnswer, type CheckJob, type CheckRun, checkRun, isFailure } from "./check-run.ts";
export { CLAIMS, type Claim } from "./claims.ts";
export { type ClaimRun, claimsMarkdown, claimsText, figuresOf, judgeClaims } from "./claims-report.ts";
export { kindsOf } from "./drawn-kinds.ts";
export { type FailureSignature, failureKey, failureOf, type RunEnding, sameFailure } from "./failure.ts";
export { type FigureDifference, figureDifferences } from "./figure-differences.ts";
export { Fuzz, type FuzzCase, type FuzzJob, type FuzzLesson, type FuzzPlan } from "./fuzz.ts";
export { GENERATORS, type Generator, generate } from "./fuzz-generators.ts";
export { parseSeeds } from "./seeds.ts";
export { type Execute, type ShrinkResult, shrink } from "./shrink.ts";
export { failureMoment, failureStory } from "./story.ts";
export { swarmScenario } from "./swarm.ts";
export {
  estimate,
  intervalText,
  type SweepCellResult,
  type SweepFigure,
  type SweepRun,
  sweepResults,
} from "./sweep-table.ts";
export { textTable } from "./text-table.ts";
