/**
 * A source file taken apart without a compiler: its code without comments and strings, its strings, what it imports. Lengths and line breaks are
 * kept, so that an offset in one view is an offset in all. It knows strings, templates, comments and regular expressions; JSX text is seen as code.
 */

export interface Literal { text: string; offset: number }

export interface SourceText {
  /** The source with comments and the contents of strings blanked. */
  code: string;
  /** Contents of strings and templates; `${…}` inside a template is blanked there and stays in `code`. */
  literals: Literal[];
}

export interface Import {
  specifier: string; offset: number;
  /** Named by `new URL(…)`: started as a process or thread of its own, not imported. */
  started: boolean;
}

/** A slash after one of these begins a regular expression, not a division. */
const BEFORE_REGEX = /(?:^|[([{,;:=!&|?+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|void|delete))\s*$/;

export function sourceText(source: string): SourceText {
  const code = source.split('');
  const literals: Literal[] = [];
  const blank = (from: number, to: number): void => { for (let i = from; i < to; i++) if (code[i] !== '\n') code[i] = ' '; };
  let at = 0;

  /** From inside code until `end` (the brace that closes a template's hole) or the end of the file. */
  function codeUntil(end: '}' | null): void {
    for (let depth = 0; at < source.length;) {
      const char = source[at]!, two = source.slice(at, at + 2);
      if (two === '//') skipTo(lineEnd(at));
      else if (two === '/*') skipTo(after('*/', at + 2));
      else if (char === "'" || char === '"') quoted(char);
      else if (char === '`') template();
      else if (char === '/' && BEFORE_REGEX.test(code.slice(Math.max(0, at - 40), at).join(''))) regex();
      else if (char === '}' && depth === 0 && end === '}') return;
      else { if (char === '{') depth++; else if (char === '}') depth--; at++; }
    }
  }
  function skipTo(to: number): void { blank(at, to); at = to; }
  function lineEnd(from: number): number { const found = source.indexOf('\n', from); return found < 0 ? source.length : found; }
  function after(mark: string, from: number): number { const found = source.indexOf(mark, from); return found < 0 ? source.length : found + mark.length; }

  function quoted(quote: string): void {
    let end = at + 1;
    while (end < source.length && source[end] !== quote && source[end] !== '\n') end += source[end] === '\\' ? 2 : 1;
    if (source[end] !== quote) { at++; return; } // an apostrophe in JSX text
    literals.push({ text: source.slice(at + 1, end), offset: at + 1 });
    blank(at + 1, end);
    at = end + 1;
  }
  function template(): void {
    const start = ++at;
    let text = '';
    while (at < source.length && source[at] !== '`') {
      if (source[at] === '\\') { text += source.slice(at, at + 2); blank(at, at + 2); at += 2; continue; }
      if (source.startsWith('${', at)) {
        const hole = at;
        at += 2;
        codeUntil('}');
        at++;
        text += source.slice(hole, at).replaceAll(/[^\n]/g, ' ');
        continue;
      }
      text += source[at];
      blank(at, at + 1);
      at++;
    }
    literals.push({ text, offset: start });
    at++;
  }
  function regex(): void {
    let end = at + 1, inClass = false;
    for (; end < source.length && source[end] !== '\n'; end++) {
      if (source[end] === '\\') end++;
      else if (source[end] === '[') inClass = true;
      else if (source[end] === ']') inClass = false;
      else if (source[end] === '/' && !inClass) break;
    }
    if (source[end] !== '/') { at++; return; }
    blank(at + 1, end);
    at = end + 1;
  }

  codeUntil(null);
  return { code: code.join(''), literals: literals.sort((a, b) => a.offset - b.offset) };
}

const FROM = /\b(?:import|export)\b[^;'"`()]*?\bfrom\s*['"]/g;
const BARE = /(?:^|\n)\s*import\s*['"]/g;
const CALL = /\bimport\(\s*['"]/g;
/** A file named by its address, as a worker thread is: new URL('./thread.ts', import.meta.url). */
const ADDRESS = /\bnew URL\(\s*['"]/g;

/** Static imports and re-exports, dynamic imports, and files named by `new URL(…, import.meta.url)`. */
export function importsOf({ code, literals }: SourceText): Import[] {
  const at = new Map(literals.map((literal) => [literal.offset, literal.text]));
  const found: Import[] = [];
  for (const [pattern, started] of [[FROM, false], [BARE, false], [CALL, false], [ADDRESS, true]] as const) {
    for (const match of code.matchAll(pattern)) {
      const offset = match.index + match[0].length, specifier = at.get(offset);
      if (specifier !== undefined && (!started || /\.tsx?$/.test(specifier))) found.push({ specifier, offset, started });
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}

export function lineOf(source: string, offset: number): number {
  let line = 1;
  for (let i = source.indexOf('\n'); i >= 0 && i < offset; i = source.indexOf('\n', i + 1)) line++;
  return line;
}
