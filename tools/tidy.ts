/**
 * Checks what the other tools cannot: the import table, effects outside edge files, line width,
 * names, document titles and links. `npm run tidy`; tidy.test.ts runs it with the unit tests.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import {
  effectRules,
  emptyNames,
  type ImportRule,
  importRules,
  lineColumnsMax,
  rootModules,
} from './tidy-rules.ts';

export type Import = {
  readonly line: number;
  readonly specifier: string;
  readonly typeOnly: boolean;
};

/** All complaints about the repository's files, as `file:line: what is wrong`. */
export function tidyRepository(root: string): string[] {
  const complaints: string[] = [];
  for (const path of repositoryFiles(root)) {
    const absolute = join(root, path);
    if (!existsSync(absolute) || isForeign(path)) continue;
    const text = readFileSync(absolute, 'utf8');
    complaints.push(...checkPaths(path, text));
    if (path.endsWith('.ts')) complaints.push(...checkSource(path, text));
    if (path.endsWith('.md')) complaints.push(...checkDocument(path, text, root));
  }
  return complaints;
}

/** One TypeScript file: `path` is relative to the repository's root. */
export function checkSource(path: string, text: string): string[] {
  const isTest = path.endsWith('.test.ts') || path.endsWith('.bench.ts');
  const complaints = [...checkShape(path, text)];
  if (path.startsWith('src/') && !isTest) {
    complaints.push(...checkImports(path, text), ...checkEffects(path, text));
  }
  return complaints;
}

/** Every `import`, `export … from` and `import()` with a literal specifier. */
export function parseImports(text: string): Import[] {
  const found: Import[] = [];
  const pattern =
    /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
  for (const match of text.matchAll(pattern)) {
    const specifier = match[2] ?? match[3];
    if (specifier === undefined) continue;
    const line = text.slice(0, match.index).split('\n').length;
    found.push({ line, specifier, typeOnly: match[1] !== undefined });
  }
  return found;
}

/** The text with comments and the contents of strings blanked; lines stay where they are. */
export function codeOnly(text: string): string {
  const pattern =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/g;
  return text.replace(pattern, (part) => {
    if (part.startsWith('`')) return part;
    return part.replace(/[^\n]/g, ' ');
  });
}

function checkImports(path: string, text: string): string[] {
  const rule = longestMatch(path);
  if (rule === undefined) return [`${path}: no import rule covers this file (tools/tidy-rules.ts)`];
  const complaints: string[] = [];
  for (const { line, specifier, typeOnly } of parseImports(text)) {
    const target = specifier.startsWith('.')
      ? normalize(join(dirname(path), specifier))
      : specifier;
    const importers = rootModules[target];
    const allowed =
      importers === undefined ? mayImport(rule, target, typeOnly) : importers.includes(path);
    if (!allowed) complaints.push(`${path}:${line}: ${rule.module} must not import ${target}`);
  }
  return complaints;
}

function mayImport(rule: ImportRule, target: string, typeOnly: boolean): boolean {
  if (typeOnly && matchesAny(target, rule.types ?? [])) return true;
  if (target.startsWith('src/')) return matchesAny(target, [rule.module, ...rule.may]);
  const packages = rule.packages ?? [];
  if (packages.includes('*') || packages.includes(target)) return true;
  return target.startsWith('node:') && packages.includes('node:*');
}

function longestMatch(path: string): ImportRule | undefined {
  let best: ImportRule | undefined;
  for (const rule of importRules) {
    if (!matchesAny(path, [rule.module])) continue;
    if (best === undefined || rule.module.length > best.module.length) best = rule;
  }
  return best;
}

/** A pattern ending in `/` is a folder with all below it; any other is one file or package. */
function matchesAny(path: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('/') ? path.startsWith(pattern) : path === pattern,
  );
}

function checkEffects(path: string, text: string): string[] {
  const complaints: string[] = [];
  const lines = codeOnly(text).split('\n');
  for (const rule of effectRules) {
    if (matchesAny(path, rule.allowed)) continue;
    if (rule.only !== undefined && !matchesAny(path, rule.only)) continue;
    lines.forEach((line, index) => {
      if (rule.pattern.test(line)) complaints.push(`${path}:${index + 1}: ${rule.name}`);
    });
  }
  return complaints;
}

function checkShape(path: string, text: string): string[] {
  const complaints: string[] = [];
  if (emptyNames.test(path)) complaints.push(`${path}: a name that says nothing`);
  if (!/^[a-z0-9.-]+$/.test(path.split('/').at(-1) ?? '')) {
    complaints.push(`${path}: file names are kebab-case`);
  }
  text.split('\n').forEach((line, index) => {
    if (line.length <= lineColumnsMax || isUnbreakable(line)) return;
    complaints.push(`${path}:${index + 1}: ${line.length} columns, at most ${lineColumnsMax}`);
  });
  return complaints;
}

/** A long string, regular expression or address has nowhere to break. */
function isUnbreakable(line: string): boolean {
  return /['"`/][^'"`]{60,}['"`/]|https?:\/\//.test(line);
}

/** Paths of one person's machine, and paths that lead out of the repository. */
function checkPaths(path: string, text: string): string[] {
  if (path.startsWith('test/e2e/') || path === 'package-lock.json') return [];
  const complaints: string[] = [];
  text.split('\n').forEach((line, index) => {
    const machine = /(^|[\s'"`(=:])\/(home|Users|root|work)\/[\w.-]+/.exec(line);
    if (machine !== null) complaints.push(`${path}:${index + 1}: a path of one machine`);
    if (path.endsWith('.ts')) return; // The compiler follows imports.
    for (const [found] of line.matchAll(/(?:\.\.\/)+[\w-]+/g)) {
      const target = normalize(join(dirname(path), found));
      if (target.startsWith('..')) {
        complaints.push(`${path}:${index + 1}: ${found} leads out of the repository`);
      }
    }
  });
  return complaints;
}

function checkDocument(path: string, text: string, root: string): string[] {
  const complaints: string[] = [];
  const titles = text.replace(/^```[\s\S]*?^```/gm, '').match(/^# .*/gm) ?? [];
  if (!text.startsWith('# ') || titles.length !== 1) {
    complaints.push(`${path}: a document begins with its one title`);
  }
  if (path.startsWith('docs/adr/') && !/^docs\/adr\/\d{4}-[a-z0-9-]+\.md$/.test(path)) {
    complaints.push(`${path}: decisions are named NNNN-title.md`);
  }
  for (const [, link = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
    if (/^[a-z]+:/.test(link)) continue;
    if (!existsSync(join(root, dirname(path), link))) {
      complaints.push(`${path}: ${link} does not exist`);
    }
  }
  return complaints;
}

/** Files made by programs, or recorded from them. */
function isForeign(path: string): boolean {
  return (
    /(^|\/)(generated|testdata|node_modules|dist)\//.test(path) || /\.(bin|db|wal)$/.test(path)
  );
}

/** Tracked files and new ones that are not ignored. */
function repositoryFiles(root: string): string[] {
  const options = ['ls-files', '--cached', '--others', '--exclude-standard'];
  return execFileSync('git', options, { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '');
}

if (import.meta.main) {
  const complaints = tidyRepository(join(import.meta.dirname, '..'));
  for (const complaint of complaints) console.log(complaint);
  if (complaints.length > 0) console.log(`${complaints.length} complaints`);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
