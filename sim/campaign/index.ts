export { checkTable, checkTotals, githubAnnotations, junitXml, reproduceLines } from "./check-report.ts";
export { type CheckAnswer, type CheckJob, type CheckRun, checkRun, isFailure } from "./check-run.ts";
export { CLAIMS, type Claim } from "./claims.ts";
export { type ClaimRun, claimsMarkdown, claimsText, figuresOf, judgeClaims } from "./claims-report.ts";
export { parseSeeds } from "./seeds.ts";
export { swarmScenario } from "./swarm.ts";
export { swarmOfChains } from "./swarm-chains.ts";
export { isSound, type SwarmRun, swarmTable } from "./swarm-report.ts";
export { swarmOfViews } from "./swarm-views.ts";
