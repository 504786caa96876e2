/** Bodies of orders/create as Shopify sends them with our include_fields, long enough to weigh about six kilobytes. */

export function orderBody(number: number, bytes = 6_000): string {
  const id = 5_000_000_000_000 + number, at = '2026-11-24T12:00:00+01:00';
  const body = {
    id, admin_graphql_api_id: `gid://shopify/Order/${id}`, name: `#${1000 + number}`, created_at: at, processed_at: at, updated_at: at, cancelled_at: null, cancel_reason: null, test: false,
    source_name: 'web', line_items: [] as object[], refunds: [], fulfillments: [],
  };
  for (let line = 0; JSON.stringify(body).length < bytes; line++) {
    const lineId = 13_000_000_000_000 + number * 100 + line;
    body.line_items.push({
      id: lineId, variant_id: 2_000_001 + ((number * 7 + line) % 1000), sku: `SKU-${(number * 7 + line) % 1000}`, title: `Thing ${line}`, variant_title: `Blue / ${line}`, quantity: 1 + (line % 3),
      current_quantity: 1 + (line % 3), fulfillable_quantity: 1 + (line % 3), price: '19.95', gift_card: false, requires_shipping: true, sales_line_item_group_id: null,
    });
  }
  return JSON.stringify(body);
}
