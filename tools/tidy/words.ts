/** Words that must not stand in the source: clocks in SQL, leftovers, skipped tests, synonyms of the glossary's terms, places of one machine. */
import { isTest, isTypeScript, type Finding, type Tree, type TreeFile } from './tree.ts';

// The patterns are written so that they do not find themselves.
const SQL_CLOCK = /\b(?:now|gen_random_uuid|uuidv7|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random)\s*\(\s*\)|\bcurrent_(?:timestamp|date|time)\b/gi;
/** Where the database's clock is what is wanted, and why. */
const ASKS_THE_CLOCK = new Set(['src/store/bucket.ts' /* filled between any two calls of any two hosts: by the one clock they share (decision 042) */]);
const SQL_TEXT = /\b(?:select|insert\s+into|update\s+\w+\s|delete\s+from|create\s+table|with\s+\w+\s+as)\b/i;
const LEFTOVER = /\b(?:T[O]DO|F[I]XME|X[X]X)\b/g;
const SKIPPED = /\b(?:it|test|describe|suite|bench)\s*\.\s*(?:skip|only|todo|fails)\b/g;
const MACHINE = /\/wor[k]\/(?:main|shared|\.library)|\/tmp\/bas[h]_jobs|"resolve[d]":\s*"http|registry\.(?:npmj[s]|yarnpk[g])\.(?:org|com)/g;

/** Word → the glossary's word for it (docs/glossary.md). Few, and each clear. */
const SYNONYMS: readonly { pattern: RegExp; say: string; except?: RegExp }[] = [
  { pattern: /qty/gi, say: 'quantity' },
  { pattern: /\bwarehouse[ _-]location/gi, say: 'location (Shopify\'s place) or warehouse (the planning system\'s)' },
  { pattern: /\bsafety[ _-]buffer/gi, say: 'safety stock (planning) or buffer (withheld from a channel)' },
  { pattern: /fulfillment/gi, say: 'fulfilment (Shopify\'s spelling stays on its wire and in fact keys)', except: /shopify:fulfillment\/|'fulfillmentCreate'/g },
];

/** Where the glossary's words do not bind: the outside's own. */
const OUTSIDE = /^src\/(?:sandbox|connectors\/[^/]+)\//;

export function wordFindings(tree: Tree): Finding[] {
  const findings: Finding[] = [];
  for (const file of tree.files) {
    for (const match of file.text.matchAll(MACHINE)) findings.push(file.finding(match.index, `names a place of one machine or a registry: ${match[0]}`));
    if (/^(?:src|test|tools|bench|docs)\//.test(file.path)) {
      for (const match of file.text.matchAll(LEFTOVER)) findings.push(file.finding(match.index, `${match[0]}: finish it, or write it down where work is planned`));
    }
    if (isTypeScript(file.path)) {
      if (isTest(file.path) || /\.test\.tsx?$/.test(file.path)) {
        for (const match of file.source().code.matchAll(SKIPPED)) findings.push(file.finding(match.index, `${match[0]}: every test runs; what cannot run here uses skipIf and says why`));
      } else if (!ASKS_THE_CLOCK.has(file.path)) findings.push(...clockFindings(file));
    }
    if (file.path.endsWith('.sql')) {
      const text = file.text.replaceAll(/--[^\n]*/g, (comment) => ' '.repeat(comment.length));
      for (const match of text.matchAll(SQL_CLOCK)) findings.push(file.finding(match.index, `SQL calls ${match[0]}: time and ids are arguments`));
    }
    if (file.path.startsWith('src/') && !OUTSIDE.test(file.path) && /\.(?:tsx?|sql)$/.test(file.path)) findings.push(...synonymFindings(file));
  }
  return findings;
}

/** SQL stands in strings; a function of ours called now() does not. */
function clockFindings(file: TreeFile): Finding[] {
  const findings: Finding[] = [];
  for (const literal of file.source().literals) {
    if (!SQL_TEXT.test(literal.text)) continue;
    for (const match of literal.text.matchAll(SQL_CLOCK)) findings.push(file.finding(literal.offset + match.index, `SQL calls ${match[0]}: time and ids are arguments`));
  }
  return findings;
}

function synonymFindings(file: TreeFile): Finding[] {
  return SYNONYMS.flatMap(({ pattern, say, except }) => {
    const text = except ? file.text.replaceAll(except, (found) => ' '.repeat(found.length)) : file.text;
    return [...text.matchAll(pattern)].map((match) => file.finding(match.index, `“${match[0]}”: the glossary says ${say}`));
  });
}
