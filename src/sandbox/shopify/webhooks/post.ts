/** One webhook attempt, over HTTP or handed over in process: signed body, Shopify's headers, 1 s to connect, 5 s in all, only 2xx counts. */
import { createHmac } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Delivery } from './delivery-file.ts';

const CONNECT_MS = 1_000;
const TOTAL_MS = 5_000;

export interface Attempt { ok: boolean; status: number | null; reason: string | null }

/** Keep-alive connections shared by all deliveries, at most `perTarget` to one host. */
export function openAgents(perTarget: number): { http: HttpAgent; https: HttpsAgent; close(): void } {
  const http = new HttpAgent({ keepAlive: true, maxSockets: perTarget });
  const https = new HttpsAgent({ keepAlive: true, maxSockets: perTarget });
  return { http, https, close: () => { http.destroy(); https.destroy(); } };
}

/** Base64 of HMAC-SHA256 over the raw bytes, keyed with the client secret: Shopify's `X-Shopify-Hmac-Sha256`. */
export function signature(body: Buffer, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

/** Every header of the delivery contract. */
export function deliveryHeaders(delivery: Delivery, body: Buffer, secret: string, shopDomain: string): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
    'User-Agent': 'Shopify-Captain-Hook',
    'X-Shopify-Topic': delivery.topic,
    'X-Shopify-Hmac-Sha256': signature(body, secret),
    'X-Shopify-Shop-Domain': shopDomain,
    'X-Shopify-API-Version': delivery.apiVersion,
    'X-Shopify-Webhook-Id': delivery.webhookId,
    'X-Shopify-Event-Id': delivery.eventId,
    'X-Shopify-Triggered-At': delivery.triggeredAt,
  };
}

/** Tries once; never rejects. A redirect is a failure like any other answer outside 2xx. */
export function post(delivery: Delivery, secret: string, shopDomain: string, agents: ReturnType<typeof openAgents>): Promise<Attempt> {
  const body = Buffer.from(delivery.body, 'utf8');
  const url = new URL(delivery.uri);
  return new Promise((resolve) => {
    const options = { method: 'POST', headers: deliveryHeaders(delivery, body, secret, shopDomain) };
    const call: ClientRequest = url.protocol === 'https:' ? httpsRequest(url, { ...options, agent: agents.https }) : httpRequest(url, { ...options, agent: agents.http });
    let connecting: NodeJS.Timeout | undefined;
    const settle = (attempt: Attempt) => {
      clearTimeout(total);
      clearTimeout(connecting);
      resolve(attempt);
    };
    const giveUp = (reason: string) => {
      settle({ ok: false, status: null, reason });
      call.destroy();
    };
    const total = setTimeout(() => giveUp(`no answer within ${TOTAL_MS} ms`), TOTAL_MS);
    call.on('socket', (socket) => {
      if (!socket.connecting) return;
      connecting = setTimeout(() => giveUp(`no connection within ${CONNECT_MS} ms`), CONNECT_MS);
      socket.once('connect', () => clearTimeout(connecting));
    });
    call.on('response', (response) => {
      response.resume(); // the body means nothing, but the connection is kept
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const ok = status >= 200 && status < 300;
        settle({ ok, status, reason: ok ? null : `HTTP ${status}` });
      });
    });
    call.on('error', (error: NodeJS.ErrnoException) => settle({ ok: false, status: null, reason: error.code ?? error.message }));
    call.end(body);
  });
}

/** One attempt as a receiver gets it; `body` are the signed bytes. */
export interface WebhookRequest { url: string; headers: Record<string, string>; body: Buffer }
/** Takes the place of the HTTP POST: only a status from 200 to 299 counts, a rejection is a network error. */
export type Deliver = (request: WebhookRequest) => Promise<{ status: number }>;

/** One attempt without HTTP; never rejects. */
export async function handOver(deliver: Deliver, delivery: Delivery, secret: string, shopDomain: string): Promise<Attempt> {
  const body = Buffer.from(delivery.body, 'utf8');
  try {
    const { status } = await deliver({ url: delivery.uri, headers: deliveryHeaders(delivery, body, secret, shopDomain), body });
    const ok = status >= 200 && status < 300;
    return { ok, status, reason: ok ? null : `HTTP ${status}` };
  } catch (error) {
    return { ok: false, status: null, reason: error instanceof Error ? error.message : String(error) };
  }
}
