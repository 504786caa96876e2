/** A movement in a sentence: the command line and the screen say the same. */

/** `order`: what people call the order the fact is of, where it is known: "#1042". */
export interface MovementWords { kind: string; quantity: number; fact: string; locationName: string; change: number; order?: string | undefined }

const VERBS: Record<string, (n: number, fact: string, order: string) => string> = {
  opening: (n) => `${n} counted when Instep began to watch`,
  'order committed': (n, _, order) => (n > 0 ? `${n} promised to order ${order}` : `${-n} no longer promised to order ${order}`),
  fulfilled: (n, fact) => (n > 0 ? `${n} shipped in fulfilment ${idIn(fact)}` : `${-n} taken back from fulfilment ${idIn(fact)}`),
  'released without restock': (n, fact) => `${n} given up without restock by refund ${idIn(fact)}`,
  'returned to stock': (n, fact) => `${n} returned to stock by refund ${idIn(fact)}`,
  'restocked elsewhere': (n, fact) => `${n} restocked at another location by refund ${idIn(fact)}`,
  'stock push': (n) => `${n > 0 ? `${n} shown more` : `${-n} shown less`}, as the warehouse's stock allows`,
  'ghost restock reversed': (n) => `${-n} taken back: restocked in Shopify, not accepted by the warehouse`,
  'return accepted': (n, fact) => `${n} accepted from return ${idIn(fact)}`,
  'goods received': (n, fact) => `${n} received in goods receipt ${idIn(fact)}`,
  ordered: (n, fact) => (n > 0 ? `${n} on their way with purchase order ${idIn(fact)}` : `${-n} no longer on their way with purchase order ${idIn(fact)}`),
  counted: (n, fact) => `${n > 0 ? `${n} found` : `${-n} missing`} in stock count ${idIn(fact)}`,
  'drift accepted': (n, fact) => `${n > 0 ? `${n} more` : `${-n} fewer`}: Shopify’s number was accepted in repair ${idIn(fact)}`,
  'storefront edit': (n) => `${n > 0 ? `${n} added` : `${-n} taken away`} in Shopify by staff or another app`,
};

/** The id of the order a fact is of; null where it is of something else. */
export function orderIn(fact: string): string | null {
  return /^shopify:order\/(\d+)/.exec(fact)?.[1] ?? null;
}

function idIn(fact: string): string {
  return /^\w+:\w+\/(\d+)/.exec(fact)?.[1] ?? fact;
}

export function movementSentence({ kind, quantity, fact, locationName, order }: MovementWords): string {
  const say = VERBS[kind];
  return `${say ? say(quantity, fact, order ?? idIn(fact)) : `${quantity} ${kind}`} · ${locationName}`;
}

/** "7 available = 12 opening − 6 order committed + 1 returned to stock" */
export function balanceSentence(state: string, balance: number, byKind: readonly { kind: string; quantity: number }[]): string {
  if (byKind.length === 0) return `${balance} ${state}: nothing has moved here yet.`;
  const terms = byKind.map((term, n) => `${term.quantity < 0 ? '−' : n === 0 ? '' : '+'}${n === 0 && term.quantity >= 0 ? '' : ' '}${Math.abs(term.quantity)} ${term.kind}`.trim());
  return `${balance} ${state} = ${terms.join(' ')}`;
}
