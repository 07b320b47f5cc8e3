/** Results as etcdutl prints them with `-w`, byte for byte. */
export const outputFormats = ['simple', 'table', 'json', 'fields'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** One result, in the forms that etcdutl has for it. */
export type Result = {
  /** For `simple` and `table`: a heading and its value as people read it. */
  readonly columns: readonly (readonly [heading: string, value: string])[];
  /** For `fields`: names and exact values. */
  readonly fields: readonly (readonly [name: string, value: string | number | boolean])[];
  readonly json: Readonly<Record<string, unknown>>;
  /** For `simple`, where one line of the columns would say too little. */
  readonly text?: string;
};

/** Without a line end behind the last line. */
export function formatResult(result: Result, format: OutputFormat): string {
  switch (format) {
    case 'simple':
      return result.text ?? result.columns.map(([, value]) => value).join(', ');
    case 'table':
      return formatTable(
        result.columns.map(([heading]) => heading),
        [result.columns.map(([, value]) => value)],
      );
    case 'json':
      return JSON.stringify(result.json);
    case 'fields':
      return result.fields.map(([name, value]) => `"${name}" : ${value}`).join('\n');
  }
}

/** A frame of lines, headings centred, values to the right. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const tops = headings.map((heading) => heading.toUpperCase());
  const widths = tops.map((top, at) =>
    Math.max(top.length, ...rows.map((row) => (row[at] ?? '').length)),
  );
  const rule = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right;
  const line = (cells: readonly string[], place: (cell: string, width: number) => string): string =>
    `│ ${widths.map((width, at) => place(cells[at] ?? '', width)).join(' │ ')} │`;
  return [
    rule('┌', '┬', '┐'),
    line(tops, centred),
    rule('├', '┼', '┤'),
    ...rows.map((row) => line(row, (cell, width) => cell.padStart(width))),
    rule('└', '┴', '┘'),
  ].join('\n');
}

function centred(text: string, width: number): string {
  const before = Math.floor((width - text.length) / 2);
  return text.padStart(text.length + before).padEnd(width);
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `24576` → `25 kB`: two digits, powers of 1000. */
export function humanBytes(bytes: number): string {
  if (bytes < 10) return `${bytes} B`;
  const power = Math.floor(Math.log(bytes) / Math.log(1000));
  const value = Math.floor((bytes / 1000 ** power) * 10 + 0.5) / 10;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${byteUnits[power] ?? ''}`;
}
