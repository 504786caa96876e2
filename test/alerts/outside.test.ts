/** Addresses people type: what is refused as it is written, what is refused when its name is looked up, and signatures that others' libraries would accept. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { slackText } from '../../src/connectors/chat/slack.ts';
import { teamsCard } from '../../src/connectors/chat/teams.ts';
import { mailHtml } from '../../src/connectors/email/alert-mail.ts';
import { allowList, faultOf, isPublic, postOutside } from '../../src/connectors/outside.ts';
import { keyOf, secretText, signature } from '../../src/connectors/webhooks/standard.ts';
import { alertMessage } from '../../src/domain/alerts/message.ts';
import { hookSink } from '../helpers/hook-sink.ts';

const none = allowList(''), own = allowList('127.0.0.1, ::1');
const sink = await hookSink();

describe('an address', () => {
  it.each(['http://example.com/x', 'https://user:pw@example.com/', 'https://127.0.0.1/', 'https://127.1/', 'https://0177.0.0.1/', 'https://2130706433/', 'https://0x7f.1/', 'https://10.0.0.8/', 'https://169.254.169.254/latest/meta-data', 'https://192.168.1.1/', 'https://100.64.0.1/',
    'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/', 'https://[64:ff9b::7f00:1]/', 'https://[2002:7f00:1::]/', 'https://[fe80::1]/', 'https://[fd00::1]/', 'https://localhost/', 'https://metadata.google.internal/', 'https://printer.local/', 'ftp://example.com/', 'file:///etc/passwd', 'example.com'])('%s is refused as it is written', (text) => {
    expect(faultOf(text, none)).not.toBe(null);
  });
  it('of the public internet is fine, and of this machine where the operator allows it', () => {
    expect([faultOf('https://hooks.slack.com/services/T0/B0/x', none), faultOf('https://8.8.8.8/', none), faultOf('https://[2606:4700::1111]/', none), faultOf(sink.url, own)]).toEqual([null, null, null, null]);
    expect([isPublic('8.8.8.8'), isPublic('2001:db8::1'), isPublic('not an ip')]).toEqual([true, false, false]);
    expect(() => allowList('10.0.0.0/8,nonsense')).toThrow('nonsense');
  });
  it('whose name leads inside is refused when it is looked up, before anything is sent', async () => {
    const { port } = new URL(sink.url);
    const leads = (...addresses: string[]) => postOutside(`https://hooks.shop.example:${port}/`, '{}', {}, none, (_host, _options, done) => done(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))));
    for (const inside of [['127.0.0.1'], ['8.8.8.8', '10.0.0.7'], ['::ffff:127.0.0.1'], ['fd00::1'], []]) await expect(leads(...inside)).rejects.toThrow('not an address of the public internet');
    expect(sink.posts).toEqual([]);
  });
  it('redirects are not followed, 410 is the end, Retry-After is heard, a long answer is cut', async () => {
    Object.assign(sink, { status: 302, headers: { location: `${sink.url}/elsewhere` } });
    await expect(postOutside(sink.url, '{}', {}, own)).rejects.toThrow('redirect');
    expect(sink.posts.map((post) => post.path)).toEqual(['/']);
    Object.assign(sink, { status: 410, headers: {} });
    await expect(postOutside(sink.url, '{}', {}, own)).rejects.toMatchObject({ name: 'ChannelGone' });
    Object.assign(sink, { status: 429, headers: { 'retry-after': '30' } });
    await expect(postOutside(sink.url, '{}', {}, own)).rejects.toMatchObject({ name: 'NotDelivered', askedSeconds: 30 });
    Object.assign(sink, { status: 200, headers: {}, answer: 'x'.repeat(300_000) });
    expect((await postOutside(sink.url, '{}', {}, own)).length).toBeLessThan(300);
  });
});

describe('a signature', () => {
  it('is that of the specification’s example', () => {
    // The worked example of standardwebhooks.com.
    expect(signature('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });
  it('wants a secret of 24 to 64 bytes', () => {
    expect([keyOf(secretText(Buffer.alloc(32, 7)))?.length, keyOf('whsec_c2hvcnQ='), keyOf('nonsense'), keyOf('whsec_***')]).toEqual([32, null, null, null]);
    expect(signature(secretText(Buffer.alloc(32, 7)), 'a', 1, 'b')).toBe(`v1,${createHmac('sha256', Buffer.alloc(32, 7)).update('a.1.b').digest('base64')}`);
  });
});

it('a title from outside calls nobody, hides no link and is no mark-up', () => {
  const message = alertMessage({ at: '2026-11-24T12:00:00.000Z', store: { id: 1, name: 'Shop', domain: 's' }, publicUrl: 'https://instep.example' }, [{ exceptionId: '1', kind: 'PUSH_HELD', what: 'opened', severity: 2, owner: 'ecommerce', subject: '<!channel> [x](https://evil.example) <script>', sentence: '<https://evil.example|click> *now*', dueAt: '', cases: 0 }]);
  expect(slackText(message)).not.toMatch(/<!channel>|<https:\/\/evil/);
  expect(mailHtml(message)).not.toMatch(/<script>|<!channel>/);
  expect(JSON.stringify(teamsCard(message))).not.toContain('[x](https://evil');
});
