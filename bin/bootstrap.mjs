// Makes the npm scripts work straight after a clone: checks Node, installs what is missing, builds, then runs the command.
// Kept in ES5 and without import statements, so that a Node too old for this project still parses it and is told so.

var SUPPORTED = "^20.19 || ^22.12 || >=24";
var STAMP = "node_modules/.orrery-lock-hash";
var ORRERY = "dist/sim/cli/main.js";
var FOLDERS = ["protocol", "sim", "viz"];

var COMMANDS = {
  build: build,
  check: check,
  test: function (args) {
    build();
    finish(node(["node_modules/vitest/vitest.mjs", "run"].concat(args)));
  },
  quickstart: function (args) {
    build();
    finish(node([ORRERY, "run", "scenarios/quickstart.yaml"].concat(args)));
  },
  bench: function (args) {
    build();
    finish(node([ORRERY, "bench"].concat(args)));
  },
  claims: function (args) {
    build();
    finish(node([ORRERY, "claims"].concat(args)));
  },
  fuzz: function (args) {
    build();
    finish(node([ORRERY, "fuzz"].concat(args)));
  },
  mutants: function (args) {
    build();
    finish(node(["dist/sim/cli/mutants.js"].concat(args)));
  }
};

function isSupported(version) {
  var parts = version.split(".");
  var major = Number(parts[0]);
  var minor = Number(parts[1]);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
}

if (!isSupported(process.versions.node)) {
  console.error("orrery needs Node " + SUPPORTED + ", and this is Node " + process.versions.node + ".");
  process.exit(1);
}

// Every supported Node has getBuiltinModule (20.16, 22.3); an import statement would not parse as a script on older ones.
var childProcess = process.getBuiltinModule("node:child_process");
var crypto = process.getBuiltinModule("node:crypto");
var fs = process.getBuiltinModule("node:fs");
var path = process.getBuiltinModule("node:path");

function finish(status) {
  if (status !== 0) process.exit(status);
}

function run(file, args, shell) {
  var result = childProcess.spawnSync(file, args, { stdio: "inherit", shell: shell === true });
  if (result.error) console.error("orrery: cannot start " + file + ": " + result.error.message);
  return result.status === null ? 1 : result.status;
}

function node(args) {
  return run(process.execPath, args);
}

function npm(args) {
  var client = process.env.npm_execpath;
  if (client && path.basename(client) === "npm-cli.js") return node([client].concat(args));
  return run("npm", args, process.platform === "win32");
}

function lockHash() {
  return crypto.createHash("sha256").update(fs.readFileSync("package-lock.json")).digest("hex");
}

/** `npm ci` refuses a lock that lacks the binaries of other platforms (sim/docs/decisions/0002), hence `npm install`. */
function install() {
  var wanted = lockHash();
  if (fs.existsSync(STAMP) && fs.readFileSync(STAMP, "utf8") === wanted) return;
  console.error("orrery: installing dependencies");
  var flags = ["--no-save", "--no-audit", "--no-fund", "--loglevel=error", "--include=dev", "--include=optional"];
  if (npm(["install"].concat(flags)) !== 0) {
    console.error("orrery: npm could not install the dependencies; its message is above.");
    process.exit(1);
  }
  fs.writeFileSync(STAMP, wanted);
}

function newestMs(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).reduce(function (newest, entry) {
    var file = folder + "/" + entry.name;
    return Math.max(newest, entry.isDirectory() ? newestMs(file) : fs.statSync(file).mtimeMs);
  }, 0);
}

function isViewerFresh() {
  var page = "dist/viz/index.html";
  return fs.existsSync(page) && fs.statSync(page).mtimeMs > Math.max.apply(null, FOLDERS.map(newestMs));
}

function build() {
  finish(node(["node_modules/typescript/bin/tsc", "-b"]));
  if (!isViewerFresh()) finish(node(["node_modules/vite/bin/vite.js", "build", "viz", "--logLevel", "warn"]));
}

/** Runs every check, so that one call shows all that is wrong. */
function check() {
  var steps = {
    types: ["node_modules/typescript/bin/tsc", "-b"],
    "types of the viewer": ["node_modules/typescript/bin/tsc", "-p", "viz"],
    "types of the tests": ["node_modules/typescript/bin/tsc", "-p", "tsconfig.tests.json"],
    "lint and format": ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"],
    determinism: ["sim/test/workspace/lint-determinism.mjs"],
    "import directions": [
      "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
      "--config",
      ".dependency-cruiser.cjs"
    ].concat(FOLDERS),
    "dead code": ["node_modules/knip/bin/knip.js"]
  };
  var failed = Object.keys(steps).filter(function (name) {
    console.error("orrery: checking " + name);
    return node(steps[name]) !== 0;
  });
  if (failed.length === 0) return;
  console.error("orrery: failed: " + failed.join(", "));
  process.exit(1);
}

// Ctrl-C reaches the command too, which ends in order and says what it leaves; this process waits for it.
process.on("SIGINT", function () {});

var command = COMMANDS[process.argv[2]];
if (!command) {
  console.error("usage: node bin/bootstrap.mjs " + Object.keys(COMMANDS).join("|") + " [ARGUMENT…]");
  process.exit(2);
}
process.chdir(path.dirname(path.dirname(path.resolve(process.argv[1]))));
install();
command(process.argv.slice(3));
