import { createRequire as requireOfBundle } from 'node:module';
const require = requireOfBundle(import.meta.url);
import {
  FailoverStreams,
  MemberClient,
  executeForgetLeader,
  executeMemberAction,
  failoverBounds,
  observeMembers,
  parseEtcdCluster,
  reconcile,
  reconcileFailover,
  serverFlags
} from "./chunk-KGNJPAWS.js";
import {
  jsonLog,
  require_pino,
  systemClock
} from "./chunk-XQSF4TJP.js";
import "./chunk-3SV2DTJL.js";
import {
  __toESM
} from "./chunk-SW6PLNUW.js";

// src/operator/local/up.ts
import { mkdirSync as mkdirSync4, readFileSync as readFileSync5, statSync } from "node:fs";
import { join as join3, resolve } from "node:path";
import { parse as parseYaml } from "yaml";

// src/operator/local/directory-lock.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
function acquireDirectory(dir) {
  const ownerFile = join(dir, "up.pid");
  const holder = new DatabaseSync(join(dir, "up.lock"), { timeout: 0 });
  try {
    holder.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    holder.close();
    if ((Number(cause.errcode) & 255) !== 5) {
      throw new Error(`cannot lock ${dir}`, { cause });
    }
    return `${dir} is in use by process ${readOwner(ownerFile)}; stop it or choose another --dir`;
  }
  writeFileSync(ownerFile, `${process.pid}
`, { mode: 384 });
  return { release: () => holder.close() };
}
function readOwner(file) {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "unknown";
  }
}

// src/operator/local/display.ts
var REASON_LENGTH_MAX = 60;
var HEADINGS = ["MEMBER", "ROLE", "PID", "REVISION", "TERM", "HEALTH"];
function createDisplay(out) {
  let table = "";
  let shownLines = 0;
  let summary = "";
  const erase = () => {
    if (shownLines > 0) out.write(`\x1B[${shownLines}A\x1B[0J`);
    shownLines = 0;
  };
  const draw = () => {
    const lines = table.split("\n").map((line) => line.slice(0, out.columns));
    out.write(lines.join("\n"));
    shownLines = lines.length - 1;
  };
  return {
    show: (status, pidOf) => {
      const next = renderTable(status, pidOf);
      const nextSummary = summaryOf(status, pidOf);
      if (next === table) return;
      table = next;
      if (out.isTTY) {
        erase();
        draw();
      } else if (nextSummary !== summary) {
        out.write(table);
      }
      summary = nextSummary;
    },
    event: (message) => {
      if (out.isTTY) erase();
      out.write(`${(/* @__PURE__ */ new Date()).toISOString().slice(11, 23)}  ${message}
`);
      if (out.isTTY) draw();
    },
    close: () => {
      table = "";
      shownLines = 0;
    }
  };
}
function renderTable(status, pidOf) {
  const rows = status.members.map((member) => [
    member.name,
    member.role,
    String(pidOf(member.name) ?? "-"),
    String(member.revision),
    String(member.raftTerm),
    member.isHealthy ? "healthy" : shortened(member.reason || member.phase)
  ]);
  const lines = [HEADINGS, ...rows];
  const widths = HEADINGS.map(
    (_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length))
  );
  const text = lines.map(
    (line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
  const ready = `${status.phase}: ${status.ready} members ready`;
  return `${[`${ready}, clients: ${status.endpoints.members.join(",")}`, ...text].join("\n")}
`;
}
function shortened(reason) {
  return reason.length <= REASON_LENGTH_MAX ? reason : `${reason.slice(0, REASON_LENGTH_MAX - 1)}\u2026`;
}
function summaryOf(status, pidOf) {
  const members = status.members.map(
    ({ name, role, isHealthy, phase }) => [name, role, isHealthy, phase, pidOf(name)].join()
  );
  return [status.phase, status.ready, ...members].join(" ");
}

// src/operator/local/local-cluster.ts
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync as mkdirSync3, readdirSync, readFileSync as readFileSync4, rmSync as rmSync2 } from "node:fs";
import { join as join2 } from "node:path";

// src/operator/local/state-file.ts
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync as readFileSync2,
  renameSync,
  writeSync
} from "node:fs";
import { dirname } from "node:path";
function readState(file) {
  let text;
  try {
    text = readFileSync2(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return void 0;
    throw error;
  }
  try {
    const state = JSON.parse(text);
    if (isWhole(state)) return state;
  } catch {
  }
  throw new StateDamagedError(file);
}
function isWhole(state) {
  return typeof state?.uid === "string" && typeof state.clusterName === "string" && typeof state.basePort === "number" && Array.isArray(state.workloads) && Array.isArray(state.objects);
}
var StateDamagedError = class extends Error {
  name = "StateDamagedError";
  constructor(file) {
    super(
      `${file} is damaged, and without it nobody knows which members there are: bring a copy of it back, or choose another --dir to start a new cluster`
    );
  }
};
function replaceFile(file, content, durability = "synced") {
  mkdirSync(dirname(file), { recursive: true, mode: 448 });
  const temporary = `${file}.tmp`;
  const handle = openSync(temporary, "w", 384);
  writeSync(handle, content);
  if (durability === "synced") fsyncSync(handle);
  closeSync(handle);
  renameSync(temporary, file);
}

// src/operator/local/supervisor.ts
import { spawn } from "node:child_process";
import { closeSync as closeSync2, mkdirSync as mkdirSync2, openSync as openSync2 } from "node:fs";
import { dirname as dirname2 } from "node:path";

// src/operator/local/process-record.ts
import { readFileSync as readFileSync3, rmSync, writeFileSync as writeFileSync2 } from "node:fs";
function writeProcessRecord(file, pid) {
  const record = { pid, startTime: startTimeOf(pid) ?? "" };
  writeFileSync2(file, `${JSON.stringify(record)}
`, { mode: 384 });
}
function maybeRunningProcess(file) {
  let record;
  try {
    record = JSON.parse(readFileSync3(file, "utf8"));
  } catch {
    return void 0;
  }
  const pid = record?.pid;
  if (pid === void 0 || !Number.isInteger(pid) || pid <= 1) return void 0;
  return isSameProcess(pid, record?.startTime ?? "") ? pid : void 0;
}
function removeProcessRecord(file) {
  rmSync(file, { force: true });
}
function isSameProcess(pid, startTime) {
  if (pid === process.pid) return false;
  const found = startTimeOf(pid);
  return found === void 0 || startTime === "" ? isAlive(pid) : found === startTime;
}
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
function startTimeOf(pid) {
  try {
    const stat = readFileSync3(`/proc/${pid}/stat`, "utf8");
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? "ended" : fields[18];
  } catch {
    return void 0;
  }
}

// src/operator/local/supervisor.ts
var RESTART_MS = { first: 500, longest: 5e3 };
var HEALTHY_MS = 1e4;
var TERM_GRACE_MS = 8e3;
var LEFTOVER_POLL_MS = 20;
var Supervisor = class {
  #options;
  #plan;
  #child;
  /** Of the running process, or of the one that starts next. */
  #runningHash;
  #startedMs = 0;
  #instance = 0;
  #restarts = 0;
  #failures = 0;
  #ended;
  #wanted = true;
  #isReady = false;
  #starting;
  #stopping = new AbortController();
  constructor(plan, options) {
    this.#plan = plan;
    this.#options = options;
    this.#runningHash = plan.templateHash;
    const leftover = maybeRunningProcess(plan.recordFile);
    if (leftover === void 0) {
      this.#starting = Promise.resolve();
      this.#start();
    } else {
      this.#starting = this.#replace(leftover);
    }
  }
  get pid() {
    return this.#child?.pid;
  }
  /** What the readiness check last said. */
  setReady(isReady) {
    this.#isReady = isReady && this.#child !== void 0;
  }
  /** Takes over a changed plan; a changed template restarts the process gracefully. */
  async update(plan) {
    this.#plan = plan;
    await this.#starting;
    if (this.#runningHash === plan.templateHash) return;
    await this.#terminate();
    this.#failures = 0;
  }
  async stop() {
    this.#wanted = false;
    await this.#starting;
    await this.#terminate();
    this.#stopping.abort();
  }
  /** Ends the process without asking it: for people who do not want to wait. */
  kill() {
    this.#wanted = false;
    this.#child?.kill("SIGKILL");
  }
  observed() {
    const { memberName } = this.#plan;
    return {
      memberName,
      uid: `${memberName}-${this.#instance}`,
      name: memberName,
      templateHash: this.#runningHash,
      isReady: this.#isReady,
      container: this.#child !== void 0 ? { state: "running", startedMs: this.#startedMs } : this.#ended !== void 0 ? { state: "terminated", ...this.#ended } : { state: "waiting", reason: "Starting" },
      restartCount: this.#restarts,
      isGated: false,
      isBeingDeleted: !this.#wanted,
      nodeName: "localhost",
      isNodeGone: false
    };
  }
  #start() {
    mkdirSync2(dirname2(this.#plan.logFile), { recursive: true, mode: 448 });
    const log = openSync2(this.#plan.logFile, "a", 384);
    const child = spawn(this.#plan.command, [...this.#plan.args], {
      // The pipe is never written to: the member stops when we die and the kernel closes our end.
      stdio: ["pipe", log, log],
      env: { ...process.env, ETCDTS_STOP_WITH_STDIN: "1" },
      // A group of its own: Ctrl-C in the terminal reaches us, and we stop the members in order.
      detached: true
    });
    closeSync2(log);
    this.#child = child;
    this.#instance = child.pid ?? this.#instance + 1;
    this.#runningHash = this.#plan.templateHash;
    this.#startedMs = this.#options.clock.wallMs();
    child.stdin?.on("error", () => {
    });
    child.once("error", (error) => this.#exited(child, error.message, 127));
    child.once(
      "exit",
      (code, signal) => this.#exited(child, signal ?? `exit code ${String(code)}`, code ?? 128)
    );
    if (child.pid !== void 0) writeProcessRecord(this.#plan.recordFile, child.pid);
    this.#options.onChange();
  }
  #exited(child, reason, exitCode) {
    if (this.#child !== child) return;
    this.#child = void 0;
    this.#isReady = false;
    this.#ended = { reason, exitCode };
    this.#options.onChange();
    removeProcessRecord(this.#plan.recordFile);
    if (!this.#wanted) return;
    if (this.#options.clock.wallMs() - this.#startedMs >= HEALTHY_MS) this.#failures = 0;
    const waitMs = Math.min(RESTART_MS.first * 2 ** this.#failures, RESTART_MS.longest);
    this.#failures += 1;
    const { memberName, logFile } = this.#plan;
    const pid = this.#instance;
    this.#options.onEvent(`${memberName} (pid ${pid}) ended: ${reason}; it says why in ${logFile}`);
    this.#options.clock.after(waitMs, this.#stopping.signal).then(
      () => {
        if (!this.#wanted || this.#child !== void 0) return;
        this.#restarts += 1;
        this.#start();
      },
      () => void 0
      // Stopped meanwhile.
    );
  }
  /** The leftover is not our child: nobody tells us when it ends. */
  async #replace(leftover) {
    const { clock, onEvent } = this.#options;
    onEvent(`${this.#plan.memberName}: stopping process ${leftover} of an earlier run`);
    const killAtMs = clock.monotonicMs() + TERM_GRACE_MS;
    signalProcess(leftover, "SIGTERM");
    while (maybeRunningProcess(this.#plan.recordFile) === leftover) {
      if (clock.monotonicMs() > killAtMs) signalProcess(leftover, "SIGKILL");
      await clock.after(LEFTOVER_POLL_MS);
    }
    removeProcessRecord(this.#plan.recordFile);
    if (this.#wanted) this.#start();
  }
  async #terminate() {
    const child = this.#child;
    if (child === void 0) return;
    const exited = new Promise((resolve2) => child.once("exit", () => resolve2()));
    child.kill("SIGTERM");
    const abort = new AbortController();
    const killer = this.#options.clock.after(TERM_GRACE_MS, abort.signal).then(
      () => child.kill("SIGKILL"),
      () => void 0
    );
    await exited;
    abort.abort();
    await killer;
  }
};
function signalProcess(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
  }
}

// src/operator/local/local-cluster.ts
var movingFigures = /* @__PURE__ */ new Set([
  "revision",
  "raftIndex",
  "raftAppliedIndex",
  "dbSize",
  "dbSizeInUse"
]);
var VOLUME_ID_FILE = "volume-id";
var LocalCluster = class {
  #options;
  #stateFile;
  #supervisors = /* @__PURE__ */ new Map();
  #clients = /* @__PURE__ */ new Map();
  #streams;
  #state;
  #views = [];
  #failovers = [];
  #savedStatus = "";
  #stopping = false;
  constructor(options) {
    this.#options = options;
    this.#stateFile = join2(options.dir, "up-state.json");
    this.#state = readState(this.#stateFile) ?? {
      uid: randomUUID(),
      clusterName: options.clusterName,
      basePort: options.basePort,
      workloads: [],
      objects: [],
      status: void 0
    };
    this.#streams = new FailoverStreams(
      options.clock,
      (endpoint) => new MemberClient(endpoint),
      options.onChange
    );
  }
  /** Starts the members that an earlier run had. */
  start() {
    for (const workload of this.#state.workloads) this.#supervise(workload.plan);
  }
  get uid() {
    return this.#state.uid;
  }
  /** Why this directory's cluster cannot be run under this name and port; undefined when it can. */
  get mismatch() {
    const { dir, clusterName, basePort } = this.#options;
    const state = this.#state;
    if (state.clusterName !== clusterName) {
      return `${dir} holds the cluster "${state.clusterName}", not "${clusterName}"`;
    }
    if (state.basePort === basePort) return void 0;
    return `the members in ${dir} know each other by --port ${state.basePort}, not ${basePort}`;
  }
  get status() {
    return this.#state.status;
  }
  get workloads() {
    return this.#state.workloads;
  }
  pidOf(memberName) {
    return this.#supervisors.get(memberName)?.pid;
  }
  dataDirOf(memberName) {
    return join2(this.#volumeDir(memberName), "data");
  }
  /** Kept for the next pass and, except for figures that move all the time, for the next run. */
  keepStatus(status) {
    this.#state = { ...this.#state, status };
    const lasting = JSON.stringify(
      status,
      (key, value) => movingFigures.has(key) ? void 0 : value
    );
    if (lasting === this.#savedStatus) return;
    this.#savedStatus = lasting;
    this.#save({ status });
  }
  /** Asks every member for its view; `observe` shows what was heard last. */
  async refreshViews() {
    const members = this.#state.workloads.flatMap(({ plan }) => {
      const client = this.#clientOf(plan.name);
      return client === void 0 ? [] : [{ memberName: plan.name, client }];
    });
    this.#views = await observeMembers(members);
    await Promise.all(this.#state.workloads.map(({ plan }) => this.#checkReady(plan)));
  }
  observe() {
    const instances = [...this.#supervisors.values()].map((supervisor) => supervisor.observed());
    this.#streams.setTargets(
      instances.flatMap((instance) => {
        const plan = this.#planOf(instance.memberName);
        const endpoint = plan?.clientUrl;
        if (endpoint === void 0 || instance.container.state === "waiting") return [];
        return [{ memberName: instance.memberName, instanceUid: instance.uid, endpoint }];
      })
    );
    return {
      objects: this.#state.objects,
      workloads: this.#state.workloads.map(({ uid, plan }) => ({
        memberName: plan.name,
        uid,
        ordinal: plan.ordinal,
        birth: plan.birth,
        templateHash: plan.templateHash,
        volumeId: plan.volumeId,
        isBeingDeleted: false
      })),
      volumes: this.#volumes(),
      instances,
      takenNames: [],
      views: this.#views,
      streams: this.#streams.observed(),
      failovers: this.#failovers
    };
  }
  async execute(action) {
    if (this.#stopping) throw new Error("stopping");
    switch (action.kind) {
      case "apply-object":
        this.#rememberObject(action.object.kind ?? "", action.object.metadata?.name ?? "", action);
        return;
      case "ensure-volume":
        this.#ensureVolume(action.volume);
        return;
      case "retain-volume":
        this.#writeVolumeId(action.memberName, `${action.volumeId} retained`);
        return;
      case "delete-volume":
        rmSync2(join2(this.#volumeDir(action.memberName), VOLUME_ID_FILE), { force: true });
        rmSync2(this.#volumeDir(action.memberName), { recursive: true, force: true });
        return;
      case "ensure-member":
        await this.#ensureMember(action.member);
        return;
      case "delete-member":
        await this.#deleteMember(action.memberName);
        return;
      case "record-volume":
        this.#recordVolume(action.memberName, action.volumeId);
        return;
      case "start-instance":
        return;
      case "add-learner":
      case "promote-member":
      case "remove-member":
      case "move-leader":
        await executeMemberAction(action, (name) => this.#clientOf(name));
        return;
      case "forget-leader":
        await this.#forgetLeader(action);
        return;
      case "emit-event":
        this.#options.onEvent(`${action.reason}: ${action.message}`);
        return;
    }
  }
  /** Followers first, the leader last, so that it has somebody to hand over to until the end. */
  async stop(leaderName) {
    this.#stopping = true;
    this.#streams.close();
    const names = [...this.#supervisors.keys()];
    const followers = names.filter((name) => name !== leaderName);
    await Promise.all(followers.map((name) => this.#supervisors.get(name)?.stop()));
    if (leaderName !== void 0) await this.#supervisors.get(leaderName)?.stop();
    for (const client of this.#clients.values()) client.close();
  }
  /** Ends all members without asking them. */
  kill() {
    for (const supervisor of this.#supervisors.values()) supervisor.kill();
  }
  /** Recorded first: while it is under way another pass must not start a second one. */
  async #forgetLeader(action) {
    const record = {
      atMs: this.#options.clock.wallMs(),
      leader: action.leaderId,
      term: action.term,
      candidate: action.candidate,
      evidence: action.evidence
    };
    this.#failovers = [...this.#failovers, record].slice(-failoverBounds.recordsMax);
    const clientOf = (name) => this.#clientOf(name);
    const { campaigned, answers } = await executeForgetLeader(action, clientOf, this.#options.log);
    if (campaigned) return;
    throw new Error(`${action.leaderName} was not forgotten: ${answers.join(", ")}`);
  }
  #rememberObject(kind, name, action) {
    const others = this.#state.objects.filter((o) => o.kind !== kind || o.name !== name);
    const uid = `${kind}/${name}`;
    const remembered = { kind, name, uid, hash: action.hash, isBeingDeleted: false };
    this.#save({ objects: [...others, remembered] });
  }
  #ensureVolume(volume) {
    mkdirSync3(this.#volumeDir(volume.memberName), { recursive: true, mode: 448 });
    if (this.#volumeId(volume.memberName) === void 0) {
      this.#writeVolumeId(volume.memberName, `${randomUUID()} ${volume.hash}`);
    }
  }
  #volumes() {
    const names = readdirSync(this.#options.dir, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    return names.flatMap((memberName) => {
      const marker = this.#volumeId(memberName);
      if (marker === void 0) return [];
      const [id = "", hash = ""] = marker.split(" ");
      const isRetained = marker.endsWith(" retained");
      const name = this.#volumeDir(memberName);
      return [{ memberName, name, id, state: "bound", isRetained, hash }];
    });
  }
  async #ensureMember(plan) {
    const known = this.#state.workloads.find((workload2) => workload2.plan.name === plan.name);
    const workload = { uid: known?.uid ?? randomUUID(), plan };
    const others = this.#state.workloads.filter((other) => other.plan.name !== plan.name);
    this.#save({ workloads: [...others, workload].sort(byOrdinal) });
    const supervisor = this.#supervisors.get(plan.name);
    if (supervisor === void 0) this.#supervise(plan);
    else await supervisor.update(this.#processPlan(plan));
  }
  async #deleteMember(memberName) {
    const supervisor = this.#supervisors.get(memberName);
    await supervisor?.stop();
    this.#supervisors.delete(memberName);
    this.#clients.get(memberName)?.close();
    this.#clients.delete(memberName);
    this.#save({
      workloads: this.#state.workloads.filter(({ plan }) => plan.name !== memberName)
    });
  }
  #recordVolume(memberName, volumeId) {
    this.#save({
      workloads: this.#state.workloads.map(
        (workload) => workload.plan.name === memberName ? { ...workload, plan: { ...workload.plan, volumeId } } : workload
      )
    });
  }
  #supervise(plan) {
    this.#supervisors.set(plan.name, new Supervisor(this.#processPlan(plan), this.#options));
  }
  #processPlan(plan) {
    const [command = "", ...leading] = this.#options.program;
    const flags = serverFlags(plan, {
      dataDir: this.dataDirOf(plan.name),
      listenPeerUrl: plan.peerUrl,
      listenClientUrl: plan.clientUrl,
      listenMetricsUrl: void 0
    });
    return {
      memberName: plan.name,
      templateHash: plan.templateHash,
      command,
      args: [...leading, "server", ...flags],
      logFile: join2(this.#options.dir, `${plan.name}.log`),
      recordFile: join2(this.#options.dir, `${plan.name}.pid`)
    };
  }
  async #checkReady(plan) {
    const supervisor = this.#supervisors.get(plan.name);
    if (supervisor === void 0) return;
    try {
      const answer = await fetch(`${plan.clientUrl}/readyz`, {
        signal: AbortSignal.timeout(2e3)
      });
      await answer.arrayBuffer();
      supervisor.setReady(answer.ok);
    } catch {
      supervisor.setReady(false);
    }
  }
  #clientOf(memberName) {
    const plan = this.#planOf(memberName);
    if (plan === void 0) return void 0;
    const known = this.#clients.get(memberName);
    if (known !== void 0 && known.endpoint === plan.clientUrl) return known;
    known?.close();
    const client = new MemberClient(plan.clientUrl);
    this.#clients.set(memberName, client);
    return client;
  }
  #planOf(memberName) {
    return this.#state.workloads.find(({ plan }) => plan.name === memberName)?.plan;
  }
  #volumeDir(memberName) {
    return join2(this.#options.dir, memberName);
  }
  #volumeId(memberName) {
    const file = join2(this.#volumeDir(memberName), VOLUME_ID_FILE);
    return existsSync(file) ? readFileSync4(file, "utf8").trim() : void 0;
  }
  #writeVolumeId(memberName, id) {
    replaceFile(join2(this.#volumeDir(memberName), VOLUME_ID_FILE), `${id}
`);
  }
  #save(change) {
    this.#state = { ...this.#state, ...change };
    replaceFile(this.#stateFile, `${JSON.stringify(this.#state, void 0, 2)}
`);
  }
};
function byOrdinal(a, b) {
  return a.plan.ordinal - b.plan.ordinal;
}
function loopbackAddresses(basePort) {
  return {
    of: (_cluster, _memberName, ordinal) => ({
      clientUrl: `http://127.0.0.1:${basePort + 10 * ordinal}`,
      peerUrl: `http://127.0.0.1:${basePort + 10 * ordinal + 1}`
    }),
    clientEndpoint: () => `http://127.0.0.1:${basePort}`
  };
}

// src/operator/local/log-file.ts
var import_pino = __toESM(require_pino(), 1);
function openLogFile(file) {
  return (0, import_pino.destination)({ dest: file, append: true, sync: true, mkdir: true });
}

// src/operator/local/status-file.ts
var StatusFile = class {
  #path;
  #written = "";
  constructor(path) {
    this.#path = path;
  }
  write(cluster) {
    const text = `${JSON.stringify(describe(cluster), void 0, 2)}
`;
    if (text === this.#written) return;
    replaceFile(this.#path, text, "not-synced");
    this.#written = text;
  }
};
function describe(cluster) {
  const { status } = cluster;
  const members = cluster.workloads.map(({ plan }) => ({
    name: plan.name,
    pid: cluster.pidOf(plan.name) ?? null,
    clientUrl: plan.clientUrl,
    peerUrl: plan.peerUrl,
    dataDir: cluster.dataDirOf(plan.name),
    role: status?.members.find(({ name }) => name === plan.name)?.role ?? "unknown"
  }));
  return {
    phase: status?.phase ?? "Creating",
    endpoints: members.map(({ clientUrl }) => clientUrl),
    leader: members.find(({ role }) => role === "leader")?.name ?? null,
    members
  };
}

// src/operator/local/up.ts
var usage = `usage: etcd-ts up -f FILE [--dir DIR] [--port PORT] [--no-failover]

Runs the EtcdCluster of a manifest on this machine: every member is a process on loopback.
The same reconcile and failover code as in Kubernetes keeps it at its wanted state.

  -f FILE         the manifest; while this runs, a changed spec.size scales the cluster
  --dir DIR       where data, logs and status.json go (default: .etcd-ts)
  --port PORT     client port of the first member (default: 2379); the next members use PORT+10, \u2026
  --no-failover   never call ForgetLeader: a dead leader costs an election timeout
`;
var PASS_STEP_MS = 500;
var SILENCE_STEP_MS = 100;
var BASE_PORT_MAX = 64e3;
async function runUp(argv) {
  const parsed = parseUpArguments(argv);
  if (parsed.kind === "help") {
    process.stdout.write(usage);
    return 0;
  }
  if (parsed.kind === "refused") {
    process.stderr.write(`etcd-ts up: ${parsed.message}

${usage}`);
    return 2;
  }
  const { options } = parsed;
  const manifest = readManifest(options.file, "");
  if (typeof manifest === "string") return refuse(manifest);
  mkdirSync4(options.dir, { recursive: true, mode: 448 });
  const lock = acquireDirectory(options.dir);
  if (typeof lock === "string") return refuse(lock);
  try {
    const up = new Up(options, manifest);
    return up.mismatch === void 0 ? await up.run() : refuse(up.mismatch);
  } catch (error) {
    if (error instanceof StateDamagedError) return refuse(error.message);
    throw error;
  } finally {
    lock.release();
  }
}
function refuse(message) {
  process.stderr.write(`etcd-ts up: ${message}
`);
  return 1;
}
function parseUpArguments(argv) {
  let file;
  let dir = ".etcd-ts";
  let basePort = 2379;
  let failover = true;
  const rest = argv.flatMap((argument) => {
    const equals = argument.startsWith("--") ? argument.indexOf("=") : -1;
    return equals < 0 ? [argument] : [argument.slice(0, equals), argument.slice(equals + 1)];
  });
  for (let name = rest.shift(); name !== void 0; name = rest.shift()) {
    if (name === "-h" || name === "--help") return { kind: "help" };
    if (name === "--no-failover") {
      failover = false;
      continue;
    }
    if (name !== "-f" && name !== "--file" && name !== "--dir" && name !== "--port") {
      return { kind: "refused", message: `unknown argument "${name}"` };
    }
    const value = rest.shift();
    if (value === void 0) return { kind: "refused", message: `${name} needs a value` };
    if (name === "--dir") dir = value;
    else if (name === "--port") basePort = Number(value);
    else file = value;
  }
  if (file === void 0) return { kind: "refused", message: "which manifest? name it with -f" };
  if (!Number.isInteger(basePort) || basePort < 1 || basePort > BASE_PORT_MAX) {
    return { kind: "refused", message: `--port must be a number from 1 to ${BASE_PORT_MAX}` };
  }
  return { kind: "options", options: { file, dir: resolve(dir), basePort, failover } };
}
function readManifest(file, uid) {
  let manifest;
  try {
    manifest = parseYaml(readFileSync5(file, "utf8"));
  } catch (error) {
    return `cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
  const parsed = parseEtcdCluster(manifest);
  if (parsed.kind === "refused") return `${file}: ${parsed.problems.join("; ")}`;
  const { cluster } = parsed;
  return { ...cluster, metadata: { ...cluster.metadata, uid } };
}
var Up = class {
  #options;
  #local;
  #display;
  #settings;
  #statusFile;
  #cluster;
  #manifestMtimeMs = 0;
  #signals = 0;
  #failingOver = false;
  /** Something changed since the last pass began. */
  #isDue = false;
  #wake = () => {
  };
  #lastRefusal = "";
  constructor(options, cluster) {
    this.#options = options;
    this.#display = createDisplay(process.stdout);
    this.#statusFile = new StatusFile(join3(options.dir, "status.json"));
    this.#local = new LocalCluster({
      dir: options.dir,
      clusterName: cluster.metadata.name,
      basePort: options.basePort,
      program: [process.execPath, process.argv[1] ?? ""],
      clock: systemClock,
      log: jsonLog("info", openLogFile(join3(options.dir, "up.log"))),
      onChange: () => this.#changed(),
      onEvent: (message) => this.#display.event(message)
    });
    this.#settings = {
      defaultImage: "etcd-ts:local",
      fastFailover: options.failover,
      addresses: loopbackAddresses(options.basePort)
    };
    this.#cluster = withIdentity(cluster, this.#local.uid);
  }
  /** Why the directory is not this manifest's; undefined when it is. */
  get mismatch() {
    return this.#local.mismatch;
  }
  async run() {
    const stopAsked = new Promise((resolve2) => {
      for (const name of ["SIGINT", "SIGTERM"]) {
        process.on(name, () => this.#signalled(resolve2));
      }
    });
    this.#display.event(`running ${this.#options.file} with its data in ${this.#options.dir}`);
    this.#local.start();
    const stopLooking = systemClock.every(SILENCE_STEP_MS, () => this.#failOver());
    await Promise.race([this.#passes(), stopAsked]);
    stopLooking();
    const leader = this.#local.status?.members.find((member) => member.isLeader);
    await this.#local.stop(leader?.name);
    this.#statusFile.write(this.#local);
    this.#display.close();
    return 0;
  }
  #signalled(stop) {
    this.#signals += 1;
    if (this.#signals === 1) {
      this.#display.event("stopping all members; the next run finds their data");
      stop();
      return;
    }
    this.#display.event("killing all members; the next run finds their data");
    this.#local.kill();
  }
  async #passes() {
    while (this.#signals === 0) {
      this.#isDue = false;
      this.#readChangedManifest();
      const waitMs = await this.#pass();
      if (waitMs > 0 && !this.#isDue) await this.#sleep(Math.min(waitMs, PASS_STEP_MS));
    }
  }
  /** Returns how long the next pass may wait. */
  async #pass() {
    await this.#local.refreshViews();
    if (this.#signals > 0) return 0;
    const result = reconcile(this.#input());
    this.#local.keepStatus(result.status);
    this.#statusFile.write(this.#local);
    this.#display.show(result.status, (name) => this.#local.pidOf(name));
    if (result.outcome.then === "fail") this.#refusal(result.outcome.message);
    for (const action of result.actions) {
      if (this.#signals > 0) return 0;
      try {
        await this.#local.execute(action);
      } catch (error) {
        this.#refusal(`${action.kind}: ${messageOf(error)}`);
        return PASS_STEP_MS;
      }
    }
    return result.requeueAfterMs;
  }
  #changed() {
    this.#isDue = true;
    this.#wake();
    this.#failOver();
  }
  /**
   * A stream broke or a process ended. Waiting for every member's full view would cost the time
   * this is about, so the views of the last pass are used, and nothing but a failover is done.
   */
  #failOver() {
    if (this.#failingOver || this.#signals > 0 || !this.#options.failover) return;
    const outcome = reconcileFailover(this.#input());
    if (outcome.then !== "act") return;
    this.#failingOver = true;
    void this.#carryOut(outcome.actions).finally(() => {
      this.#failingOver = false;
    });
  }
  async #carryOut(actions) {
    try {
      for (const action of actions) await this.#local.execute(action);
    } catch (error) {
      if (this.#signals === 0) this.#refusal(messageOf(error));
    }
  }
  #input() {
    return {
      cluster: { ...this.#cluster, status: this.#local.status },
      observed: this.#local.observe(),
      nowMs: systemClock.wallMs(),
      settings: this.#settings
    };
  }
  #readChangedManifest() {
    const { file } = this.#options;
    const mtimeMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (mtimeMs === this.#manifestMtimeMs) return;
    const isFirst = this.#manifestMtimeMs === 0;
    this.#manifestMtimeMs = mtimeMs;
    const read = readManifest(file, this.#local.uid);
    const { name, generation } = this.#cluster.metadata;
    if (typeof read === "string") {
      this.#refusal(`${read}; keeping the last good manifest`);
      return;
    }
    if (read.metadata.name !== name) {
      this.#refusal(`${file}: metadata.name of a running cluster cannot change; keeping "${name}"`);
      return;
    }
    this.#lastRefusal = "";
    this.#cluster = { ...read, metadata: { ...read.metadata, generation: generation + 1 } };
    if (!isFirst) this.#display.event(`${file} changed: size ${read.spec.size}`);
  }
  #refusal(message) {
    if (message === this.#lastRefusal) return;
    this.#lastRefusal = message;
    this.#display.event(message);
  }
  #sleep(ms) {
    return new Promise((resolvePass) => {
      const abort = new AbortController();
      const done = () => {
        abort.abort();
        resolvePass();
      };
      this.#wake = done;
      systemClock.after(ms, abort.signal).then(done, () => void 0);
    });
  }
};
function withIdentity(cluster, uid) {
  return { ...cluster, metadata: { ...cluster.metadata, uid } };
}
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
export {
  parseUpArguments,
  runUp
};
