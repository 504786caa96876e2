/** What the vendor's documents leave open, and what Instep does until one real account has answered. Shown in the settings and in docs/inventory-planner.md. */
export interface OpenQuestion { question: string; inUse: string }

export function openQuestions(settings: { pushesStock: boolean; statusNames: number }): OpenQuestion[] {
  return [
    { question: 'Is a received quantity written as the total so far, or added to what is there?', inUse: 'The total, line by line; read back and compared; never repeated when another total shows.' },
    { question: 'Does a second POST with the same reference make a second order?', inUse: 'Assumed: the reference is looked for, the order made, and looked for again; a double born of one call is cancelled.' },
    { question: 'Can planning values of a variant be changed through the API?', inUse: 'They are only read.' },
    { question: 'Do figures stand at the top of a variant or per warehouse?', inUse: 'Both are read; per warehouse is believed first. Figures not told apart count only where one warehouse is enabled.' },
    { question: 'How many rows come without a limit, how many calls a second are welcome, do lists stand still while it syncs?', inUse: '1,000 rows a page, one call a second, and the list is read again when its total moves.' },
    { question: 'What exactly are statuses called?', inUse: settings.statusNames === 0 ? 'They are kept as they come and compared by type; an unknown one waits for a person.' : `They are kept as they come and compared by type; ${settings.statusNames} ${settings.statusNames === 1 ? 'name was' : 'names were'} explained by people here.` },
    { question: 'In which form and time zone are dates written?', inUse: 'RFC 822, ISO 8601 and Unix seconds are read; days are days of the shop’s time zone.' },
    { question: 'Does a receipt there also raise Shopify’s stock?', inUse: settings.pushesStock ? 'Assumed: where Shopify keeps its own stock, receipts made here are not told, and receipts made there are marked as raised by it.' : 'No, as somebody here has said: receipts are told both ways.' },
  ];
}
