import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { secretFault, secretOf, signatureHeaders, TOLERANCE_SECONDS, verifySignature } from './signature.ts';

const OLD = secretOf(Buffer.alloc(32, 1)), NEW = secretOf(Buffer.alloc(32, 2)), OTHER = secretOf(Buffer.alloc(32, 3));
const AT = new Date('2026-11-25T12:00:00.000Z');
const body = Buffer.from('{"messages":[]}');
const signed = (changes: Record<string, string | undefined> = {}) => ({ ...signatureHeaders('evt_1', body, NEW, AT), ...changes });

test('the example of the Standard Webhooks specification', () => {
  // Computed as the specification words it, not by our own function.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', text = '{"test": 2432232314}', id = 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds = 1614265330;
  expect(signatureHeaders(id, text, secret, new Date(seconds * 1000))).toEqual({ 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=' });
  const byHand = createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(`${id}.${seconds}.${text}`).digest('base64');
  expect(byHand).toBe('g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('what is signed verifies, and a changed bit anywhere does not', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.stringMatching(/^[!-\-/-~]{1,100}$/), fc.integer({ min: -TOLERANCE_SECONDS, max: TOLERANCE_SECONDS }), fc.nat(), (bytes, id, offset, where) => {
    const headers = signatureHeaders(id, bytes, NEW, AT), now = new Date(AT.getTime() + offset * 1000);
    expect(verifySignature(bytes, headers, [OLD, NEW], now)).toEqual({ ok: true, id });
    const forged = Uint8Array.from(bytes.length ? bytes : [0]);
    forged[where % forged.length]! ^= 1 << (where % 8);
    expect(verifySignature(forged, headers, [NEW], now).ok).toBe(false);
    expect(verifySignature(bytes, { ...headers, 'webhook-id': `${id}x` }, [NEW], now).ok).toBe(false);
    expect(verifySignature(bytes, headers, [OTHER], now).ok).toBe(false);
  }));
});

describe('refused, with a reason for our log', () => {
  const refused: [string, Record<string, string | undefined>, RegExp][] = [
    ['no signature', { 'webhook-signature': undefined }, /missing/], ['no id', { 'webhook-id': undefined }, /missing/],
    ['an empty id', { 'webhook-id': '' }, /1 to 255/], ['an id with a full stop', { 'webhook-id': 'evt.1' }, /full stop/],
    ['a time in words', { 'webhook-timestamp': 'now' }, /seconds/], ['five minutes and a second old', { 'webhook-timestamp': String(AT.getTime() / 1000 - 301) }, /301 s old/],
    ['five minutes and a second ahead', { 'webhook-timestamp': String(AT.getTime() / 1000 + 301) }, /301 s ahead/],
    ['another version', { 'webhook-signature': signed()['webhook-signature']!.replace('v1', 'v1a') }, /no v1/], ['not base64', { 'webhook-signature': 'v1,%%%' }, /no v1/],
    ['too short', { 'webhook-signature': 'v1,AAAA' }, /no v1/],
  ];
  test.each(refused)('%s', (_case, changes, reason) => {
    const verdict = verifySignature(body, signed(changes), [NEW], AT);
    expect(verdict.ok === false && verdict.reason).toMatch(reason);
  });
  test('no secret at all', () => { expect(verifySignature(body, signed(), [], AT).ok).toBe(false); });
});

test('of several signatures one suffices, as during rotation on their side', () => {
  const both = `${signatureHeaders('evt_1', body, OTHER, AT)['webhook-signature']} ${signed()['webhook-signature']}`;
  expect(verifySignature(body, signed({ 'webhook-signature': both }), [NEW], AT).ok).toBe(true);
});

test('a secret must be one', () => {
  expect(secretFault(NEW)).toBeNull();
  for (const fault of ['', 'secret', 'whsec_', 'whsec_AAAA', 'whsec_not base64!', secretOf(Buffer.alloc(65))]) expect(secretFault(fault)).toMatch(/^must/);
  expect(() => signatureHeaders('evt_1', body, 'whsec_', AT)).toThrow('The signing secret must hold');
});
