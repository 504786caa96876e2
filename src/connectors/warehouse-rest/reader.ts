/** A body a warehouse sent to us: `{ "messages": [ { "type": …, … } ] }`. Its signature is verified before. */
import { UnreadableMessage, type WarehouseReader } from '../../ports/warehouse.ts';
import { readMessages } from './messages.ts';

/** Rows of a body: each message is one, and each row or line in it. */
const MOST_ROWS = 5_000;
const LARGEST_BODY = 4 * 1024 * 1024;

/** Throws `UnreadableMessage` when the body is no JSON object with a list of messages, or too large; anything smaller is a reject of that message. */
export function warehouseRestReader(): WarehouseReader {
  return {
    read(body, messageId) {
      if (body.byteLength > LARGEST_BODY) throw new UnreadableMessage(`The body is ${body.byteLength} bytes; the most is ${LARGEST_BODY}`);
      let value: unknown;
      try {
        value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
      } catch (error) {
        throw new UnreadableMessage(`The body is not JSON in UTF-8 (${(error as Error).message.slice(0, 120)})`);
      }
      const messages = messagesIn(value), rows = rowsIn(messages);
      if (rows > MOST_ROWS) throw new UnreadableMessage(`The body has ${rows} messages, rows and lines; the most is ${MOST_ROWS}. Send several bodies`);
      return readMessages(messages, `message ${messageId}`);
    },
  };
}

/** The list of messages in a body or a page. Throws `UnreadableMessage`. */
export function messagesIn(value: unknown): unknown[] {
  const messages = (value as { messages?: unknown } | null)?.messages;
  if (!Array.isArray(messages)) throw new UnreadableMessage('The body has no list named messages');
  return messages;
}

function rowsIn(messages: readonly unknown[]): number {
  let rows = messages.length;
  for (const message of messages as ({ rows?: unknown; lines?: unknown } | null)[]) {
    for (const list of [message?.rows, message?.lines]) if (Array.isArray(list)) rows += list.length;
  }
  return rows;
}
