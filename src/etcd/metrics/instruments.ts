/** The labels of one series; those that are left out are not written. */
export type Labels<L extends string> = Readonly<Partial<Record<L, string | number>>>;

/** One line of a family: a value under its labels, by another name for a histogram's parts. */
export type Sample = {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
};

/** All series of one name at one moment, as prom-client takes them for its text. */
export type Family = {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  samples(): readonly Sample[];
};

/**
 * Makes instruments: plain sums that cost a few instructions where things happen. What they hold is
 * written out by prom-client, which is loaded for it only when somebody asks (exposition.ts). A
 * member has its own, so several fit into one process.
 */
export class Instruments {
  readonly families: Family[] = [];

  counter<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
  ): Counter<L> {
    return this.#add(new Counter(name, help, 'counter', labelNames));
  }

  gauge<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
  ): Gauge<L> {
    return this.#add(new Gauge(name, help, 'gauge', labelNames));
  }

  histogram<L extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly L[] = [],
  ): Histogram<L> {
    return this.#add(new Histogram(name, help, labelNames, buckets));
  }

  #add<F extends Family>(family: F): F {
    this.families.push(family);
    return family;
  }
}

/** The series of one name, by their labels. One without label names is there from the start. */
abstract class SeriesTable<L extends string, S> implements Family {
  readonly name: string;
  readonly help: string;
  readonly type: Family['type'];
  readonly #labelNames: readonly L[];
  readonly #series = new Map<string, { readonly labels: Sample['labels']; readonly series: S }>();
  /** The one without labels, which the busiest instruments have. */
  #plain: S | undefined;

  constructor(name: string, help: string, type: Family['type'], labelNames: readonly L[]) {
    this.name = name;
    this.help = help;
    this.type = type;
    this.#labelNames = labelNames;
  }

  reset(): void {
    this.#series.clear();
    this.#plain = undefined;
  }

  samples(): readonly Sample[] {
    if (this.#labelNames.length === 0) this.at(undefined);
    return [...this.#series.values()].flatMap(({ labels, series }) => this.sample(labels, series));
  }

  protected abstract create(): S;
  protected abstract sample(labels: Sample['labels'], series: S): readonly Sample[];

  protected at(labels: Labels<L> | undefined): S {
    if (labels === undefined) return (this.#plain ??= this.#find('', {}));
    let key = '';
    for (const name of this.#labelNames) {
      const value = labels[name];
      // As JSON no value can be taken for the end of another.
      if (value !== undefined) key += `${name}=${JSON.stringify(String(value))}`;
    }
    return this.#find(key, labels as Sample['labels']);
  }

  #find(key: string, labels: Sample['labels']): S {
    const found = this.#series.get(key);
    if (found !== undefined) return found.series;
    const series = this.create();
    this.#series.set(key, { labels: { ...labels }, series });
    return series;
  }
}

type Amount = { value: number };

abstract class Amounts<L extends string> extends SeriesTable<L, Amount> {
  inc(): void;
  inc(by: number): void;
  inc(labels: Labels<L>, by?: number): void;
  inc(labels: Labels<L> | number = 1, by = 1): void {
    if (typeof labels === 'number') this.at(undefined).value += labels;
    else this.at(labels).value += by;
  }

  protected create(): Amount {
    return { value: 0 };
  }

  protected sample(labels: Sample['labels'], { value }: Amount): readonly Sample[] {
    return [{ metricName: this.name, labels, value }];
  }
}

export class Counter<L extends string> extends Amounts<L> {}

export class Gauge<L extends string> extends Amounts<L> {
  set(value: number): void;
  set(labels: Labels<L>, value: number): void;
  set(labels: Labels<L> | number, value = 0): void {
    if (typeof labels === 'number') this.at(undefined).value = labels;
    else this.at(labels).value = value;
  }

  dec(labels?: Labels<L>): void {
    this.at(labels).value -= 1;
  }
}

/** Of one histogram and one set of labels. */
export class Distribution {
  readonly #bounds: readonly number[];
  readonly counts: number[];
  count = 0;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
    if (bucket < bounds.length) this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.count += 1;
    this.sum += value;
  }
}

export class Histogram<L extends string> extends SeriesTable<L, Distribution> {
  readonly #bounds: readonly number[];

  constructor(name: string, help: string, labelNames: readonly L[], bounds: readonly number[]) {
    super(name, help, 'histogram', labelNames);
    this.#bounds = bounds;
  }

  observe(value: number): void;
  observe(labels: Labels<L>, value: number): void;
  observe(labels: Labels<L> | number, value = 0): void {
    if (typeof labels === 'number') this.at(undefined).observe(labels);
    else this.at(labels).observe(value);
  }

  /** For who observes with every request: found once. It is written from now on. */
  series(labels: Labels<L>): Distribution {
    return this.at(labels);
  }

  protected create(): Distribution {
    return new Distribution(this.#bounds);
  }

  protected sample(labels: Sample['labels'], series: Distribution): readonly Sample[] {
    const { counts, count, sum } = series;
    let below = 0;
    const bucket = `${this.name}_bucket`;
    const samples = this.#bounds.map((bound, i) => {
      below += counts[i] ?? 0;
      // The bound comes last, as Go's library writes it.
      return { metricName: bucket, labels: { ...labels, le: goFloat(bound) }, value: below };
    });
    return [
      ...samples,
      { metricName: bucket, labels: { ...labels, le: '+Inf' }, value: count },
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}

/** A label is compared as text: bounds look as Go prints them, from a million on as `1.048576e+06`. */
function goFloat(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** `count` bounds, each twice the one before: the shape of all of etcd's histograms. */
export function doubling(start: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => start * 2 ** i);
}
