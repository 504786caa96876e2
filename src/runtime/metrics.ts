/** Metrics in Prometheus' text format. Labels are bounded: never a SKU or an order id. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'st_process_' });

const registers = [registry];
export const webhooksReceived = new Counter({ name: 'st_webhook_received_total', help: 'Webhook deliveries by result', labelNames: ['result'], registers });
export const inboxSettled = new Counter({ name: 'st_inbox_settled_total', help: 'Inbox rows settled by outcome', labelNames: ['outcome'], registers });
export const inboxLag = new Histogram({ name: 'st_inbox_lag_seconds', help: 'Received to settled', buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30, 120, 600], registers });
export const shopifyRequests = new Counter({ name: 'st_shopify_requests_total', help: 'Admin API calls by operation and status', labelNames: ['op', 'status'], registers });
export const jobDuration = new Histogram({ name: 'st_job_duration_seconds', help: 'Flow runs', labelNames: ['flow', 'state'], buckets: [0.05, 0.25, 1, 5, 30, 120, 600, 3600], registers });
export const driftUnits = new Gauge({ name: 'st_drift_units', help: 'Units of drift by cause', labelNames: ['cause'], registers });
export const exceptionsOpen = new Gauge({ name: 'st_exceptions_open', help: 'Open exceptions by kind', labelNames: ['kind'], registers });
export const pushes = new Counter({ name: 'st_push_total', help: 'Calls that set levels, by outcome', labelNames: ['outcome'], registers });
export const pushSeconds = new Histogram({ name: 'st_push_confirm_seconds', help: 'Attempt made to written', buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30, 120, 600], registers });
