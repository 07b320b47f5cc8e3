import { type Parsed, parsed, parseGoBool, refused } from './go-values.ts';

/** etcd's feature gates, with what they are without a word and how far etcd trusts them. */
const table = {
  AllAlpha: { byDefault: false, stage: 'ALPHA' },
  AllBeta: { byDefault: false, stage: 'BETA' },
  CompactHashCheck: { byDefault: false, stage: 'ALPHA' },
  FastLeaseKeepAlive: { byDefault: true, stage: 'BETA' },
  InitialCorruptCheck: { byDefault: false, stage: 'ALPHA' },
  LeaseCheckpoint: { byDefault: false, stage: 'ALPHA' },
  LeaseCheckpointPersist: { byDefault: false, stage: 'ALPHA' },
  PriorityRequest: { byDefault: false, stage: 'ALPHA' },
  SetMemberLocalAddr: { byDefault: false, stage: 'ALPHA' },
  StopGRPCServiceOnDefrag: { byDefault: false, stage: 'ALPHA' },
  TxnModeWriteWithSharedBuffer: { byDefault: true, stage: 'BETA' },
} as const;

export type GateName = keyof typeof table;
export type FeatureGates = Readonly<Record<GateName, boolean>>;

const gateNames = Object.keys(table) as GateName[];
/** These stand for all gates of a stage that nobody named. */
const wholeStages: Partial<Record<GateName, string>> = { AllAlpha: 'ALPHA', AllBeta: 'BETA' };

/** `A=true,B=false`; blanks around names and values do not count. */
export function parseGates(text: string): Parsed<ReadonlyMap<GateName, boolean>> {
  const gates = new Map<GateName, boolean>();
  const unknown: string[] = [];
  for (const pair of text.split(',')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = (at < 0 ? pair : pair.slice(0, at)).trim();
    if (at < 0) return refused(`missing bool value for ${name}`);
    const value = pair.slice(at + 1).trim();
    const on = parseGoBool(value);
    if (!on.ok) {
      const reason = `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
      return refused(`invalid value of ${name}=${value}, err: ${reason}`);
    }
    if (isGate(name)) gates.set(name, on.value);
    else unknown.push(name);
  }
  const [first] = unknown;
  return first === undefined ? parsed(gates) : refused(`unrecognized feature gate: ${first}`);
}

/**
 * What is set after `text` was said on top of `before`, in the same notation. A stage as a whole
 * sets only those of its gates that were not named, here or before.
 */
export function mergeGates(before: string, text: string): string {
  const set = new Map(gatesOf(before));
  const said = gatesOf(text);
  for (const [name, on] of said) set.set(name, on);
  for (const [name, on] of said) {
    const stage = wholeStages[name];
    if (stage === undefined) continue;
    for (const each of gateNames) {
      if (table[each].stage === stage && !set.has(each)) set.set(each, on);
    }
  }
  return [...set].map(([name, on]) => `${name}=${on}`).join(',');
}

/** Every gate, with its default where nobody set it. */
export function readGates(text: string): FeatureGates {
  const set = gatesOf(text);
  const gates = gateNames.map((name) => [name, set.get(name) ?? table[name].byDefault]);
  return Object.freeze(Object.fromEntries(gates) as Record<GateName, boolean>);
}

export function gateStage(name: GateName): string {
  return table[name].stage;
}

/** As etcd's help lists them. */
export function gateUsage(): string {
  const lines = gateNames.map((name) => {
    const { byDefault, stage } = table[name];
    return `${name}=true|false (${stage} - default=${byDefault})`;
  });
  return ['Features to switch on or off, as key=value pairs:', ...lines].join('\n    ');
}

function gatesOf(text: string): ReadonlyMap<GateName, boolean> {
  const gates = parseGates(text);
  return gates.ok ? gates.value : new Map();
}

function isGate(name: string): name is GateName {
  return Object.hasOwn(table, name);
}
