/** The labels of one series; those that are left out are not written. */
export type Labels<L extends string> = Readonly<Partial<Record<L, string | number>>>;

type Family = { text(): string };

/**
 * Makes instruments and writes them in Prometheus' text format. A member has its own, so several
 * fit into one process.
 */
export class Instruments {
  readonly #families: Family[] = [];

  counter<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
  ): Counter<L> {
    return this.#add(new Counter(headOf(name, help, 'counter'), name, labelNames));
  }

  gauge<L extends string = never>(
    name: string,
    help: string,
    labelNames: readonly L[] = [],
  ): Gauge<L> {
    return this.#add(new Gauge(headOf(name, help, 'gauge'), name, labelNames));
  }

  histogram<L extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly L[] = [],
  ): Histogram<L> {
    return this.#add(new Histogram(headOf(name, help, 'histogram'), name, labelNames, buckets));
  }

  text(): string {
    return this.#families.map((family) => family.text()).join('\n');
  }

  #add<F extends Family>(family: F): F {
    this.#families.push(family);
    return family;
  }
}

/** The series of one name, by their labels. One without label names is there from the start. */
abstract class SeriesTable<L extends string, S> {
  readonly #head: string;
  protected readonly name: string;
  readonly #labelNames: readonly L[];
  readonly #series = new Map<string, S>();
  /** The one without labels, which the busiest instruments have. */
  #plain: S | undefined;

  constructor(head: string, name: string, labelNames: readonly L[]) {
    this.#head = head;
    this.name = name;
    this.#labelNames = labelNames;
  }

  reset(): void {
    this.#series.clear();
    this.#plain = undefined;
  }

  text(): string {
    if (this.#labelNames.length === 0) this.at(undefined);
    const lines = [...this.#series].map(([labels, series]) => this.lines(labels, series));
    return [this.#head, ...lines].join('\n');
  }

  protected abstract create(): S;
  /** `labels` as they stand between the braces; empty without any. */
  protected abstract lines(labels: string, series: S): string;

  protected at(labels: Labels<L> | undefined): S {
    if (labels === undefined) return (this.#plain ??= this.#find(''));
    let text = '';
    for (const name of this.#labelNames) {
      const value = labels[name];
      if (value === undefined) continue;
      text += `${text === '' ? '' : ','}${name}="${escapeLabel(String(value))}"`;
    }
    return this.#find(text);
  }

  #find(key: string): S {
    let series = this.#series.get(key);
    if (series === undefined) {
      series = this.create();
      this.#series.set(key, series);
    }
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

  protected lines(labels: string, { value }: Amount): string {
    return seriesLine(this.name, labels, value);
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

type Distribution = { readonly counts: number[]; count: number; sum: number };

export class Histogram<L extends string> extends SeriesTable<L, Distribution> {
  readonly #bounds: readonly number[];

  constructor(head: string, name: string, labelNames: readonly L[], bounds: readonly number[]) {
    super(head, name, labelNames);
    this.#bounds = bounds;
  }

  observe(value: number): void;
  observe(labels: Labels<L>, value: number): void;
  observe(labels: Labels<L> | number, value = 0): void {
    if (typeof labels === 'number') this.#note(this.at(undefined), labels);
    else this.#note(this.at(labels), value);
  }

  #note(series: Distribution, value: number): void {
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    if (bucket !== -1) series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.count += 1;
    series.sum += value;
  }

  protected create(): Distribution {
    return { counts: this.#bounds.map(() => 0), count: 0, sum: 0 };
  }

  protected lines(labels: string, { counts, count, sum }: Distribution): string {
    const before = labels === '' ? '' : `${labels},`;
    let below = 0;
    const lines = this.#bounds.map((bound, i) => {
      below += counts[i] ?? 0;
      return seriesLine(`${this.name}_bucket`, `${before}le="${bound}"`, below);
    });
    lines.push(seriesLine(`${this.name}_bucket`, `${before}le="+Inf"`, count));
    lines.push(seriesLine(`${this.name}_sum`, labels, sum));
    lines.push(seriesLine(`${this.name}_count`, labels, count));
    return lines.join('\n');
  }
}

/** `count` bounds, each twice the one before: the shape of all of etcd's histograms. */
export function doubling(start: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => start * 2 ** i);
}

function headOf(name: string, help: string, type: string): string {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${name} ${text}\n# TYPE ${name} ${type}`;
}

function escapeLabel(value: string): string {
  if (!/[\\"\n]/.test(value)) return value;
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function seriesLine(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${value}` : `${name}{${labels}} ${value}`;
}
