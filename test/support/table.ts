/** The cells of a table as etcdctl and etcdutl print it: one record per row, by column title. */
export function tableRows(text: string): Record<string, string>[] {
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [titles = [], ...rest] = rows;
  return rest.map((cells) => Object.fromEntries(titles.map((title, i) => [title, cells[i] ?? ''])));
}
