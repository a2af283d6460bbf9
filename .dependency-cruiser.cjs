// Who may import whom. Reasons: sim/docs/decisions/0003-enforce-boundaries-by-tools.md.

/** The only packages that pure code may use: exact arithmetic on bytes, the same in Node and browsers. */
const PURE_PACKAGES = "^node_modules/(@noble|@scure|libsodium-wrappers-sumo)/";

/** A folder's production code may import only what is listed; its own files always. */
const onlyInto = (name, from, to, comment) => ({
  name,
  comment,
  severity: "error",
  from: { path: from, pathNot: "^(protocol|sim|viz)/test/|\\.config\\.ts$" },
  to: { pathNot: [from, ...to] },
});

const never = (name, from, to, comment, extra = {}) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: to, ...extra },
});

const DRIVERS = "^sim/(cli|bench|testing|platform)/|^viz/|^(protocol|sim|viz)/test/";

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      severity: "error",
      comment: "A module that nobody imports and that imports nobody is dead or misplaced.",
      from: { orphan: true, pathNot: "\\.d\\.ts$|(^|/)test/|\\.config\\.ts$" },
      to: {},
    },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "no-undeclared-packages",
      severity: "error",
      comment: "Production code needs only what is installed with the package; the viewer is bundled.",
      from: { path: "^(protocol|sim)/", pathNot: "^(protocol|sim)/test/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    },
    onlyInto(
      "protocol-is-pure",
      "^protocol/",
      [PURE_PACKAGES],
      "Protocol code runs on real sockets too: it never sees sim.",
    ),
    onlyInto(
      "kernel-knows-no-protocol",
      "^sim/kernel/",
      [
        "^protocol/core/(assert|ids|units)\\.ts$",
        "^node_modules/(seedrandom|@types/seedrandom)/",
        "^node_modules/@noble/hashes/",
      ],
      "The kernel schedules events of anything.",
    ),
    never(
      "checkers-derive-anew",
      "^sim/checkers/",
      "^protocol/consensus/[^/]*(certificate|chain-state|committee|election|evidence|new-view|pbft|proposer|quorum|registry|replica|rotation|sortition|view-change)[^/]*\\.ts$",
      "A checker that reuses the production predicate shares its bugs; types and messages may be shared.",
      { dependencyTypesNot: ["type-only"] },
    ),
    never(
      "checkers-only-watch",
      "^sim/checkers/",
      "^sim/(runner|campaign|faults|adversary|workload|platform|cli|bench)/",
      "A checker never drives.",
    ),
    onlyInto(
      "viewer-only-watches",
      "^viz/",
      [
        "^sim/(trace|runner|platform/browser)/",
        "^sim/index\\.ts$",
        "^node_modules/",
        "^protocol/core/(ids|units|observation)\\.ts$",
      ],
      "The viewer reads traces, or runs a scenario in its worker.",
    ),
    never(
      "parts-below-runner",
      "^sim/(network|host|faults|adversary|workload|scenario|trace)/",
      "^sim/(runner|campaign)/",
      "host ← runner ← campaign ← cli: the runner assembles the parts.",
    ),
    never("runner-below-campaign", "^sim/runner/", "^sim/campaign/", "host ← runner ← campaign ← cli."),
    {
      name: "platform-is-injected",
      severity: "error",
      comment: "Files, compression and workers sit behind ports, so that everything else also runs in a browser.",
      from: { pathNot: DRIVERS },
      to: { path: "^sim/platform/" },
    },
    never(
      "browser-has-no-node",
      "^sim/platform/browser/|^viz/(?!test/|vite\\.config)",
      "^sim/platform/node/",
      "Bundled for browsers.",
    ),
    {
      name: "nobody-imports-cli",
      severity: "error",
      from: { pathNot: "^sim/(cli|bench|testing)/|^(protocol|sim|viz)/test/" },
      to: { path: "^sim/(cli|bench)/" },
    },
    {
      name: "nobody-imports-tests-or-data",
      severity: "error",
      from: { pathNot: "^(protocol|sim|viz)/test/|^vitest\\.config\\.ts$" },
      to: { path: "^(protocol|sim|viz)/test/|^(scenarios|results|dist)/" },
    },
    never(
      "protocol-layers",
      "^protocol/core/",
      "^protocol/(consensus|gossip|ledger|node|rootchain|subchain|bridge|light)/",
      "The core is below everything.",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/|^sim/docs/examples/" },
    tsConfig: { fileName: "tsconfig.base.json" },
    tsPreCompilationDeps: "specify",
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
