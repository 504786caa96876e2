/** A page that is watched while it is used: what the console complained of, what was asked of other origins, what axe finds. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext, Page } from 'playwright-core';

export interface Watched { page: Page; errors: string[]; foreign: string[] }

export async function openWatched(context: BrowserContext, origin: string, address: string): Promise<Watched> {
  const page = await context.newPage();
  const watched: Watched = { page, errors: [], foreign: [] };
  page.on('console', (message) => { if (message.type() === 'error') watched.errors.push(message.text()); });
  page.on('pageerror', (error) => watched.errors.push(error.message));
  page.on('request', (request) => { if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) watched.foreign.push(request.url()); });
  await page.goto(`${origin}${address}`);
  return watched;
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Accessibility faults of WCAG 2.2 AA and below, each with where it is. */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const run = await (globalThis as unknown as { axe: { run(options: object): Promise<{ violations: { id: string; nodes: { target: unknown }[] }[] }> } }).axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] });
    return run.violations.map((v) => `${v.id}: ${v.nodes.map((n) => String(n.target)).slice(0, 4).join(' | ')}`);
  });
}

/** Pixels by which the page can be moved sideways; a page must not. */
export const sideways = (page: Page): Promise<number> => page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
