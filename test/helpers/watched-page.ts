/** A page that is watched while it is used: what the console complained of, what was asked of other origins, what axe finds. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { BrowserContext, Page, Request } from 'playwright-core';

export interface Watched { page: Page; errors: string[]; foreign: string[] }

export async function openWatched(context: BrowserContext, origin: string, address: string): Promise<Watched> {
  const page = await context.newPage();
  const watched: Watched = { page, errors: [], foreign: [] }, under = new Set<Request>();
  underWay.set(page, under);
  page.on('request', (request) => { if (request.resourceType() !== 'eventsource') under.add(request); });
  page.on('requestfinished', (request) => under.delete(request));
  page.on('requestfailed', (request) => under.delete(request));
  page.on('console', (message) => { if (message.type() === 'error') watched.errors.push(message.text()); });
  page.on('pageerror', (error) => watched.errors.push(error.message));
  page.on('request', (request) => { if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) watched.foreign.push(request.url()); });
  await page.goto(`${origin}${address}`);
  return watched;
}

/** What a page waits for; its stream of events never ends. */
const underWay = new WeakMap<Page, Set<Request>>();
const BUSY = `document.querySelector('[aria-busy="true"]') !== null || document.getAnimations().some((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity)`;
/** Looked at this often, and content twice in a row; at most until a page is as slow as no machine is. */
const LOOK_MS = 60, MOST_LOOKS = 400;

/** Waits until the page has all it asked for and shows it: nothing is under way, nothing stands for what is still to come, nothing moves. */
export async function settled(page: Page): Promise<void> {
  for (let quiet = 0, looks = 0; quiet < 2 && looks < MOST_LOOKS; looks++) {
    await page.waitForTimeout(LOOK_MS);
    const waits = (underWay.get(page)?.size ?? 0) > 0 || await page.evaluate<boolean>(BUSY).catch(() => true); // gone: it is another page now
    quiet = waits ? 0 : quiet + 1;
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Fault { id: string; nodes: { target: unknown; any: { data: { fgColor?: string; bgColor?: string; contrastRatio?: number } | null }[] }[] }

/** In the page: `watched` tells whether the document changed while something was done; `still` ends when three frames were painted without a change, or after 5 s. */
const STILL = `
  const changes = () => { const seen = { any: false }, watch = new MutationObserver(() => { seen.any = true; }); watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true }); return { seen, end: () => watch.disconnect() }; };
  const still = async () => {
    const { seen, end } = changes(), until = performance.now() + 5000;
    for (let quiet = 0; quiet < 3 && performance.now() < until; quiet = seen.any ? 0 : quiet + 1) { seen.any = false; await new Promise((done) => { requestAnimationFrame(done); }); }
    end();
  };
  const watched = async (doing) => { const { seen, end } = changes(), made = await doing(); end(); return { made, moved: seen.any }; };
`;

/**
 * Accessibility faults of WCAG 2.2 AA and below, each with where it is and, of a contrast, its colours.
 * axe reads an element's style and its attributes at different moments: of a button that ceases to be disabled in between it sees the pale
 * text of the one and the plain state of the other. So it looks at a page that stands still, and looks again if it did not.
 */
export async function axeFaults(page: Page): Promise<string[]> {
  await settled(page);
  await page.evaluate(axe);
  for (let tries = 1; ; tries += 1) {
    const { made, moved } = await page.evaluate<{ made: { violations: Fault[] }; moved: boolean }>(`(async () => { ${STILL} await still(); return watched(() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], preload: false })); })()`);
    // A page with a clock in it never stands still for long; one without a fault in motion has none.
    if (made.violations.length === 0 || !moved || tries === 6) return made.violations.map((fault) => `${fault.id}: ${fault.nodes.slice(0, 4).map(place).join(' | ')}`);
  }
}

function place({ target, any }: Fault['nodes'][number]): string {
  const colours = any.find((one) => one.data?.fgColor)?.data;
  return colours ? `${String(target)} (${colours.fgColor} on ${colours.bgColor}, ${colours.contrastRatio})` : String(target);
}

/** Pixels by which the page can be moved sideways; a page must not. */
export const sideways = (page: Page): Promise<number> => page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
