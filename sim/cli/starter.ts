/** What `orrery init` writes: a scenario that runs, with a word on every part. */
export const STARTER = `# A scenario is one question. Run it:   npx orrery run NAME.yaml
# Many seeds of it:                     npx orrery check NAME.yaml --seeds 1..50
# Completion in an editor:              npx orrery schema > scenario.schema.json
# yaml-language-server: $schema=scenario.schema.json

name: NAME
question: Do blocks stay final, and transfers arrive, while a delegate is down and the network falls apart?
seed: 1                 # every random stream of the run derives from it
duration: 3 min         # simulated; times always carry a unit

# Figures that are left out follow the paper. Presets: paper-2018, edition-2, small.
rootchain: {delegates: 13, committee: 7, round: 3 s, fullNodes: 4}

# Chains around the rootchain; count makes home-1 and home-2.
subchains:
  - {name: home, count: 2, operators: 4, round: 3 s, bond: 10000 IOTX}

network:
  backbone: {regions: world-6, bandwidth: 100 Mbit/s, loss: 0.1 %}

workload:
  - {transfer: {rate: 2/s, amount: 1..5 IOTX, accounts: 50}}
  # Between chains relayers carry them for a fee; what does not arrive in time is refunded.
  - {transfer: {name: visits, from: home-1, to: home-2, rate: 1 / 10 s, amount: 1..5 IOTX, data: 64 B}}

# Nodes are named by selectors: delegates 0..3, 40 % of delegates, operators home-1, home-2, 1 of relayers, rest.
faults:
  - {at: 30 s, crash: {count: 1, of: delegates}, restartAfter: 20 s}
  - {at: 80 s, for: 30 s, partition: {groups: [delegates 0..5, rest]}}

# Byzantine nodes. What they can do: npx orrery list
adversaries:
  - {of: delegates 12, strategy: silent}

# Each line gets a verdict: pass, fail, or inconclusive when there was nothing to judge.
expect:
  safety: always
  liveness: {within: 40 s of heal}
  transfers.delivered: ">= 99 %"
  visits.latency.p50: < 60 s
  blockInterval.p50: < 4 s
`;
