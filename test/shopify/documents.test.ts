/** Every document Instep sends is valid in the official schema of the pinned version, and selects nothing about the buyer. */
import { GraphQLError, TypeInfo, parse, validate, visit, visitWithTypeInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import * as documents from '../../src/connectors/shopify/documents.ts';
import { enumOf } from '../../src/connectors/shopify/storefront.ts';
import { API_VERSION } from '../../src/connectors/shopify/version.ts';
import { TOPICS } from '../../src/connectors/shopify/webhook.ts';
import { API_VERSION as SANDBOX_VERSION, officialSchema } from '../../src/sandbox/shopify/schema.ts';

/** Types and fields that are protected customer data (level 2) or lead to it. */
const PERSONAL_TYPES = new Set(['Customer', 'MailingAddress', 'CompanyContact', 'CustomerVisit', 'OrderDisputeSummary']);
const PERSONAL_FIELDS = /^(email|phone|firstName|lastName|displayAddress|shippingAddress|billingAddress|customer|clientIp|note|customAttributes|destination|contactEmail|landingPageUrl|poNumber)$/i;

const { schema } = officialSchema();

describe('GraphQL documents', () => {
  it('are written for the version the sandbox executes', () => { expect(API_VERSION).toBe(SANDBOX_VERSION); });

  it.each(Object.entries(documents))('%s is valid in the official schema', (_name, text) => {
    expect(validate(schema, parse(text)).map((error: GraphQLError) => error.message)).toEqual([]);
  });

  it.each(Object.entries(documents))('%s selects nothing about the buyer', (_name, text) => {
    const found: string[] = [];
    const info = new TypeInfo(schema);
    visit(parse(text), visitWithTypeInfo(info, { Field(node) {
      const parent = info.getParentType()?.name ?? '?', type = String(info.getType()).replaceAll(/[[\]!]/g, '');
      if (PERSONAL_TYPES.has(type) || PERSONAL_TYPES.has(parent) || PERSONAL_FIELDS.test(node.name.value)) found.push(`${parent}.${node.name.value}`);
    } }));
    expect(found).toEqual([]);
  });

  it('subscribes to topics the schema knows, and asks for no field about the buyer', () => {
    const known = schema.getType('WebhookSubscriptionTopic') as unknown as { getValues(): { name: string }[] };
    const names = new Set(known.getValues().map((value) => value.name));
    for (const [topic, fields] of Object.entries(TOPICS)) {
      expect(names.has(enumOf(topic)), topic).toBe(true);
      for (const field of fields) expect(field.split('.').some((part) => /^(customer|email|phone|.*address.*|browser_ip|client_details|note.*|contact_email|destination)$/.test(part)), `${topic} ${field}`).toBe(false);
      // Topics whose body can hold a buyer's name must name their fields.
      if (/^(orders\/(create|updated|cancelled)|fulfillments\/)/.test(topic)) expect(fields.length).toBeGreaterThan(0);
    }
  });
});
