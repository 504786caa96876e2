/** The token endpoint: client credentials for an app of the same organisation, 24-hour offline tokens. */
import { timingSafeEqual } from 'node:crypto';
import { Access } from './access.ts';
import { hexOf } from './stable-ids.ts';
import type { DeliveryFile } from './webhooks/delivery-file.ts';

/** Shopify announces one second less than a day. */
export const TOKEN_SECONDS = 86_399;

export interface TokenReply { status: number; body: Record<string, unknown> }

function same(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

export class Tokens {
  private readonly file: DeliveryFile;
  private readonly clientId: string;
  /** The newest last; any of them gives a token, and the oldest signs until it is revoked. */
  private secrets: readonly string[];
  private readonly scopes: readonly string[];
  private readonly shop: string;
  private granted = 0;
  /** Scopes no token has any more, granted before or from now on. */
  lostScopes: () => readonly string[] = () => [];
  private readonly accesses = new Map<string, Access>();

  constructor(file: DeliveryFile, options: { clientId: string; clientSecret: string; scopes: readonly string[]; shop: string }) {
    this.file = file;
    this.clientId = options.clientId;
    this.secrets = [options.clientSecret];
    this.scopes = options.scopes;
    this.shop = options.shop;
  }

  /** Answers a token request; `now` in milliseconds of the shop's clock. Wrong client: 401; another grant: 400. */
  grant(fields: Readonly<Record<string, unknown>>, now: number): TokenReply {
    if (fields['grant_type'] !== 'client_credentials') {
      return { status: 400, body: { error: 'unsupported_grant_type', error_description: 'this store grants client_credentials only' } };
    }
    if (!same(String(fields['client_id'] ?? ''), this.clientId) || !this.secrets.some((secret) => same(String(fields['client_secret'] ?? ''), secret))) {
      return { status: 401, body: { error: 'invalid_client', error_description: 'client_id or client_secret is wrong' } };
    }
    // Only who knows the secret could have computed it, and no two shops give the same.
    const token = `shpat_${hexOf(32, this.secrets.at(-1)!, this.shop, now, this.granted++)}`;
    const scope = this.left(this.scopes).join(',');
    this.file.saveToken({ token, scopes: scope, expiresAt: now + TOKEN_SECONDS * 1000 });
    return { status: 200, body: { access_token: token, scope, expires_in: TOKEN_SECONDS } };
  }

  /** Rights of a token; null when it is unknown or expired. */
  accessOf(token: string, now: number): Access | null {
    const stored = this.file.token(token);
    if (stored === undefined || stored.expiresAt <= now) return null;
    const left = this.left(stored.scopes.split(','));
    const key = left.join();
    let access = this.accesses.get(key);
    if (access === undefined) this.accesses.set(key, access = new Access(left));
    return access;
  }

  private left(scopes: readonly string[]): string[] {
    const lost = this.lostScopes();
    return scopes.filter((scope) => !lost.includes(scope));
  }

  /** Scopes an app may have now. */
  get granting(): string[] {
    return this.left(this.scopes);
  }

  /** What webhooks are signed with now. */
  get signing(): string {
    return this.secrets[0]!;
  }

  /** A new client secret beside those there are. */
  addSecret(secret: string): void {
    this.secrets = [...this.secrets.filter((each) => each !== secret), secret];
  }

  /** From now on only the newest secret is one. */
  revokeOldSecrets(): void {
    this.secrets = this.secrets.slice(-1);
  }

  /** Ends every token; a new one must be asked for. */
  revoke(): void {
    this.file.forgetTokens();
  }
}
